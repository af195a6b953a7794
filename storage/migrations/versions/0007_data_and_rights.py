"""payments, policies of the core system, and what is kept by law only"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change; only new tables, so the old program still runs."""
    op.create_table(
        "payment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("policy_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", _MOMENT, nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("invoice", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name="fk_payment_policy_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("ref", name="uq_payment_ref"),
    )
    op.create_index("ix_payment_policy_id", "payment", ["policy_id"])
    op.create_table(
        "policy_snapshot",
        sa.Column("customer_id", _ID, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", _MOMENT, nullable=False),
        sa.Column("fetched_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_policy_snapshot_customer_id"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_policy_snapshot")),
    )
    op.create_table(
        "restricted_record",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=128), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_record")),
    )
    op.create_index("ix_restricted_record_subject", "restricted_record", ["subject"])
    op.create_index("ix_restricted_record_keep_until", "restricted_record", ["keep_until"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("restricted_record")
    op.drop_table("policy_snapshot")
    op.drop_table("payment")
