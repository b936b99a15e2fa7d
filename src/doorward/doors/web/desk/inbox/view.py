"""What the inbox shows."""

from typing import Any, Final, TypedDict

import msgspec

from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.views.inbox import Inbox, inbox


class Sieve(msgspec.Struct, frozen=True, kw_only=True):
    """One filter: the key of its name, and the states that it lets through."""

    key: str
    states: tuple[str, ...]


FILTERS: Final[dict[str, Sieve]] = {
    "all": Sieve(key="desk.inbox.filter.all", states=("bot", "waiting", "human")),
    "bot": Sieve(key="desk.inbox.filter.bot", states=("bot",)),
    "human": Sieve(key="state.human", states=("human",)),
    "resolved": Sieve(key="desk.inbox.filter.resolved", states=("resolved",)),
}
"""The filters of the list of conversations, by name."""

PAGE: Final = 30


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """One filter as the page shows it."""

    name: str
    label: str
    count: int


class InboxPage(TypedDict):
    """The places of the template."""

    inbox: Inbox
    show: str
    number: int
    more: bool
    filters: list[Filter]


async def inbox_page(desk: DeskCall, *, show: str, number: int) -> InboxPage:
    """Return what the inbox shows under a filter, page `number` of the list of conversations."""
    scope, states = desk.scope, FILTERS[show].states

    def read(tx: Any) -> Inbox:
        return inbox(tx, scope, states=states, limit=PAGE + 1, offset=(number - 1) * PAGE)

    found = await desk.house.transactions.read_async(read)
    counts = found.counts
    filters = [
        Filter(name=name, label=desk.say(sieve.key), count=sum(counts.get(state, 0) for state in sieve.states))
        for name, sieve in FILTERS.items()
    ]
    return InboxPage(
        inbox=msgspec.structs.replace(found, others=found.others[:PAGE]),
        show=show,
        number=number,
        more=len(found.others) > PAGE,
        filters=filters,
    )
