"""draft revision, so that browsers never overwrite each other; whom an agent served is found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("agent_draft") as table:
        table.add_column(sa.Column("rev", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("tab", sa.String(length=64), nullable=False, server_default=""))
    op.create_index("ix_episode_agent_opened_at", "episode", ["agent", "opened_at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_episode_agent_opened_at", "episode")
    with op.batch_alter_table("agent_draft") as table:
        table.drop_column("tab")
        table.drop_column("rev")
