"""policy start: who is asked a week after a policy began is found at once"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_index("ix_policy_starts_at", "policy", ["starts_at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_policy_starts_at", table_name="policy")
