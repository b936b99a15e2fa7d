"""The inbox: its standing views and those that people saved, how many stand in each, and what is new to the reader."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, TypeVar

import msgspec

from doorward import record, routing, workspace
from doorward.flow.views.filters import ME, NOBODY, Filters, parse_filters
from doorward.flow.views.wishes import WishKind, open_wishes
from doorward.kit.tx import Tx
from doorward.record import Card, CardOrder, CardPlace, CardQuery
from doorward.vocabulary.errors import Malformed, NotFound
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

_OPEN: Final = ("bot", "waiting", "human")
_WITH_PEOPLE: Final = ("waiting", "human")

FindStaff = Callable[[Tx, Scope, str], StaffId | None]
"""Says who has a user name."""

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
    """Which list is asked for: a view's name or a saved view's key (neither is every conversation), what narrows it,
    its order, and from where on.
    """

    view: str = FIRST
    saved: str = ""
    filters: Filters = Filters()
    order: CardOrder | None = None
    after: CardPlace | None = None

    @property
    def is_queue(self) -> bool:
        """Return whether the queue is asked for as it stands."""
        return not self.saved and self.view in {"me", "waiting"} and self.filters == Filters() and self.order is None


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


def inbox(tx: Tx, scope: Scope, asked: Asked, *, find_staff: FindStaff, limit: int = 50) -> Inbox:
    """Return the acting agent's inbox. Raises `NotFound` for a saved view that there is not, or is another's.

    Raises `Malformed`, with facts as `parse_filters`, for a saved view or filters that name nobody or nothing.
    """
    if asked.is_queue:
        return _queue(tx, scope, asked)
    query = query_of(tx, scope, asked, find_staff=find_staff)
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


def query_of(tx: Tx, scope: Scope, asked: Asked, *, find_staff: FindStaff) -> CardQuery | None:
    """Return what a list asks the record for, None where nothing can be in it. Raises as `inbox`."""
    if asked.saved:
        saved = _saved(tx, scope, asked.saved)
        every = CardQuery(order=saved.order)
        query = _narrowed(tx, scope, every, parse_filters(saved.query), find_staff=find_staff)
    else:
        query = _standing(tx, scope, VIEWS[asked.view]) if asked.view else CardQuery(now=tx.now)
    if query is not None:
        query = _narrowed(tx, scope, query, asked.filters, find_staff=find_staff)
    if query is None or asked.order is None or query.order == "unanswered":
        return query
    return msgspec.structs.replace(query, order=asked.order)


def count_views(tx: Tx, scope: Scope, views: Sequence[WrittenPiece], *, find_staff: FindStaff) -> Counts:
    """Return how many conversations stand in each standing view, and in each of these that can still be asked for."""
    standing = {name: _count(tx, scope, _standing(tx, scope, view)) for name, view in VIEWS.items()}
    standing[FIRST] = min(COUNTED, standing["waiting"] + standing["mine"])
    saved = {}
    for one in views:
        try:
            query = query_of(tx, scope, Asked(saved=one.key), find_staff=find_staff)
        except Malformed:
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
        mentions=scope.actor.id if view.mentions else None,
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


def _narrowed(tx: Tx, scope: Scope, query: CardQuery, filters: Filters, *, find_staff: FindStaff) -> CardQuery | None:
    """Return a query that asks for what both ask for; None where that cannot be.

    Raises `Malformed` for nobody's user name.
    """
    changes: dict[str, Any] = {"labels": tuple(dict.fromkeys((*query.labels, *filters.labels))), "now": tx.now}
    for name in ("states", "channels", "languages", "queues", "statuses", "priorities"):
        both = _both(getattr(query, name), getattr(filters, name))
        if both is None:
            return None
        changes[name] = both
    single = {
        "assignee": _staff(tx, scope, "agent", filters.agent, find_staff=find_staff),
        "mentions": _staff(tx, scope, "mentions", filters.mentions, find_staff=find_staff),
        "snoozed": filters.sleeping,
        "since": _begin(filters.since),
        "until": _begin(filters.before),
        "intent": filters.intent or None,
    }
    for name, value in single.items():
        before = getattr(query, name)
        if value is not None and before not in {None, "", value}:
            return None
        changes[name] = before if value is None else value
    if filters.risk is not None:
        changes["risk"] = max(filters.risk, query.risk or 0.0)
    if filters.unread:
        changes["unseen"] = scope.actor.id
    return msgspec.structs.replace(query, **changes)


def _both(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...] | None:
    if not one or not other:
        return one or other
    return tuple(value for value in one if value in other) or None


def _staff(tx: Tx, scope: Scope, name: str, given: str, *, find_staff: FindStaff) -> str | None:
    if not given:
        return None
    if given == ME:
        return scope.actor.id
    if given == NOBODY and name == "agent":
        return ""
    staff_id = find_staff(tx, scope, given)
    if staff_id is None:
        raise Malformed("query: nobody has this user name", why="value", word=f"{name}:{given}"[:40])
    return staff_id


def _begin(day: Any) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), tzinfo=UTC)
