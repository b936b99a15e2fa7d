"""What follows from where a run stands: the values it has, the calls they make, and what is wanted of the outside."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from babel.numbers import get_currency_precision

from doorward.answering.procedures.answers.taking import Question
from doorward.answering.procedures.checking.names import IN_DAYS, SLOT_FACTS, TODAY, facts_of_things
from doorward.answering.procedures.checking.ways import Graph
from doorward.answering.procedures.formatting import values_for
from doorward.answering.procedures.model import (
    THINGS_LEVEL,
    AskStep,
    CallStep,
    ConfirmStep,
    Procedure,
    ProcedureStep,
    Reference,
    VerifyStep,
)
from doorward.answering.procedures.run import (
    Act,
    Agree,
    Argument,
    Ask,
    Call,
    Confirm,
    End,
    Filled,
    Find,
    HandOver,
    LookUp,
    Run,
    Unclear,
    Verify,
    Want,
)
from doorward.vocabulary.operations import FactKind, Scalar, Thing

CHANGED: Final = "procedure_changed"
"""Why a run cannot go on whose procedure is another one by now, or is there no more."""

_NOTHING: Final = object()


class Incomplete(Exception):
    """An argument has no value; a checked procedure never comes to such a call."""


def expression_values(procedure: Procedure, run: Run) -> dict[str, Any]:
    """Return what expressions see: every name that they may have, None for what has no value yet."""
    today = _of_kind(run.today, "date")
    slots: dict[str, Any] = {}
    for slot in procedure.slots.values():
        filled = run.slots.get(slot.name)
        if slot.kind == "thing":
            fields = {} if filled is None else {**filled.fields, "key": filled.value}
            slots[slot.name] = _as_seen(fields, facts_of_things(procedure.known, slot.of), today)
        else:
            value = None if filled is None else filled.value
            slots |= _as_seen({slot.name: value}, {slot.name: SLOT_FACTS[slot.kind]}, today)
    roots: dict[str, Any] = {}
    for place, kind in procedure.places.items():
        root, _, name = place.partition(".")
        if root != "slots":
            roots[root] = roots.get(root, {}) | _as_seen(run.facts.get(root, {}), {name: kind}, today)
    return {"slots": slots, TODAY: today, **roots}


def thing_values(procedure: Procedure, run: Run, thing: Thing) -> dict[str, Any]:
    """Return what an expression that chooses among things sees of one."""
    values = expression_values(procedure, run)
    fields = {**thing.fields, "key": thing.key}
    own = _as_seen(fields, facts_of_things(procedure.known, thing.kind), values[TODAY])
    return {"slots": values["slots"], TODAY: values[TODAY], **own}


def _as_seen(values: Mapping[str, Scalar], kinds: Mapping[str, FactKind], today: date | None) -> dict[str, Any]:
    """Return a value for each declared name, of the type that expressions were told, or None."""
    seen: dict[str, Any] = {}
    for name, kind in kinds.items():
        value = seen[name] = _of_kind(values.get(name), kind)
        if kind == "date":
            seen[f"{name}{IN_DAYS}"] = None if value is None or today is None else (value - today).days
    return seen


def _of_kind(value: Scalar, kind: FactKind) -> Any:
    if kind == "yes_no":
        return value if isinstance(value, bool) else None
    if kind in {"number", "amount"}:
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value) if kind == "date" else value
    except ValueError:
        return None


def text_values(procedure: Procedure, run: Run, key: str) -> dict[str, Scalar]:
    """Return the values for the places of a text."""
    every: dict[str, Scalar] = {}
    for name, filled in run.slots.items():
        if filled.kind == "thing":
            every |= {f"slots.{name}.{field}": value for field, value in filled.fields.items()}
            every[f"slots.{name}.key"] = filled.value
        else:
            every[f"slots.{name}"] = filled.value
    for root, facts in run.facts.items():
        every |= {f"{root}.{name}": value for name, value in facts.items()}
    return values_for(procedure, key, every)


def call_of(step: CallStep, run: Run) -> Call:
    """Return a step's call with all its arguments. Raises `Incomplete` when one has no value."""
    arguments: dict[str, Argument] = {}
    for name, given in step.arguments.items():
        if isinstance(given, Reference):
            arguments[name] = _value_of(given, run)
        elif given is not None:
            arguments[name] = given
    return Call(operation=step.operation, arguments=arguments)


def _value_of(reference: Reference, run: Run) -> Argument:
    if reference.root == "slots":
        filled: Filled | None = run.slots.get(reference.name)
        if filled is None:
            raise Incomplete(reference.name)
        return filled.value if filled.sealed is None else filled.sealed
    value = run.facts.get(reference.root, {}).get(reference.name, _NOTHING)
    if value is _NOTHING or value is None:
        raise Incomplete(reference.name)
    return value  # type: ignore[return-value]  # because a sentinel is ruled out above


def question_of(procedure: Procedure, run: Run, slot_name: str, *, first: bool = False) -> Question:
    """Return the question for a slot as it can be answered now."""
    slot = procedure.slots[slot_name]
    offered = run.offers.get(slot_name, ())
    return Question(
        slot=slot,
        things=tuple(thing for one in run.offers.values() for thing in one) if slot.kind == "amount" else offered,
        kinds=procedure.known.kinds.get(slot.of, {}),
        now=run.slots.get(slot_name),
        unfit=run.unfit.get(slot_name, ()),
        first=first,
        amount=any(one.kind == "amount" for one in procedure.slots.values()),
        minor=10 ** get_currency_precision(procedure.known.currency),
    )


def confirmed_before(procedure: Procedure, run: Run) -> tuple[str, ...]:
    """Return the texts of what was to be confirmed in a run before the step at which it stands."""
    steps = (step for step in procedure.steps if isinstance(step, ConfirmStep))
    return tuple(step.text for step in steps if step.id in run.visits and step.id != run.at)


def confirmed_later(procedure: Procedure, run: Run) -> tuple[str, ...]:
    """Return the texts of what may be to be confirmed on the ways on from the step at which a run stands."""
    ways = Graph(procedure.steps).every
    found: list[str] = []
    seen, waiting = {run.at}, [way.to for way in ways.get(run.at, ())]
    while waiting:
        step_id = waiting.pop()
        if step_id in seen:
            continue
        seen.add(step_id)
        step = procedure.step(step_id)
        if isinstance(step, ConfirmStep):
            found.append(step.text)
        waiting += [way.to for way in ways.get(step_id, ())]
    return tuple(found)


def needed_level(procedure: Procedure, step: ProcedureStep) -> int:
    """Return how well the customer must be known before a step is taken."""
    match step:
        case VerifyStep():
            return step.level
        case CallStep():
            return procedure.known.operations[step.operation].level
        case AskStep() if procedure.slots[step.slot].kind == "thing":
            return THINGS_LEVEL
        case _:
            return 0


def is_irreversible(procedure: Procedure, step: CallStep) -> bool:
    """Return whether a call changes something that cannot be taken back."""
    return step.effect == "change" and not procedure.known.operations[step.operation].reversible


def key_of(run: Run) -> str:
    """Return the idempotency key of the act at which a run stands: the same whenever it is wanted again."""
    return f"{run.id}:{run.at}:{run.visits.get(run.at, 0)}"


def want_of(procedure: Procedure, run: Run, *, unclear: Unclear = "") -> Want:
    """Return what a run that was begun wants: it follows from the run alone, so a stored one wants the same again.

    A run of another procedure, or of another version, wants a person: its steps may be others by now.
    """
    if run.is_over:
        return _last_want(run)
    if (run.procedure, run.version) != (procedure.id, procedure.version):
        return HandOver(reason=CHANGED)
    step = procedure.step(run.at)
    match run.awaits, step:
        case "verification", _:
            return Verify(level=needed_level(procedure, step))
        case "things", AskStep():
            return Find(of=procedure.slots[step.slot].of)
        case "answer", AskStep():
            slot = procedure.slots[step.slot]
            return Ask(
                slot=slot.name,
                text=slot.ask,
                values=text_values(procedure, run, slot.ask),
                things=run.offers.get(slot.name, ()),
                choices=slot.options,
                unclear=unclear,
            )
        case "confirmation", ConfirmStep():
            values = text_values(procedure, run, step.text)
            return Confirm(text=step.text, values=values, calls=run.pending, unclear=unclear)
        case "look_up" | "act" | "agreement", CallStep():
            return _call_wanted(procedure, run, step)
        case _:
            return HandOver(reason="state_unknown")


def _call_wanted(procedure: Procedure, run: Run, step: CallStep) -> LookUp | Act | Agree:
    call = call_of(step, run)
    if run.awaits == "look_up":
        return LookUp(call=call)
    if run.awaits == "act":
        two = procedure.known.operations[step.operation].two_persons
        return Act(call=call, idempotency_key=key_of(run), two_persons=two)
    resumes = run.beneath[-1] if run.beneath and not run.reason else ""
    return Agree(call=call, idempotency_key=key_of(run), hand_over=run.reason, resumes=resumes)


def _last_want(run: Run) -> Want:
    if run.outcome == "handed_over":
        return HandOver(reason=run.reason)
    resumes = run.beneath[-1] if run.beneath else ""
    match run.outcome:
        case "resolved" | "abandoned" as how:
            return End(how=how, resumes=resumes)
        case _:
            return End(how="declined", resumes=resumes)


def facts_told(procedure: Procedure, step: CallStep, told: Mapping[str, Scalar], outcome: str) -> dict[str, Scalar]:
    """Return those facts of a result that its operation declares, of the types that it declares."""
    declared = procedure.known.operations[step.operation].facts
    kept: dict[str, Scalar] = {"outcome": outcome}
    for name, kind in declared.items():
        value = told.get(name)
        if kind == "yes_no":
            fits = isinstance(value, bool)
        elif kind in {"number", "amount"}:
            fits = isinstance(value, int if kind == "amount" else int | float) and not isinstance(value, bool)
        else:
            fits = isinstance(value, str)
        kept[name] = value if fits else None
    return kept
