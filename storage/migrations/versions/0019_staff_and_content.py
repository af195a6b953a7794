"""staff notices, the content calendar, and single-use states of web authorisation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = "'draft', 'review', 'approved', 'sent', 'published', 'missed', 'cancelled'"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "staff_notice",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_notice_key")),
    )
    op.create_index("ix_staff_notice_role_at", "staff_notice", ["role", "at"])
    op.create_table(
        "content_item",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("planned_at", sa.Time(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("approver", sa.String(length=128), nullable=True),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("record", sa.String(length=500), nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_content_item_state_known")),
        sa.CheckConstraint(
            "approver IS NULL OR approver <> author",
            name=op.f("ck_content_item_approver_is_another"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'sent', 'published', 'missed') OR approver IS NOT NULL",
            name=op.f("ck_content_item_approved_before_sent"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_item")),
        sa.UniqueConstraint("number", name=op.f("uq_content_item_number")),
    )
    op.create_index("ix_content_item_state_planned_on", "content_item", ["state", "planned_on"])
    op.create_table(
        "oauth_state",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("link", sa.String(length=128), nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_oauth_state_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oauth_state")),
    )
    op.create_index(op.f("ix_oauth_state_conversation_id"), "oauth_state", ["conversation_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("oauth_state")
    op.drop_table("content_item")
    op.drop_table("staff_notice")
