"""Checking a procedure before anybody meets it: whatever can be known from its text alone is known at load."""

from collections.abc import Mapping

from doorward.answering.procedures.checking.before import before_each
from doorward.answering.procedures.checking.calls import WAITING, Calls
from doorward.answering.procedures.checking.names import compile_slots, compile_steps, facts_of_calls, names_of
from doorward.answering.procedures.checking.slots import check_slots
from doorward.answering.procedures.checking.ways import NEXT, Graph
from doorward.answering.procedures.checking.wording import Texts, Wording, kinds_of_places
from doorward.answering.procedures.model import (
    THINGS_LEVEL,
    AskStep,
    BranchStep,
    CallStep,
    EndStep,
    GoStep,
    HandOverStep,
    Known,
    Procedure,
    SayStep,
    Slot,
)
from doorward.answering.procedures.parsing import RESERVED, Draft
from doorward.answering.procedures.ports import Compiles
from doorward.answering.procedures.problems import Problems


def check_procedure(draft: Draft, texts: Texts, known: Known, *, compiled: Compiles, problems: Problems) -> Procedure:
    """Return the procedure that a draft is. Raises `ProcedureInvalid` with everything that is wrong with it."""
    facts = facts_of_calls(draft.steps, known)
    check_slots(draft.slots, known, problems)
    slots = compile_slots(draft, known, compiled, problems)
    steps = compile_steps(draft, names_of(draft, known), compiled, problems)
    graph = Graph(steps)
    before = before_each(graph)
    _check_ways(graph, problems)
    _check_waiting(graph, problems)
    _check_asks(graph, slots, {step_id: held.level for step_id, held in before.items()}, problems)
    _check_intos(draft, known, problems)
    calls = Calls(known=known, slots=slots, facts=facts, problems=problems)
    for step in steps:
        if isinstance(step, CallStep):
            calls.check(step, before.get(step.id))
    Wording(known=known, slots=slots, facts=facts, problems=problems).check(steps, texts, before)
    problems.raise_if_any()
    return Procedure(
        id=draft.id,
        version=draft.version,
        intents=draft.intents,
        slots=slots,
        steps=steps,
        texts=texts,
        known=known,
        places=kinds_of_places(known, slots, facts),
    )


def _check_ways(graph: Graph, problems: Problems) -> None:
    if not graph.first:
        problems.add("needs one at least", field="steps")
        return
    for step_id, ways in graph.every.items():
        for way in ways:
            if way.to not in graph.steps:
                sentence = "nothing follows it" if way.label == NEXT else f"'{way.to}' is no step"
                problems.add(sentence, place=f"step '{step_id}'", field="" if way.label == NEXT else way.label)
    reached, ending = graph.reached(), graph.ending()
    for step_id in graph.steps:
        if step_id not in reached:
            problems.add("is never reached", place=f"step '{step_id}'")
        elif step_id not in ending:
            problems.add("no end can be reached from it", place=f"step '{step_id}'")
    for step_id in sorted(graph.endless()):
        problems.add("is on a circle in which nobody is asked anything", place=f"step '{step_id}'")


def _check_waiting(graph: Graph, problems: Problems) -> None:
    """While a second person decides, nothing is asked or done: it goes on at the act when they did."""
    for step in graph.steps.values():
        if not isinstance(step, CallStep) or step.failed.get(WAITING) not in graph.steps:
            continue
        for step_id in sorted(graph.onward(step.failed[WAITING])):
            if not isinstance(graph.steps[step_id], SayStep | GoStep | BranchStep | EndStep | HandOverStep):
                sentence = f"'{step_id}' asks or does something, and a second person has not decided yet"
                problems.add(sentence, place=f"step '{step.id}'", field=f"failed.{WAITING}")


def _check_asks(graph: Graph, slots: Mapping[str, Slot], levels: Mapping[str, int], problems: Problems) -> None:
    asked = set()
    for step in graph.steps.values():
        if not isinstance(step, AskStep):
            continue
        place = f"step '{step.id}'"
        slot = slots.get(step.slot)
        if slot is None:
            problems.add("is no slot", place=place, field="ask")
            continue
        asked.add(slot.name)
        if slot.kind != "thing":
            for field in ("skip_if_only_one", "none"):
                if getattr(step, field):
                    problems.add(f"is not for the kind '{slot.kind}'", place=place, field=field)
        elif levels.get(step.id, THINGS_LEVEL) < THINGS_LEVEL:
            problems.add("shows the customer's things, and a path to it verifies nobody", place=place, field="ask")
    for name in slots:
        if name not in asked:
            problems.add("nobody asks for it", place=f"slot '{name}'")


def _check_intos(draft: Draft, known: Known, problems: Problems) -> None:
    by_name: dict[str, str] = {}
    for step in draft.steps:
        if not isinstance(step, CallStep) or not step.into:
            continue
        if step.into in draft.slots or step.into in RESERVED:
            problems.add("is taken", place=f"step '{step.id}'", field="into")
        first = by_name.setdefault(step.into, step.operation)
        if first != step.operation and step.operation in known.operations and first in known.operations:
            problems.add("means what another operation tells elsewhere", place=f"step '{step.id}'", field="into")
