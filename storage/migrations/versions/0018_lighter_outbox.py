"""lighter outbox: few indexes on what is planned by the million, and campaigns by name"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLE = "outbox_item"
_MINUTE = ("minute", "used_in_minute")
_BUSY = "status IN ('planned', 'sending') AND (lease_by IS NOT NULL OR attempts > 0)"
_NEW: tuple[tuple[str, list[str], str | None], ...] = (
    ("status_priority_due_at_id", ["status", "priority", "due_at", "id"], None),
    ("owed", ["peer"], "status = 'due'"),
    ("busy", ["peer"], _BUSY),
    ("here", ["conversation_id"], "conversation_id IS NOT NULL"),
    ("told", ["provider_id"], "provider_id <> ''"),
    ("left", ["customer_id", "sent_at"], "sent_at IS NOT NULL"),
)
_OLD = (
    ["status", "due_at"],
    ["peer", "status"],
    ["customer_id", "sent_at"],
    ["campaign", "status"],
    ["conversation_id"],
)


def upgrade() -> None:
    """Apply the change."""
    for columns in _OLD:
        op.drop_index(f"ix_{_TABLE}_{'_'.join(columns)}", _TABLE)
    for name, columns, condition in _NEW:
        where = sa.text(condition) if condition else None
        op.create_index(
            f"ix_{_TABLE}_{name}", _TABLE, columns, sqlite_where=where, postgresql_where=where
        )
    op.drop_index("ix_policy_ends_on_status", "policy")
    op.create_index("ix_policy_ends_on_id", "policy", ["ends_on", "id"])
    op.create_table(
        "campaign",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("planned_at", _MOMENT, nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_campaign")),
    )
    _name_known_campaigns()
    for name in _MINUTE:
        op.add_column(
            "quota_use", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )


def _name_known_campaigns() -> None:
    """Enter the campaigns that were planned before they had names of their own."""
    bind = op.get_bind()
    item = sa.table(_TABLE, *map(sa.column, ("id", "campaign")), sa.column("created_at", _MOMENT))
    query = sa.select(item.c.campaign, sa.func.min(item.c.created_at), sa.func.min(item.c.id))
    campaign = sa.table(
        "campaign", *map(sa.column, ("name", "family", "first_id")),
        sa.column("day", sa.Date()), sa.column("planned_at", _MOMENT),
    )  # fmt: skip
    found = query.where(item.c.campaign.is_not(None)).group_by(item.c.campaign)
    for name, at, first in bind.execute(found).all():
        family, _, day = name.partition(":")
        bind.execute(
            sa.insert(campaign).values(
                name=name, family=family, day=date.fromisoformat(day), planned_at=at,
                first_id=first,
            )
        )  # fmt: skip


def downgrade() -> None:
    """Take the change back."""
    for name in _MINUTE:
        op.drop_column("quota_use", name)
    op.drop_table("campaign")
    op.drop_index("ix_policy_ends_on_id", "policy")
    op.create_index("ix_policy_ends_on_status", "policy", ["ends_on", "status"])
    for name, _, _ in _NEW:
        op.drop_index(f"ix_{_TABLE}_{name}", _TABLE)
    for columns in _OLD:
        op.create_index(f"ix_{_TABLE}_{'_'.join(columns)}", _TABLE, columns)
