"""The rules of each company, and what they did."""

from sqlalchemy import Column, Index, Integer, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

rules_table = Table(
    "automation_rules",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("rules", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

# One row for each time that a rule took something up: with `cause` it is what makes a rule act once.
run_table = Table(
    "automation_run",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("rule_id", Text, nullable=False),
    Column("rules_number", Integer, nullable=False),
    Column("conversation_id", Text, nullable=False),
    # The line of the ledger (`line:17`), or since when something lasted (`conversation.waiting:2026-…`).
    Column("cause", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    # What became of each deed, in order; those that are missing are still to be done.
    Column("steps", Json, nullable=False),
)
Index(
    "ix_automation_run_once",
    run_table.c.tenant_id,
    run_table.c.rule_id,
    run_table.c.conversation_id,
    run_table.c.cause,
    unique=True,
)
Index("ix_automation_run_rule", run_table.c.tenant_id, run_table.c.rule_id, run_table.c.id)
Index("ix_automation_run_conversation", run_table.c.tenant_id, run_table.c.conversation_id, run_table.c.at)
Index("ix_automation_run_at", run_table.c.tenant_id, run_table.c.at)
