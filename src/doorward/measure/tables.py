"""Up to when scheduled reports were sent."""

from sqlalchemy import Column, Table, Text

from doorward.kit.db import UtcTime, metadata

sent_table = Table(
    "measure_sent",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("schedule", Text, primary_key=True),
    # The latest time of the schedule that was seen to.
    Column("until", UtcTime, nullable=False),
)
