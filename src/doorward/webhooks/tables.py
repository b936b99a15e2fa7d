"""The tables of webhooks: endpoints with their sealed secrets, and the log of deliveries, which holds no payload."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

endpoint_table = Table(
    "webhooks_endpoint",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("events", Json, nullable=False),
    Column("with_text", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    # The secret before: both sign until its time is over.
    Column("sealed_before", LargeBinary),
    Column("before_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    # Since when nothing arrives, and until when it is left alone.
    Column("failing_since", UtcTime),
    Column("resting_until", UtcTime),
    Column("disabled_at", UtcTime),
    Column("disabled_why", Text),
    # Who hears by mail when it is switched off because nothing arrived.
    Column("mail_to", Text, nullable=False, server_default=""),
)

delivery_table = Table(
    "webhooks_delivery",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("endpoint_id", Text, nullable=False),
    Column("event", Text, nullable=False),
    # The line of the ledger that is told; the payload is made of it each time.
    Column("conversation_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("status", Integer),
    Column("trouble", Text),
    Column("tried_at", UtcTime),
    Column("next_at", UtcTime),
    Column("delivered_at", UtcTime),
)
Index("ix_webhooks_delivery_endpoint", delivery_table.c.tenant_id, delivery_table.c.endpoint_id, delivery_table.c.id)
Index("ix_webhooks_delivery_created_at", delivery_table.c.tenant_id, delivery_table.c.created_at)
