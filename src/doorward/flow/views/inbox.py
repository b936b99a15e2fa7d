"""The inbox: its standing views and those that people saved, how many stand in each, and what is new to the reader."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from doorward import record, routing, workspace
from doorward.flow.filters import NotUnderstood, ReadFilters, Wanted
from doorward.flow.views.wishes import WishKind, open_wishes
from doorward.kit.tx import Tx
from doorward.record import Card, CardOrder, CardPlace, CardQuery
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.workspace import WrittenPiece

COUNTED: Final = 100
"""How far a view is counted: nobody needs to know whether it is 140 or 150."""

MOST_IN_QUEUE: Final = 200
"""Cards of a list that is not cut into pages: the queue and one's own conversations."""

MOST_PRESSING: Final = 500
"""Promises that are due soon or late among which the view looks: those that are due first."""

RISKY: Final = 0.6
"""From which risk on a conversation stands among those at risk: where the desk shows it in red."""

_ALTERNATIVES: Final = (
    "states",
    "channels",
    "languages",
    "queues",
    "statuses",
    "priorities",
    "intents",
    "assignees",
)
_OPEN: Final = ("bot", "waiting", "human")
_WITH_PEOPLE: Final = ("waiting", "human")

T = TypeVar("T")


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A standing view: which conversations, in which order. What sleeps stands in `sleeping` alone and where all is."""

    states: tuple[str, ...]
    order: CardOrder = "latest"
    mine: bool = False
    mentions: bool = False
    risk: float | None = None
    snoozed: bool | None = None
    pressing: bool = False


FIRST: Final = "me"
VIEWS: Final[Mapping[str, View]] = {
    "me": View(states=_WITH_PEOPLE, snoozed=False),
    "mine": View(states=("human",), mine=True, snoozed=False),
    "waiting": View(states=("waiting",), order="oldest", snoozed=False),
    "team": View(states=_WITH_PEOPLE, snoozed=False),
    "mentions": View(states=_OPEN, mentions=True),
    "unanswered": View(states=_WITH_PEOPLE, order="unanswered", snoozed=False),
    "due": View(states=_WITH_PEOPLE, order="oldest", snoozed=False, pressing=True),
    "risk": View(states=_OPEN, risk=RISKY, snoozed=False),
    "sleeping": View(states=_OPEN, snoozed=True),
    "bot": View(states=("bot",)),
    "resolved": View(states=("resolved",)),
    "all": View(states=_OPEN),
}
"""The views by name, in order. `me` is two lists: what the reader has, and the queue in the order of the queue."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many conversations each view has, at most `COUNTED`; of saved views by key, those left out say nothing."""

    views: Mapping[str, int]
    saved: Mapping[str, int]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which list is asked for: a view's name or a saved view's key (neither is every conversation), what narrows it as
    people write filters, its order, and from where on.
    """

    view: str = FIRST
    saved: str = ""
    filters: str = ""
    order: CardOrder | None = None
    after: CardPlace | None = None

    @property
    def is_queue(self) -> bool:
        """Return whether the queue is asked for as it stands."""
        return not (self.saved or self.filters.strip() or self.order) and self.view in {"me", "waiting"}


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """One agent's inbox. `waiting` is in the order of the queue and `mine` newest first, where the queue is asked for;
    `cards` are those of any other list, with `order`, and `more` where it goes on behind them.

    `entered` says since when those who wait stand in the queue; whom an agent puts back stands there as from the first
    time. `unseen` are those of which the reader has not seen what the customer said last. `wishes` says what customers
    of the shown conversations ask for besides an answer, `pressing` which promise to them is due soon or late.
    """

    order: CardOrder
    waiting: tuple[Card, ...] = ()
    mine: tuple[Card, ...] = ()
    cards: tuple[Card, ...] = ()
    more: bool = False
    entered: Mapping[ConversationId, datetime] = {}
    unseen: frozenset[ConversationId] = frozenset()
    wishes: Mapping[ConversationId, tuple[WishKind, ...]] = {}
    pressing: Mapping[ConversationId, routing.Promise] = {}


def inbox(tx: Tx, scope: Scope, asked: Asked, *, read: ReadFilters, limit: int = 50) -> Inbox:
    """Return the acting agent's inbox. Raises `NotFound` for a saved view that there is not, or is another's.

    Raises `NotUnderstood` for filters, also those of a saved view, that mean nothing or name nobody.
    """
    if asked.is_queue:
        return _queue(tx, scope, asked)
    query = query_of(tx, scope, asked, read=read)
    if query is None:
        return Inbox(order="latest")
    cards = record.list_cards(tx, scope, msgspec.structs.replace(query, after=asked.after, limit=limit + 1))
    shown = list_of(tx, scope, cards[:limit], order=query.order)
    return msgspec.structs.replace(shown, more=len(cards) > limit)


def list_of(tx: Tx, scope: Scope, cards: Sequence[Card], *, order: CardOrder = "latest") -> Inbox:
    """Return cards, wherever they were found, with what a list says of each beside it."""
    return Inbox(
        order=order,
        cards=tuple(cards),
        entered={one.conversation_id: one.waiting_since for one in cards if one.waiting_since is not None},
        unseen=unseen(tx, scope, cards),
        wishes=_wishes(tx, scope, cards),
        pressing=_pressing(tx, scope, cards),
    )


def query_of(tx: Tx, scope: Scope, asked: Asked, *, read: ReadFilters) -> CardQuery | None:
    """Return what a list asks the record for, None where nothing can be in it. Raises as `inbox`."""
    if asked.saved:
        saved = _saved(tx, scope, asked.saved)
        query = _narrowed(CardQuery(order=saved.order, now=tx.now), read(tx, scope, saved.query, kept=True))
    else:
        query = _standing(tx, scope, VIEWS[asked.view]) if asked.view else CardQuery(now=tx.now)
    if query is not None:
        query = _narrowed(query, read(tx, scope, asked.filters))
    if query is None or asked.order is None or query.order == "unanswered":
        return query
    return msgspec.structs.replace(query, order=asked.order)


def count_views(tx: Tx, scope: Scope, views: Sequence[WrittenPiece], *, read: ReadFilters) -> Counts:
    """Return how many conversations stand in each standing view, and in each of these that can still be asked for."""
    standing = {name: _count(tx, scope, _standing(tx, scope, view)) for name, view in VIEWS.items()}
    standing[FIRST] = min(COUNTED, standing["waiting"] + standing["mine"])
    saved = {}
    for one in views:
        try:
            query = query_of(tx, scope, Asked(saved=one.key), read=read)
        except NotUnderstood:
            continue
        saved[one.key] = 0 if query is None else _count(tx, scope, query)
    return Counts(views=standing, saved=saved)


def unseen(tx: Tx, scope: Scope, cards: Sequence[Card]) -> frozenset[ConversationId]:
    """Return those of which the acting member has not seen what the customer said last."""
    heard = {card.conversation_id: card.heard_seq for card in cards if card.heard_seq}
    seen = record.seen_by(tx, scope, StaffId(scope.actor.id), tuple(heard))
    return frozenset(one for one, seq in heard.items() if seen.get(one, 0) < seq)


def _queue(tx: Tx, scope: Scope, asked: Asked) -> Inbox:
    entered = {item.conversation_id: item.entered_at for item in routing.waiting_list(tx, scope, limit=MOST_IN_QUEUE)}
    found = (record.card_of(tx, scope, conversation_id) for conversation_id in entered)
    waiting = tuple(card for card in found if card is not None)
    mine: tuple[Card, ...] = ()
    if asked.view == FIRST:
        wanted = _standing(tx, scope, VIEWS["mine"])
        mine = record.list_cards(tx, scope, msgspec.structs.replace(wanted, limit=MOST_IN_QUEUE))
    shown = (*mine, *waiting)
    return Inbox(
        order="oldest",
        waiting=waiting,
        mine=mine,
        entered=entered,
        unseen=unseen(tx, scope, shown),
        wishes=_wishes(tx, scope, shown),
        pressing=_pressing(tx, scope, shown),
    )


def _pressing(tx: Tx, scope: Scope, cards: Sequence[Card]) -> Mapping[ConversationId, routing.Promise]:
    with_people = [card.conversation_id for card in cards if card.state in _WITH_PEOPLE]
    return routing.pressing(tx, scope, with_people) if with_people else {}


def _wishes(tx: Tx, scope: Scope, cards: Sequence[Card]) -> Mapping[ConversationId, tuple[WishKind, ...]]:
    return open_wishes(tx, scope, tuple(dict.fromkeys(card.conversation_id for card in cards)))


def _standing(tx: Tx, scope: Scope, view: View) -> CardQuery:
    return CardQuery(
        states=view.states,
        assignee=scope.actor.id if view.mine else None,
        mentions=((scope.actor.id,),) if view.mentions else (),
        risk=view.risk,
        snoozed=view.snoozed,
        now=tx.now,
        order=view.order,
        among=routing.pressed_conversations(tx, scope, limit=MOST_PRESSING) if view.pressing else None,
    )


def _saved(tx: Tx, scope: Scope, key: str) -> workspace.SavedView:
    found = workspace.find_piece(tx, scope, "view", key)
    if not isinstance(found.piece, workspace.SavedView) or found.owner not in {workspace.EVERYBODY, scope.actor.id}:
        raise NotFound("there is no such view")
    return found.piece


def _count(tx: Tx, scope: Scope, query: CardQuery) -> int:
    return record.count_cards(tx, scope, msgspec.structs.replace(query, limit=COUNTED))


def _narrowed(query: CardQuery, wanted: Wanted) -> CardQuery | None:
    """Return a query that asks for what both ask for; None where that cannot be."""
    filters = wanted.cards
    changes: dict[str, Any] = {
        "labels": tuple(dict.fromkeys((*query.labels, *filters.labels))),
        "mentions": tuple(dict.fromkeys((*query.mentions, *filters.mentions))),
        "risk": max((one for one in (query.risk, filters.risk) if one is not None), default=None),
        "unseen": filters.unseen or query.unseen,
        "since": max(filter(None, (query.since, wanted.since)), default=None),
        "until": min(filter(None, (query.until, wanted.until)), default=None),
    }
    for name in _ALTERNATIVES:
        both = _both(getattr(query, name), getattr(filters, name))
        if both is None:
            return None
        changes[name] = both
    if filters.snoozed is not None:
        if query.snoozed not in {None, filters.snoozed}:
            return None
        changes["snoozed"] = filters.snoozed
    return msgspec.structs.replace(query, **changes)


def _both(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...] | None:
    if not one or not other:
        return one or other
    return tuple(value for value in one if value in other) or None
