"""ownership: episodes, fences, agents' states, console events"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NAME = sa.String(length=128)
_SHORT = sa.String(length=64)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    """Apply the change; every new column may stay empty, so the old program still runs."""
    op.create_table(
        "episode",
        _number("id"),
        _number("conversation_id"),
        sa.Column("owner_rev", sa.Integer(), nullable=False),
        sa.Column("owner", _SHORT, nullable=False),
        sa.Column("agent", _NAME, nullable=True),
        sa.Column("reason", _NAME, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_episode_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint(
            "conversation_id", "owner_rev", name=op.f("uq_episode_conversation_id_owner_rev")
        ),
    )
    op.create_table(
        "agent_state",
        _number("id"),
        sa.Column("agent", _NAME, nullable=False),
        sa.Column("state", _SHORT, nullable=False),
        sa.Column("reason", _NAME, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_state")),
    )
    op.create_index("ix_agent_state_agent_until", "agent_state", ["agent", "until"])
    op.create_table(
        "agent_presence",
        sa.Column("agent", _NAME, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_agent_presence")),
    )
    op.create_table(
        "console_event",
        _number("id"),
        sa.Column("kind", _SHORT, nullable=False),
        _number("conversation_id", nullable=True),
        sa.Column("agent", _NAME, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_console_event_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_event")),
    )
    op.create_index(op.f("ix_console_event_conversation_id"), "console_event", ["conversation_id"])
    op.add_column(
        "conversation",
        sa.Column("fence_rev", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column("outbox_item", sa.Column("owner_rev", sa.Integer(), nullable=True))
    op.add_column("handoff", sa.Column("skill", _SHORT, server_default="general", nullable=False))
    op.add_column("handoff", sa.Column("offered_to", _NAME, nullable=True))
    op.add_column("handoff", sa.Column("offered_at", _MOMENT, nullable=True))
    op.add_column("handoff", sa.Column("taken_at", _MOMENT, nullable=True))
    op.add_column("handoff", sa.Column("told", sa.Integer(), server_default="0", nullable=False))
    op.add_column("staff_user", sa.Column("skills", sa.JSON(), nullable=True))
    op.add_column("staff_user", sa.Column("capacity", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("staff_user", "capacity")
    op.drop_column("staff_user", "skills")
    for column in ("told", "taken_at", "offered_at", "offered_to", "skill"):
        op.drop_column("handoff", column)
    op.drop_column("outbox_item", "owner_rev")
    op.drop_column("conversation", "fence_rev")
    op.drop_table("console_event")
    op.drop_table("agent_presence")
    op.drop_table("agent_state")
    op.drop_table("episode")
