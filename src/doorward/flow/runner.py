"""The runner: walks each accepted message through the stages, keeps every result, and resumes after a crash.

A message is walked by one thread at a time, and the messages of a conversation one after another. A lease says who has
a run; whoever dies loses it when the lease ends, and the sweeper gives the run to somebody else.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import msgspec

from doorward import record
from doorward.flow import closing, repository
from doorward.flow.asking_back import asked_back
from doorward.flow.flood.admitted import Admitted
from doorward.flow.flood.reconsidering import Reconsideration
from doorward.flow.openings import hand_over_words
from doorward.flow.repository import LEASE, RunKey
from doorward.flow.stages import STAGES, Stage
from doorward.flow.steps import Steps
from doorward.flow.walk import Answered, Begun, Routed, Walk, WalkRooms, hours_told
from doorward.kit.logging import get_logger
from doorward.kit.tx import Closed, CommitFailed, Transactions, Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.arrival import Message
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.decision import Decision
from doorward.vocabulary.finding import Finding, guard_unavailable
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Handoff, Reply
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Understanding

log = get_logger("flow.runner")

SOON = timedelta(seconds=2)
LATEST = timedelta(hours=1)
"""A run that fails is tried again after `SOON`; if it cannot even be given up, after twice as long each time, until it
is `LATEST`: it stays open, is logged at every try, and costs nothing."""
IN_MEMORY = 1000
"""Walks that may wait with their message in memory; those beyond are read from the database when their turn comes."""
LAST_ATTEMPT = 5
"""Tries after which a message that cannot be walked goes to a person, so that it is not lost."""

MOST_DECISIONS = 50
"""How often a walk decides again because the conversation moved meanwhile; then it is tried again later."""

StageSeen = Callable[[str, float], None]


class Runner:
    """Walks messages in worker threads."""

    def __init__(
        self, rooms: WalkRooms, transactions: Transactions, *, threads: int, stage_seen: StageSeen | None = None
    ) -> None:
        """Walk with so many threads; `stage_seen(name, cpu_seconds)` hears of every stage that ran."""
        self._rooms = rooms
        self._transactions = transactions
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="walk")
        self._stage_seen = stage_seen or (lambda _name, _seconds: None)
        self._under_way: set[RunKey] = set()
        self._lock = threading.Lock()

    def submit(self, key: RunKey, begun: Begun | None = None, *, again: bool = False) -> None:
        """Have a message walked soon; asking twice is asking once. Safe from any thread, never raises.

        `begun` is what the walk begins with, if it was accepted just now and nothing of its conversation is unfinished;
        else it is read. `again`: it may have been tried before, so this try is counted when it begins.
        """
        with self._lock:
            if key in self._under_way:
                return
            self._under_way.add(key)
            if len(self._under_way) > IN_MEMORY:
                begun = None
        try:
            self._pool.submit(self._walk_safely, key, begun, again=again)
        except RuntimeError:  # the pool is closed: the process is stopping, the next start resumes
            with self._lock:
                self._under_way.discard(key)

    def recover(self, *, all_of_them: bool = False) -> int:
        """Take up abandoned runs and keep hold of those in hand; return how many were taken up.

        At the start of a single process all unfinished runs are abandoned.
        """
        with self._lock:
            # In one order everywhere, so that two processes never wait for each other's rows.
            in_hand = tuple(sorted(self._under_way, key=lambda key: (key.tenant_id, key.message_id)))
        found = self._transactions.read(lambda tx: repository.abandoned_runs(tx, all_of_them=all_of_them))
        keys = tuple(key for key in found if key not in in_hand)
        if in_hand:
            self._transactions.write(None, lambda tx: _lease_all(tx, in_hand))
        if not keys:
            return 0
        taken = self._transactions.write(None, lambda tx: _take_up_all(tx, keys, even_leased=all_of_them))
        for key in taken:
            self.submit(key, again=True)
        return len(taken)

    @property
    def in_hand(self) -> int:
        """Return how many messages are walked or wait for their walk here."""
        return len(self._under_way)

    def close(self) -> None:
        """Finish the walks in hand and stop."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def walk_now(self, key: RunKey) -> None:
        """Walk a message, and those that wait behind it, in this thread. Raises what a stage or the database raises."""
        following: MessageId | None = key.message_id
        while following is not None:
            following = self._walk(system_scope(key.tenant_id, "flow"), following)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _walk_safely(self, key: RunKey, begun: Begun | None, *, again: bool) -> None:
        following = self._walk_one_safely(key, begun, again=again)
        while following is not None:
            following = self._walk_one_safely(following, None, again=False)

    def _walk_one_safely(self, key: RunKey, begun: Begun | None, *, again: bool) -> RunKey | None:
        """Walk a message that is under way; return the next one, under way too, unless somebody else has it."""
        following: RunKey | None = None
        try:
            if again:
                self._count_attempt(key)
            next_message = self._walk(system_scope(key.tenant_id, "flow"), key.message_id, begun)
            following = None if next_message is None else RunKey(key.tenant_id, next_message)
        except (Closed, CommitFailed):
            log.warning("flow.run.interrupted", message_id=key.message_id)
        except Exception:  # the run stays open; its lease ends and it is tried again or handed over
            log.exception("flow.run.failed", message_id=key.message_id)
            self._try_again_soon(key)
        finally:
            with self._lock:
                self._under_way.discard(key)
                if following in self._under_way:
                    following = None
                if following is not None:
                    self._under_way.add(following)
        return following

    def _count_attempt(self, key: RunKey) -> None:
        scope = system_scope(key.tenant_id, "flow")

        def count(tx: Tx) -> Outcome[None]:
            repository.count_attempt(tx, scope, key.message_id)
            return Outcome(None)

        self._transactions.write(scope, count)

    def _try_again_soon(self, key: RunKey) -> None:
        scope = system_scope(key.tenant_id, "flow")

        def lease(tx: Tx) -> Outcome[None]:
            run = repository.find_run(tx, scope, key.message_id)
            failures = 0 if run is None else max(0, run.attempts - LAST_ATTEMPT)
            # The exponent is bounded too: a power of two of any size is not a number of seconds any more.
            wait = min(SOON * 2 ** min(failures, 16), LATEST)
            repository.lease_run(tx, scope, key.message_id, until=tx.now + wait)
            return Outcome(None)

        with contextlib.suppress(Closed, CommitFailed):  # then the lease's own end does it
            self._transactions.write(scope, lease)

    def _walk(self, scope: Scope, message_id: MessageId, begun: Begun | None = None) -> MessageId | None:
        loaded = self._load(scope, message_id) if begun is None else self._begin(scope, begun)
        if loaded is None:
            return None
        walk, kept, attempts = loaded
        if attempts >= LAST_ATTEMPT:
            self._give_up(walk)
        steps = Steps(self._transactions, scope, message_id)
        try:
            return self._walk_on(walk, kept, steps)
        except Exception:
            with contextlib.suppress(Closed):
                steps.flush()  # whoever tries again must find what was kept
            raise
        finally:
            steps.settle()

    def _walk_on(self, walk: Walk, kept: dict[str, bytes], steps: Steps) -> MessageId | None:
        had_steps = bool(kept)
        for _ in range(MOST_DECISIONS):
            for stage in STAGES:
                self._take(walk, stage, kept, steps=steps)
            steps.supersede()
            has_steps = had_steps or steps.were_written
            closed = self._transactions.write(
                walk.scope, partial(closing.close, walk=walk, rooms=self._rooms, has_steps=has_steps)
            )
            if not closed.moved:
                return closed.next_message
            walk = self._go_back(walk)
            kept = {}
        raise RuntimeError("the conversation moved every time that the walk decided")

    def _begin(self, scope: Scope, begun: Begun) -> tuple[Walk, dict[str, bytes], int]:
        settings = self._rooms.settings_of(scope.tenant_id)
        walk = Walk(
            scope=scope,
            message=begun.message,
            card=begun.card,
            settings=settings,
            findings=begun.findings,
            admitted=begun.admitted,
        )
        self._look_back(walk)
        return walk, {}, 0

    def _look_back(self, walk: Walk) -> None:
        """Fill in what goes before the message: how procedures stand, and what was asked back."""
        procedures, here = self._rooms.procedures, walk.message.conversation_id
        walk.standing = None if procedures is None else procedures.standing(walk.message, walk.scope)
        if walk.card.misunderstood:
            walk.asked_back = self._transactions.read(lambda tx: asked_back(tx, walk.scope, here))

    def _load(self, scope: Scope, message_id: MessageId) -> tuple[Walk, dict[str, bytes], int] | None:
        settings = self._rooms.settings_of(scope.tenant_id)

        def load(tx: Tx) -> tuple[Walk, dict[str, bytes], int] | None:
            run = repository.find_run(tx, scope, message_id)
            if run is None or run.state == "done":
                return None
            written = record.entries_after(tx, scope, run.conversation_id, after=run.seq - 1, limit=1)[0]
            card = record.card_of(tx, scope, run.conversation_id)
            if card is None:
                raise LookupError("a run without a conversation")
            walk = Walk(
                scope=scope,
                message=_message(written),
                card=card,
                settings=settings,
                findings=msgspec.convert(written.entry.data.get("findings", ()), tuple[Finding, ...]),
                admitted=msgspec.convert(written.entry.data.get("admitted", {}), Admitted),
            )
            return walk, repository.find_steps(tx, scope, message_id), run.attempts

        loaded = self._transactions.read(load)
        if loaded is not None:
            self._look_back(loaded[0])
        return loaded

    def _take(self, walk: Walk, stage: Stage, kept: dict[str, bytes], *, steps: Steps) -> None:
        if getattr(walk, stage.name) is not None:
            return
        before_crash = kept.get(stage.name)
        if before_crash is not None:
            setattr(walk, stage.name, msgspec.msgpack.decode(before_crash, type=stage.result))
            return
        before = time.thread_time()
        result = stage.compute(self._rooms, walk)
        self._stage_seen(stage.name, time.thread_time() - before)
        setattr(walk, stage.name, result)
        steps.keep(stage.name, msgspec.msgpack.encode(result))

    def _go_back(self, walk: Walk) -> Walk:
        """Return the walk as it was before it decided, with the conversation as it is now."""
        names = [stage.name for stage in STAGES]
        redo = names[names.index(closing.REDO_FROM) :]

        def forget(tx: Tx) -> Outcome[record.Card | None]:
            repository.delete_steps(tx, walk.scope, walk.message.id, redo)
            return Outcome(record.card_of(tx, walk.scope, walk.message.conversation_id))

        card = self._transactions.write(walk.scope, forget) or walk.card
        again = msgspec.structs.replace(walk, card=card, **dict.fromkeys(redo))
        self._look_back(again)
        return again

    def _give_up(self, walk: Walk) -> None:
        """Fill in what could not be computed: a person takes over, and the reason says why."""
        language = walk.card.language or next(iter(walk.settings.languages), "en")
        walk.findings = (*walk.findings, guard_unavailable("flow", length=len(walk.message.text)))
        walk.read = walk.read or Reading(language=language, language_score=0.0, words=(), stems=())
        walk.assess = walk.assess or Assessment(score=0.0, version="given-up")
        walk.understand = walk.understand or Understanding(intent=None, version="given-up")
        walk.reconsider = walk.reconsider or Reconsideration(admitted=walk.admitted)
        if walk.card.state in {"waiting", "human"}:
            walk.decide = Decision(action="relay", reason="person_has_it", rule="flow.given_up@1")
            walk.answer, walk.route = Answered(), Routed()
            return
        walk.decide = Decision(action="hand_over", reason="walk_failed", rule="flow.given_up@1")
        said = self._rooms.translator.say(language, "reply.hand_over")
        hours = hours_told(self._rooms, walk, reason="walk_failed")
        text = hand_over_words(self._rooms.translator, language, said, settings=hours, now=walk.message.received_at)
        walk.answer = Answered(reply=Reply(text=text, language=language))
        walk.route = Routed(handoff=Handoff(reason="walk_failed"))


def _message(written: WrittenEntry) -> Message:
    entry = written.entry
    return Message(
        id=entry.message_id or MessageId(""),
        conversation_id=entry.conversation_id,
        party_id=entry.party_id,
        channel=str(entry.data.get("channel", "")),
        number=int(entry.data.get("number", 0)),
        text=entry.text or MaskedText(""),
        received_at=entry.at,
        language=entry.data.get("language"),
        acting=entry.data.get("acting"),
    )


def _lease_all(tx: Tx, keys: tuple[RunKey, ...]) -> Outcome[None]:
    for key in keys:
        repository.lease_run(tx, system_scope(key.tenant_id, "flow"), key.message_id, until=tx.now + LEASE)
    return Outcome(None)


def _take_up_all(tx: Tx, keys: tuple[RunKey, ...], *, even_leased: bool) -> Outcome[tuple[RunKey, ...]]:
    def take_up(key: RunKey) -> bool:
        scope = system_scope(key.tenant_id, "flow")
        return repository.take_up_run(tx, scope, key.message_id, even_leased=even_leased)

    return Outcome(tuple(key for key in keys if take_up(key)))
