"""Who is asked to have a conversation: an invitation waits until it is answered or somebody gets the conversation."""

from typing import Final

import msgspec

from doorward import record
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import Scope

INVITATIONS: Final = ("handoff.invited", "handoff.declined", "handoff.assigned", "handoff.returned")
"""Lines that begin or end an invitation: whoever gets the conversation, whatever way, ends it."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks whom to have a conversation, by which ledger line."""

    seq: int
    by: StaffId
    to: StaffId


def invitation_of(tx: Tx, scope: Scope, card: record.Card) -> Invitation | None:
    """Return the invitation that waits for an answer, if there is one: the latest, unless something ended it."""
    if card.state != "human":
        return None
    lines = record.entries_of_kinds(tx, scope, (card.conversation_id,), kinds=INVITATIONS)
    last = max(lines, key=lambda one: one.seq, default=None)
    if last is None or last.entry.kind != "handoff.invited":
        return None
    return Invitation(seq=last.seq, by=StaffId(last.entry.data["by"]), to=StaffId(last.entry.data["to"]))
