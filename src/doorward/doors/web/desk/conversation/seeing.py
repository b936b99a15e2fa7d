"""What a member of staff has seen of a conversation: all of it, once it is painted in a window that is looked at."""

from typing import Final

from doorward import record
from doorward.doors.web.desk.shared import DeskCall
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Outcome

HIDDEN: Final = "x-page-hidden"
"""The header that pages send along when they ask for news while nobody can see them (ui/desk/seeing.js)."""


async def note_look(desk: DeskCall, card: Card) -> None:
    """Note that the reader has seen a conversation as it is painted for them now, unless their page is hidden."""
    if desk.request.headers.get(HIDDEN):
        return
    scope, house = desk.scope, desk.house
    one, reader = card.conversation_id, StaffId(desk.scope.actor.id)
    seen = await house.transactions.read_async(lambda tx: record.seen_by(tx, scope, reader, (one,)))
    if seen.get(one, 0) >= card.last_seq:
        return

    def note(tx: Tx) -> Outcome[None]:
        record.note_seen(tx, scope, one, seq=card.last_seq)
        return Outcome(None)

    await house.transactions.write_async(scope, note)
