"""identity: bindings, staff checks, consents, grants; indexes of the policy look-up"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change; the old program knows nothing of the new tables and still runs."""
    op.create_table(
        "access_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("grantee_name", sa.LargeBinary(), nullable=False),
        sa.Column("grantee_phone", sa.LargeBinary(), nullable=False),
        sa.Column("grantee_blind", sa.String(length=64), nullable=False),
        sa.Column("relation", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("plate", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_access_grant_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_access_grant_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["conversation.id"], name=op.f("fk_access_grant_used_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
        sa.UniqueConstraint("number", name=op.f("uq_access_grant_number")),
    )
    op.create_index(
        op.f("ix_access_grant_customer_id"), "access_grant", ["customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_access_grant_grantee_blind"), "access_grant", ["grantee_blind"], unique=False
    )
    op.create_index(op.f("ix_access_grant_used_by"), "access_grant", ["used_by"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_consent_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(
        "ix_consent_conversation_id_code", "consent", ["conversation_id", "code"], unique=False
    )
    op.create_index(op.f("ix_consent_customer_id"), "consent", ["customer_id"], unique=False)
    op.create_table(
        "identity_binding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_identity_binding_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_identity_binding_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_binding")),
    )
    op.create_index(
        op.f("ix_identity_binding_conversation_id"),
        "identity_binding",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_identity_binding_customer_id"), "identity_binding", ["customer_id"], unique=False
    )
    op.create_table(
        "staff_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("checked_by", sa.String(length=128), nullable=False),
        sa.Column("second", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_staff_check_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_staff_check_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_check")),
    )
    op.create_index(
        op.f("ix_staff_check_conversation_id"), "staff_check", ["conversation_id"], unique=False
    )
    op.create_index(
        op.f("ix_staff_check_customer_id"), "staff_check", ["customer_id"], unique=False
    )
    op.add_column(
        "one_time_code", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_one_time_code_sent_at", "one_time_code", ["sent_at"], unique=False)
    op.create_index(
        "ix_policy_customer_id_ends_on", "policy", ["customer_id", "ends_on"], unique=False
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_policy_customer_id_ends_on", table_name="policy")
    op.drop_index("ix_one_time_code_sent_at", table_name="one_time_code")
    op.drop_column("one_time_code", "forgotten_at")
    op.drop_index(op.f("ix_staff_check_customer_id"), table_name="staff_check")
    op.drop_index(op.f("ix_staff_check_conversation_id"), table_name="staff_check")
    op.drop_table("staff_check")
    op.drop_index(op.f("ix_identity_binding_customer_id"), table_name="identity_binding")
    op.drop_index(op.f("ix_identity_binding_conversation_id"), table_name="identity_binding")
    op.drop_table("identity_binding")
    op.drop_index(op.f("ix_consent_customer_id"), table_name="consent")
    op.drop_index("ix_consent_conversation_id_code", table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_access_grant_used_by"), table_name="access_grant")
    op.drop_index(op.f("ix_access_grant_grantee_blind"), table_name="access_grant")
    op.drop_index(op.f("ix_access_grant_customer_id"), table_name="access_grant")
    op.drop_table("access_grant")
