"""reports: evaluations of service as they were made, and notices to staff"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "service_report",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("page", sa.LargeBinary(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_report")),
        sa.UniqueConstraint(
            "kind", "first", "last", name=op.f("uq_service_report_kind_first_last")
        ),
    )
    op.create_table(
        "personal_notice",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_notice")),
        sa.UniqueConstraint("person", "key", name=op.f("uq_personal_notice_person_key")),
    )
    op.create_index("ix_personal_notice_person_seen_at", "personal_notice", ["person", "seen_at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("personal_notice")
    op.drop_table("service_report")
