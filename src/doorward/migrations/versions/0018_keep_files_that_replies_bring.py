"""Keep files that replies bring."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    with op.batch_alter_table("flow_attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("reply_id", sa.Text(), nullable=True))
