"""Searching: one question over every line of the tenant, and over who is known by exactly what was typed."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from doorward import workspace
from doorward.flow.customer_search import LONGEST as LONGEST_VALUE
from doorward.flow.customer_search import CustomerSearch
from doorward.flow.search.asked import LONGEST, MOST, Answer, Asked, FoundLine, SearchHit, Trouble
from doorward.flow.search.filters import Circumstances, FilterBook
from doorward.identity import Staff
from doorward.kit.settings import TenantSettings
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
    parse,
    snippet_of,
)
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, RateLimited, TooLarge
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from doorward.workspace import PieceKind

PIECES: Final[tuple[PieceKind, ...]] = ("label", "status")

NOTED_EVERY: Final = timedelta(minutes=1)
"""How often it is noted that somebody searches while they type: once a minute, not with every letter."""


class Search:
    """The verb of whoever searches. `scope.actor` is the member of staff or the program who does."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        book: FilterBook,
        staff: Staff,
        customers: tuple[CustomerSearch, CustomerIndex],
        settings_of: Callable[[TenantId], TenantSettings],
    ) -> None:
        """Take what is asked besides the record."""
        self._transactions = transactions
        self.book = book
        self._staff = staff
        self._customers, self._customer_index = customers
        self._settings_of = settings_of
        self._terms = book.terms
        self._noted: dict[tuple[str, str], datetime] = {}

    async def find(self, scope: Scope, asked: Asked, *, may_find_customers: bool = False) -> Answer:
        """Return a page of hits, or why there is none.

        That somebody searched, and by which filters, is noted in the audit; never for what. Whoever may not find
        customers is answered as if nobody were known by the text, and that is noted, too. Raises `TooLarge`, and
        `Malformed` for a page that is none of this search's.
        """
        if len(asked.text) > LONGEST:
            raise TooLarge(f"text: longer than {LONGEST} characters", limit=LONGEST)
        parsed = parse(asked.text, names=self.book.names, typing=asked.typing)
        if parsed.count > MOST_WORDS:
            return Answer(troubles=(Trouble(code="too_many_words", known=(str(MOST_WORDS),)),))
        position = _position(asked)
        zone = await asyncio.to_thread(lambda: ZoneInfo(self._settings_of(scope.tenant_id).time_zone))
        answer, query = await self._transactions.read_async(
            lambda tx: self._read(tx, scope, asked, (parsed, position, zone))
        )
        if query is None:
            return answer
        await self._note(scope, query, typing=asked.typing)
        if asked.customers and not asked.typing and position is None:
            return await self._with_customers(scope, answer, parsed.rest, allowed=may_find_customers)
        return answer

    def _read(
        self, tx: Tx, scope: Scope, asked: Asked, given: tuple[Parsed, Position | None, ZoneInfo]
    ) -> tuple[Answer, LineQuery | None]:
        parsed, position, zone = given
        filters = (*parsed.filters, *asked.filters)
        # Asked for only where a name must be told from another: most searches have no filter.
        named = {self.book.names.get(one.name.casefold()) for one in filters}
        members = self._staff.everybody(tx, scope) if "agent" in named else ()
        pieces: dict[str, Mapping[str, str]] = {
            kind: _keys(tx, scope, kind) if kind in named else {} for kind in PIECES
        }
        meaning = self.book.read(filters, Circumstances(scope, members, pieces, tx.now, zone))
        if meaning.troubles:
            return Answer(troubles=meaning.troubles), None
        groups = (*groups_of(parsed, self._terms, kinds=self.book.kinds), *meaning.groups)
        query = LineQuery(groups=groups, phrases=parsed.phrases, order=asked.order, **meaning.fields)
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


def _keys(tx: Tx, scope: Scope, kind: PieceKind) -> Mapping[str, str]:
    """Return the keys of the company's labels or statuses by what they are called, keys included."""
    known = workspace.list_pieces(tx, scope, kind)
    return {one.piece.name.casefold(): one.key for one in known} | {one.key.casefold(): one.key for one in known}


def _fields_of(query: LineQuery) -> tuple[str, ...]:
    cards = [name for name in msgspec.structs.asdict(query.cards) if getattr(query.cards, name)]
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
