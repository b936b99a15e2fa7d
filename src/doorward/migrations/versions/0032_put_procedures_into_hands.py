"""Ask second persons about acts and keep what they decided; keep editions of procedures that companies write."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "procedure_agreement",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("acting", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_procedure_agreement")),
    )
    op.create_index("ix_procedure_agreement_state", "procedure_agreement", ["tenant_id", "state", "asked_at"])
    op.create_index("ix_procedure_agreement_conversation", "procedure_agreement", ["tenant_id", "conversation_id"])
    op.create_index("ix_procedure_agreement_party", "procedure_agreement", ["tenant_id", "party_id"])
    op.create_table(
        "procedure_draft",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", Json(), nullable=False),
        sa.Column("writers", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "procedure", name=op.f("pk_procedure_draft")),
    )
    op.create_table(
        "procedure_edition",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Json(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "procedure", "number", name=op.f("pk_procedure_edition")),
    )
