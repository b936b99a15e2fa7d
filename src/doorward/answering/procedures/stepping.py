"""Walking from step to step until something is wanted of the outside."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from doorward.answering.procedures.answers.taking import filled_with, take
from doorward.answering.procedures.checking.calls import WAITING
from doorward.answering.procedures.checking.ways import ways_of
from doorward.answering.procedures.model import (
    AskStep,
    BranchStep,
    CallStep,
    ConfirmStep,
    EndStep,
    GoStep,
    HandOverStep,
    Procedure,
    ProcedureStep,
    SayStep,
    Slot,
    VerifyStep,
)
from doorward.answering.procedures.ports import Condition
from doorward.answering.procedures.run import Call, Filled, Run, RunOutcome, Say, Turn, Unclear
from doorward.answering.procedures.state import (
    Incomplete,
    call_of,
    expression_values,
    facts_told,
    is_irreversible,
    needed_level,
    question_of,
    text_values,
    thing_values,
    want_of,
)
from doorward.vocabulary.operations import Scalar, Thing

MOST_VISITS: Final = 20
"""How often a step may be come to before a person takes over."""

MOST_OFFERED: Final = 20
"""Things that are offered; the core system tells the ones first that are likeliest to be meant."""

_FRESH: Final[Mapping[str, Any]] = {"failures": 0, "asides": (), "unanswered": 0}
"""What was counted at the step before."""

_EXPRESSION_FAILED: Final = (ValueError, TypeError, ArithmeticError, LookupError)


class Walk:
    """One event's walk: the run as it changes, and what is said on the way."""

    def __init__(self, procedure: Procedure, run: Run) -> None:
        """Begin where the run stands."""
        self.procedure = procedure
        self.run = run
        self._says: list[Say] = []

    def change(self, **values: Any) -> None:
        """Change the run."""
        self.run = msgspec.structs.replace(self.run, **values)

    def again(self, *, answered: bool = True, unclear: Unclear = "") -> Turn:
        """Want what is wanted already."""
        return self._turn(answered=answered, unclear=unclear)

    def end(self, outcome: RunOutcome, *, reason: str = "", answered: bool = True) -> Turn:
        """End it; what was offered and said first is forgotten."""
        nothing: dict[str, Any] = {"offers": {}, "unfit": {}, "pending": (), "confirmed": (), "first": None, "kept": ()}
        self.change(awaits="nothing", outcome=outcome, reason=reason, **nothing)
        return self._turn(answered=answered)

    def hand_over(self, reason: str, *, answered: bool = True) -> Turn:
        """End with a person."""
        return self.end("handed_over", reason=reason, answered=answered)

    def go(self, step_id: str) -> Turn:
        """Go to a step, and on from there until something is wanted. A checked procedure has no endless way."""
        following: str | Turn = step_id
        while isinstance(following, str):
            visits = self.run.visits.get(following, 0) + 1
            if visits > MOST_VISITS:
                return self.hand_over("too_long")
            self.change(at=following, visits={**self.run.visits, following: visits}, **_FRESH)
            following = self._take(self.procedure.step(following))
        return following

    def take_up(self) -> Turn:
        """Take the step at which the run stands up once more, without counting it."""
        following = self._take(self.procedure.step(self.run.at))
        return self.go(following) if isinstance(following, str) else following

    def fill(self, step: AskStep, filled: Filled) -> Turn:
        """Fill the slot that was asked for and go on. What was confirmed before was confirmed without it."""
        return self.go(self._filled(step, filled))

    def ask_again(self, slot_name: str) -> Turn:
        """Go back to the question for a slot."""
        first_of = self.run.asked.index(slot_name)
        self.change(asked=self.run.asked[:first_of], kept=(), pending=(), confirmed=(), first=None)
        return self.go(self.ask_step_of(slot_name).id)

    def ask_step_of(self, slot_name: str) -> AskStep:
        """Return the step that asked for a slot."""
        asking = [step for step in self.procedure.steps if isinstance(step, AskStep) and step.slot == slot_name]
        return next((step for step in asking if step.id in self.run.visits), asking[0])

    def spend(self) -> None:
        """Take back the confirmation of the call at which the run stands: it was used."""
        step = self.procedure.step(self.run.at)
        if isinstance(step, CallStep):
            call = call_of(step, self.run)
            self.change(confirmed=tuple(one for one in self.run.confirmed if one != call))

    def learn(self, step: CallStep, told: Mapping[str, Scalar], *, outcome: str) -> None:
        """Keep what a call told, where the procedure wants it."""
        if step.into:
            self.change(facts={**self.run.facts, step.into: facts_told(self.procedure, step, told, outcome)})

    def wait(self, step: CallStep) -> Turn:
        """Say what a procedure says while a second person decides about an act, and wait at the act for them."""
        before = self.run.facts
        self.learn(step, {}, outcome=WAITING)
        reason = self._said_meanwhile(step.failed.get(WAITING, ""))
        # What the act will be called with must not be what was noted for these texts alone.
        self.change(awaits="agreement", waited=True, reason=reason, facts=before)
        return self._turn()

    def offer(self, things: Sequence[Thing]) -> Turn:
        """Offer those of the customer's things that can be meant, or take the one that must be."""
        step = self.procedure.step(self.run.at)
        if not isinstance(step, AskStep):
            return self.again()
        slot = self.procedure.slots[step.slot]
        own = self._own(things, slot)
        offered = tuple(thing for thing in own if self._fits(thing, slot))[:MOST_OFFERED]
        others = tuple(thing for thing in own if thing not in offered)[:MOST_OFFERED]
        self.change(offers={**self.run.offers, slot.name: offered}, unfit={**self.run.unfit, slot.name: others})
        taken = self._from_first(step)
        if isinstance(taken, Filled):
            return self.fill(step, taken)
        if not offered:
            return self.go(step.none) if step.none else self.hand_over("nothing_to_choose")
        if step.skip_if_only_one and len(offered) == 1 and taken != "not_offered":
            return self.fill(step, filled_with(offered[0]))
        self.change(awaits="answer")
        return self._turn()

    def _own(self, things: Sequence[Thing], slot: Slot) -> tuple[Thing, ...]:
        """Return the things of the slot's kind, each once, with the fields that are declared and no others."""
        declared = self.procedure.known.kinds.get(slot.of, {})
        found: dict[str, Thing] = {}
        for thing in things:
            fields = {name: thing.fields.get(name) for name in declared}
            if thing.kind == slot.of:
                found.setdefault(thing.key, Thing(kind=thing.kind, key=thing.key, fields=fields))
        return tuple(found.values())

    def _fits(self, thing: Thing, slot: Slot) -> bool:
        if slot.condition is None:
            return True
        return _holds(slot.condition, thing_values(self.procedure, self.run, thing))

    def _from_first(self, step: AskStep) -> Filled | Unclear:
        """Return what the message that began it all says to a question that is asked for the first time."""
        if self.run.first is None or self.run.visits.get(step.id) != 1 or step.slot in self.run.asked:
            return "unclear"
        slot = self.procedure.slots[step.slot]
        if slot.kind == "count":
            return "unclear"  # a number in passing is seldom the one that is asked for
        return take(question_of(self.procedure, self.run, step.slot, first=True), self.run.first)

    def _filled(self, step: AskStep, filled: Filled) -> str:
        asked = (*(name for name in self.run.asked if name != step.slot), step.slot)
        slots = {**self.run.slots, step.slot: filled}
        self.change(slots=slots, asked=asked, pending=(), confirmed=(), failures=0)
        return self.procedure.after(step.id)

    def _take(self, step: ProcedureStep) -> str | Turn:
        """Take one step: return the step to go to, or the turn that waits."""
        match step:
            case SayStep():
                self._says.append(Say(text=step.text, values=text_values(self.procedure, self.run, step.text)))
                return self.procedure.after(step.id)
            case GoStep():
                return step.to
            case BranchStep():
                return self._branch(step) or self.hand_over("rule_failed")
            case EndStep():
                return self.end(step.how)
            case HandOverStep():
                return self.hand_over(step.reason)
            case VerifyStep() if self.run.level >= step.level:
                return self.procedure.after(step.id)
            case _:
                return self._wait(step)

    def _wait(self, step: ProcedureStep) -> str | Turn:
        if self.run.level < needed_level(self.procedure, step):
            self.change(awaits="verification")
            return self._turn()
        match step:
            case AskStep():
                return self._ask(step)
            case ConfirmStep() if step.text in self.run.unwanted and self._has_confirmed(step):
                # Nobody is asked, behind what they wanted, for what they said at once that they do not want.
                self.change(confirmed=(), pending=())
                return step.otherwise or self.end("declined", reason="not_confirmed")
            case ConfirmStep():
                self.change(awaits="confirmation", pending=self._upcoming(step), confirmed=(), kept=())
                return self._turn()
            case CallStep():
                return self._call(step)
            case _:
                return self.procedure.after(step.id)

    def _has_confirmed(self, step: ConfirmStep) -> bool:
        """Return whether something else was to be confirmed in this run before."""
        confirming = (one for one in self.procedure.steps if isinstance(one, ConfirmStep) and one.id != step.id)
        return any(one.id in self.run.visits for one in confirming)

    def _ask(self, step: AskStep) -> str | Turn:
        if step.slot in self.run.kept:
            self.change(kept=tuple(name for name in self.run.kept if name != step.slot))
            return self.procedure.after(step.id)
        if self.procedure.slots[step.slot].kind == "thing":
            self.change(awaits="things")
            return self._turn()
        taken = self._from_first(step)
        if isinstance(taken, Filled):
            return self._filled(step, taken)
        self.change(awaits="answer")
        return self._turn()

    def _call(self, step: CallStep) -> Turn:
        try:
            call = call_of(step, self.run)
        except Incomplete:
            return self.hand_over("value_missing")
        # The check at load promises both; a mistake in it must not become an act that nobody agreed to.
        if is_irreversible(self.procedure, step) and call not in self.run.confirmed:
            return self.hand_over("not_confirmed")
        self.change(awaits="look_up" if step.effect == "look_up" else "act")
        return self._turn()

    def _said_meanwhile(self, step_id: str) -> str:
        """Say the texts on a way, and return the reason for which it hands over at its end; empty if it does not."""
        for _ in self.procedure.steps:
            if not step_id:
                return ""
            step = self.procedure.step(step_id)
            match step:
                case SayStep() | GoStep() | BranchStep():
                    step_id = str(self._take(step))
                case HandOverStep():
                    return step.reason
                case _:
                    return ""
        return ""

    def _branch(self, step: BranchStep) -> str:
        values = expression_values(self.procedure, self.run)
        try:
            return next((case.go for case in step.cases if case.condition.evaluate(values) is True), step.otherwise)
        except _EXPRESSION_FAILED:
            return ""

    def _upcoming(self, step: ConfirmStep) -> tuple[Call, ...]:
        """Return the changes that a yes agrees to: those on the way on, until the customer is asked something else."""
        calls: list[Call] = []
        seen: set[str] = set()
        waiting = [(self.procedure.after(step.id), True)]
        while waiting:
            step_id, certain = waiting.pop(0)
            if step_id in seen:
                continue
            seen.add(step_id)
            one = self.procedure.step(step_id)
            if isinstance(one, AskStep | ConfirmStep):
                continue
            if isinstance(one, CallStep):
                certain = certain and not one.into
                calls += self._known_call(one)
            if isinstance(one, BranchStep) and certain:
                onward = [self._branch(one)]
            else:
                onward = [way.to for way in ways_of(one, self._below(one))]
            waiting += [(to, certain) for to in onward if to]
        return _unique(calls)

    def _known_call(self, step: CallStep) -> list[Call]:
        if step.effect != "change":
            return []
        try:
            return [call_of(step, self.run)]
        except Incomplete:
            return []

    def _below(self, step: ProcedureStep) -> str:
        try:
            return self.procedure.after(step.id)
        except KeyError:
            return ""

    def _turn(self, *, answered: bool = True, unclear: Unclear = "") -> Turn:
        want = want_of(self.procedure, self.run, unclear=unclear)
        return Turn(run=self.run, says=tuple(self._says), want=want, answered=answered)


def _holds(condition: Condition, values: dict[str, Any]) -> bool:
    try:
        return condition.evaluate(values) is True
    except _EXPRESSION_FAILED:
        return False


def _unique(calls: Sequence[Call]) -> tuple[Call, ...]:
    found: list[Call] = []
    for call in calls:
        if call not in found:
            found.append(call)
    return tuple(found)
