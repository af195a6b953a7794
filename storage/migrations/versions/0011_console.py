"""console: log-ins, second factor, lock-out, drafts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change; every new column may stay empty, so the old program still runs."""
    op.create_table(
        "console_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", _NUMBER, nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_console_session_user_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_console_session")),
    )
    op.create_index(op.f("ix_console_session_user_id"), "console_session", ["user_id"])
    op.create_table(
        "agent_draft",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_agent_draft_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_draft")),
        sa.UniqueConstraint(
            "conversation_id", "agent", name=op.f("uq_agent_draft_conversation_id_agent")
        ),
    )
    op.create_table(
        "agent_read",
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("looks_until", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_agent_read_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "agent", name=op.f("pk_agent_read")),
    )
    op.add_column("conversation", sa.Column("snoozed_until", _MOMENT, nullable=True))
    op.add_column("staff_user", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("staff_user", sa.Column("totp_used", sa.Integer(), nullable=True))
    op.add_column(
        "staff_user", sa.Column("failures", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("staff_user", sa.Column("locked_until", _MOMENT, nullable=True))
    op.add_column("staff_user", sa.Column("disabled_at", _MOMENT, nullable=True))


def downgrade() -> None:
    """Take the change back."""
    for column in ("disabled_at", "locked_until", "failures", "totp_used", "totp_secret"):
        op.drop_column("staff_user", column)
    op.drop_column("conversation", "snoozed_until")
    op.drop_table("agent_read")
    op.drop_table("agent_draft")
    op.drop_table("console_session")
