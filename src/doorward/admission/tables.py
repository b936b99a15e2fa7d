"""Admission's table: who is blocked, for how long, why, and what became of the appeal."""

from sqlalchemy import Column, Index, Table, Text

from doorward.kit.db import UtcTime, metadata

block_table = Table(
    "admission_block",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("party_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # Notes, appeals and the words of a decision are masked before they come here.
    Column("note", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("blocked_at", UtcTime, nullable=False),
    Column("blocked_by", Text, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("lifted_at", UtcTime),
    Column("lifted_by", Text),
    Column("appealed_at", UtcTime),
    Column("appeal", Text),
    Column("decided_at", UtcTime),
    Column("decided_by", Text),
    Column("decision", Text),
    Column("decision_note", Text),
)
# Every message asks by its sender.
Index("ix_admission_block_party", block_table.c.tenant_id, block_table.c.party_id, block_table.c.ends_at)
