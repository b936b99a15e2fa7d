"""Hold the lines that have a word against filters by narrow indexes, on SQLite."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE INDEX ix_record_line_narrow ON record_line (id, tenant_id, conversation_id, author)")
        op.execute(
            "CREATE INDEX ix_record_card_narrow ON record_card ("
            "tenant_id, conversation_id, channel, language, state, assignee, queue, status, priority)"
        )
