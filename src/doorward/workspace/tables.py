"""The workspace's one table."""

from sqlalchemy import Column, Index, Integer, Table, Text

from doorward.kit.db import Json, UtcTime, metadata

piece_table = Table(
    "workspace_piece",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # Whose it is; empty for everybody's.
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("body", Json, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)
Index("ix_workspace_piece_list", piece_table.c.tenant_id, piece_table.c.kind, piece_table.c.owner, piece_table.c.place)
