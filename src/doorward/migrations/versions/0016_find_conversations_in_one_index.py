"""Find conversations in one index that has all that lists are narrowed by."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    columns = ["tenant_id", "state", "last_at", "conversation_id", "language", "channel", "queue", "status"]
    with op.batch_alter_table("record_card", schema=None) as batch_op:
        batch_op.drop_index("ix_record_card_state_last")
        batch_op.create_index(
            "ix_record_card_state_last", [*columns, "priority", "risk", "snoozed_until"], unique=False
        )
