"""Keep what was offered to whom, unasked, what they said, and what they were expected to want."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "nudge_offer",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("nudge", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("offered_at", UtcTime(), nullable=False),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.Column("solved_at", UtcTime(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_nudge_offer")),
    )
    op.create_index("ix_nudge_offer_conversation", "nudge_offer", ["tenant_id", "conversation_id", "id"])
    op.create_index("ix_nudge_offer_party", "nudge_offer", ["tenant_id", "party_id", "offered_at"])
    op.create_index("ix_nudge_offer_offered_at", "nudge_offer", ["tenant_id", "offered_at"])
    op.create_table(
        "understanding_expectation",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("conditions", Json(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("likelihood", sa.Float(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", name=op.f("pk_understanding_expectation")),
    )
    op.create_index("ix_understanding_expectation_party", "understanding_expectation", ["tenant_id", "party_id"])
    op.create_index("ix_understanding_expectation_made_at", "understanding_expectation", ["tenant_id", "made_at"])
