"""The machine that walks a procedure: from where a run stands and what happened to what is wanted next.

A pure function: no clock, no chance, nothing outside is asked or changed. What it wants is carried out by whoever
calls, who tells of it as the next event. Texts fill slots and nothing else: which operation is called, with which
arguments and under which key comes from the procedure, from what was offered, and from the run's id.
"""

from typing import Final

import msgspec

from doorward.answering.procedures.answers.taking import Taken, take, take_key
from doorward.answering.procedures.checking.calls import REFUSED
from doorward.answering.procedures.correcting import corrected_meanwhile, correction_of, refilled
from doorward.answering.procedures.heard import Heard
from doorward.answering.procedures.model import AskStep, CallStep, ConfirmStep, Procedure, VerifyStep
from doorward.answering.procedures.run import (
    DEEPEST,
    Agreed,
    Cancelled,
    Chose,
    Disagreed,
    Event,
    Failed,
    Filled,
    Found,
    HandOver,
    Ignored,
    Resumed,
    Run,
    Said,
    Started,
    Strayed,
    Succeeded,
    Turn,
    Unclear,
    Verified,
    Waits,
)
from doorward.answering.procedures.state import CHANGED, needed_level, question_of, want_of
from doorward.answering.procedures.stepping import Walk

MOST_EVENTS: Final = 200
"""Events of a run before a person takes over: every run ends."""

CONFIRM_RETRIES: Final = 2
IMPOSSIBLE: Final = "impossible"
_CANNOT_BE: Final = frozenset({"not_offered", "too_low", "too_high", "too_early", "too_late"})
VERIFY_RETRIES: Final = 2
_WAITS: Final = frozenset({"answer", "confirmation", "verification"})
STEP_UP: Final = "step_up_required"
MOST_ASIDES: Final = 3
"""What is told beside one question before a person takes over. As often as an answer that is none is asked for again
and once more: whoever speaks of something else four times has something else at heart, and nobody to tell it to.
"""

NOT_UNDERSTOOD: Final = "not_understood"
NOT_VERIFIED: Final = "not_verified"
UNANSWERED: Final = "unanswered"
"""Nobody knows whether an act was done: it is wanted again, under the same key."""

UNANSWERED_TRIES: Final = 5
"""Tries of an act that nobody knows the end of before a person takes over."""

UNKNOWN: Final = "outcome_unknown"
"""Why a person takes over what nobody knows the end of."""


def begin_run(procedure: Procedure, run_id: str, *, beneath: Run | None = None) -> Run:
    """Return a new run, which `Started` starts; `beneath` is the one that waits meanwhile.

    Raises `ValueError` when as many wait already as may (`may_wait`).
    """
    if beneath is not None and not may_wait(beneath):
        raise ValueError("too many procedures wait beneath each other")
    waiting = () if beneath is None else (*beneath.beneath, beneath.id)
    return Run(id=run_id, procedure=procedure.id, version=procedure.version, beneath=waiting)


def may_wait(run: Run) -> bool:
    """Return whether another procedure may begin while this one waits; what is being carried out is not left alone."""
    return len(run.beneath) < DEEPEST and run.awaits in _WAITS


def may_stray(run: Run, *, about: str = "") -> bool:
    """Return whether something else may be dealt with beside the question: not what was told beside it before, and no
    more than `MOST_ASIDES` things.
    """
    return len(run.asides) < MOST_ASIDES and not (about and about in run.asides)


def advance(procedure: Procedure, run: Run, event: Event) -> Turn:
    """Return what comes of an event. The same run and event always give the same turn; it never raises.

    An event that does not fit where the run stands changes nothing but the count of events.
    """
    if run.is_over:
        return Turn(run=run, want=want_of(procedure, run))
    walk = Walk(procedure, msgspec.structs.replace(run, events=run.events + 1))
    if (run.procedure, run.version) != (procedure.id, procedure.version):
        return walk.hand_over(CHANGED)
    if walk.run.events > MOST_EVENTS:
        return walk.hand_over("too_long")
    if isinstance(event, Cancelled):
        return _given_up(walk)
    walk.change(today=_today(event) or run.today)
    if run.awaits == "start":
        return _start(walk, event)
    match event:
        case Said() | Chose() | Strayed() | Ignored():
            return _take(walk, event)
        case _:
            return _learn(walk, event)


def _take(walk: Walk, event: Said | Chose | Strayed | Ignored) -> Turn:
    """Take what the customer says or does."""
    match event:
        case Said():
            return _hear(walk, event.heard)
        case Chose():
            return _press(walk, event.key)
        case Strayed():
            return _stray(walk, event.about)
        case Ignored():
            return _ignored(walk)


def _learn(walk: Walk, event: Event) -> Turn:
    """Take what the house tells: who somebody is, what they have, how a call ended."""
    match event:
        case Verified():
            return _verify(walk, event.level)
        case Resumed():
            return _resume(walk, event.level)
        case Found():
            return walk.offer(event.things) if walk.run.awaits == "things" else walk.again()
        case Succeeded():
            return _told(walk, event)
        case Failed():
            return _failed(walk, event.code)
        case Waits() | Agreed() | Disagreed():
            return _second_person(walk, event)
        case _:
            return walk.again()


def _today(event: Event) -> str:
    match event:
        case Started() | Resumed() if event.today:
            return event.today
        case Started() if event.heard is not None:
            return event.heard.today
        case Said():
            return event.heard.today
        case _:
            return ""


def _start(walk: Walk, event: Event) -> Turn:
    level = event.level if isinstance(event, Started | Resumed) else 0
    heard = event.heard if isinstance(event, Started | Said) else None
    walk.change(level=level, first=heard, unwanted=() if heard is None else heard.unwanted)
    return walk.go(walk.procedure.steps[0].id)


def _hear(walk: Walk, heard: Heard) -> Turn:
    if walk.run.awaits not in _WAITS:
        return walk.again(answered=False)
    if heard.cancels:
        return _given_up(walk)
    step = walk.procedure.step(walk.run.at)
    if walk.run.awaits == "verification":
        corrected = corrected_meanwhile(walk.procedure, walk.run, heard)
        if corrected is not None:
            return _refill(walk, *corrected)
        # Whoever says no to a proof, or that they have none, gives none: asking on would only take them for somebody
        # else's words.
        return _not_verified(walk) if heard.agrees is False or heard.unable else _unproven(walk)
    if walk.run.awaits == "confirmation" and isinstance(step, ConfirmStep):
        return _hear_confirmation(walk, step, heard)
    if walk.run.awaits != "answer" or not isinstance(step, AskStep):
        return walk.again(answered=False)
    taken = take(question_of(walk.procedure, walk.run, step.slot), heard)
    corrected = correction_of(walk.procedure, walk.run, heard) if heard.corrects or heard.other else None
    # 'The other card' at a question for something else is no answer to it, whatever else the message holds.
    if corrected is not None and (not isinstance(taken, Filled) or _is_of_another(taken, corrected[1])):
        return _refill(walk, *corrected)
    return _answer(walk, step, taken)


def _is_of_another(taken: Filled, corrected: Filled) -> bool:
    """Return whether a thing was corrected where something else was asked for."""
    return taken.kind != "thing" and corrected.kind == "thing"


def _stray(walk: Walk, about: str) -> Turn:
    """Wait on while something else is dealt with. The same again is a failed try, and after too much a person comes;
    what failed before stays counted.
    """
    run = walk.run
    if run.awaits not in _WAITS:
        return walk.again(answered=False)
    if may_stray(run, about=about):
        walk.change(asides=(*run.asides, about))
        return walk.again(answered=False)
    if len(run.asides) < MOST_ASIDES:
        return _missed(walk)
    return _not_verified(walk) if run.awaits == "verification" else walk.hand_over(NOT_UNDERSTOOD, answered=False)


def _missed(walk: Walk) -> Turn:
    """Count what is no answer to whatever is waited for."""
    step = walk.procedure.step(walk.run.at)
    if walk.run.awaits == "verification":
        return _unproven(walk)
    retries = walk.procedure.slots[step.slot].retries if isinstance(step, AskStep) else CONFIRM_RETRIES
    return _unclear(walk, "unclear", retries=retries)


def _ignored(walk: Walk) -> Turn:
    failures = walk.run.failures + 1
    if failures > CONFIRM_RETRIES:
        return walk.hand_over(UNKNOWN if walk.run.unanswered else NOT_UNDERSTOOD, answered=False)
    walk.change(failures=failures)
    return walk.again(answered=False)


def _unproven(walk: Walk) -> Turn:
    """Something was said where a proof was asked for: words prove nothing, and too many of them end the waiting."""
    failures = walk.run.failures + 1
    if failures > VERIFY_RETRIES:
        return _not_verified(walk)
    walk.change(failures=failures)
    return walk.again(answered=False)


def _press(walk: Walk, key: str) -> Turn:
    step = walk.procedure.step(walk.run.at)
    if walk.run.awaits == "confirmation" and isinstance(step, ConfirmStep) and key in {"yes", "no"}:
        return _confirmed(walk, step) if key == "yes" else _not_confirmed(walk, step)
    if walk.run.awaits == "answer" and isinstance(step, AskStep):
        return _answer(walk, step, take_key(question_of(walk.procedure, walk.run, step.slot), key))
    return _missed(walk) if walk.run.awaits in _WAITS else walk.again(answered=False)


def _answer(walk: Walk, step: AskStep, taken: Taken) -> Turn:
    if isinstance(taken, Filled):
        return walk.fill(step, taken)
    return _unclear(walk, taken, retries=walk.procedure.slots[step.slot].retries)


def _unclear(walk: Walk, why: Unclear, *, retries: int) -> Turn:
    failures = walk.run.failures + 1
    if failures > retries:
        # What was understood and cannot be had needs nobody else to say so again.
        over = walk.end("declined", reason=IMPOSSIBLE) if why in _CANNOT_BE else None
        return over or walk.hand_over(NOT_UNDERSTOOD, answered=why != "unclear")
    walk.change(failures=failures)
    return walk.again(answered=why != "unclear", unclear=why)


def _hear_confirmation(walk: Walk, step: ConfirmStep, heard: Heard) -> Turn:
    corrected = correction_of(walk.procedure, walk.run, heard)
    if heard.agrees and not heard.corrects:
        if corrected is None:
            return _confirmed(walk, step)
        # 'Yes, 9012' to a question about 1234 is no yes to that question: it is asked about 9012 then.
        return _refill(walk, *corrected) if corrected[1].sealed is None else _confirmed_anew(walk, step, corrected)
    if corrected is not None:
        return _refill(walk, *corrected)
    if heard.corrects and walk.run.asked:
        return walk.ask_again(walk.run.asked[-1])
    # Whoever says yes to the question before, and again when this one is asked again, does not want this as well.
    if heard.agrees is False or (heard.belated and walk.run.failures):
        return _not_confirmed(walk, step)
    return _unclear(walk, "unclear", retries=CONFIRM_RETRIES)


def _confirmed(walk: Walk, step: ConfirmStep) -> Turn:
    walk.change(confirmed=walk.run.pending, pending=(), failures=0, first=None)
    return walk.go(walk.procedure.after(step.id))


def _confirmed_anew(walk: Walk, step: ConfirmStep, corrected: tuple[str, Filled]) -> Turn:
    """Take a yes that writes the address out once more: what it says now is what is agreed to.

    Nobody can tell a masked value from the one before, so it is never taken for another one.
    """
    turn = _refill(walk, *corrected)
    is_asked = walk.run.awaits == "confirmation" and walk.run.at == step.id
    return _confirmed(walk, step) if is_asked else turn


def _not_confirmed(walk: Walk, step: ConfirmStep) -> Turn:
    walk.change(confirmed=(), pending=(), failures=0)
    return walk.go(step.otherwise) if step.otherwise else walk.end("declined", reason="not_confirmed")


def _refill(walk: Walk, slot_name: str, filled: Filled) -> Turn:
    walk.run = refilled(walk.procedure, walk.run, slot_name, filled)
    return walk.go(walk.procedure.after(walk.ask_step_of(slot_name).id))


def _verify(walk: Walk, level: int) -> Turn:
    walk.change(level=max(walk.run.level, level))
    if walk.run.awaits != "verification":
        return walk.again()
    step = walk.procedure.step(walk.run.at)
    if walk.run.level < needed_level(walk.procedure, step):
        return _not_verified(walk)
    walk.change(unproven=False)
    return walk.take_up()


def _given_up(walk: Walk) -> Turn:
    """End it as wanted no more; what may have been done cannot be called off by that."""
    return walk.hand_over(UNKNOWN) if walk.run.unanswered else walk.end("declined", reason="cancelled")


def _not_verified(walk: Walk) -> Turn:
    if walk.run.unanswered:
        return walk.hand_over(UNKNOWN)
    walk.change(unproven=True)
    step = walk.procedure.step(walk.run.at)
    if isinstance(step, VerifyStep) and step.otherwise:
        return walk.go(step.otherwise)
    return walk.hand_over(NOT_VERIFIED)


def _resume(walk: Walk, level: int) -> Turn:
    """Go on where it stopped. Things are fetched anew: days may have passed."""
    walk.change(level=level)
    if walk.run.awaits == "agreement":
        return walk.again()
    step = walk.procedure.step(walk.run.at)
    if walk.run.awaits in {"things", "answer", "look_up", "act", "verification"}:
        return walk.take_up()
    return walk.again() if isinstance(step, ConfirmStep) else walk.take_up()


def _told(walk: Walk, event: Succeeded) -> Turn:
    step = walk.procedure.step(walk.run.at)
    if walk.run.awaits not in {"look_up", "act"} or not isinstance(step, CallStep):
        return walk.again()
    walk.spend()
    walk.learn(step, event.facts, outcome=event.outcome)
    if event.outcome != "done":
        return walk.go(step.failed[event.outcome]) if event.outcome in step.failed else walk.hand_over("not_done")
    walk.change(failures=0)
    return walk.go(walk.procedure.after(step.id))


def _second_person(walk: Walk, event: Waits | Agreed | Disagreed) -> Turn:
    """Wait for a second person, or go on with what they said. What the customer agreed to stays agreed to meanwhile."""
    step = walk.procedure.step(walk.run.at)
    if not isinstance(step, CallStep) or walk.run.awaits not in {"act", "agreement"}:
        return walk.again()
    if isinstance(event, Waits):
        return walk.wait(step) if walk.run.awaits == "act" else walk.again()
    walk.change(reason="", beneath=() if walk.run.waited else walk.run.beneath)
    if isinstance(event, Agreed):
        walk.change(awaits="act")
        return walk.again()
    walk.spend()
    walk.learn(step, {}, outcome=REFUSED)
    return walk.go(step.failed[REFUSED]) if REFUSED in step.failed else walk.end("declined", reason=event.why)


def _failed(walk: Walk, code: str) -> Turn:
    step = walk.procedure.step(walk.run.at)
    if walk.run.awaits == "verification":
        return _not_verified(walk)
    if walk.run.awaits == "act" and (code == UNANSWERED or walk.run.unanswered):
        return _unanswered(walk, code)
    if code == STEP_UP and walk.run.awaits in {"things", "look_up", "act"}:
        if walk.run.failures >= VERIFY_RETRIES:
            return walk.hand_over(NOT_VERIFIED)
        level = max(0, needed_level(walk.procedure, step) - 1)
        walk.change(level=min(walk.run.level, level), failures=walk.run.failures + 1)
        return walk.take_up()
    if walk.run.awaits in {"look_up", "act"} and isinstance(step, CallStep):
        walk.spend()
        walk.learn(step, {}, outcome="unavailable")
        return walk.go(step.failed["unavailable"]) if "unavailable" in step.failed else walk.hand_over("unavailable")
    return walk.hand_over("unavailable") if walk.run.awaits == "things" else walk.again()


def _unanswered(walk: Walk, code: str) -> Turn:
    """Want an act again that may have been done, as often as it helps: then a person finds out.

    What is refused meanwhile leads nowhere else either; every other way would say that nothing was done.
    """
    walk.change(unanswered=walk.run.unanswered + 1)
    if code not in {UNANSWERED, "unavailable"} or walk.run.unanswered >= UNANSWERED_TRIES:
        return walk.hand_over(UNKNOWN)
    return walk.again()


def handed_over(turn: Turn) -> bool:
    """Return whether a turn ends with a person."""
    return isinstance(turn.want, HandOver)
