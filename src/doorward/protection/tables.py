"""Protection's table: what stood in masked places, sealed under the key of the party who wrote it."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from doorward.kit.db import UtcTime, metadata

original_table = Table(
    "protection_original",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("span_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subkind", Text),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)
Index("ix_protection_original_party", original_table.c.tenant_id, original_table.c.party_id)
