"""Letting a conversation sleep until a time; the customer's next word wakes it before."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from doorward import record
from doorward.flow.desk.rooms import audit_of, card_at
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict, Malformed
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

LONGEST_SLEEP: Final = timedelta(days=366)
_AT_ONCE: Final = 100


class Snoozing:
    """The verbs, and the sweep that wakes what has slept enough."""

    def __init__(self, transactions: Transactions) -> None:
        """Take where conversations are written."""
        self._transactions = transactions

    async def snooze(self, scope: Scope, conversation_id: ConversationId, *, until: datetime) -> record.Card:
        """Let a conversation sleep; it stays with whom it is with. Again means until another time.

        Raises `NotFound`, `Malformed` for a time that has passed or is more than `LONGEST_SLEEP` away, and `Conflict`
        for a conversation that is over.
        """

        def work(tx: Tx) -> Outcome[None]:
            if not tx.now < until <= tx.now + LONGEST_SLEEP:
                raise Malformed("until: a time to come, within a year")
            card = _held(tx, scope, conversation_id)
            if card.state == "resolved":
                raise Conflict("this conversation is over", why="over")
            if card.snoozed_until == until:
                return Outcome(None)
            return Outcome(None, _lines(tx, scope, card, until=until, why="asked"))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    async def wake(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Wake a conversation before its time; one that does not sleep stays as it is. Raises `NotFound`."""
        await self._transactions.write_async(scope, lambda tx: _woken(tx, scope, conversation_id, why="asked"))
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    def wake_due(self, scope: Scope) -> int:
        """Wake the tenant's conversations whose time has come, and return how many."""

        def due(tx: Tx) -> tuple[ConversationId, ...]:
            return record.slept_enough(tx, scope, limit=_AT_ONCE)

        number = 0
        while some := self._transactions.read(due):
            for conversation_id in some:
                number += self._transactions.write(scope, partial(_woken, scope=scope, conversation_id=conversation_id))
            if len(some) < _AT_ONCE:
                break
        return number


def _woken(tx: Tx, scope: Scope, conversation_id: ConversationId, *, why: str = "due") -> Outcome[bool]:
    card = _held(tx, scope, conversation_id)
    if card.snoozed_until is None or (why == "due" and card.snoozed_until > tx.now):
        return Outcome(value=False)
    return Outcome(value=True, entries=_lines(tx, scope, card, until=None, why=why))


def _held(tx: Tx, scope: Scope, conversation_id: ConversationId) -> record.Card:
    record.lock_conversation(tx, scope, conversation_id)
    return card_at(tx, scope, conversation_id)


def _lines(
    tx: Tx, scope: Scope, card: record.Card, *, until: datetime | None, why: str
) -> tuple[Entry | AuditEvent, ...]:
    line = Entry(
        kind="conversation.woken" if until is None else "conversation.snoozed",
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=f"snooze:{card.last_seq}",
        at=tx.now,
        actor=scope.actor,
        data={"why": why} if until is None else {"until": until.isoformat()},
    )
    return (line, audit_of(line.kind, card.conversation_id))
