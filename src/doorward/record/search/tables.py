"""The search index: every ledger line with words, by its terms, and how far a tenant's ledger is read.

`record_line` is the same on both databases. What makes its terms quick to look up is not: SQLite has a full-text table
of its own beside it (FTS5 with external content, kept by triggers), PostgreSQL an inverted index (GIN) on the column.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint, event
from sqlalchemy.dialects.postgresql import TSVECTOR

from doorward.kit.db import UtcTime, metadata
from doorward.record.tables import card_table

UNFINDABLE: Final = ("review.written", "review.answered")
"""Kinds of lines whose words not everybody at the desk may read: no search finds them."""

line_table = Table(
    "record_line",
    metadata,
    # When the line was written, in milliseconds, and what tells lines of one millisecond apart (`line_id`): the order
    # of ids is the order in which lines are shown. On SQLite it is the rowid.
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("tenant_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", Text, nullable=False),
    # Separated by spaces; PostgreSQL reads that as lexemes without places.
    Column("terms", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    UniqueConstraint("tenant_id", "conversation_id", "seq"),
)
Index("ix_record_line_tenant_id", line_table.c.tenant_id, line_table.c.id)

progress_table = Table(
    "record_line_progress",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # By which edition of the terms; how many lines; up to which line of the ledger; None while it is under way.
    Column("edition", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("begun_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
)

ONE_SIDED: Final = ("record_line_words", "ix_record_line_terms", "ix_record_line_narrow", "ix_record_card_narrow")
"""Names, or beginnings of names, of what only one of the databases has: no comparison of tables can know them."""

# `ascii` takes every sign beyond ASCII as part of a word and leaves it as it is: terms are folded already. Without
# places (`detail`) and lengths (`columnsize`) the index is a third of the size; phrases are checked in the text.
# Beginnings of two and three letters, behind the four of the tenant's tag, have lists of their own.
SQLITE: Final = (
    """CREATE VIRTUAL TABLE record_line_words USING fts5(
        terms, content='record_line', content_rowid='id', tokenize='ascii', detail=none, columnsize=0, prefix='6 7')""",
    """CREATE TRIGGER record_line_written AFTER INSERT ON record_line BEGIN
        INSERT INTO record_line_words (rowid, terms) VALUES (new.id, new.terms); END""",
    """CREATE TRIGGER record_line_removed AFTER DELETE ON record_line BEGIN
        INSERT INTO record_line_words (record_line_words, rowid, terms) VALUES ('delete', old.id, old.terms); END""",
)
# Thousands of lines with a word are held against a filter for one page: what the filters ask for lies beside the keys,
# in rows a tenth as long. PostgreSQL gained nothing by it.
SQLITE_LINES: Final = """CREATE INDEX ix_record_line_narrow ON record_line (id, tenant_id, conversation_id, author)"""
SQLITE_CARDS: Final = """CREATE INDEX ix_record_card_narrow ON record_card (
    tenant_id, conversation_id, channel, language, state, assignee, queue, status, priority)"""
POSTGRESQL: Final = ("CREATE INDEX ix_record_line_terms ON record_line USING gin (terms)",)


def _add_indexes(_table: Any, connection: Any, **_options: Any) -> None:
    """Make what only this database has, wherever the tables are made without migrations."""
    for statement in (*SQLITE, SQLITE_LINES) if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


def _add_card_index(_table: Any, connection: Any, **_options: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(SQLITE_CARDS)


event.listen(line_table, "after_create", _add_indexes)
event.listen(card_table, "after_create", _add_card_index)
