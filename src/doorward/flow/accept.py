"""The front of the walk: admit, identify, protect; then the message is durable, and only then acknowledged."""

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NamedTuple

import msgspec

from doorward import record
from doorward.admission import Blocks
from doorward.flow import repository
from doorward.flow.flood.admitted import EVERYTHING, Admitted
from doorward.flow.flood.deferring import keep_over
from doorward.flow.fragments import Fragments, is_repetition
from doorward.flow.kept_ids import KeptIds
from doorward.flow.refusals import Refusals, audited, secret_refused
from doorward.flow.repository import LEASE, RunKey
from doorward.flow.tenant_rules import TenantRules
from doorward.flow.walk import Begun
from doorward.kit.ids import derive_id
from doorward.kit.keys import EpochKeys, KeyDestroyed, Keys
from doorward.kit.tx import CommitFailed, Transactions, Tx
from doorward.protection import DESK, NO_FACTS, CustomerIndex, Hashing, ProtectionService, Screened, Weighed
from doorward.vocabulary.arrival import Arrival, Message
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import KeyReused, NotFound, SecretRefused, StorageFull, Unavailable
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId, SpanId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

INLINE_CHARACTERS = 1000
"""Texts up to this length are screened on the event loop (well under a millisecond); longer ones in a thread."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted message: durable from now on. `duplicate`: it had been accepted before.

    `effort`: the sender's device would be asked for a piece of work now; see `flow.effort`.
    """

    message_id: MessageId
    conversation_id: ConversationId
    number: int
    seq: int
    duplicate: bool
    text: MaskedText
    effort: bool = False


class Recognition(NamedTuple):
    """By what is known again: keys to mark equal values with, the index of whose they are, and ids that are kept."""

    likeness_keys: EpochKeys
    customer_index: CustomerIndex
    kept_ids: KeptIds

    def hashing(self, tenant_id: TenantId) -> Hashing:
        """Return how a tenant's values are hashed, its keys made ready."""
        self.likeness_keys.prepare(tenant_id)
        return Hashing(partial(self.likeness_keys.marks, tenant_id), partial(self.customer_index.hashed, tenant_id))


class _How(NamedTuple):
    """By which channel a text came, the tail of what the same party said before, the kinds that were asked for, and who
    of the staff wrote it.
    """

    channel: str
    before: WildText | None = None
    wanted: Collection[str] = ()
    names: tuple[str, ...] = ()


class _Coming(NamedTuple):
    """What comes, and what it was admitted to."""

    arrival: Arrival
    admitted: Admitted


class _GoesOn(NamedTuple):
    """The conversation in which a merged one goes on, found when it was held."""

    conversation_id: ConversationId


class TenantScreening:
    """The screener as each tenant needs it: public facts, own kinds and policies, equal values known by its keys.

    This is the one way from wild text to masked text: whatever channel a text comes by, the policy has judged it.
    """

    def __init__(
        self,
        rules: TenantRules,
        *,
        recognition: Recognition,
        note: Callable[[Scope, tuple[AuditEvent, ...]], None],
        is_at_hand: Callable[[TenantId], bool] = lambda _tenant_id: True,
        fragments: Fragments | None = None,
    ) -> None:
        """Screen by `rules`; `recognition` tells how values are known again, `note` writes down what a policy decided.

        `is_at_hand` tells whether asking for a tenant's settings costs no look at the database. `fragments` remembers
        what was said last; without it every message stands alone.
        """
        self._rules = rules
        self._recognition = recognition
        self._note = note
        self._is_at_hand = is_at_hand
        self._fragments = fragments

    def weigh_next(self, scope: Scope, arrival: Arrival, message_id: MessageId) -> Weighed:
        """Screen a customer's message with what the same conversation's customer said just before in mind.

        Writes nothing down: whoever stores the message stores what was decided about it with it.
        """
        if self._fragments is None:
            return self._weigh(scope, arrival.text, message_id, _How(arrival.channel))
        key = (scope.tenant_id, arrival.conversation_id)
        before = self._fragments.before(key, message_id)
        weighed = self._weigh(scope, arrival.text, message_id, _How(arrival.channel, before))
        if weighed.refusal is None:
            screener = self._rules.of(scope.tenant_id, arrival.channel).screener
            tail = screener.after(before).tail(arrival.text, weighed.screened)
        else:
            # Nobody has said what is refused; what comes next goes on with what came before.
            tail = before or WildText("")
        self._fragments.keep(key, message_id, before=before, tail=tail)
        return weighed

    def screen(
        self, scope: Scope, text: WildText, message_id: MessageId, *, channel: str, wanted: Collection[str] = ()
    ) -> Screened:
        """Screen a text; its spans get ids that belong to the message, so that a repetition makes the same ones.

        `wanted` are kinds that were asked for: no policy refuses them. Raises `SecretRefused`. What was decided is
        written down in a transaction of its own, so this may wait: not for the event loop.
        """
        return self._screened(scope, text, message_id, _How(channel, wanted=wanted))

    def screen_staff(self, scope: Scope, text: WildText, message_id: MessageId, *, names: tuple[str, ...]) -> Screened:
        """Screen what a member of staff writes at the desk. `names`, theirs and those of colleagues, may be read.

        Otherwise as `screen`.
        """
        return self._screened(scope, text, message_id, _How(DESK, names=names))

    def weigh_staff(self, scope: Scope, text: WildText, message_id: MessageId, *, names: tuple[str, ...]) -> Weighed:
        """Judge what a member of staff is still writing as `screen_staff` would; nothing of it is written down."""
        return self._weigh(scope, text, message_id, _How(DESK, names=names))

    def _screened(self, scope: Scope, text: WildText, message_id: MessageId, how: _How) -> Screened:
        weighed = self._weigh(scope, text, message_id, how)
        events = audited(weighed, message_id, how.channel)
        if events:
            self._note(scope, events)
        if weighed.refusal is not None:
            raise secret_refused(weighed.refusal.kinds, language=None)
        return weighed.screened

    def _weigh(self, scope: Scope, text: WildText, message_id: MessageId, how: _How) -> Weighed:
        """Screen a text and judge it by the policy."""
        tenant_id, wanted = scope.tenant_id, how.wanted
        rules = self._rules.of(tenant_id, how.channel)
        screener = rules.screener.under(partial(rules.policy.weigh, wanted=wanted))
        own = rules.screener.public_facts(how.names) if how.names else NO_FACTS
        screened = screener.after(how.before).screen(
            text,
            span_id=lambda number: SpanId(derive_id("span", tenant_id, message_id, str(number))),
            hashing=self._recognition.hashing(tenant_id),
            public=rules.public.joined(own),
        )
        return rules.policy.judge(screened, wanted=wanted)

    def screen_past(self, scope: Scope, text: WildText, message_id: MessageId, *, channel: str) -> Screened:
        """Screen a text of the past, which nobody can refuse any more: what would be is masked and not kept."""
        return self._weigh(scope, text, message_id, _How(channel)).screened

    def kept_id(self, scope: Scope, made_up: str) -> str:
        """Return an id that a sender made up as it may be kept; see `KeptIds`."""
        return self._recognition.kept_ids.kept(scope.tenant_id, made_up)

    def withhold(self, scope: Scope, text: WildText, message_id: MessageId) -> Screened:
        """Mask a text as a whole: for what is known to be sensitive whatever it looks like."""
        tenant_id = scope.tenant_id
        return self._rules.of(tenant_id, DESK).screener.withhold(
            text, span_id=lambda number: SpanId(derive_id("span", tenant_id, message_id, str(number)))
        )

    def is_quick(self, scope: Scope, text: WildText) -> bool:
        """Return whether screening the text now waits for nothing and is done before anybody could notice."""
        tenant_id = scope.tenant_id
        at_hand = self._is_at_hand(tenant_id) and self._recognition.likeness_keys.is_at_hand(tenant_id)
        return at_hand and len(text) <= INLINE_CHARACTERS and self._rules.is_ready(tenant_id)


class FrontDoor:
    """Accepts messages that admission has let in and whose sender is identified."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        screening: TenantScreening,
        protection: ProtectionService,
        keys: Keys,
        submit: Callable[[RunKey, Begun | None], None],
    ) -> None:
        """`submit` starts a walk, with what it begins with, so that nothing has to be read again."""
        self._transactions = transactions
        self._screening = screening
        self._protection = protection
        self._refusals = Refusals(Blocks())
        self._keys = keys
        self._submit = submit

    async def accept(self, scope: Scope, arrival: Arrival, *, admitted: Admitted = EVERYTHING) -> Accepted:
        """Screen, seal and store a message with what it was admitted to; return once it is durable.

        The same client message id in the same conversation is the same message. What is said to a conversation that
        was merged goes on in the other one. Raises `StorageFull` or `Unavailable`
        when it could not be kept: then it was not accepted, and may be sent again; `SecretRefused` or `SenderBlocked`
        when the tenant's policy does not let it in, however often it comes.
        """
        arrival = self._discreet(scope, arrival)
        accepted = await self._accept(scope, arrival, admitted)
        while isinstance(accepted, _GoesOn):
            arrival = msgspec.structs.replace(arrival, conversation_id=accepted.conversation_id)
            accepted = await self._accept(scope, arrival, admitted)
        if isinstance(accepted, SecretRefused):
            await self._transactions.read_async(lambda tx: self._refusals.refuse_blocked(tx, scope, arrival))
            raise accepted
        return accepted

    async def _accept(self, scope: Scope, arrival: Arrival, admitted: Admitted) -> Accepted | SecretRefused | _GoesOn:
        message_id = message_id_of(scope, arrival)
        if self._screening.is_quick(scope, arrival.text):
            weighed = self._screening.weigh_next(scope, arrival, message_id)
        else:
            weighed = await asyncio.to_thread(self._screening.weigh_next, scope, arrival, message_id)
        if weighed.screened.originals and not self._keys.has_party_at_hand(scope.tenant_id, arrival.party_id):
            await asyncio.to_thread(self._make_ready, scope, arrival.party_id)
        work = self._work(scope, _Coming(arrival, admitted), message_id, weighed)
        try:
            return await self._transactions.write_async(scope, work)
        except CommitFailed as error:
            raise (StorageFull if error.full else Unavailable)("the message could not be stored") from error

    def accept_here(self, scope: Scope, arrival: Arrival, *, admitted: Admitted = EVERYTHING) -> Accepted:
        """Do as `accept`, in a thread that may block: for replays, seeds, connectors and what machines say."""
        arrival = self._discreet(scope, arrival)
        accepted = self._accept_here(scope, arrival, admitted)
        while isinstance(accepted, _GoesOn):
            arrival = msgspec.structs.replace(arrival, conversation_id=accepted.conversation_id)
            accepted = self._accept_here(scope, arrival, admitted)
        if isinstance(accepted, SecretRefused):
            raise accepted
        return accepted

    def _accept_here(self, scope: Scope, arrival: Arrival, admitted: Admitted) -> Accepted | SecretRefused | _GoesOn:
        message_id = message_id_of(scope, arrival)
        weighed = self._screening.weigh_next(scope, arrival, message_id)
        if weighed.screened.originals:
            self._make_ready(scope, arrival.party_id)
        return self._transactions.write(scope, self._work(scope, _Coming(arrival, admitted), message_id, weighed))

    def _make_ready(self, scope: Scope, party_id: PartyId) -> None:
        try:
            self._protection.make_ready(scope, party_id)
        except KeyDestroyed as error:
            raise NotFound("this customer was erased") from error

    def _discreet(self, scope: Scope, arrival: Arrival) -> Arrival:
        """Return the arrival without what could hide in its fields: an id that is a number, a tag of many parts."""
        return msgspec.structs.replace(
            arrival,
            client_message_id=self._screening.kept_id(scope, arrival.client_message_id),
            language=arrival.language.partition("-")[0] if arrival.language else arrival.language,
        )

    def _work(
        self, scope: Scope, coming: _Coming, message_id: MessageId, weighed: Weighed
    ) -> Callable[[Tx], Outcome[Accepted | SecretRefused | _GoesOn]]:
        screened, (arrival, admitted) = weighed.screened, coming

        def work(tx: Tx) -> Outcome[Accepted | SecretRefused | _GoesOn]:
            record.lock_conversation(tx, scope, arrival.conversation_id)
            key = f"message:{arrival.channel}:{arrival.client_message_id}"
            before = record.find_entry(tx, scope, arrival.conversation_id, key)
            if before is not None:
                if before.entry.kind == "message.refused":
                    return Outcome(self._refusals.again(before))
                if before.entry.text is None or not is_repetition(before.entry.text, screened.masked):
                    # Silently taking it for the same message would lose what was said.
                    raise KeyReused("another message came under this id")
                return Outcome(_again(before))
            card = record.card_of(tx, scope, arrival.conversation_id)
            if card is not None and card.merged_into is not None:
                return Outcome(_GoesOn(ConversationId(card.merged_into)))
            entries = () if card is not None else (_opened(tx, scope, arrival),)
            if weighed.refusal is not None:
                told, lines = self._refusals.refuse(tx, scope, arrival, message_id=message_id, refusal=weighed.refusal)
                return Outcome(told, (*entries, *lines))
            number = (card.customer_messages if card else 0) + 1
            seq = (card.last_seq if card else 0) + len(entries) + 1
            self._protection.keep(tx, scope, screened, party_id=arrival.party_id, message_id=message_id)
            accepted = Accepted(
                message_id=message_id,
                conversation_id=arrival.conversation_id,
                number=number,
                seq=seq,
                duplicate=False,
                text=screened.masked,
            )
            keep_over(tx, scope, arrival.conversation_id, arrival.party_id, admitted=admitted)
            behind = card is not None and bool(repository.unfinished_runs(tx, scope, arrival.conversation_id))
            self._start_run(tx, scope, accepted, begin=None if behind else partial(_begun, coming, accepted, screened))
            events = audited(weighed, message_id, arrival.channel)
            return Outcome(accepted, (*entries, _received(scope, coming, accepted, screened), *events))

        return work

    def _start_run(
        self, tx: Tx, scope: Scope, accepted: Accepted, *, begin: Callable[[record.Card | None], Begun | None] | None
    ) -> None:
        """Add the run. It begins after the commit with what `begin` makes of the card; without, it follows another."""
        run = {
            "message_id": accepted.message_id,
            "conversation_id": accepted.conversation_id,
            "seq": accepted.seq,
            "state": "walking",
            "attempts": 0,
            "lease_until": None if begin is None else tx.now + LEASE,
        }
        repository.insert_run(tx, scope, run)
        if begin is not None:
            key, conversation_id = RunKey(scope.tenant_id, accepted.message_id), accepted.conversation_id
            tx.after_commit(lambda: self._submit(key, begin(record.remembered_card(tx, scope, conversation_id))))


def message_id_of(scope: Scope, arrival: Arrival) -> MessageId:
    """Return the message's id: derived from the sender's own, so that a repetition has the same one."""
    return MessageId(
        derive_id("message", scope.tenant_id, arrival.conversation_id, arrival.channel, arrival.client_message_id)
    )


def _begun(coming: _Coming, accepted: Accepted, screened: Screened, card: record.Card | None) -> Begun | None:
    if card is None:
        return None
    arrival = coming.arrival
    message = Message(
        id=accepted.message_id,
        conversation_id=arrival.conversation_id,
        party_id=arrival.party_id,
        channel=arrival.channel,
        number=accepted.number,
        text=screened.masked,
        received_at=arrival.received_at,
        language=arrival.language or None,
        acting=arrival.acting,
    )
    return Begun(message=message, card=card, findings=screened.findings, admitted=coming.admitted)


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
        data={"channel": arrival.channel, "language": arrival.language or "", **_of_machine(arrival)},
    )


def _of_machine(arrival: Arrival) -> dict[str, Any]:
    """Return what an entry's data say of the machine that speaks, nothing for people."""
    return {} if arrival.by_machine is None else {"by_machine": msgspec.to_builtins(arrival.by_machine)}


def _received(scope: Scope, coming: _Coming, accepted: Accepted, screened: Screened) -> Entry:
    arrival, admitted = coming
    data: dict[str, Any] = {
        "channel": arrival.channel,
        "client_id": arrival.client_message_id,
        "number": accepted.number,
        "findings": msgspec.to_builtins(screened.findings),
    }
    if arrival.language:
        data["language"] = arrival.language
    if arrival.acting:
        data["acting"] = arrival.acting
    if admitted != EVERYTHING:
        data["admitted"] = msgspec.to_builtins(admitted)
    data |= _of_machine(arrival)
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
