"""The rules of each company."""

from sqlalchemy import Column, Integer, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

rules_table = Table(
    "automation_rules",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("rules", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)
