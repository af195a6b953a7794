"""draft revision, so that browsers never overwrite each other; whom an agent served; tags"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("agent_draft") as table:
        table.add_column(sa.Column("rev", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("tab", sa.String(length=64), nullable=False, server_default=""))
    op.create_index("ix_episode_agent_opened_at", "episode", ["agent", "opened_at"])
    op.create_table(
        "conversation_tag",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_conversation_tag_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_tag")),
        sa.UniqueConstraint(
            "conversation_id", "tag", name=op.f("uq_conversation_tag_conversation_id_tag")
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("conversation_tag")
    op.drop_index("ix_episode_agent_opened_at", "episode")
    with op.batch_alter_table("agent_draft") as table:
        table.drop_column("tab")
        table.drop_column("rev")
