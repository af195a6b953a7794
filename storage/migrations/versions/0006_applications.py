"""applications: what is wanted, paid, and how long the form takes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change; only new tables, so the old program still runs."""
    op.create_table(
        "application",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", _ID, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=True),
        sa.Column("phone_blind", sa.String(length=64), nullable=True),
        sa.Column("policy_number", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("work", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_application_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("number", name="uq_application_number"),
    )
    for column in ("conversation_id", "partner", "phone_blind", "policy_number"):
        op.create_index(f"ix_application_{column}", "application", [column])
    op.create_index("ix_application_status_due_at", "application", ["status", "due_at"])
    op.create_table(
        "application_payment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("application_number", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("noted_at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_payment")),
        sa.UniqueConstraint(
            "application_number",
            "reference",
            name="uq_application_payment_application_number_reference",
        ),
    )
    op.create_table(
        "form_step",
        sa.Column("id", _ID, nullable=False),
        sa.Column("conversation_id", _ID, nullable=False),
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_form_step_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_step")),
        sa.UniqueConstraint("run", "step", name="uq_form_step_run_step"),
    )
    op.create_index("ix_form_step_conversation_id", "form_step", ["conversation_id"])
    op.create_index("ix_form_step_flow_at", "form_step", ["flow", "at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("form_step")
    op.drop_table("application_payment")
    op.drop_table("application")
