"""The queue and who is there."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, Text

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
    # When a call-back was offered to who waits.
    Column("offered_at", UtcTime),
    # Its place in the order of service while too many come: 0 is served first.
    Column("rank", Integer, nullable=False, server_default="0"),
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

# What is kept free of whom, and whether the queue goes by rank: a row only where somebody ever said so.
reserve_table = Table(
    "routing_reserve",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("by_rank", Boolean, nullable=False),
    Column("kept", Json, nullable=False),
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

# How each promise of a service level stands, from the ledger; a row of its own for every next answer. What has ended
# stays for reports. `look_at` is when time alone may change something of it, or when something is to be told of it.
promise_table = Table(
    "routing_promise",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("since", UtcTime, primary_key=True),
    Column("level", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("used_seconds", Integer, nullable=False),
    Column("target_seconds", Integer, nullable=False),
    Column("due_at", UtcTime),
    Column("ended_at", UtcTime),
    # What was told of it, and when: nothing, `warned` or `breached`.
    Column("told", Text, nullable=False, server_default=""),
    Column("told_at", UtcTime),
    Column("look_at", UtcTime),
)
Index("ix_routing_promise_since", promise_table.c.tenant_id, promise_table.c.since)
# Few promises are open, however many there were.
Index(
    "ix_routing_promise_open",
    promise_table.c.tenant_id,
    promise_table.c.told_at,
    sqlite_where=promise_table.c.ended_at.is_(None),
    postgresql_where=promise_table.c.ended_at.is_(None),
)
Index(
    "ix_routing_promise_look",
    promise_table.c.tenant_id,
    promise_table.c.look_at,
    sqlite_where=promise_table.c.look_at.is_not(None),
    postgresql_where=promise_table.c.look_at.is_not(None),
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
