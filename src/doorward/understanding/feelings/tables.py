"""Table: what a conversation sounded like, for a day."""

from sqlalchemy import Boolean, Column, Index, Table, Text

from doorward.kit.db import UtcTime, metadata

hint_table = Table(
    "understanding_hint",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("emotion", Text, nullable=False),
    Column("vulnerable", Boolean, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
Index("ix_understanding_hint_party", hint_table.c.tenant_id, hint_table.c.party_id)
Index("ix_understanding_hint_expires_at", hint_table.c.expires_at)
