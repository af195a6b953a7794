"""people: customer records that were joined, and who is at work in the staff group"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("undone_at IS NULL")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "customer_join",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("kept_id", _NUMBER, nullable=False),
        sa.Column("away_id", _NUMBER, nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("undone_by", sa.String(length=128), nullable=True),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.Column("undone_words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["customer.id"], name=op.f("fk_customer_join_kept_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["away_id"], ["customer.id"], name=op.f("fk_customer_join_away_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_join")),
    )
    op.create_index(op.f("ix_customer_join_kept_id"), "customer_join", ["kept_id"])
    op.create_index(
        "ix_customer_join_away_open",
        "customer_join",
        ["away_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "desk_presence",
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_desk_presence")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("desk_presence")
    op.drop_table("customer_join")
