"""Whether what a procedure asks of the core system is what that declares."""

from collections.abc import Mapping
from typing import Final

from doorward.answering.procedures.checking.before import Before
from doorward.answering.procedures.model import CallStep, Given, Known, Reference, Slot
from doorward.answering.procedures.problems import Problems
from doorward.vocabulary.operations import Argument, FactKind, Operation

UNAVAILABLE: Final = "unavailable"
WAITING: Final = "waiting"
"""The outcome of what two persons have to agree to: a member of staff was asked."""

REFUSED: Final = "refused"
"""The outcome of what the second person did not agree to, or not in time."""

_FROM_FACTS: Final[Mapping[str, tuple[FactKind, ...]]] = {
    "amount": ("amount",),
    "count": ("number",),
    "date": ("date",),
    "text": ("text", "name", "reference", "code"),
    "yes_no": ("yes_no",),
}
"""What of a tool's result may become an argument. A thing never: only what was offered can be meant."""

_LITERAL: Final[Mapping[str, type]] = {"choice": str, "count": int, "amount": int, "text": str, "yes_no": bool}


class Calls:
    """Checks the calls of one procedure."""

    def __init__(
        self,
        *,
        known: Known,
        slots: Mapping[str, Slot],
        facts: Mapping[str, Mapping[str, FactKind]],
        problems: Problems,
    ) -> None:
        """Take what the core system declares, the slots, and what is kept under which name."""
        self._known = known
        self._slots = slots
        self._facts = facts
        self._problems = problems

    def check(self, step: CallStep, before: Before | None) -> None:
        """Check one call; `before` is what holds before it, None if it is never reached."""
        place = f"step '{step.id}'"
        verb = "look_up" if step.effect == "look_up" else "act"
        operation = self._known.operations.get(step.operation)
        if operation is None:
            self._problems.add("is no operation of the core system", place=place, field=verb)
            return
        if operation.effect != step.effect:
            other = "act" if verb == "look_up" else "look_up"
            self._problems.add(f"is an operation for `{other}`", place=place, field=verb)
        self._check_arguments(step, operation, before)
        self._check_outcomes(step, operation)
        if before is None:
            return
        if before.level < operation.level:
            sentence = f"needs level {operation.level}, and a path to it verifies {before.level} only"
            self._problems.add(sentence, place=place, field=verb)
        if step.effect == "change" and not operation.reversible and not before.confirmed:
            self._problems.add("cannot be taken back, and a path to it confirms nothing", place=place, field=verb)

    def _check_outcomes(self, step: CallStep, operation: Operation) -> None:
        place = f"step '{step.id}'"
        known = {*operation.outcomes, UNAVAILABLE, *((WAITING, REFUSED) if operation.effect == "change" else ())}
        for outcome in step.failed:
            if outcome not in known:
                self._problems.add("is no outcome of this operation", place=place, field=f"failed.{outcome}")
        if operation.two_persons and WAITING not in step.failed:
            self._problems.add("is missing: two persons have to agree", place=place, field=f"failed.{WAITING}")

    def _check_arguments(self, step: CallStep, operation: Operation, before: Before | None) -> None:
        place = f"step '{step.id}'"
        for name, argument in operation.arguments.items():
            if name not in step.arguments and not argument.optional:
                self._problems.add("is missing", place=place, field=f"with.{name}")
        for name, given in step.arguments.items():
            field = f"with.{name}"
            argument_ = operation.arguments.get(name)
            if argument_ is None:
                self._problems.add("is no argument of this operation", place=place, field=field)
                continue
            wrong = self._wrong(given, argument_)
            if wrong:
                self._problems.add(wrong, place=place, field=field)
            elif isinstance(given, Reference) and before is not None and not is_filled(given, before):
                self._problems.add("has no value on a path to it", place=place, field=field)

    def _wrong(self, given: Given, argument: Argument) -> str:
        """Return what is wrong with a value for an argument; empty if nothing is."""
        if not isinstance(given, Reference):
            return _wrong_literal(given, argument)
        if given.root == "slots":
            slot = self._slots.get(given.name)
            return "is no slot" if slot is None else _wrong_slot(slot, argument)
        kind = self._facts.get(given.root, {}).get(given.name)
        if kind is None:
            return "comes from nowhere"
        return "" if kind in _FROM_FACTS.get(argument.kind, ()) else f"cannot be {_called(argument)}"


def is_filled(reference: Reference, before: Before) -> bool:
    """Return whether a place has a value before a step."""
    whole = f"{reference.root}.{reference.name}"
    return whole in before.filled or (reference.root != "slots" and reference.root in before.filled)


def _wrong_literal(given: object, argument: Argument) -> str:
    if given is None:
        return "" if argument.optional else "is nothing, and is needed"
    if type(given) is not _LITERAL.get(argument.kind):
        return f"cannot be {_called(argument)}"
    if argument.kind == "choice" and given not in argument.options:
        return f"is none of {', '.join(argument.options)}"
    size = len(given) if isinstance(given, str) else given
    within = argument.kind in {"choice", "yes_no"} or not isinstance(size, int) or _is_within(size, argument)
    return "" if within else "is out of bounds"


def _wrong_slot(slot: Slot, argument: Argument) -> str:
    if argument.kind == "text" and slot.kind in {"thing", "choice"}:
        return ""  # a key that was offered and a code of ours are texts that nobody wrote
    if slot.kind != argument.kind or (slot.kind == "thing" and slot.of != argument.of):
        return f"cannot be {_called(argument)}"
    if slot.kind == "choice":
        return "" if set(slot.options) <= set(argument.options) else f"may be none of {', '.join(argument.options)}"
    if slot.kind not in {"count", "amount", "text"}:
        return ""
    for bound, own, sign in (("least", slot.least, 1), ("most", slot.most, -1)):
        wanted = getattr(argument, bound)
        if wanted is not None and (own is None or own * sign < wanted * sign):
            return f"may be out of bounds: the slot needs `{bound}: {wanted}`"
    return ""


def _is_within(size: int, argument: Argument) -> bool:
    return (argument.least is None or size >= argument.least) and (argument.most is None or size <= argument.most)


def _called(argument: Argument) -> str:
    return f"a thing of the kind '{argument.of}'" if argument.kind == "thing" else f"of the kind '{argument.kind}'"
