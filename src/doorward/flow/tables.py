"""Where a walk stands, so that a crash anywhere resumes."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, text

from doorward.kit.db import UtcTime, metadata

run_table = Table(
    "flow_run",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", UtcTime),
)
Index("ix_flow_run_conversation", run_table.c.tenant_id, run_table.c.conversation_id, run_table.c.state)
Index("ix_flow_run_state_lease", run_table.c.state, run_table.c.lease_until)

step_table = Table(
    "flow_step",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("result", LargeBinary, nullable=False),
)

attachment_table = Table(
    "flow_attachment",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("attachment_id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    # "held" until a scanner has looked at it, then "clean" or "refused"; nothing is handed out but what is clean.
    Column("state", Text, nullable=False),
    # Empty once the file is refused.
    Column("sealed", LargeBinary, nullable=False),
    # When it came; one that a reply brought and lies beside the field again, since when it does.
    Column("at", UtcTime, nullable=False),
    Column("scanned_at", UtcTime),
    Column("finding", Text),
    # Who of the staff attached it to a reply; None for what a customer handed in.
    Column("staff_id", Text),
    # The reply that brings it, waiting or sent; None as long as it lies beside the field.
    Column("reply_id", Text),
)
Index("ix_flow_attachment_conversation", attachment_table.c.tenant_id, attachment_table.c.conversation_id)
Index("ix_flow_attachment_state", attachment_table.c.tenant_id, attachment_table.c.state)
Index("ix_flow_attachment_party", attachment_table.c.tenant_id, attachment_table.c.party_id)
_BESIDE = text("staff_id IS NOT NULL AND reply_id IS NULL")
Index(
    "ix_flow_attachment_beside",
    attachment_table.c.tenant_id,
    attachment_table.c.at,
    sqlite_where=_BESIDE,
    postgresql_where=_BESIDE,
)

answer_table = Table(
    "flow_answer",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # Who used the key: keys of two people or programs are never the same key.
    Column("actor_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)
Index("ix_flow_answer_at", answer_table.c.at)
