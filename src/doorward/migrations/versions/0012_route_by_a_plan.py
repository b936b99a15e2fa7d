"""Route by a plan."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "routing_plan",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", Json(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_routing_plan")),
    )
    op.create_table(
        "routing_profile",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("profile", Json(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "staff_id", name=op.f("pk_routing_profile")),
    )
    op.create_table(
        "routing_last",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "party_id", name=op.f("pk_routing_last")),
    )
    op.create_table(
        "routing_lately",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contacts", sa.Float(), nullable=False),
        sa.Column("waited", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_routing_lately")),
    )
    op.create_table(
        "automation_rules",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rules", Json(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_automation_rules")),
    )
    with op.batch_alter_table("routing_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("language", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("needs", Json(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("last_agent", sa.Text(), nullable=True))

    with op.batch_alter_table("routing_presence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
