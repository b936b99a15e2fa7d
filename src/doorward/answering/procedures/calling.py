"""One call of a core system's operation as a person reads it who decides about it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.answering.procedures.formatting import fill_text, show_thing, show_value
from doorward.answering.procedures.model import ConfirmStep, Procedure
from doorward.answering.procedures.run import Act, Agree, Argument, Run, Sealed
from doorward.answering.procedures.state import text_values
from doorward.vocabulary.operations import FactKind

_KINDS: Final[Mapping[str, FactKind]] = {
    "amount": "amount",
    "date": "date",
    "choice": "code",
    "count": "number",
    "yes_no": "yes_no",
}


class ShownArgument(msgspec.Struct, frozen=True, kw_only=True):
    """One argument: its name, its value in words, and its kind; what is `masked` has no value here."""

    name: str
    kind: str
    value: str = ""
    masked: bool = False


class ShownCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call: the operation, its arguments, and the question that the customer said yes to; empty if none was asked."""

    operation: str
    arguments: tuple[ShownArgument, ...]
    question: str = ""


def show_call(procedure: Procedure, run: Run, want: Act | Agree, *, language: str) -> ShownCall:
    """Return what would be done, exactly, in the words of a language."""
    declared = procedure.known.operations[want.call.operation].arguments
    arguments = tuple(
        _shown(procedure, run, language, (name, declared[name].kind if name in declared else "text", value))
        for name, value in want.call.arguments.items()
    )
    return ShownCall(
        operation=want.call.operation, arguments=arguments, question=_question(procedure, run, language=language)
    )


def _shown(procedure: Procedure, run: Run, language: str, argument: tuple[str, str, Argument]) -> ShownArgument:
    name, kind, value = argument
    if isinstance(value, Sealed):
        return ShownArgument(name=name, kind=kind, masked=True)
    if kind == "thing":
        for slot, filled in run.slots.items():
            if filled.kind == "thing" and filled.value == value:
                called = show_thing(procedure, language, slot, {**filled.fields, "key": filled.value})
                return ShownArgument(name=name, kind=kind, value=called)
    return ShownArgument(
        name=name, kind=kind, value=show_value(procedure, language, value, kind=_KINDS.get(kind, "text"))
    )


def _question(procedure: Procedure, run: Run, *, language: str) -> str:
    asked = [step for step in procedure.steps if isinstance(step, ConfirmStep) and step.id in run.visits]
    if not asked:
        return ""
    places = list(run.visits)
    last = max(asked, key=lambda step: places.index(step.id))
    return fill_text(procedure, language, last.text, text_values(procedure, run, last.text))
