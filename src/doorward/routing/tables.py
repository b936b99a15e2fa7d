"""The queue and who is there."""

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

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
    Column("channel", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("needs", Json, nullable=False, server_default="[]"),
    # Who had this customer last, when it entered.
    Column("last_agent", Text),
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
    Column("reason", Text, nullable=False, server_default=""),
)

# What was before, a row for each time that somebody was there: none for those who were gone.
presence_past_table = Table(
    "routing_presence_past",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    Column("since", UtcTime, primary_key=True),
    Column("until", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
Index("ix_routing_presence_past_until", presence_past_table.c.tenant_id, presence_past_table.c.until)

plan_table = Table(
    "routing_plan",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("plan", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

profile_table = Table(
    "routing_profile",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    Column("profile", Json, nullable=False),
)

# Who had a customer last, and since when.
last_table = Table(
    "routing_last",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("party_id", Text, primary_key=True),
    Column("staff_id", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# What contacts asked for lately (`all`, `language:de`, `skill:cards`) and how long they waited, as shares of patience.
lately_table = Table(
    "routing_lately",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("contacts", Float, nullable=False),
    Column("waited", Float, nullable=False),
)
