"""Table: what was expected in which conversation, and what was wanted first then."""

from sqlalchemy import Column, Float, Index, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

expectation_table = Table(
    "understanding_expectation",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("conditions", Json, nullable=False),
    # What was expected first, and how likely; empty and 0 for nothing.
    Column("intent", Text, nullable=False),
    Column("likelihood", Float, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    # What was wanted first then, empty as long as that is not known.
    Column("wanted", Text, nullable=False),
)

Index("ix_understanding_expectation_party", expectation_table.c.tenant_id, expectation_table.c.party_id)
Index("ix_understanding_expectation_made_at", expectation_table.c.tenant_id, expectation_table.c.made_at)
