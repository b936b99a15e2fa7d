"""Say what a scan of a file came to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    with op.batch_alter_table("flow_attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scanned_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("finding", sa.Text(), nullable=True))
        batch_op.create_index("ix_flow_attachment_state", ["tenant_id", "state"], unique=False)
