"""Let rules act: keep what each of them did, once. Webhooks: keep who hears when one is switched off."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "automation_run",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rules_number", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("steps", Json(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_automation_run")),
    )
    with op.batch_alter_table("automation_run", schema=None) as batch_op:
        batch_op.create_index(
            "ix_automation_run_once", ["tenant_id", "rule_id", "conversation_id", "cause"], unique=True
        )
        batch_op.create_index("ix_automation_run_rule", ["tenant_id", "rule_id", "id"], unique=False)
        batch_op.create_index("ix_automation_run_conversation", ["tenant_id", "conversation_id", "at"], unique=False)
        batch_op.create_index("ix_automation_run_at", ["tenant_id", "at"], unique=False)
    with op.batch_alter_table("webhooks_endpoint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_to", sa.Text(), server_default="", nullable=False))
