"""Keep how things stand with floods, who came, who has less than a person, and in which order people are given out."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "admission_flood",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("alert", Json(), nullable=False),
        sa.Column("measured", Json(), nullable=False),
        sa.Column("learned", Json(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("led_by", sa.Text(), nullable=False),
        sa.Column("led_until", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_admission_flood")),
    )
    op.create_table(
        "admission_flood_change",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("change", Json(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_admission_flood_change")),
    )
    op.create_table(
        "admission_arrivals",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tick_at", UtcTime(), nullable=False),
        sa.Column("caller_class", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("observed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_admission_arrivals")),
    )
    op.create_index("ix_admission_arrivals_tick_at", "admission_arrivals", ["tenant_id", "tick_at"])
    op.create_table(
        "admission_demotion",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("caller_class", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("over_until", UtcTime(), nullable=True),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.Column("promised_until", UtcTime(), nullable=True),
        sa.Column("appealed_at", UtcTime(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", name=op.f("pk_admission_demotion")),
    )
    op.create_index("ix_admission_demotion_party", "admission_demotion", ["tenant_id", "party_id"])
    op.create_index("ix_admission_demotion_since", "admission_demotion", ["tenant_id", "since"])
    op.create_index(
        "ix_admission_demotion_appeal",
        "admission_demotion",
        ["tenant_id", "appealed_at"],
        sqlite_where=sa.text("appealed_at IS NOT NULL"),
        postgresql_where=sa.text("appealed_at IS NOT NULL"),
    )
    op.create_table(
        "routing_reserve",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("by_rank", sa.Boolean(), nullable=False),
        sa.Column("kept", Json(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_routing_reserve")),
    )
    with op.batch_alter_table("routing_item") as batch_op:
        batch_op.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
