"""Keep which questions are not ours to answer."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import UtcTime

revision = "0033"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "answering_dismissed_question",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "seq", name=op.f("pk_answering_dismissed_question")),
    )
    op.create_index("ix_answering_dismissed_question_at", "answering_dismissed_question", ["tenant_id", "at"])
    op.create_index("ix_answering_dismissed_question_party", "answering_dismissed_question", ["tenant_id", "party_id"])
