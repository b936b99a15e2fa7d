"""What the inbox shows."""

from collections.abc import Mapping, Sequence
from typing import Final, TypedDict
from urllib.parse import urlencode

import msgspec

from doorward import workspace
from doorward.doors.web.desk.filters.saying import said_of
from doorward.doors.web.desk.marks import Pieces, pieces_of
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.filters import LONGEST, NAMES, OF_LINES, NotUnderstood
from doorward.flow.views.inbox import COUNTED, FIRST, VIEWS, Asked, Counts, Inbox, count_views, inbox
from doorward.flow.views.places import read_place, write_place
from doorward.kit.tx import Tx
from doorward.record import Card, CardOrder
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.workspace import WrittenPiece

PAGE: Final = 30
_LONGEST: Final = LONGEST + 1  # so that what is too long is told, not cut off
MOST_TOLD: Final = 3
"""So many troubles of filters are told at once: who pastes a text reads no list of its words."""

ORDERS: Final[tuple[CardOrder, ...]] = ("latest", "oldest", "unanswered", "priority")


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What an address of the inbox asks for, as it is written there."""

    show: str = FIRST
    view: str = ""
    q: str = ""
    order: str = ""
    after: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Wish":
        """Return what the fields of an address or a form ask for; what is too long to be meant is cut off."""
        return cls(**{name: fields[name][:_LONGEST] for name in cls.__struct_fields__ if name in fields})

    def query(self, **changes: str) -> str:
        """Return it as the query of an address, with changes; what is empty or as at the start is left out."""
        fields = msgspec.structs.asdict(self) | changes
        if fields["view"] or fields["show"] == FIRST:
            del fields["show"]
        return urlencode({name: value for name, value in fields.items() if value})

    def address(self, **changes: str) -> str:
        """Return the address of the page that shows it, with changes."""
        query = self.query(**changes)
        return f"/desk/?{query}" if query else "/desk/"


class CardList(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a view: `count` is None where a page shows a part only, `empty` is said when nothing is there."""

    name: str
    title: str
    cards: Sequence[Card]
    count: int | None
    empty: str


class Tab(msgspec.Struct, frozen=True, kw_only=True):
    """A way to a view: how many stand in it in words, empty where nobody counted, and whether it is shown now."""

    text: str
    href: str
    count: str
    here: bool


class InboxPage(TypedDict):
    """The places of the template."""

    wish: Wish
    written: str
    lists: list[CardList]
    tabs: list[Tab]
    saved: list[Tab]
    shown_view: WrittenPiece | None
    orders: list[tuple[str, str]]
    found: Inbox
    next_page: str
    trouble: str
    pieces: Pieces
    filter_names: tuple[str, ...]
    longest: int


async def inbox_page(desk: DeskCall, wish: Wish, *, trouble: str = "") -> InboxPage:
    """Return what the inbox shows. A wish that cannot be read is told about, and shows an empty list."""
    wish = msgspec.structs.replace(wish, show=wish.show if wish.show in VIEWS else FIRST)
    scope = desk.scope

    def read(tx: Tx) -> tuple[Inbox, Counts, tuple[WrittenPiece, ...], Pieces, str]:
        views = workspace.list_pieces(tx, scope, "view", owner=scope.actor.id)
        counts = count_views(tx, scope, views[:PAGE], read=desk.house.filters.of_list)
        found, trouble_of_list = _found(desk, tx, wish)
        return found, counts, views, pieces_of(tx, scope), trouble_of_list

    found, counts, views, pieces, unread = await desk.house.transactions.read_async(read)
    order = found.order
    last = found.cards[-1] if found.more else None
    return InboxPage(
        wish=wish,
        written=wish.q,
        lists=_lists(desk, found, wish, views),
        tabs=[_tab(desk, wish, name, counts.views[name]) for name in VIEWS],
        saved=[_saved_tab(wish, one, counts) for one in views],
        shown_view=next((one for one in views if one.key == wish.view), None),
        orders=[(one, desk.say(f"inbox.order.{one}")) for one in ORDERS]
        if wish.view or wish.show != "unanswered"
        else [],
        found=found,
        next_page="" if last is None else wish.address(after=write_place(last, order)),
        trouble=trouble or unread,
        pieces=pieces,
        filter_names=tuple(name for name in NAMES if name not in OF_LINES),
        longest=LONGEST,
    )


def filters_wrong(desk: DeskCall, error: NotUnderstood) -> str:
    """Return what is wrong with filters, in words."""
    return " ".join(said_of(desk, error.troubles[:MOST_TOLD]))


def _found(desk: DeskCall, tx: Tx, wish: Wish) -> tuple[Inbox, str]:
    nothing = Inbox(order="latest")
    try:
        asked = Asked(
            view=wish.show,
            saved=wish.view,
            filters=wish.q,
            order=next((one for one in ORDERS if one == wish.order), None),
            after=read_place(wish.after) if wish.after else None,
        )
        return inbox(tx, desk.scope, asked, read=desk.house.filters.of_list, limit=PAGE), ""
    except NotUnderstood as error:
        return nothing, filters_wrong(desk, error)
    except Malformed:
        return nothing, desk.say("inbox.place.gone")
    except NotFound:
        return nothing, desk.say("inbox.view.gone")


def _lists(desk: DeskCall, found: Inbox, wish: Wish, views: Sequence[WrittenPiece]) -> list[CardList]:
    if found.waiting or found.mine or (not found.cards and _is_queue(wish)):
        waiting = CardList(
            name="waiting",
            title=desk.say("desk.inbox.filter.waiting"),
            cards=found.waiting,
            count=len(found.waiting),
            empty=desk.say("desk.inbox.empty_waiting"),
        )
        mine = CardList(
            name="mine",
            title=desk.say("desk.inbox.filter.mine"),
            cards=found.mine,
            count=len(found.mine),
            empty=desk.say("desk.inbox.empty_mine"),
        )
        return [waiting] if wish.show == "waiting" else [mine, waiting]
    title = next((one.piece.name for one in views if one.key == wish.view), "")
    title = title or desk.say(f"inbox.view.{wish.show}")
    empty = desk.say("inbox.empty_narrowed" if wish.q or wish.view else "desk.inbox.empty")
    return [CardList(name="rest", title=title, cards=found.cards, count=None, empty=empty)]


def _is_queue(wish: Wish) -> bool:
    return wish.show in {"me", "waiting"} and not (wish.view or wish.q or wish.order)


def _tab(desk: DeskCall, wish: Wish, name: str, count: int) -> Tab:
    here = name == wish.show and not wish.view
    return Tab(text=desk.say(f"inbox.view.{name}"), href=Wish(show=name).address(), count=_counted(count), here=here)


def _saved_tab(wish: Wish, one: WrittenPiece, counts: Counts) -> Tab:
    count = _counted(counts.saved[one.key]) if one.key in counts.saved else ""
    return Tab(text=one.piece.name, href=Wish(view=one.key).address(), count=count, here=one.key == wish.view)


def _counted(number: int) -> str:
    """Return a number as far as it was counted."""
    return f"{COUNTED - 1}+" if number >= COUNTED else str(number)
