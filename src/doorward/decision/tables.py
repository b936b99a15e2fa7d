"""The rules that companies put into the place of the house's own; rows are only ever added."""

from sqlalchemy import Column, Integer, Table, Text

from doorward.kit.db import UtcTime, metadata

rule_file_table = Table(
    "decision_rule_file",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # The newest number is in force.
    Column("number", Integer, primary_key=True),
    # Which policy of the house's it stands in for.
    Column("policy", Text, nullable=False),
    # Empty: the house's own rules again.
    Column("text", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", Text, nullable=False),
)
