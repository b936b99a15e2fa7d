"""Keep files that are handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "flow_attachment",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "attachment_id", name=op.f("pk_flow_attachment")),
    )
    with op.batch_alter_table("flow_attachment", schema=None) as batch_op:
        batch_op.create_index("ix_flow_attachment_conversation", ["tenant_id", "conversation_id"], unique=False)
        batch_op.create_index("ix_flow_attachment_party", ["tenant_id", "party_id"], unique=False)
