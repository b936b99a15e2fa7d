"""What the rows of the inbox need where other pages show them."""

from collections.abc import Sequence
from typing import TypedDict

from doorward.doors.web.desk.marks import Pieces, pieces_of
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.views.inbox import Inbox, list_of
from doorward.kit.tx import Tx
from doorward.record import Card


class RowPlaces(TypedDict):
    """The places of `_card.html`."""

    found: Inbox
    pieces: Pieces


async def row_places(desk: DeskCall, cards: Sequence[Card]) -> RowPlaces:
    """Return what rows of these cards say: what is new to the reader, what customers wish, what labels are called."""

    def read(tx: Tx) -> RowPlaces:
        return RowPlaces(found=list_of(tx, desk.scope, cards), pieces=pieces_of(tx, desk.scope))

    return await desk.house.transactions.read_async(read)
