"""outbound: touches judged again when sent, runs of jobs, stop switches, quotas"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXTS = (("step", 64), ("subject", 128), ("campaign", 128), ("way", 64))
_INDEXES = (("peer", "status"), ("customer_id", "sent_at"), ("campaign", "status"))


def upgrade() -> None:
    """Apply the change; every new column may stay empty, so the old program still runs."""
    for name, length in _TEXTS:
        op.add_column("outbox_item", sa.Column(name, sa.String(length=length), nullable=True))
    op.add_column("outbox_item", sa.Column("customer_id", sa.BigInteger(), nullable=True))
    for name, default in (("priority", "50"), ("cost", "0")):
        op.add_column(
            "outbox_item", sa.Column(name, sa.Integer(), server_default=default, nullable=False)
        )
    op.add_column(
        "outbox_item", sa.Column("tried", sa.String(length=64), server_default="", nullable=False)
    )
    for name in ("sent_at", "expires_at"):
        op.add_column("outbox_item", sa.Column(name, _MOMENT, nullable=True))
    for columns in _INDEXES:
        op.create_index(f"ix_outbox_item_{'_'.join(columns)}", "outbox_item", list(columns))
    op.create_table(
        "job_run",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("slot", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("result", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("title", sa.String(length=128), server_default="", nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "slot", name=op.f("uq_job_run_job_slot")),
    )
    op.create_table(
        "outbound_stop",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_outbound_stop")),
    )
    op.create_table(
        "notice_grant",
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_notice_grant_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "template", name=op.f("pk_notice_grant")),
    )
    op.create_table(
        "quota_use",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "way", name=op.f("pk_quota_use")),
    )


def downgrade() -> None:
    """Take the change back."""
    for table in ("quota_use", "notice_grant", "outbound_stop", "job_run"):
        op.drop_table(table)
    for columns in _INDEXES:
        op.drop_index(f"ix_outbox_item_{'_'.join(columns)}", "outbox_item")
    for name in ("expires_at", "sent_at", "tried", "cost", "priority", "customer_id"):
        op.drop_column("outbox_item", name)
    for name, _ in _TEXTS:
        op.drop_column("outbox_item", name)
