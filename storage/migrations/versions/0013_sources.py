"""sources: scenes of QR codes and links, and who came by them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "scene",
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("scene", name=op.f("pk_scene")),
    )
    op.create_table(
        "arrival",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_arrival_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
    )
    op.create_index(op.f("ix_arrival_conversation_id"), "arrival", ["conversation_id"])
    op.create_index(op.f("ix_arrival_scene"), "arrival", ["scene"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("arrival")
    op.drop_table("scene")
