"""What has happened on every path before a step: who is known how well, what was agreed to, what was asked."""

import msgspec

from doorward.answering.procedures.checking.names import WHY
from doorward.answering.procedures.checking.ways import NEXT, Graph, Way
from doorward.answering.procedures.model import AskStep, CallStep, ConfirmStep, ProcedureStep, VerifyStep


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What holds before a step, whichever way it was reached.

    `level` is the assurance that every path has asked for, `confirmed` whether the customer agreed and was asked for
    nothing since, `filled` the names that have a value: slots as `slots.<name>`, and what was looked up; of a
    call that failed only how it ended (`<into>.outcome`, `<into>.why`).
    """

    level: int = 0
    confirmed: bool = False
    filled: frozenset[str] = frozenset()

    def met(self, other: "Before") -> "Before":
        """Return what holds on both paths."""
        return Before(
            level=min(self.level, other.level),
            confirmed=self.confirmed and other.confirmed,
            filled=self.filled & other.filled,
        )


def before_each(graph: Graph) -> dict[str, Before]:
    """Return what holds before each step that is reached: the greatest fixed point (G. Kildall 1973)."""
    found: dict[str, Before] = {graph.first: Before()} if graph.first else {}
    waiting = list(found)
    while waiting:
        step_id = waiting.pop()
        for way in graph.ways[step_id]:
            after = _after(graph.steps[step_id], way, found[step_id])
            known = found.get(way.to)
            now = after if known is None else known.met(after)
            if now != known:
                found[way.to] = now
                waiting.append(way.to)
    return found


def _after(step: ProcedureStep, way: Way, before: Before) -> Before:
    passed = way.label == NEXT
    match step:
        case AskStep():
            filled = before.filled | ({f"slots.{step.slot}"} if passed else frozenset())
            return msgspec.structs.replace(before, confirmed=False, filled=filled)
        case ConfirmStep():
            return msgspec.structs.replace(before, confirmed=passed)
        case VerifyStep() if passed:
            return msgspec.structs.replace(before, level=max(before.level, step.level))
        case CallStep() if step.into:
            told = {step.into} if passed else {f"{step.into}.outcome", f"{step.into}.{WHY}"}
            return msgspec.structs.replace(before, filled=before.filled | told)
        case _:
            return before
