"""Protection's tables: what stood in masked places, sealed under its party's key, and by what equal values are known.

All rows die with their party.
"""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text

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

likeness_table = Table(
    "protection_likeness",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    # Which of the message's findings this is about, in their order.
    Column("place", Integer, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # Under which of the rotating keys the mark was made: when that key is gone, the row says nothing.
    Column("epoch", Integer, nullable=False),
    Column("mark", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)
Index("ix_protection_likeness_mark", likeness_table.c.tenant_id, likeness_table.c.mark)
Index("ix_protection_likeness_party", likeness_table.c.tenant_id, likeness_table.c.party_id)
Index("ix_protection_likeness_epoch", likeness_table.c.tenant_id, likeness_table.c.epoch)

index_table = Table(
    "protection_index",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # The keyed hash of what a party is known by, under a key that is used for nothing else.
    Column("value", LargeBinary, primary_key=True),
    Column("party_id", Text, primary_key=True),
    # What the company knows is replaced when it changes; what the customer wrote stays as long as they do.
    Column("from_profile", Boolean, primary_key=True),
    Column("kind", Text, nullable=False),
)
Index("ix_protection_index_party", index_table.c.tenant_id, index_table.c.party_id)

opening_table = Table(
    "protection_opening",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("span_id", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    # The reason in words may name the customer: it is sealed under the party's key, and the audit holds this row's id.
    Column("sealed", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)
Index("ix_protection_opening_party", opening_table.c.tenant_id, opening_table.c.party_id)
