"""Measure what happened by its time, keep reviews, and say up to when reports were sent."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_HAPPENED = sa.text("kind IN ('conversation.resolved', 'feedback.given', 'handoff.assigned')")
_RESOLVED = sa.text("resolved_at IS NOT NULL")


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_index(
        "ix_record_entry_happened",
        "record_entry",
        ["tenant_id", "at"],
        unique=False,
        sqlite_where=_HAPPENED,
        postgresql_where=_HAPPENED,
    )
    op.create_index("ix_record_card_opened", "record_card", ["tenant_id", "opened_at"], unique=False)
    op.create_index(
        "ix_record_card_resolved",
        "record_card",
        ["tenant_id", "resolved_at"],
        unique=False,
        sqlite_where=_RESOLVED,
        postgresql_where=_RESOLVED,
    )
    op.create_index("ix_record_mention_at", "record_mention", ["tenant_id", "staff_id", "at"], unique=False)
    op.create_table(
        "record_review",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("scorecard", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("answer_seq", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "review_id", name=op.f("pk_record_review")),
    )
    op.create_index("ix_record_review_staff", "record_review", ["tenant_id", "staff_id", "at"], unique=False)
    op.create_index("ix_record_review_at", "record_review", ["tenant_id", "at"], unique=False)
    op.create_table(
        "measure_sent",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "schedule", name=op.f("pk_measure_sent")),
    )
