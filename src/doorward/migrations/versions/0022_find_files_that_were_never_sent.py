"""Find files that staff attached and never sent without looking at the others, whose contents lie in the same rows."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BESIDE = sa.text("staff_id IS NOT NULL AND reply_id IS NULL")


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_index(
        "ix_flow_attachment_beside",
        "flow_attachment",
        ["tenant_id", "at"],
        unique=False,
        sqlite_where=_BESIDE,
        postgresql_where=_BESIDE,
    )
