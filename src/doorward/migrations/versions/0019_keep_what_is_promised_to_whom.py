"""Keep what is promised to whom and how it stands, and to whom a call-back was offered."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import UtcTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    with op.batch_alter_table("routing_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_at", UtcTime(), nullable=True))
    op.create_table(
        "routing_promise",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("used_seconds", sa.Integer(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False, server_default=""),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.Column("look_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "clock", "since", name=op.f("pk_routing_promise")),
    )
    is_open, to_look_at = sa.text("ended_at IS NULL"), sa.text("look_at IS NOT NULL")
    with op.batch_alter_table("routing_promise", schema=None) as batch_op:
        batch_op.create_index("ix_routing_promise_since", ["tenant_id", "since"], unique=False)
        batch_op.create_index(
            "ix_routing_promise_open",
            ["tenant_id", "told_at"],
            unique=False,
            sqlite_where=is_open,
            postgresql_where=is_open,
        )
        batch_op.create_index(
            "ix_routing_promise_look",
            ["tenant_id", "look_at"],
            unique=False,
            sqlite_where=to_look_at,
            postgresql_where=to_look_at,
        )
