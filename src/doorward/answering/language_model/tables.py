"""Table: what each company's share of the language model cost today, and how often it asked in this minute."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from doorward.kit.db import metadata

spending_table = Table(
    "answering_model_spending",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("minute", Text, nullable=False),
    Column("requests", Integer, nullable=False),
)
