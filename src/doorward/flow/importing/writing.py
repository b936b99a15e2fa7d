"""Writing what is ready: a transaction for each conversation and each customer, so that one that fails costs itself."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple, TypeVar

import msgspec

from doorward import record, routing
from doorward.flow.attachments import HeldFile, file_context, hold
from doorward.flow.importing.lines import REASON, Lines, file_key, message_key
from doorward.flow.importing.marks import Marked
from doorward.flow.importing.people import Customers, is_known
from doorward.flow.importing.preparing import Ready, ReadyFile, ReadyMessage
from doorward.flow.importing.tally import ImportTally
from doorward.flow.importing.terms import Person, Refused, VendorName
from doorward.kit.db.trouble import database_trouble
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.kit.tx import Transactions, Tx
from doorward.protection import ProtectionService
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.past import PAST
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope

T = TypeVar("T")
Written = Callable[[], T]
"""Waits until something is durable and returns what came of it. Raises `Refused` when it was not taken."""


class SealedFile(NamedTuple):
    """A file with its content sealed."""

    file: ReadyFile
    sealed: bytes


class Sealed(NamedTuple):
    """A conversation that is about to be written."""

    ready: Ready
    marked: Marked
    party_id: PartyId
    files: tuple[SealedFile, ...]


class Sealing(NamedTuple):
    """What seals what was masked, and files."""

    protection: ProtectionService
    keys: Keys


class Writing:
    """Writes customers and conversations of one tenant. Writing again what is there changes nothing."""

    def __init__(
        self,
        transactions: Transactions,
        scope: Scope,
        *,
        customers: Customers,
        sealing: "Sealing",
        vendor: VendorName,
    ) -> None:
        """Take whom conversations belong to, and what seals."""
        self._transactions = transactions
        self._scope = scope
        self._customers = customers
        self._protection, self._keys = sealing
        self._vendor = vendor

    def register(self, person: Person) -> Written[bool]:
        """Register a customer; comes to whether they are new."""
        scope = self._scope

        def work(tx: Tx) -> Outcome[bool]:
            made = self._customers.settle(tx, scope, person)
            return Outcome(bool(made.entries), made.entries)

        return self._write(work)

    def seal(self, ready: Ready, marked: Marked) -> Sealed:
        """Return a conversation with what it needs before its transaction: whose it is, their key, its files sealed.

        Raises `Refused` where the customer was erased.
        """
        try:
            party_id = self._party(ready)
            self._protection.make_ready(self._scope, party_id)
            return Sealed(ready, marked, party_id, tuple(self._sealed(one, party_id) for one in ready.files))
        except KeyDestroyed:
            raise Refused("customer_erased") from None

    def write(self, sealed: Sealed) -> Written[ImportTally]:
        """Write a conversation and what it is marked with; comes to what was new of it."""
        return self._write(partial(self._written, sealed=sealed))

    def _write(self, work: Callable[[Tx], Outcome[T]]) -> Written[T]:
        """Begin a transaction. Where many are written in their order by one commit, nobody waits for the one before."""
        future = self._transactions.write_later(self._scope, work)
        if not self._transactions.in_order:
            future.exception()
        return partial(_result, future)

    def _party(self, ready: Ready) -> PartyId:
        """Return whose the conversation is: who has it here already, who is known, or who is made for it."""
        scope, customers, past = self._scope, self._customers, ready.past

        def read(tx: Tx) -> PartyId | None:
            card = record.card_of(tx, scope, ready.conversation_id)
            if card is not None:
                return card.party_id
            return customers.find(tx, scope, past.customer) if is_known(past.customer) else None

        found = self._transactions.read(read)
        if found is not None:
            return found
        if is_known(past.customer):
            return self._transactions.write(scope, lambda tx: customers.settle(tx, scope, past.customer))
        return self._transactions.write(scope, lambda tx: customers.unknown(tx, scope, past.id))

    def _sealed(self, file: ReadyFile, party_id: PartyId) -> SealedFile:
        context = file_context(self._scope, file.attachment_id)
        return SealedFile(file, self._keys.seal(self._scope.tenant_id, party_id, file.content, context=context))

    def _written(self, tx: Tx, *, sealed: Sealed) -> Outcome[ImportTally]:
        ready, marked, party_id, files = sealed
        scope, lines = self._scope, Lines(ready, party_id, self._vendor)
        if ready.target == "open":
            routing.lock_queue(tx, scope)
        record.lock_conversation(tx, scope, ready.conversation_id)
        card = record.card_of(tx, scope, ready.conversation_id)
        fresh = ready if card is None else self._fresh(tx, ready)
        if card is not None and not fresh.spoken and not fresh.files:
            return Outcome(ImportTally(again=1))
        entries: list[Entry | AuditEvent] = []
        if card is None:
            entries += lines.whole()
            entries += lines.marked(marked)
            entries += self._ending(tx, ready, lines)
        else:
            entries += _added(fresh, lines, card)
            if card.state == "resolved" and any(one.message.author == "customer" for one in fresh.messages):
                entries += self._ending(tx, fresh, lines)
        jobs = tuple(self._keep(tx, fresh, party_id, files, entries))
        entries.append(_imported(ready.conversation_id))
        tally = ImportTally(messages=len(fresh.messages), notes=len(fresh.notes), files=len(fresh.files))
        if card is None:
            tally.conversations, tally.labels, tally.fields = 1, len(marked.labels), len(marked.values)
        return Outcome(tally, tuple(entries), jobs)

    def _fresh(self, tx: Tx, ready: Ready) -> Ready:
        """Return what of a conversation that is here already is new."""

        def is_new(key: str) -> bool:
            return record.find_entry(tx, self._scope, ready.conversation_id, key) is None

        return ready._replace(
            messages=tuple(one for one in ready.messages if is_new(message_key(one))),
            notes=tuple(one for one in ready.notes if is_new(message_key(one))),
            files=tuple(one for one in ready.files if is_new(file_key(one))),
        )

    def _keep(
        self,
        tx: Tx,
        fresh: Ready,
        party_id: PartyId,
        files: Sequence[SealedFile],
        entries: list[Entry | AuditEvent],
    ) -> Iterator[Job]:
        """Keep originals and files of what is new; yield the scans that are to be made."""
        for message in fresh.spoken:
            self._keep_words(tx, message, party_id)
        wanted = {one.attachment_id for one in fresh.files}
        for file, content in files:
            if file.attachment_id not in wanted:
                continue
            held = HeldFile(
                attachment_id=file.attachment_id, media_type=file.media_type, size=len(file.content), sealed=content
            )
            taken, scan = hold(tx, self._scope, held, conversation_id=fresh.conversation_id, party_id=party_id)
            if file.name.originals:
                message_id, originals = MessageId(file.attachment_id), file.name.originals
                self._protection.seal(tx, self._scope, party_id=party_id, message_id=message_id, originals=originals)
            entries.append(taken)
            yield scan

    def _keep_words(self, tx: Tx, one: ReadyMessage, party_id: PartyId) -> None:
        if one.message.author == "customer":
            self._protection.keep(tx, self._scope, one.screened, party_id=party_id, message_id=one.message_id)
        elif one.screened.originals:
            self._protection.seal(
                tx, self._scope, party_id=party_id, message_id=one.message_id, originals=one.screened.originals
            )

    def _ending(self, tx: Tx, ready: Ready, lines: Lines) -> Iterator[Entry | AuditEvent]:
        """Yield how the conversation stands: over, with its agent, or waiting for one."""
        suffix = ready.messages[-1].message_id if ready.messages else "end"
        if ready.target == "resolved":
            yield lines.resolved(suffix=suffix)
            return
        conversation_id, party_id = ready.conversation_id, lines.party_id
        if ready.assignee is None:
            yield lines.requested(suffix=suffix)
            handoff = Handoff(reason=REASON)
            yield from routing.enter_queue(tx, self._scope, conversation_id, party_id, handoff=handoff).entries
            return
        if lines.holder is None:
            yield lines.requested(suffix=suffix)
        assigned = routing.assign(tx, self._scope, conversation_id, party_id, staff_id=ready.assignee)
        for entry in assigned.entries:
            if not isinstance(entry, Entry):
                yield entry
            elif lines.holder != ready.assignee:
                yield msgspec.structs.replace(entry, at=ready.changed_at, key=f"{PAST}{entry.key}")


def _added(fresh: Ready, lines: Lines, card: record.Card) -> Iterator[Entry]:
    """Yield the lines of what is new in a conversation that is here already."""
    number = card.customer_messages
    for one in fresh.spoken:
        yield lines.message(one, number=number)
        number += one.message.author == "customer"
    for file in fresh.files:
        yield lines.file(file)


def _imported(conversation_id: ConversationId) -> AuditEvent:
    return AuditEvent(
        action="conversation.imported", object_kind="conversation", object_id=conversation_id, fields=("messages",)
    )


def _result(future: "Future[T]") -> T:
    """Return what came of a transaction. Raises `Refused` for what this record alone is to blame for."""
    try:
        return future.result()
    except KeyDestroyed:
        raise Refused("customer_erased") from None
    except Exception as trouble:
        if database_trouble(trouble) is None:
            raise
        raise Refused("not_stored") from None
