"""Searching: one question over every line of the tenant, and over who is known by exactly what was typed."""

import base64
import binascii
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

import msgspec

from doorward.flow.customer_search import LONGEST as LONGEST_VALUE
from doorward.flow.customer_search import CustomerSearch
from doorward.flow.filters import LONGEST, FilterReader, Trouble
from doorward.flow.search.asked import MOST, Answer, Asked, FoundLine, SearchHit
from doorward.kit.tx import Transactions, Tx
from doorward.protection import CustomerIndex
from doorward.record import Card
from doorward.record.search import (
    MOST_WORDS,
    Found,
    LineQuery,
    Page,
    Parsed,
    Position,
    find,
    groups_of,
    snippet_of,
)
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, RateLimited, TooLarge
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

NOTED_EVERY: Final = timedelta(minutes=1)
"""How often it is noted that somebody searches while they type: once a minute, not with every letter."""


class Search:
    """The verb of whoever searches. `scope.actor` is the member of staff or the program who does."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        filters: FilterReader,
        customers: tuple[CustomerSearch, CustomerIndex],
    ) -> None:
        """Take what is asked besides the record."""
        self._transactions = transactions
        self._filters, self._book = filters, filters.book
        self._customers, self._customer_index = customers
        self._terms = self._book.terms
        self._noted: dict[tuple[str, str], datetime] = {}

    async def find(self, scope: Scope, asked: Asked, *, may_find_customers: bool = False) -> Answer:
        """Return a page of hits, or why there is none.

        That somebody searched, and by which filters, is noted in the audit; never for what. Whoever may not find
        customers is answered as if nobody were known by the text, and that is noted, too. Raises `TooLarge`, and
        `Malformed` for a page that is none of this search's.
        """
        if len(asked.text) > LONGEST:
            raise TooLarge(f"text: longer than {LONGEST} characters", limit=LONGEST)
        parsed = self._book.parse(asked.text, typing=asked.typing)
        if parsed.count > MOST_WORDS:
            return Answer(troubles=(Trouble(code="too_many_words", known=(str(MOST_WORDS),)),))
        position = _position(asked)
        answer, query = await self._transactions.read_async(lambda tx: self._read(tx, scope, asked, (parsed, position)))
        if query is None:
            return answer
        await self._note(scope, query, typing=asked.typing)
        if asked.customers and not asked.typing and position is None:
            return await self._with_customers(scope, answer, parsed.rest, allowed=may_find_customers)
        return answer

    def _read(
        self, tx: Tx, scope: Scope, asked: Asked, given: tuple[Parsed, Position | None]
    ) -> tuple[Answer, LineQuery | None]:
        parsed, position = given
        wanted, troubles = self._filters.of_lines(tx, scope, (*parsed.filters, *asked.filters))
        if troubles:
            return Answer(troubles=troubles), None
        query = LineQuery(
            groups=(*groups_of(parsed, self._terms, kinds=self._book.kinds), *wanted.masked),
            phrases=parsed.phrases,
            authors=wanted.authors,
            cards=wanted.cards,
            since=wanted.since,
            until=wanted.until,
            order=asked.order,
        )
        page = Page(limit=max(1, min(asked.limit, MOST)), position=position)
        found = find(tx, scope, query, terms=self._terms, page=page)
        return self._answer(asked, query, found), query

    def _answer(self, asked: Asked, query: LineQuery, found: Found) -> Answer:
        items = tuple(
            SearchHit(
                conversation=hit.card,
                line=None
                if hit.line is None
                else FoundLine(
                    seq=hit.line.seq,
                    author=hit.line.author,
                    at=hit.line.at,
                    snippet=snippet_of(hit.line.text, query.groups, self._terms),
                ),
            )
            for hit in found.hits
        )
        cursor = None if found.next is None else _cursor(asked, found.next)
        return Answer(items=items, next=cursor, searched_to=found.searched_to)

    async def _note(self, scope: Scope, query: LineQuery, *, typing: bool) -> None:
        who, now = (scope.tenant_id, scope.actor.id), await self._transactions.read_async(lambda tx: tx.now)
        if typing and now - self._noted.get(who, now - NOTED_EVERY) < NOTED_EVERY:
            return
        self._noted[who] = now
        searched = AuditEvent(
            action="conversations.searched",
            object_kind="tenant",
            object_id=scope.tenant_id,
            fields=_fields_of(query),
        )
        await self._transactions.write_async(scope, lambda _tx: Outcome(None, (searched,)))

    async def _with_customers(self, scope: Scope, answer: Answer, text: str, *, allowed: bool) -> Answer:
        """Ask who is known by exactly this text, if it can be a name, an address or a number."""
        value = WildText(text)
        if value.is_blank or len(value) > LONGEST_VALUE:
            return answer
        kinds = self._customer_index.kinds_of(value)
        if not kinds:
            return answer
        try:
            cards: tuple[Card, ...] = await self._customers.find(scope, value, kinds=kinds, allowed=allowed)
        except RateLimited as error:
            limited = Trouble(code="customers_limited", known=(str(error.retry_after),))
            return msgspec.structs.replace(answer, troubles=(limited,))
        return msgspec.structs.replace(answer, customers=cards)


def _fields_of(query: LineQuery) -> tuple[str, ...]:
    asked = msgspec.structs.asdict(query.cards)
    cards = [name for name, value in asked.items() if name != "now" and value not in {None, ()}]
    others = {"words": query.groups, "authors": query.authors, "since": query.since, "until": query.until}
    return (*(name for name, value in others.items() if value), *cards)


def _print_of(asked: Asked) -> str:
    """Return what tells a cursor's search from another, without telling what it was for."""
    whole = msgspec.json.encode((asked.text, asked.filters, asked.order, asked.typing))
    return blake2b(whole, digest_size=6).hexdigest()


def _cursor(asked: Asked, position: Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((_print_of(asked), position))).decode().rstrip("=")


def _position(asked: Asked) -> Position | None:
    """Return where the wanted page begins. Raises `Malformed` for a cursor of another search."""
    if asked.cursor is None:
        return None
    try:
        padded = asked.cursor + "=" * (-len(asked.cursor) % 4)
        mark, position = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=tuple[str, Position])
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise Malformed("cursor: not one that a search has given") from error
    if mark != _print_of(asked):
        raise Malformed("cursor: of another search")
    return position
