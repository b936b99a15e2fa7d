"""The record's tables. Rows of `record_entry` and `record_audit` are only ever added (and sealed)."""

from typing import Final

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from doorward.kit.db import Json, UtcTime, metadata

HAPPENED: Final = "kind IN ('conversation.resolved', 'feedback.given', 'handoff.assigned')"
"""Of which kinds lines are found by their time alone. A query says exactly this, or SQLite does not use the index."""

entry_table = Table(
    "record_entry",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("message_id", Text),
    Column("text", Text),
    Column("spans", Json),
    Column("data", Json, nullable=False),
    UniqueConstraint("tenant_id", "conversation_id", "key"),
)
Index(
    "ix_record_entry_happened",
    entry_table.c.tenant_id,
    entry_table.c.at,
    sqlite_where=text(HAPPENED),
    postgresql_where=text(HAPPENED),
)

card_table = Table(
    "record_card",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_author", Text, nullable=False),
    Column("preview", Text, nullable=False),
    Column("risk", Float, nullable=False),
    Column("intent", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("assignee", Text),
    Column("waiting_since", UtcTime),
    Column("assigned_at", UtcTime),
    Column("first_response_at", UtcTime),
    Column("resolved_at", UtcTime),
    Column("waited_seconds", Float, nullable=False),
    Column("customer_messages", Integer, nullable=False),
    Column("bot_messages", Integer, nullable=False),
    Column("agent_messages", Integer, nullable=False),
    Column("handovers", Integer, nullable=False),
    Column("misunderstood", Integer, nullable=False),
    Column("helped", Integer, nullable=False),
    Column("handed_by", Text),
    Column("handed_note", Text, nullable=False, server_default=""),
    Column("heard_seq", Integer, nullable=False, server_default="0"),
    Column("unanswered_since", UtcTime),
    Column("labels", Json, nullable=False, server_default="[]"),
    Column("attributes", Json, nullable=False, server_default="{}"),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("status", Text, nullable=False, server_default=""),
    Column("snoozed_until", UtcTime),
    Column("notes", Integer, nullable=False, server_default="0"),
    Column("open_tasks", Integer, nullable=False, server_default="0"),
    Column("scheduled", Integer, nullable=False, server_default="0"),
    Column("merged_into", Text),
)
# Lists are narrowed by any of these: what is wanted is found here alone, and only what is shown is read from the table.
Index(
    "ix_record_card_state_last",
    card_table.c.tenant_id,
    card_table.c.state,
    card_table.c.last_at,
    card_table.c.conversation_id,
    card_table.c.language,
    card_table.c.channel,
    card_table.c.queue,
    card_table.c.status,
    card_table.c.priority,
    card_table.c.risk,
    card_table.c.snoozed_until,
)
Index("ix_record_card_last", card_table.c.tenant_id, card_table.c.last_at)
Index("ix_record_card_opened", card_table.c.tenant_id, card_table.c.opened_at)
Index(
    "ix_record_card_resolved",
    card_table.c.tenant_id,
    card_table.c.resolved_at,
    sqlite_where=card_table.c.resolved_at.is_not(None),
    postgresql_where=card_table.c.resolved_at.is_not(None),
)
Index("ix_record_card_party", card_table.c.tenant_id, card_table.c.party_id)

Index(
    "ix_record_card_assignee", card_table.c.tenant_id, card_table.c.assignee, card_table.c.state, card_table.c.last_at
)
# Few conversations wait for an answer or sleep, however many there are.
Index(
    "ix_record_card_unanswered",
    card_table.c.tenant_id,
    card_table.c.unanswered_since,
    sqlite_where=card_table.c.unanswered_since.is_not(None),
    postgresql_where=card_table.c.unanswered_since.is_not(None),
)
Index(
    "ix_record_card_snoozed",
    card_table.c.tenant_id,
    card_table.c.snoozed_until,
    sqlite_where=card_table.c.snoozed_until.is_not(None),
    postgresql_where=card_table.c.snoozed_until.is_not(None),
)

# What lines of the ledger put on a conversation, by what it is looked for; written with the line, rebuilt from it.
label_table = Table(
    "record_label",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("label", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
)
Index("ix_record_label_conversation", label_table.c.tenant_id, label_table.c.conversation_id)

mention_table = Table(
    "record_mention",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
# The latest of somebody's is asked for with every page.
Index("ix_record_mention_at", mention_table.c.tenant_id, mention_table.c.staff_id, mention_table.c.at)

# Reviews of conversations: what they came to, and where in the ledger their words are.
review_table = Table(
    "record_review",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("review_id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("scorecard", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("failed", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    # The line in which the one who was reviewed answered.
    Column("answer_seq", Integer),
)
Index("ix_record_review_staff", review_table.c.tenant_id, review_table.c.staff_id, review_table.c.at)
Index("ix_record_review_at", review_table.c.tenant_id, review_table.c.at)

task_table = Table(
    "record_task",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("assignee", Text),
    Column("due_at", UtcTime),
    Column("done_at", UtcTime),
)
Index(
    "ix_record_task_assignee", task_table.c.tenant_id, task_table.c.assignee, task_table.c.done_at, task_table.c.due_at
)
Index("ix_record_task_conversation", task_table.c.tenant_id, task_table.c.conversation_id)

scheduled_table = Table(
    "record_scheduled",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("send_at", UtcTime, nullable=False),
)
Index("ix_record_scheduled_due", scheduled_table.c.send_at)
Index("ix_record_scheduled_conversation", scheduled_table.c.tenant_id, scheduled_table.c.conversation_id)

# How far each member of staff has seen each conversation. Not in the ledger: nobody else ever asks for it.
seen_table = Table(
    "record_seen",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
)

audit_table = Table(
    "record_audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("reason", Text),
    # Filled in by the sealer: the row's place in its tenant's chain and the chain's value there.
    Column("seq", Integer),
    Column("chain", LargeBinary),
    UniqueConstraint("tenant_id", "seq"),
)
# The rows that wait for the sealer are few, and asked for every second.
Index(
    "ix_record_audit_unsealed",
    audit_table.c.tenant_id,
    audit_table.c.id,
    sqlite_where=audit_table.c.seq.is_(None),
    postgresql_where=audit_table.c.seq.is_(None),
)
Index("ix_record_audit_tenant_at", audit_table.c.tenant_id, audit_table.c.at)
# Customers ask who looked at what is theirs.
Index("ix_record_audit_object", audit_table.c.tenant_id, audit_table.c.object_id)
