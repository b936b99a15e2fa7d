"""What the inbox shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict

import msgspec

from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.views.inbox import Inbox, inbox
from doorward.flow.views.wishes import WishKind
from doorward.record import Card
from doorward.vocabulary.ids import ConversationId


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One view of the inbox: the key of its name, and the states it shows; none where it is made for the reader."""

    key: str
    states: tuple[str, ...] = ()


FIRST: Final = "me"
VIEWS: Final[dict[str, View]] = {
    "me": View(key="shell.inbox.me"),
    "waiting": View(key="desk.inbox.filter.waiting"),
    "mine": View(key="desk.inbox.filter.mine"),
    "bot": View(key="desk.inbox.filter.bot", states=("bot",)),
    "human": View(key="state.human", states=("human",)),
    "resolved": View(key="desk.inbox.filter.resolved", states=("resolved",)),
    "all": View(key="desk.inbox.filter.all", states=("bot", "waiting", "human")),
}
"""The views by name, in order."""

PAGE: Final = 30
_MOST: Final = 200
"""Cards of a list that is not cut into pages: the queue and one's own conversations."""


class CardList(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a view: `count` is None where a page shows a part only, `empty` is said when nothing is there."""

    name: str
    title: str
    cards: Sequence[Card]
    count: int | None
    empty: str


class InboxPage(TypedDict):
    """The places of the template."""

    lists: list[CardList]
    tabs: list[tuple[str, str, str, int]]
    show: str
    number: int
    more: bool
    wishes: Mapping[ConversationId, tuple[WishKind, ...]]
    entered: Mapping[ConversationId, datetime]


async def inbox_page(desk: DeskCall, *, show: str, number: int) -> InboxPage:
    """Return what the inbox shows under a view, page `number` of a list that is cut into pages."""
    scope, states = desk.scope, VIEWS[show].states
    limit, offset = (PAGE + 1, (number - 1) * PAGE) if states else (_MOST, 0)

    def read(tx: Any) -> Inbox:
        return inbox(tx, scope, states=states, limit=limit, offset=offset)

    found = await desk.house.transactions.read_async(read)
    return InboxPage(
        lists=_lists(desk, found, show),
        tabs=[(name, desk.say(view.key), f"/desk/?show={name}", _count(found, name)) for name, view in VIEWS.items()],
        show=show,
        number=number if states else 1,
        more=bool(states) and len(found.others) > PAGE,
        wishes=found.wishes,
        entered=found.entered,
    )


def _lists(desk: DeskCall, found: Inbox, show: str) -> list[CardList]:
    waiting = CardList(
        name="waiting",
        title=desk.say("desk.inbox.filter.waiting"),
        cards=found.waiting,
        count=found.counts.get("waiting", 0),
        empty=desk.say("desk.inbox.empty_waiting"),
    )
    mine = CardList(
        name="mine",
        title=desk.say("desk.inbox.filter.mine"),
        cards=found.mine,
        count=len(found.mine),
        empty=desk.say("desk.inbox.empty_mine"),
    )
    if not VIEWS[show].states:
        return {"waiting": [waiting], "mine": [mine]}.get(show, [mine, waiting])
    title, empty = desk.say(VIEWS[show].key), desk.say("desk.inbox.empty")
    return [CardList(name="rest", title=title, cards=found.others[:PAGE], count=None, empty=empty)]


def _count(found: Inbox, name: str) -> int:
    counts, mine = found.counts, len(found.mine)
    for_reader = {"me": counts.get("waiting", 0) + mine, "waiting": counts.get("waiting", 0), "mine": mine}
    return for_reader.get(name, sum(counts.get(state, 0) for state in VIEWS[name].states))
