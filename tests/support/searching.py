"""Searching in tests: a ledger whose lines can be found, and questions as people type them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest

from doorward.flow.filters import FilterBook, names_of_kinds
from doorward.flow.settle import Settlement
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.db import Database
from doorward.kit.tx import Transactions
from doorward.record.search import Found, LineQuery, Page, Position, SearchIndex, Terms, find, groups_of, parse
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText
from tests.support.builders import an_entry
from tests.support.transactions import NOON, SCOPE
from tests.support.words import packs


@cache
def terms() -> Terms:
    """Return the terms of all language packs."""
    return Terms(packs().values())


@cache
def search_index() -> SearchIndex:
    """Return the index by those terms."""
    return SearchIndex(terms())


@pytest.fixture
def findable(database: Database, clock: FixedClock) -> Iterator[Transactions]:
    """Transactions whose lines can be found, on each kind of database."""
    settlement = Settlement(ProcessBus(), ring=lambda: None, index=search_index())
    opened = Transactions(database, clock=clock, settle=settlement)
    yield opened
    opened.close()


def conversation(number: int) -> ConversationId:
    """Return the id of a test's conversation."""
    return ConversationId(f"c{number:025}")


def wanted(text: str, *, typing: bool = False, **fields: Any) -> LineQuery:
    """Return what a text asks for; filters in it are left out, `fields` are those of the query."""
    parsed = parse(text, names={}, typing=typing)
    return LineQuery(groups=groups_of(parsed, terms(), kinds={}), phrases=parsed.phrases, **fields)


def say(
    transactions: Transactions,
    *texts: str | MaskedText,
    at: datetime = NOON,
    scope: Scope = SCOPE,
    first: int = 1,
    **data: Any,
) -> None:
    """Have a customer say each text in a conversation of its own, numbered from `first`, a minute after the other."""
    entries: list[Entry] = []
    for number, text in enumerate(texts, first):
        when = at + timedelta(minutes=number % 10_000)
        one = an_entry("message.customer", key="1", at=when, conversation_id=conversation(number), **data)
        masked = text if isinstance(text, MaskedText) else MaskedText(text)
        entries.append(msgspec.structs.replace(one, text=masked))
    transactions.write(scope, lambda _tx: Outcome(None, tuple(entries)))


def page_of(
    transactions: Transactions,
    query: LineQuery | str,
    *,
    scope: Scope = SCOPE,
    limit: int = 50,
    position: Position | None = None,
) -> Found:
    """Return a page of what a query finds."""
    asked = wanted(query) if isinstance(query, str) else query
    page = Page(limit=limit, position=position)
    return transactions.read(lambda tx: find(tx, scope, asked, terms=terms(), page=page))


def texts_of(found: Found) -> list[str]:
    """Return the texts of a page's lines."""
    return [hit.line.text.text for hit in found.hits if hit.line is not None]


def all_pages(transactions: Transactions, query: LineQuery, *, limit: int) -> Sequence[Found]:
    """Return all pages of what a query finds."""
    pages = [page_of(transactions, query, limit=limit)]
    while pages[-1].next is not None:
        pages.append(page_of(transactions, query, limit=limit, position=pages[-1].next))
    return pages


@cache
def filter_book() -> FilterBook:
    """Return the filters of a house with all languages and one channel."""
    return FilterBook(packs(), terms=terms(), channels=("webchat",), kinds=names_of_kinds(packs()))
