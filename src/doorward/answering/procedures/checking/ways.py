"""The ways from step to step, as a graph: who is reached, who can end, and which circles nobody leaves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from doorward.answering.procedures.model import (
    AskStep,
    BranchStep,
    CallStep,
    ConfirmStep,
    EndStep,
    GoStep,
    HandOverStep,
    ProcedureStep,
    VerifyStep,
)

NEXT: Final = "next"


class Way(NamedTuple):
    """A way on from a step: what it is taken for (`next`, `otherwise`, `none`, `when 1`, `failed.sent`), and where to.

    `to` is empty where there is no such step below.
    """

    label: str
    to: str


def ways_of(step: ProcedureStep, below: str) -> tuple[Way, ...]:
    """Return the ways on from a step, given the step below it; the end and the hand-over have none."""
    match step:
        case EndStep() | HandOverStep():
            return ()
        case GoStep():
            return (Way("go", step.to),)
        case BranchStep():
            cases = (Way(f"when {number}", case.go) for number, case in enumerate(step.cases, start=1))
            return (*cases, Way("else", step.otherwise))
        case CallStep():
            return (Way(NEXT, below), *(Way(f"failed.{outcome}", to) for outcome, to in step.failed.items()))
        case AskStep():
            return (Way(NEXT, below), *((Way("none", step.none),) if step.none else ()))
        case ConfirmStep() | VerifyStep():
            return (Way(NEXT, below), *((Way("otherwise", step.otherwise),) if step.otherwise else ()))
        case _:
            return (Way(NEXT, below),)


class Graph:
    """All steps of a procedure with their ways. Ways that lead nowhere are left out."""

    def __init__(self, steps: Sequence[ProcedureStep]) -> None:
        """Take the steps in their order."""
        self.steps: Mapping[str, ProcedureStep] = {step.id: step for step in steps}
        below = [*(step.id for step in steps[1:]), ""][: len(steps)]
        self.every: Mapping[str, tuple[Way, ...]] = {
            step.id: ways_of(step, after) for step, after in zip(steps, below, strict=True)
        }
        self.ways: Mapping[str, tuple[Way, ...]] = {
            step_id: tuple(way for way in ways if way.to in self.steps) for step_id, ways in self.every.items()
        }
        self.first = steps[0].id if steps else ""

    def reached(self) -> frozenset[str]:
        """Return the steps that are reached from the first."""
        return _closure({self.first} if self.first else set(), lambda step_id: [way.to for way in self.ways[step_id]])

    def onward(self, step_id: str) -> frozenset[str]:
        """Return a step with all that are reached from it."""
        return _closure({step_id}, lambda one: [way.to for way in self.ways[one]])

    def ending(self) -> frozenset[str]:
        """Return the steps from which an end, or a person, can be reached."""
        back: dict[str, list[str]] = {step_id: [] for step_id in self.steps}
        for step_id, ways in self.ways.items():
            for way in ways:
                back[way.to].append(step_id)
        last = {step_id for step_id, step in self.steps.items() if isinstance(step, EndStep | HandOverStep)}
        return _closure(last, lambda step_id: back[step_id])

    def endless(self) -> frozenset[str]:
        """Return the steps that lie on a circle in which nobody is asked anything."""
        silent = {step_id for step_id, step in self.steps.items() if not _waits(step)}

        def onward(step_id: str) -> list[str]:
            return [way.to for way in self.ways[step_id] if way.to in silent]

        return frozenset(step_id for step_id in silent if step_id in _closure(set(onward(step_id)), onward))


def _waits(step: ProcedureStep) -> bool:
    """Return whether a step always waits for the customer: a thing that is the only one may be taken without asking."""
    return isinstance(step, ConfirmStep) or (isinstance(step, AskStep) and not step.skip_if_only_one)


def _closure(start: set[str], onward: Callable[[str], Sequence[str]]) -> frozenset[str]:
    found = set(start)
    waiting = list(start)
    while waiting:
        for step_id in onward(waiting.pop()):
            if step_id not in found:
                found.add(step_id)
                waiting.append(step_id)
    return frozenset(found)
