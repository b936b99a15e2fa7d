"""What may be named in expressions and texts, and of which type it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

import msgspec

from doorward.answering.procedures.model import BranchStep, CallStep, Known, ProcedureStep, Slot
from doorward.answering.procedures.parsing import Draft
from doorward.answering.procedures.ports import Compiles, Condition, Names
from doorward.answering.procedures.problems import Problems
from doorward.vocabulary.operations import FactKind

TYPES: Final[Mapping[str, Any]] = {
    "text": str | None,
    "name": str | None,
    "reference": str | None,
    "code": str | None,
    "number": float | None,
    "amount": int | None,
    "date": date | None,
    "yes_no": bool | None,
}
"""How expressions see facts: amounts in minor units, dates as days. Everything may have no value yet."""

IN_DAYS: Final = "_in_days"
"""Behind a date's name: how many days it is away from today, negative when it has passed."""

WHY: Final = "why"
"""The fact that says why something was not possible, if the operation declares it; one of the operation's reasons."""

TODAY: Final = "today"

SLOT_FACTS: Final[Mapping[str, FactKind]] = {
    "choice": "code",
    "date": "date",
    "amount": "amount",
    "count": "number",
    "text": "text",
    "address": "text",
    "phone": "text",
    "email": "text",
    "yes_no": "yes_no",
}


def facts_of_things(known: Known, of: str) -> dict[str, FactKind]:
    """Return what is told of a kind of thing, its key among it."""
    return {"key": "text", **known.kinds.get(of, {})}


def facts_of_calls(draft_steps: tuple[ProcedureStep, ...], known: Known) -> dict[str, dict[str, FactKind]]:
    """Return what is kept under each name of `into`."""
    found: dict[str, dict[str, FactKind]] = {}
    for step in draft_steps:
        if isinstance(step, CallStep) and step.into and step.operation in known.operations:
            facts = known.operations[step.operation].facts
            found.setdefault(step.into, {"outcome": "code"}).update(facts)
    return found


def names_of(draft: Draft, known: Known) -> dict[str, Any]:
    """Return what the expressions of branches may name."""
    slots: dict[str, Any] = {}
    for slot in draft.slots.values():
        if slot.kind == "thing":
            slots[slot.name] = _types(facts_of_things(known, slot.of))
        else:
            slots |= _types({slot.name: SLOT_FACTS[slot.kind]})
            slots[slot.name] = one_of(slot.options) if slot.options else slots[slot.name]
    roots = {into: _types(facts) for into, facts in facts_of_calls(draft.steps, known).items()}
    for step in draft.steps:
        if isinstance(step, CallStep) and WHY in roots.get(step.into, {}) and known.operations[step.operation].reasons:
            roots[step.into] = {**roots[step.into], WHY: one_of(known.operations[step.operation].reasons)}
    return {"slots": slots, TODAY: date | None, **roots}


def one_of(codes: Sequence[str]) -> Any:
    """Return the type of a text that is one of some codes, or nothing yet: a code that is none is refused at load."""
    return Literal[tuple(codes)] | None


def compile_steps(draft: Draft, names: Names, compiled: Compiles, problems: Problems) -> tuple[ProcedureStep, ...]:
    """Return the steps with their expressions compiled; what cannot be is added to `problems`."""
    steps: list[ProcedureStep] = []
    for step in draft.steps:
        if isinstance(step, BranchStep):
            cases = []
            for number, case in enumerate(step.cases, start=1):
                place = f"step '{step.id}': branch {number}"
                condition = _compile(case.when, names, compiled, problems, f"{place}: when")
                cases.append(msgspec.structs.replace(case, condition=condition or case.condition))
            step = msgspec.structs.replace(step, cases=tuple(cases))
        steps.append(step)
    return tuple(steps)


def compile_slots(draft: Draft, known: Known, compiled: Compiles, problems: Problems) -> dict[str, Slot]:
    """Return the slots with the expressions that say which things can be meant."""
    names = names_of(draft, known)
    slots = {}
    for slot in draft.slots.values():
        if slot.where:
            own = {"slots": names["slots"], TODAY: names[TODAY], **_types(facts_of_things(known, slot.of))}
            condition = _compile(slot.where, own, compiled, problems, f"slot '{slot.name}': where")
            needs = frozenset(other for other in draft.slots if f"slots.{other}" in slot.where)
            slot = msgspec.structs.replace(slot, condition=condition, needs=needs)
        slots[slot.name] = slot
    return slots


def _compile(text: str, names: Names, compiled: Compiles, problems: Problems, place: str) -> Condition | None:
    try:
        return compiled(text, names, condition=True)
    except ValueError as error:
        problems.add(str(error), place=place)
        return None


def _types(facts: Mapping[str, FactKind]) -> dict[str, Any]:
    types: dict[str, Any] = {name: TYPES[kind] for name, kind in facts.items()}
    return types | {f"{name}{IN_DAYS}": int | None for name, kind in facts.items() if kind == "date"}
