"""Keep knowledge up: who answers for an article, when it is to be read again, and why it went back to its writers."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.add_column("answering_edition", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "answering_steward",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=True),
        sa.Column("review_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "slug"),
    )
