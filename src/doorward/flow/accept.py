"""The front of the walk: admit, identify, protect; then the message is durable, and only then acknowledged."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from doorward import record
from doorward.flow import repository
from doorward.flow.repository import RunKey
from doorward.flow.runner import LEASE
from doorward.kit.ids import derive_id
from doorward.kit.tx import CommitFailed, Transactions, Tx
from doorward.protection import ProtectionService, Screened, Screener
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import StorageFull, Unavailable
from doorward.vocabulary.ids import ConversationId, MessageId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

INLINE_CHARACTERS = 1000
"""Texts up to this length are screened on the event loop (well under a millisecond); longer ones in a thread."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted message: durable from now on. `duplicate`: it had been accepted before."""

    message_id: MessageId
    conversation_id: ConversationId
    number: int
    seq: int
    duplicate: bool
    text: MaskedText


class FrontDoor:
    """Accepts messages that admission has let in and whose sender is identified."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        screener_of: Callable[[Scope], Screener],
        protection: ProtectionService,
        submit: Callable[[RunKey], None],
    ) -> None:
        """`screener_of` gives the screener with the tenant's public facts; `submit` starts a walk."""
        self._transactions = transactions
        self._screener_of = screener_of
        self._protection = protection
        self._submit = submit

    async def accept(self, scope: Scope, arrival: Arrival) -> Accepted:
        """Screen, seal and store a message; return once it is durable.

        The same client message id in the same conversation is the same message. Raises `StorageFull` or `Unavailable`
        when it could not be kept: then it was not accepted, and may be sent again.
        """
        message_id = message_id_of(scope, arrival)
        if len(arrival.text) <= INLINE_CHARACTERS:
            screened = self.screen(scope, arrival.text, message_id)
        else:
            screened = await asyncio.to_thread(self.screen, scope, arrival.text, message_id)
        if screened.originals:
            # The party's key may have to be made first, and that waits for a disk.
            await asyncio.to_thread(self._protection.prepare, scope, arrival.party_id)
        work = self._work(scope, arrival, message_id, screened)
        try:
            return await self._transactions.write_async(scope, work)
        except CommitFailed as error:
            raise (StorageFull if error.full else Unavailable)("the message could not be stored") from error

    def accept_here(self, scope: Scope, arrival: Arrival) -> Accepted:
        """Do as `accept`, in a thread that may block: for replays, seeds and connectors."""
        message_id = message_id_of(scope, arrival)
        screened = self.screen(scope, arrival.text, message_id)
        return self._transactions.write(scope, self._work(scope, arrival, message_id, screened))

    def screen(self, scope: Scope, text: WildText, message_id: MessageId) -> Screened:
        """Screen a text; its spans get ids that belong to the message, so that a repetition makes the same ones."""
        return self._screener_of(scope).screen(text, span_id=lambda n: SpanId(derive_id("span", message_id, str(n))))

    def _work(
        self, scope: Scope, arrival: Arrival, message_id: MessageId, screened: Screened
    ) -> Callable[[Tx], Outcome[Accepted]]:
        def work(tx: Tx) -> Outcome[Accepted]:
            record.lock_conversation(tx, scope, arrival.conversation_id)
            key = f"message:{arrival.channel}:{arrival.client_message_id}"
            before = record.find_entry(tx, scope, arrival.conversation_id, key)
            if before is not None:
                return Outcome(_again(before))
            card = record.card_of(tx, scope, arrival.conversation_id)
            entries = () if card is not None else (_opened(tx, scope, arrival),)
            number = (card.customer_messages if card else 0) + 1
            seq = (card.last_seq if card else 0) + len(entries) + 1
            if screened.originals:
                self._protection.seal(
                    tx, scope, party_id=arrival.party_id, message_id=message_id, originals=screened.originals
                )
            self._start_run(tx, scope, arrival, message_id, seq)
            accepted = Accepted(
                message_id=message_id,
                conversation_id=arrival.conversation_id,
                number=number,
                seq=seq,
                duplicate=False,
                text=screened.masked,
            )
            return Outcome(accepted, (*entries, _received(scope, arrival, accepted, screened)))

        return work

    def _start_run(self, tx: Tx, scope: Scope, arrival: Arrival, message_id: MessageId, seq: int) -> None:
        behind = repository.next_waiting(tx, scope, arrival.conversation_id) is not None
        run = {
            "message_id": message_id,
            "conversation_id": arrival.conversation_id,
            "seq": seq,
            "state": "walking",
            "attempts": 0,
            "lease_until": None if behind else tx.now + LEASE,
        }
        repository.insert_run(tx, scope, run)
        if not behind:
            tx.after_commit(lambda: self._submit(RunKey(scope.tenant_id, message_id)))


def message_id_of(scope: Scope, arrival: Arrival) -> MessageId:
    """Return the message's id: derived from the sender's own, so that a repetition has the same one."""
    return MessageId(
        derive_id("message", scope.tenant_id, arrival.conversation_id, arrival.channel, arrival.client_message_id)
    )


def _again(before: record.WrittenEntry) -> Accepted:
    entry = before.entry
    return Accepted(
        message_id=entry.message_id or MessageId(""),
        conversation_id=entry.conversation_id,
        number=int(entry.data["number"]),
        seq=before.seq,
        duplicate=True,
        text=entry.text or MaskedText(""),
    )


def _opened(tx: Tx, scope: Scope, arrival: Arrival) -> Entry:
    return Entry(
        kind="conversation.opened",
        conversation_id=arrival.conversation_id,
        party_id=arrival.party_id,
        key="opened",
        at=tx.now,
        actor=scope.actor,
        data={"channel": arrival.channel, "language": arrival.language or ""},
    )


def _received(scope: Scope, arrival: Arrival, accepted: Accepted, screened: Screened) -> Entry:
    data: dict[str, Any] = {
        "channel": arrival.channel,
        "client_id": arrival.client_message_id,
        "number": accepted.number,
        "findings": msgspec.to_builtins(screened.findings),
    }
    if arrival.language:
        data["language"] = arrival.language
    return Entry(
        kind="message.customer",
        conversation_id=arrival.conversation_id,
        party_id=arrival.party_id,
        key=f"message:{arrival.channel}:{arrival.client_message_id}",
        at=arrival.received_at,
        actor=scope.actor,
        text=screened.masked,
        message_id=accepted.message_id,
        data=data,
    )
