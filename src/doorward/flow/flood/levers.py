"""What people do about a flood: say how things stand, take that back, switch control off, say what is usual, decide
appeals. Each is in the audit with who did it and why.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, get_args

import msgspec

from doorward import record, routing
from doorward.admission.flood import (
    Alert,
    AlertChange,
    Level,
    Override,
    override_level,
    release_override,
    switch_control,
)
from doorward.admission.kept import Demotion, decide_appeal, hold_kept, save_kept
from doorward.flow.flood.control import FloodControl
from doorward.flow.flood.keeping import FloodWatch, reserve_for
from doorward.flow.flood.watching import told_rate
from doorward.flow.handoffs import handoff_for
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText, house_text

LONGEST_NOTE: Final = 500
LONGEST: Final = timedelta(days=7)
"""No level is held by a person's word for longer, unless they say it again."""

GRANTED: Final = "appeal_granted"
"""The reason by which somebody waits for a person whose appeal was granted."""

PRESSED_TWICE: Final = timedelta(minutes=1)
"""Whoever says the same of the same time again within so long has pressed twice."""

LEAST_AN_HOUR: Final = 0.1
MOST_AN_HOUR: Final = 1_000_000.0


Note = WildText | MaskedText
"""Why somebody does it: what a colleague wrote is masked first, what the house says itself is masked already."""


class Says(Protocol):
    """What has the sentences of the language packs."""

    def say(self, language: str | None, key: str, /) -> str:
        """Return a sentence."""


Masks = Callable[[Scope, WildText], MaskedText]


class Levers:
    """The verbs of supervisors and security; the acting member of staff is in the scope."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        control: FloodControl,
        watch: FloodWatch,
        translator: Says,
        masks: Masks,
    ) -> None:
        """Act on what `control` asks and `watch` keeps; customers hear it in the translator's words.

        `masks` masks the notes of colleagues.
        """
        self._masks = masks
        self._transactions = transactions
        self._control = control
        self._watch = watch
        self._translator = translator

    def override(self, scope: Scope, level: str, *, note: Note, until: datetime) -> Alert:
        """Have a level hold until then, whatever is measured; the same said twice at once is said once.

        Raises `Malformed` (level, note, until).
        """
        if level not in get_args(Level):
            raise Malformed("level: green, amber or red")
        words = self._noted(scope, note)

        def change(alert: Alert, now: datetime) -> tuple[Alert, AlertChange | None]:
            if not now < until <= now + LONGEST:
                raise Malformed("until: later than now, within seven days")
            wanted = Override(level=level, by=scope.actor.id, note=words, until=until)  # type: ignore[arg-type]
            if _is_said(alert.override, wanted):
                return alert, None
            return override_level(alert, wanted, now=now)

        return self._change(scope, change)

    def release(self, scope: Scope) -> Alert:
        """End a person's word before its time; what is measured holds again. Nothing changes where there is none."""
        return self._change(scope, lambda alert, now: release_override(alert, by=scope.actor.id, now=now))

    def switch(self, scope: Scope, *, off: bool, note: Note) -> Alert:
        """Switch all of flood control off, or on again. Raises `Malformed` (note)."""
        words = self._noted(scope, note)
        return self._change(
            scope, lambda alert, now: switch_control(alert, off=off, by=scope.actor.id, note=words, now=now)
        )

    def tell_usual(self, scope: Scope, *, per_hour: float) -> float:
        """Say how many contacts an hour are usual on the mean of a week; return it. Raises `Malformed`."""
        if not LEAST_AN_HOUR <= per_hour <= MOST_AN_HOUR:
            raise Malformed("per_hour: a tenth at least, at most a million")

        def work(tx: Tx) -> Outcome[float]:
            before = hold_kept(tx, scope)
            after = msgspec.structs.replace(before, learned=told_rate(before.learned, per_hour=per_hour))
            if after.learned == before.learned:
                return Outcome(per_hour)
            save_kept(tx, scope, after, before=before)
            event = AuditEvent(
                action="flood.usual_told",
                object_kind="tenant",
                object_id=scope.tenant_id,
                fields=("profile",),
                reason=f"{per_hour:g} an hour",
            )
            return Outcome(per_hour, (event,))

        return self._transactions.write(scope, work)

    def decide_appeal(self, scope: Scope, conversation_id: ConversationId, *, granted: bool) -> Demotion:
        """Decide an appeal; who is granted it waits for a person from now on. They are told either way.

        Raises `NotFound`, `Conflict` where none waits.
        """

        def work(tx: Tx) -> Outcome[Demotion]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            decided = decide_appeal(tx, scope, conversation_id, granted=granted)
            card = record.card_of(tx, scope, conversation_id)
            if card is None or card.state in {"waiting", "human"}:
                return decided
            lines = [self._said(tx, scope, card, granted=granted)]
            queued: tuple[Entry | AuditEvent, ...] = ()
            if granted:
                handoff = handoff_for(tx, scope, card, reason=GRANTED)
                data = {"reason": GRANTED, "queue": handoff.queue, "priority": handoff.priority}
                lines.append(_line(tx, scope, card, "handoff.requested", data))
                queued = routing.enter_queue(tx, scope, conversation_id, card.party_id, handoff=handoff).entries
            return msgspec.structs.replace(decided, entries=(*decided.entries, *lines, *queued))

        return self._transactions.write(scope, work)

    def _noted(self, scope: Scope, note: Note) -> str:
        is_blank = note.is_blank if isinstance(note, WildText) else not note.text.strip()
        if is_blank or len(note) > LONGEST_NOTE:
            raise Malformed("note: says why, in at most 500 characters")
        return (self._masks(scope, note) if isinstance(note, WildText) else note).text

    def _said(self, tx: Tx, scope: Scope, card: record.Card, *, granted: bool) -> Entry:
        key = "flood.said.granted" if granted else "flood.said.kept"
        words = self._translator.say(card.language, key)
        line = _line(tx, scope, card, "message.bot", {"language": card.language, "action": "appeal.decided"})
        return msgspec.structs.replace(line, text=house_text(words))

    def _change(self, scope: Scope, change: Callable[[Alert, datetime], tuple[Alert, AlertChange | None]]) -> Alert:
        def work(tx: Tx) -> Outcome[Alert]:
            before = hold_kept(tx, scope)
            alert, made = change(before.alert, tx.now)
            if made is None:
                return Outcome(before.alert)
            save_kept(tx, scope, msgspec.structs.replace(before, alert=alert), before=before)
            occupancy = self._control.occupancy(tx, scope)
            audits, jobs = self._watch.tell(tx, scope, (made,), occupancy)
            free = routing.keep_free(tx, scope, reserve_for(alert, occupancy, control=self._control))
            return Outcome(alert, (*audits, *free.entries), jobs)

        alert = self._transactions.write(scope, work)
        self._control.look_again(scope.tenant_id)
        return alert


def _is_said(standing: Override | None, wanted: Override) -> bool:
    """Return whether the same person has said the same just now."""
    if standing is None or standing.until is None or wanted.until is None:
        return False
    same = msgspec.structs.replace(standing, until=wanted.until) == wanted
    return same and abs(wanted.until - standing.until) < PRESSED_TWICE


def _line(tx: Tx, scope: Scope, card: record.Card, kind: str, data: dict[str, object]) -> Entry:
    return Entry(
        kind=kind,  # type: ignore[arg-type]  # because it is one of two that stand above
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=f"appeal:{kind}:{card.last_seq}",
        at=tx.now,
        actor=scope.actor,
        data=data,
    )
