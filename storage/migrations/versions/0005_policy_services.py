"""policy services: changes, paper copies, invoices, links to electronic policies, deliveries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", _NUMBER, nullable=False)


def upgrade() -> None:
    """Apply the change; only new tables, so the old program still runs."""
    _requests()
    _links()
    op.create_table(
        "policy_delivery",
        _id(),
        sa.Column("policy_number", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_delivery")),
    )
    op.create_index("ix_policy_delivery_policy_number", "policy_delivery", ["policy_number"])


def _requests() -> None:
    op.create_table(
        "service_request",
        _id(),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=True),
        sa.Column("customer_id", _NUMBER, nullable=True),
        sa.Column("policy_number", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("open_key", sa.String(length=128), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_service_request_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_service_request_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
        sa.UniqueConstraint("number", name=op.f("uq_service_request_number")),
        sa.UniqueConstraint("open_key", name=op.f("uq_service_request_open_key")),
    )
    for column in ("conversation_id", "customer_id", "policy_number"):
        op.create_index(f"ix_service_request_{column}", "service_request", [column])
    op.create_index(
        "ix_service_request_family_status_due_at",
        "service_request",
        ["family", "status", "due_at"],
    )
    op.create_table(
        "service_document",
        _id(),
        sa.Column("service_number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_document")),
        sa.UniqueConstraint(
            "service_number", "name", name=op.f("uq_service_document_service_number_name")
        ),
    )


def _links() -> None:
    op.create_table(
        "policy_link",
        _id(),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("policy_number", sa.String(length=64), nullable=False),
        sa.Column("customer_id", _NUMBER, nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_policy_link_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_policy_link_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_link")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_link_key")),
    )
    for column in ("conversation_id", "customer_id"):
        op.create_index(f"ix_policy_link_{column}", "policy_link", [column])


def downgrade() -> None:
    """Take the change back."""
    for table in ("policy_delivery", "policy_link", "service_document", "service_request"):
        op.drop_table(table)
