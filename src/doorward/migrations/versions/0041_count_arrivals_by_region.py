"""Count arrivals by region."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.add_column("admission_arrivals", sa.Column("region", sa.Text(), nullable=False, server_default=""))
