"""Admission's tables: who is blocked, how it stands with floods, who has less meanwhile, and how prepared one is."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

block_table = Table(
    "admission_block",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # Notes, appeals and the words of a decision are masked before they come here.
    Column("note", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("blocked_at", UtcTime, nullable=False),
    Column("blocked_by", Text, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("lifted_at", UtcTime),
    Column("lifted_by", Text),
    Column("appealed_at", UtcTime),
    Column("appeal", Text),
    Column("decided_at", UtcTime),
    Column("decided_by", Text),
    Column("decision", Text),
    Column("decision_note", Text),
)
# Every message asks by its sender.
Index("ix_admission_block_party", block_table.c.tenant_id, block_table.c.party_id, block_table.c.ends_at)

# How a tenant stands with floods, a row each: the level with what people decided, what is measured, what was learned.
flood_table = Table(
    "admission_flood",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("alert", Json, nullable=False),
    Column("measured", Json, nullable=False),
    Column("learned", Json, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    # Which process watches, and until when nobody else does.
    Column("led_by", Text, nullable=False),
    Column("led_until", UtcTime, nullable=False),
)

flood_change_table = Table(
    "admission_flood_change",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
    # The change with all its evidence, as it was judged.
    Column("change", Json, nullable=False),
)

# How many came in ten seconds, counted by each process for itself; rows are gone after an hour.
arrivals_table = Table(
    "admission_arrivals",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("tick_at", UtcTime, nullable=False),
    Column("caller_class", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("region", Text, nullable=False, server_default=""),
    Column("number", Integer, nullable=False),
    Column("observed", Boolean, nullable=False),
)
Index("ix_admission_arrivals_tick_at", arrivals_table.c.tenant_id, arrivals_table.c.tick_at)

# A conversation that has less than a person for now: why, what it was told, and what became of its appeal.
demotion_table = Table(
    "admission_demotion",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("caller_class", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
    # Until when an owner who came too often is over their quota.
    Column("over_until", UtcTime),
    Column("told_at", UtcTime),
    Column("promised_until", UtcTime),
    Column("appealed_at", UtcTime),
    Column("decided_at", UtcTime),
    Column("decided_by", Text),
    Column("granted", Boolean),
    Column("ended_at", UtcTime),
)
Index("ix_admission_demotion_party", demotion_table.c.tenant_id, demotion_table.c.party_id)
Index("ix_admission_demotion_since", demotion_table.c.tenant_id, demotion_table.c.since)
Index(
    "ix_admission_demotion_appeal",
    demotion_table.c.tenant_id,
    demotion_table.c.appealed_at,
    sqlite_where=demotion_table.c.appealed_at.is_not(None),
    postgresql_where=demotion_table.c.appealed_at.is_not(None),
)

# How well a company is prepared, as it was played when somebody asked: a row each time, of which a few are kept.
preparation_table = Table(
    "admission_preparation",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    # The house's own version, which decides as much as the figures do.
    Column("version", Text, nullable=False),
    Column("played", Integer, nullable=False),
    Column("scenarios", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    # What the company had, and what came of it; nothing while it is played.
    Column("ours", Json),
    Column("found", Json),
)
