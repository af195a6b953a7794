"""desk: the sealed search index, who is one person, and supervisors who speak along"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    op.add_column("handoff", sa.Column("told_at", _MOMENT, nullable=True))
    op.add_column("handoff", sa.Column("ahead", sa.Integer(), nullable=True))
    op.add_column("handoff", sa.Column("alarmed_at", _MOMENT, nullable=True))
    op.create_table(
        "search_segment",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_segment")),
        sa.UniqueConstraint("first_id", name=op.f("uq_search_segment_first_id")),
        sa.UniqueConstraint("last_id", name=op.f("uq_search_segment_last_id")),
    )
    op.create_table(
        "same_person",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("one", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("undone_by", sa.String(length=128), nullable=True),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_person")),
    )
    op.create_index(op.f("ix_same_person_kind_one"), "same_person", ["kind", "one"])
    op.create_index(op.f("ix_same_person_kind_other"), "same_person", ["kind", "other"])
    op.create_table(
        "conversation_guest",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("owner_rev", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_conversation_guest_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_guest")),
        sa.UniqueConstraint(
            "conversation_id",
            "agent",
            "owner_rev",
            name=op.f("uq_conversation_guest_conversation_id_agent_owner_rev"),
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("conversation_guest")
    op.drop_table("same_person")
    op.drop_table("search_segment")
    op.drop_column("handoff", "alarmed_at")
    op.drop_column("handoff", "ahead")
    op.drop_column("handoff", "told_at")
