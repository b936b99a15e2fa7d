"""Replaying messages through the whole flow and telling what became of each: for trials, comparisons and tests.

Every message is accepted, walked and recorded as if it had come through a door; only admission's rates do not count.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec

from doorward import record
from doorward.admission import Admission
from doorward.flow.accept import Accepted, FrontDoor
from doorward.flow.repository import RunKey
from doorward.flow.runner import Runner
from doorward.identity import Parties
from doorward.kit.clock import Clock
from doorward.kit.ids import derive_id, new_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import Refusal
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import WildText

CHANNEL: Final = "replay"
WINDOW: Final = 256
"""Messages that are in hand at once: memory stays the same however long the input is."""

T = TypeVar("T")


class ReplayMessage(Discreet, frozen=True, kw_only=True):
    """One message to replay. `id` is echoed; messages of the same `customer` are one conversation, in their order."""

    id: str | int | None
    text: WildText
    customer: str | None = None
    language: str | None = None


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be replayed, and why, in words that hold nothing of its content."""

    id: str | int | None
    error: str


class SeenFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding as others may see it. `start` and `end` are characters of the input."""

    kind: str
    start: int
    end: int
    score: float
    rule: str
    subkind: str | None = None


class SeenAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The risk, with its reasons as `{"code", "weight", "rule"}`."""

    score: float
    reasons: tuple[dict[str, Any], ...]


class SeenIntent(msgspec.Struct, frozen=True, kw_only=True):
    """What is probably wanted."""

    name: str
    score: float


class SeenDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, and why."""

    action: str
    reason: str
    rule: str


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one message. No raw value is in it. `reply` is None when a person is to answer."""

    id: str | int | None
    masked: str
    findings: tuple[SeenFinding, ...]
    language: str
    assessment: SeenAssessment
    intent: SeenIntent | None
    decision: SeenDecision
    reply: str | None


class ReplayRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay needs of the house. `front_door` must not start walks by itself: the replay walks."""

    transactions: Transactions
    front_door: FrontDoor
    runner: Runner
    admission: Admission
    parties: Parties
    clock: Clock


class Replay:
    """One replay into one tenant. Its conversations are new ones, whatever was replayed before."""

    def __init__(self, rooms: ReplayRooms, scope: Scope, *, threads: int) -> None:
        """Work with so many threads, in the tenant of `scope`."""
        self._rooms = rooms
        self._scope = scope.acting_as(Actor(kind="system", id=CHANNEL))
        self._threads = threads
        self._run = new_id()
        self._count = 0

    def replay(self, messages: Iterable[ReplayMessage | Unreadable]) -> Iterator[Replayed | Unreadable]:
        """Yield what became of each message, in order. Reads `messages` a window at a time."""
        source = iter(messages)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="replay") as pool:
            while window := tuple(islice(source, WINDOW)):
                numbered = tuple(enumerate(window, start=self._count))
                self._count += len(window)
                groups = _grouped(numbered, key=lambda one: self._conversation(*one))
                results: dict[int, Replayed | Unreadable] = {}
                for done in pool.map(self._replay_group, groups):
                    results.update(done)
                yield from (results[number] for number, _ in numbered)

    def _replay_group(self, group: Sequence[tuple[int, ReplayMessage | Unreadable]]) -> dict[int, Any]:
        """Replay the messages of one conversation, one after another."""
        return {number: self._replay_one(number, message) for number, message in group}

    def _replay_one(self, number: int, message: ReplayMessage | Unreadable) -> Replayed | Unreadable:
        if isinstance(message, Unreadable):
            return message
        try:
            self._rooms.admission.measure(message.text)
        except Refusal as refusal:
            return Unreadable(id=message.id, error=str(refusal))
        conversation_id = self._conversation(number, message)
        arrival = Arrival(
            channel=CHANNEL,
            client_message_id=f"line-{number}",
            text=message.text,
            party_id=self._party(message),
            conversation_id=conversation_id,
            received_at=self._rooms.clock.now(),
            language=message.language,
        )
        accepted = self._rooms.front_door.accept_here(self._scope, arrival)
        self._rooms.runner.walk_now(RunKey(self._scope.tenant_id, accepted.message_id))
        return self._rooms.transactions.read(lambda tx: _seen(tx, self._scope, accepted, message.id))

    def _conversation(self, number: int, message: ReplayMessage | Unreadable) -> ConversationId:
        customer = message.customer if isinstance(message, ReplayMessage) else None
        who = ("line", str(number)) if customer is None else ("customer", customer)
        return ConversationId(derive_id(CHANNEL, self._run, *who))

    def _party(self, message: ReplayMessage) -> PartyId:
        def work(tx: Tx) -> Outcome[PartyId]:
            parties = self._rooms.parties
            if message.customer is None:
                made = parties.new_visitor(tx, self._scope, language=message.language)
            else:
                # A key of a data set may be anything, an address too: only its digest is kept.
                reference = f"{CHANNEL}-{derive_id(CHANNEL, message.customer)}"
                made = parties.known_customer(tx, self._scope, reference, language=message.language)
            return Outcome(made.value.id, made.entries)

        return self._rooms.transactions.write(self._scope, work)


def _grouped(items: Sequence[T], *, key: Callable[[T], Hashable]) -> list[list[T]]:
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def _seen(tx: Tx, scope: Scope, accepted: Accepted, given_id: str | int | None) -> Replayed:
    """Return what the ledger says became of a message."""
    conversation_id, message_id = accepted.conversation_id, accepted.message_id

    def line(kind: str) -> dict[str, Any]:
        found = record.find_entry(tx, scope, conversation_id, f"{kind}:{message_id}")
        if found is None:
            return {}
        return {**found.entry.data, "text": found.entry.text.text if found.entry.text else None}

    received = record.entries_after(tx, scope, conversation_id, after=accepted.seq - 1, limit=1)[0].entry
    assessment, decision = line("assessment.made"), line("decision.made")
    intent = decision["intent"]
    return Replayed(
        id=given_id,
        masked=accepted.text.text,
        findings=tuple(
            msgspec.convert({name: one[name] for name in SeenFinding.__struct_fields__ if name in one}, SeenFinding)
            for one in received.data["findings"]
        ),
        language=decision["language"],
        assessment=SeenAssessment(score=assessment["score"], reasons=tuple(assessment.get("reasons", ()))),
        intent=SeenIntent(name=intent, score=decision["intent_score"]) if intent else None,
        decision=SeenDecision(action=decision["action"], reason=decision["reason"], rule=decision["rule"]),
        reply=line("message.bot").get("text"),
    )
