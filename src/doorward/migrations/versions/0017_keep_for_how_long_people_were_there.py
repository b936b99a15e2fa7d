"""Keep for how long people were there, and why not."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import UtcTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "routing_presence_past",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "staff_id", "since", name=op.f("pk_routing_presence_past")),
    )
    with op.batch_alter_table("routing_presence_past", schema=None) as batch_op:
        batch_op.create_index("ix_routing_presence_past_until", ["tenant_id", "until"], unique=False)
