"""Keep runs of procedures: where each stands, so that it can go on elsewhere and days later, and how it ended."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "procedure_run",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("document", Json(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("touched_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_procedure_run")),
    )
    op.create_index(
        "ix_procedure_run_active",
        "procedure_run",
        ["tenant_id", "conversation_id"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
    op.create_index("ix_procedure_run_conversation", "procedure_run", ["tenant_id", "conversation_id", "id"])
    op.create_index("ix_procedure_run_party", "procedure_run", ["tenant_id", "party_id", "state"])
    op.create_index("ix_procedure_run_touched", "procedure_run", ["tenant_id", "state", "touched_at"])
