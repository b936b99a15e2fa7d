"""Files that no reply brings: taken away by whoever attached them, or by the house once nobody will send them."""

from datetime import timedelta
from typing import Any, Final

from doorward import record
from doorward.flow.attachments import repository
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

KEPT_BESIDE: Final = timedelta(days=14)
"""For how long a file lies beside a field. A draft stays in its browser for seven days after its last word
(`ui/desk/sealed.js`), so a file that was attached with it outlives it by as much; one that came back with a reply that
was taken back begins anew. Beyond that it is a paper about a customer that nobody looks after.
"""

_AT_ONCE: Final = 20


class Leftovers:
    """The sweep that takes away what staff attached and never sent."""

    def __init__(self, transactions: Transactions) -> None:
        """Take where files are kept."""
        self._transactions = transactions

    def sweep(self, scope: Scope) -> int:
        """Take away a tenant's files that have lain beside a field for `KEPT_BESIDE`, and return how many.

        What goes with a reply or a note, sent or waiting, is no such file. Asks the database to write only if there is
        something to do.
        """
        gone = 0
        while self._transactions.read(lambda tx: _old(tx, scope)):
            some = self._transactions.write(scope, lambda tx: _take_away(tx, scope))
            if not some:
                break
            gone += some
        return gone


def withdrawn(tx: Tx, scope: Scope, row: Any, *, party_id: PartyId, why: str | None = None) -> tuple[Entry, AuditEvent]:
    """Delete a file that goes with no reply, and return the lines that say so; the conversation is locked."""
    attachment_id = row.attachment_id
    repository.delete_attachment(tx, scope, attachment_id)
    line = Entry(
        kind="attachment.withdrawn",
        conversation_id=ConversationId(row.conversation_id),
        party_id=party_id,
        key=f"withdrawn:{attachment_id}",
        at=tx.now,
        actor=scope.actor,
        message_id=MessageId(attachment_id),
        data={"attachment_id": attachment_id},
    )
    gone = AuditEvent(
        action="attachment.withdrawn",
        object_kind="attachment",
        object_id=attachment_id,
        fields=("content",),
        reason=why,
    )
    return line, gone


def _old(tx: Tx, scope: Scope) -> tuple[tuple[ConversationId, str], ...]:
    return repository.find_left_beside(tx, scope, before=tx.now - KEPT_BESIDE, limit=_AT_ONCE)


def _take_away(tx: Tx, scope: Scope) -> Outcome[int]:
    lines: list[Entry | AuditEvent] = []
    gone = 0
    # In one order, so that whoever locks several conversations never waits for this.
    for conversation_id, attachment_id in sorted(_old(tx, scope)):
        record.lock_conversation(tx, scope, conversation_id)
        row = repository.find_attachment(tx, scope, attachment_id)
        if row is None or row.reply_id is not None or row.at >= tx.now - KEPT_BESIDE:
            continue  # it was taken away, sent, or came back anew while this waited for the conversation
        card = record.card_of(tx, scope, conversation_id)
        party_id = PartyId(row.party_id) if card is None else card.party_id
        lines += withdrawn(tx, scope, row, party_id=party_id, why="never_sent")
        gone += 1
    return Outcome(gone, tuple(lines))
