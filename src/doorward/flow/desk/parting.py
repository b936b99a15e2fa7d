"""Splitting a conversation: chosen lines begin one of their own."""

from collections.abc import Sequence
from typing import Final

import msgspec

from doorward import record, routing
from doorward.flow.desk.rooms import audit_of, card_at
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

MOST_LINES: Final = 100
"""Lines that one split takes along."""

SPLITTABLE: Final = frozenset({"message.customer", "message.bot", "message.agent"})
"""What can be taken along: what was said. Files stay with the conversation in which they came."""

_OF_THE_FIRST: Final = frozenset({"client_id", "scheduled", "number"})
"""What of a line's data belongs to the line that was copied alone."""


class Parting:
    """The verb; `scope.actor` is the member of staff who acts."""

    def __init__(self, transactions: Transactions) -> None:
        """Take where conversations are written."""
        self._transactions = transactions

    async def split(
        self, scope: Scope, conversation_id: ConversationId, lines: Sequence[int], *, key: str
    ) -> record.Card:
        """Begin a conversation with copies of these lines, and return its card; the same `key` again is the same one.

        Nothing is taken away from the first one, which notes what went where; each copy names it (`copied_from`) and
        keeps its time, and its masked places are opened as before. The new one is with the acting member.

        Raises `NotFound`, `TooLarge` for more than `MOST_LINES`, `Malformed` (fact `why`: `choose`) where no line was
        chosen or one that is not a message of this conversation, and `Conflict` (`merged`) for one that was merged.
        """
        wanted = sorted(set(lines))
        if len(wanted) > MOST_LINES:
            raise TooLarge(f"lines: more than {MOST_LINES}", limit=MOST_LINES)
        begun = ConversationId(derive_id("split", scope.tenant_id, conversation_id, scope.actor.id, key))

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            for one in sorted((conversation_id, begun)):
                record.lock_conversation(tx, scope, one)
            card = card_at(tx, scope, conversation_id)
            if record.card_of(tx, scope, begun) is not None:
                return Outcome(None)
            if card.merged_into is not None:
                raise Conflict("this goes on in another conversation", why="merged")
            chosen = tuple(_chosen(tx, scope, conversation_id, seq) for seq in wanted)
            if not chosen:
                raise Malformed("lines: none was chosen", why="choose")
            parted = _parted(tx, scope, card, begun, lines=wanted)
            copies = tuple(_copy(one, begun) for one in chosen)
            mine = routing.assign(tx, scope, begun, card.party_id, staff_id=StaffId(scope.actor.id)).entries
            audits = (audit_of("conversation.split", conversation_id), audit_of("conversation.opened", begun))
            return Outcome(None, (_opened(tx, scope, card, begun, copies[0]), *copies, *mine, parted, *audits))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, begun))


def _chosen(tx: Tx, scope: Scope, conversation_id: ConversationId, seq: int) -> record.WrittenEntry:
    found = record.entries_after(tx, scope, conversation_id, after=seq - 1, limit=1)
    if not found or found[0].seq != seq or found[0].entry.kind not in SPLITTABLE:
        raise Malformed("lines: not a message of this conversation", why="choose")
    return found[0]


def _opened(tx: Tx, scope: Scope, card: record.Card, begun: ConversationId, first: Entry) -> Entry:
    """Return the first line: begun by whom the first conversation was begun by, when its first line was said."""
    before = record.find_entry(tx, scope, card.conversation_id, "opened")
    if before is None:
        raise NotFound("the conversation has no beginning")
    data = {"channel": card.channel, "language": card.language, "split_from": card.conversation_id}
    return msgspec.structs.replace(before.entry, conversation_id=begun, at=first.at, data=data)


def _copy(line: record.WrittenEntry, begun: ConversationId) -> Entry:
    entry = line.entry
    kept = {name: value for name, value in entry.data.items() if name not in _OF_THE_FIRST}
    origin = entry.data.get("copied_from") or entry.conversation_id
    return msgspec.structs.replace(
        entry,
        conversation_id=begun,
        key=f"copy:{entry.conversation_id}:{line.seq}",
        message_id=MessageId(derive_id("copy", begun, str(line.seq))),
        data=kept | {"copied_from": origin},
    )


def _parted(tx: Tx, scope: Scope, card: record.Card, begun: ConversationId, *, lines: Sequence[int]) -> Entry:
    return Entry(
        kind="conversation.parted",
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=f"parted:{begun}",
        at=tx.now,
        actor=scope.actor,
        data={"into": begun, "lines": list(lines)},
    )
