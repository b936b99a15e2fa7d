"""Say who handed a conversation over."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    with op.batch_alter_table("record_card", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handed_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("handed_note", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("routing_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("put_back_by", sa.Text(), nullable=True))
