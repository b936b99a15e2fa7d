"""Up to when scheduled reports were sent, and how many contacts looked like what."""

from sqlalchemy import Column, Integer, Table, Text

from doorward.kit.db import UtcTime, metadata

sent_table = Table(
    "measure_sent",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("schedule", Text, primary_key=True),
    # The latest time of the schedule that was seen to.
    Column("until", UtcTime, nullable=False),
)

contacts_table = Table(
    "measure_contacts",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # In UTC, as 2026-11-30.
    Column("day", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("look", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
