"""group desk: topics of a staff group, who belongs to which account, notes of robots"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "desk_topic",
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=True),
        sa.Column("planned_seq", sa.Integer(), nullable=False),
        sa.Column("posted_seq", sa.Integer(), nullable=False),
        sa.Column("planned_rev", sa.Integer(), nullable=False),
        sa.Column("posted_rev", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("post_key", sa.String(length=128), nullable=True),
        sa.Column("handoff", sa.String(length=64), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=True),
        sa.Column("active_at", _MOMENT, nullable=True),
        sa.Column("again_at", _MOMENT, nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_desk_topic_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_desk_topic")),
        sa.UniqueConstraint("chat", "thread", name=op.f("uq_desk_topic_chat_thread")),
    )
    op.create_index("ix_desk_topic_live", "desk_topic", ["live"])
    op.create_index("ix_desk_topic_post_key", "desk_topic", ["post_key"])
    op.create_table(
        "desk_word",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("fate", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_desk_word_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_word")),
        sa.UniqueConstraint(
            "conversation_id", "seq", name=op.f("uq_desk_word_conversation_id_seq")
        ),
    )
    op.create_index("ix_desk_word_fate", "desk_word", ["fate"])
    op.create_table(
        "desk_update",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account", "number", name=op.f("pk_desk_update")),
    )
    op.create_index("ix_desk_update_at", "desk_update", ["at"])
    op.create_table(
        "staff_telegram",
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", _NUMBER, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_staff_telegram_user_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_staff_telegram")),
        sa.UniqueConstraint("user_id", name=op.f("uq_staff_telegram_user_id")),
    )
    op.create_table(
        "pace_mark",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace_mark")),
    )
    op.create_table(
        "robot_note",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("robot", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("item", sa.String(length=128), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot_note")),
        sa.UniqueConstraint("robot", "key", name=op.f("uq_robot_note_robot_key")),
    )
    op.create_index("ix_robot_note_robot_item", "robot_note", ["robot", "item"])


def downgrade() -> None:
    """Take the change back."""
    for table in (
        "robot_note",
        "pace_mark",
        "staff_telegram",
        "desk_update",
        "desk_word",
        "desk_topic",
    ):
        op.drop_table(table)
