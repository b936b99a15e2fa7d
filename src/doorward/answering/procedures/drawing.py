"""A procedure as people look at it: a diagram as plain nodes and edges, and the same in words, step by step."""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from doorward.answering.procedures.checking.ways import NEXT, Way, ways_of
from doorward.answering.procedures.formatting import language_of
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
    VerifyStep,
)
from doorward.answering.procedures.ports import Sentences

NodeKind = Literal["say", "ask", "confirm", "verify", "look_up", "act", "branch", "hand_over", "end"]

_ANSWERS: Final = {"confirm": "yes", "verify": "verified", "look_up": "done", "act": "done"}
"""What the way straight on from such a step is called."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the diagram: its id, its kind, what it is about (a slot, operation, text, reason), and its row from 0.

    Rows are the longest way from the first step without going back, so that edges between rows lead down.
    """

    id: str
    kind: NodeKind
    about: str
    row: int


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A way from a step to another: what it is taken for (empty for the only one), and whether it leads back up."""

    source: str
    target: str
    label: str = ""
    back: bool = False


class Diagram(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn, in the order of the steps."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A step in words: its number from 1, its id, a sentence, and where it may go on to, each in words."""

    number: int
    id: str
    sentence: str
    ways: tuple[str, ...] = ()


def draw(procedure: Procedure) -> Diagram:
    """Return a procedure's diagram. Steps that only lead on (`go`) are no nodes: edges lead to where they lead."""
    shown = [step for step in procedure.steps if not isinstance(step, GoStep)]
    edges = [
        Edge(source=step.id, target=_end_of(procedure, way.to), label=_label(step, way))
        for step in shown
        for way in _ways(procedure, step)
    ]
    places = {step.id: place for place, step in enumerate(shown)}
    rows = _rows([step.id for step in shown], edges, places)
    return Diagram(
        nodes=tuple(Node(id=step.id, kind=kind_of(step), about=_about(step), row=rows[step.id]) for step in shown),
        edges=tuple(msgspec.structs.replace(edge, back=places[edge.target] <= places[edge.source]) for edge in edges),
    )


def explain(procedure: Procedure, language: str, sentences: Sentences) -> tuple[Line, ...]:
    """Return a procedure step by step in the words of a language: what the diagram shows, for those who read."""
    numbers = {step.id: number for number, step in enumerate(procedure.steps, start=1)}
    lines = []
    for number, step in enumerate(procedure.steps, start=1):
        ways = tuple(_way_in_words(step, way, numbers, language, sentences) for way in _other_ways(procedure, step))
        lines.append(
            Line(number=number, id=step.id, sentence=_in_words(procedure, step, language, sentences), ways=ways)
        )
    return tuple(lines)


def kind_of(step: ProcedureStep) -> NodeKind:
    """Return what kind of step this is; one that only leads on counts as a branch."""
    match step:
        case SayStep():
            return "say"
        case AskStep():
            return "ask"
        case ConfirmStep():
            return "confirm"
        case VerifyStep():
            return "verify"
        case CallStep():
            return "look_up" if step.effect == "look_up" else "act"
        case HandOverStep():
            return "hand_over"
        case EndStep():
            return "end"
        case _:
            return "branch"


def _about(step: ProcedureStep) -> str:
    match step:
        case SayStep() | ConfirmStep():
            return step.text
        case AskStep():
            return step.slot
        case VerifyStep():
            return str(step.level)
        case CallStep():
            return step.operation
        case HandOverStep():
            return step.reason
        case EndStep():
            return step.how
        case _:
            return ""


def _ways(procedure: Procedure, step: ProcedureStep) -> Iterator[Way]:
    ids = [one.id for one in procedure.steps]
    below = ids[ids.index(step.id) + 1 : ids.index(step.id) + 2]
    return iter(ways_of(step, below[0] if below else ""))


def _end_of(procedure: Procedure, step_id: str) -> str:
    """Return where steps lead that only lead on; a checked procedure has no circle of them."""
    step = procedure.step(step_id)
    return _end_of(procedure, step.to) if isinstance(step, GoStep) else step_id


def _label(step: ProcedureStep, way: Way) -> str:
    if way.label == NEXT:
        return _ANSWERS.get(kind_of(step), "")
    if isinstance(step, BranchStep) and way.label.startswith("when "):
        return step.cases[int(way.label.removeprefix("when ")) - 1].when
    return way.label.removeprefix("failed.")


def _rows(ids: list[str], edges: list[Edge], places: dict[str, int]) -> dict[str, int]:
    """Return the row of each step: one below the lowest step above it that leads to it."""
    rows = dict.fromkeys(ids, 0)
    for step_id in ids:
        for edge in edges:
            if edge.source == step_id and places[edge.target] > places[step_id]:
                rows[edge.target] = max(rows[edge.target], rows[step_id] + 1)
    return rows


def _other_ways(procedure: Procedure, step: ProcedureStep) -> Iterator[Way]:
    return (way for way in _ways(procedure, step) if way.label != NEXT and not isinstance(step, GoStep))


def _way_in_words(step: ProcedureStep, way: Way, numbers: dict[str, int], language: str, sentences: Sentences) -> str:
    number = numbers[way.to]
    if way.label in {"otherwise", "none", "else"}:
        return sentences.say(language, f"procedure.way.{way.label}", number=number)
    return sentences.say(language, "procedure.way.when", when=_label(step, way), number=number)


def _in_words(procedure: Procedure, step: ProcedureStep, language: str, sentences: Sentences) -> str:
    texts = procedure.texts.get(language_of(procedure, language), {})
    match step:
        case AskStep():
            return sentences.say(language, "procedure.step.ask", text=texts.get(procedure.slots[step.slot].ask, ""))
        case SayStep() | ConfirmStep():
            return sentences.say(language, f"procedure.step.{kind_of(step)}", text=texts.get(step.text, ""))
        case VerifyStep():
            return sentences.say(language, f"procedure.step.verify.{step.level}")
        case CallStep():
            return sentences.say(language, f"procedure.step.{kind_of(step)}", operation=step.operation)
        case GoStep():
            number = [one.id for one in procedure.steps].index(step.to) + 1
            return sentences.say(language, "procedure.step.go", number=number)
        case HandOverStep():
            return sentences.say(language, "procedure.step.hand_over", reason=step.reason)
        case EndStep():
            return sentences.say(language, f"procedure.step.end.{step.how}")
        case _:
            return sentences.say(language, "procedure.step.branch")
