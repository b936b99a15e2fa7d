"""The queue and who is there."""

from sqlalchemy import Column, Index, Integer, Table, Text

from doorward.kit.db import UtcTime, metadata

item_table = Table(
    "routing_item",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("entered_at", UtcTime, nullable=False),
    Column("staff_id", Text),
    Column("assigned_at", UtcTime),
    # Who put it back into the queue: it does not come to them by itself again.
    Column("put_back_by", Text),
)
Index("ix_routing_item_waiting", item_table.c.tenant_id, item_table.c.staff_id, item_table.c.entered_at)

presence_table = Table(
    "routing_presence",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
)
