"""tickets with queues and owners, complaints with parties and outcomes, versions of the calendar"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Name and type; all of them may stay empty.
_TICKET: tuple[tuple[str, Any], ...] = (
    ("queue", sa.String(length=64)),
    ("owner", sa.String(length=128)),
    ("about", sa.String(length=64)),
    ("unique_key", sa.String(length=128)),
    ("promised_at", _MOMENT),
    ("updated_at", _MOMENT),
    ("closed_at", _MOMENT),
)
_COMPLAINT: tuple[tuple[str, Any], ...] = (
    *((name, sa.String(length=64)) for name in (
        "dispute", "line", "capacity", "policy_number", "claim_number", "joined_to", "outcome",
        "position", "root_cause",
    )),
    ("rung", sa.Integer()),
    ("due_at", _MOMENT),
    ("decided_at", _MOMENT),
    ("closed_at", _MOMENT),
)  # fmt: skip


def upgrade() -> None:
    """Apply the change; every new column may stay empty, so the old program still runs."""
    op.create_table(
        "complaint_party",
        sa.Column("id", _ID, nullable=False),
        sa.Column("complaint_number", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("blind", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_party")),
    )
    op.create_index("ix_complaint_party_blind", "complaint_party", ["blind"])
    op.create_index("ix_complaint_party_complaint_number", "complaint_party", ["complaint_number"])
    op.create_table(
        "calendar_version",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("imported_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_calendar_version")),
    )
    for name, kind in _TICKET:
        op.add_column("ticket", sa.Column(name, kind, nullable=True))
    op.create_index("ix_ticket_about", "ticket", ["about"])
    op.create_index("ix_ticket_unique_key", "ticket", ["unique_key"], unique=True)
    op.create_index("ix_ticket_queue_status_due_at", "ticket", ["queue", "status", "due_at"])
    for name, kind in _COMPLAINT:
        op.add_column("complaint", sa.Column(name, kind, nullable=True))
    op.create_index("ix_complaint_joined_to", "complaint", ["joined_to"])
    op.create_index("ix_complaint_root_cause_closed_at", "complaint", ["root_cause", "closed_at"])
    op.create_index("ix_complaint_status_due_at", "complaint", ["status", "due_at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_complaint_status_due_at", table_name="complaint")
    op.drop_index("ix_complaint_root_cause_closed_at", table_name="complaint")
    op.drop_index("ix_complaint_joined_to", table_name="complaint")
    for name, _ in _COMPLAINT:
        op.drop_column("complaint", name)
    op.drop_index("ix_ticket_queue_status_due_at", table_name="ticket")
    op.drop_index("ix_ticket_unique_key", table_name="ticket")
    op.drop_index("ix_ticket_about", table_name="ticket")
    for name, _ in _TICKET:
        op.drop_column("ticket", name)
    op.drop_table("calendar_version")
    op.drop_table("complaint_party")
