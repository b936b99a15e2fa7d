"""Keep what staff do with conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "record_label",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "label", "conversation_id", name=op.f("pk_record_label")),
    )
    with op.batch_alter_table("record_label", schema=None) as batch_op:
        batch_op.create_index("ix_record_label_conversation", ["tenant_id", "conversation_id"], unique=False)

    op.create_table(
        "record_mention",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "staff_id", "conversation_id", "seq", name=op.f("pk_record_mention")),
    )
    op.create_table(
        "record_scheduled",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("send_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "message_id", name=op.f("pk_record_scheduled")),
    )
    with op.batch_alter_table("record_scheduled", schema=None) as batch_op:
        batch_op.create_index("ix_record_scheduled_conversation", ["tenant_id", "conversation_id"], unique=False)
        batch_op.create_index("ix_record_scheduled_due", ["send_at"], unique=False)

    op.create_table(
        "record_seen",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "staff_id", "conversation_id", name=op.f("pk_record_seen")),
    )
    op.create_table(
        "record_task",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "task_id", name=op.f("pk_record_task")),
    )
    with op.batch_alter_table("record_task", schema=None) as batch_op:
        batch_op.create_index("ix_record_task_assignee", ["tenant_id", "assignee", "done_at", "due_at"], unique=False)
        batch_op.create_index("ix_record_task_conversation", ["tenant_id", "conversation_id"], unique=False)

    op.create_table(
        "workspace_piece",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "key", name=op.f("pk_workspace_piece")),
    )
    with op.batch_alter_table("workspace_piece", schema=None) as batch_op:
        batch_op.create_index("ix_workspace_piece_list", ["tenant_id", "kind", "owner", "place"], unique=False)

    with op.batch_alter_table("record_card", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_seq", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("unanswered_since", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("labels", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("attributes", sa.Text(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("status", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("snoozed_until", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("notes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("open_tasks", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("scheduled", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("merged_into", sa.Text(), nullable=True))
        batch_op.create_index("ix_record_card_assignee", ["tenant_id", "assignee", "state", "last_at"], unique=False)
        batch_op.create_index(
            "ix_record_card_snoozed",
            ["tenant_id", "snoozed_until"],
            unique=False,
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
            postgresql_where=sa.text("snoozed_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_record_card_unanswered",
            ["tenant_id", "unanswered_since"],
            unique=False,
            sqlite_where=sa.text("unanswered_since IS NOT NULL"),
            postgresql_where=sa.text("unanswered_since IS NOT NULL"),
        )

    _project_anew()


def _project_anew() -> None:
    """Give the cards there are what they would have had: what the customer said last, and since when they wait."""
    op.execute(
        """
        UPDATE record_card SET heard_seq = COALESCE((
            SELECT MAX(said.seq) FROM record_entry said
            WHERE said.tenant_id = record_card.tenant_id AND said.conversation_id = record_card.conversation_id
              AND said.kind = 'message.customer'), 0)
        """
    )
    op.execute(
        """
        UPDATE record_card SET unanswered_since = (
            SELECT MIN(said.at) FROM record_entry said
            WHERE said.tenant_id = record_card.tenant_id AND said.conversation_id = record_card.conversation_id
              AND said.kind = 'message.customer'
              AND said.seq > COALESCE((
                SELECT MAX(answer.seq) FROM record_entry answer
                WHERE answer.tenant_id = record_card.tenant_id
                  AND answer.conversation_id = record_card.conversation_id
                  AND (answer.kind = 'conversation.resolved'
                       OR (answer.kind IN ('message.bot', 'message.agent')
                           AND answer.data NOT LIKE '%"action":"handoff.passed"%'))), 0))
        WHERE state <> 'resolved'
        """
    )
