"""Find customers by a blind index."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "protection_index",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("from_profile", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "value", "party_id", "from_profile", name=op.f("pk_protection_index")),
    )
    with op.batch_alter_table("protection_index", schema=None) as batch_op:
        batch_op.create_index("ix_protection_index_party", ["tenant_id", "party_id"], unique=False)
