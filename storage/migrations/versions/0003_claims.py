"""claims: documents, clocks, decisions; the imported working calendar"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the change; every new column may stay empty, so the old program still runs."""
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("frames", sa.String(length=64), nullable=False),
        sa.Column("imported_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "claim_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=True),
        sa.Column("received_at", _MOMENT, nullable=True),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_document")),
        sa.UniqueConstraint("claim_number", "name", name="uq_claim_document_claim_number_name"),
    )
    for column in (
        sa.Column("external_ref", sa.String(length=64), nullable=True),
        sa.Column("track", sa.String(length=64), nullable=True),
        sa.Column("estimate_fen", sa.BigInteger(), nullable=True),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.Column("signals", sa.LargeBinary(), nullable=True),
    ):
        op.add_column("claim", column)
    op.create_index("ix_claim_external_ref", "claim", ["external_ref"], unique=True)
    op.create_index("ix_claim_policy_number_reported_at", "claim", ["policy_number", "reported_at"])
    op.create_index("ix_claim_status_due_at", "claim", ["status", "due_at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_claim_status_due_at", table_name="claim")
    op.drop_index("ix_claim_policy_number_reported_at", table_name="claim")
    op.drop_index("ix_claim_external_ref", table_name="claim")
    for name in ("external_ref", "track", "estimate_fen", "due_at", "decision", "signals"):
        op.drop_column("claim", name)
    op.drop_table("claim_document")
    op.drop_table("calendar_day")
