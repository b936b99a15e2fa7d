"""Tables: the runs of procedures, where each stands and how it ended; what second persons are asked; own editions."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from doorward.kit.db import Json, UtcTime, metadata

run_table = Table(
    "procedure_run",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    # How many events the document has seen: who writes a later one must have read this one.
    Column("events", Integer, nullable=False),
    Column("document", Json, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("touched_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)

# A conversation has one procedure at a time; others wait beneath it.
_ACTIVE = text("state = 'active'")
Index(
    "ix_procedure_run_active",
    run_table.c.tenant_id,
    run_table.c.conversation_id,
    unique=True,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index("ix_procedure_run_conversation", run_table.c.tenant_id, run_table.c.conversation_id, run_table.c.id)
Index("ix_procedure_run_party", run_table.c.tenant_id, run_table.c.party_id, run_table.c.state)
Index("ix_procedure_run_touched", run_table.c.tenant_id, run_table.c.state, run_table.c.touched_at)

agreement_table = Table(
    "procedure_agreement",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    # The act's own key, and a hash of everything that it is: what is agreed to is this call and no other.
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    # For whom it is done, and who proved to be them when it was asked.
    Column("party_id", Text, nullable=False),
    Column("acting", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
    Column("decided_by", Text),
)

Index("ix_procedure_agreement_state", agreement_table.c.tenant_id, agreement_table.c.state, agreement_table.c.asked_at)
Index("ix_procedure_agreement_conversation", agreement_table.c.tenant_id, agreement_table.c.conversation_id)
Index("ix_procedure_agreement_party", agreement_table.c.tenant_id, agreement_table.c.party_id)

draft_table = Table(
    "procedure_draft",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("procedure", Text, primary_key=True),
    # Counts what was saved: who writes must have read the last.
    Column("revision", Integer, nullable=False),
    Column("document", Json, nullable=False),
    # Who wrote since it was begun: where four eyes are wanted, none of them puts it in force.
    Column("writers", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
)

edition_table = Table(
    "procedure_edition",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("procedure", Text, primary_key=True),
    # The newest number is in force; rows are only ever added.
    Column("number", Integer, primary_key=True),
    # The version that runs know it by.
    Column("version", Integer, nullable=False),
    # None: what the company's plugin brings again.
    Column("document", Json),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", Text, nullable=False),
)
