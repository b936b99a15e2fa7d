"""What each company's customers want: its intents, the phrases that teach them, and the models learnt from those."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

intent_table = Table(
    "intent",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("labels", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("changed_by", Text, nullable=False),
)

# The id is made of the tenant and the case-folded text: a phrase is there once, whatever it teaches.
phrase_table = Table(
    "intent_phrase",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    # Empty for what none of the intents means.
    Column("intent", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("spans", Json, nullable=False),
    Column("source", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", UtcTime, nullable=False),
)
Index("ix_intent_phrase_intent", phrase_table.c.tenant_id, phrase_table.c.intent, phrase_table.c.added_at)

model_table = Table(
    "intent_model",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("activated_at", UtcTime),
    Column("phrases", Integer, nullable=False),
    Column("report", Json, nullable=False),
    Column("description", Json),
    Column("weights", LargeBinary),
)

# One row a tenant: the training that was asked for last.
training_table = Table(
    "intent_training",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("version", Integer),
)
