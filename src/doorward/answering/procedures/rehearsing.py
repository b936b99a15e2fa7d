"""Rehearsing a procedure: somebody plays the customer and the core system against the pure machine, from its beginning.

Nothing is carried out: what is wanted is only told. A rehearsal is its events and nothing else, so it can be kept
anywhere, and whatever events somebody makes up lead somewhere.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice, product
from typing import Final, Literal

import msgspec

from doorward.answering.procedures.formatting import fill_text, say_unclear
from doorward.answering.procedures.machine import advance, begin_run
from doorward.answering.procedures.model import BranchStep, Procedure, Slot
from doorward.answering.procedures.ports import Sentences
from doorward.answering.procedures.run import Ask, Chose, Confirm, Event, HandOver, Run, Said, Started, Turn
from doorward.answering.procedures.state import thing_values
from doorward.vocabulary.operations import FactKind, Scalar, Thing

MOST_EVENTS: Final = 120
"""Events of a rehearsal; longer ones teach nothing."""

RUN: Final = "rehearsal"
_KEYS: Final = ("A1", "B2", "C3")
_TRIES: Final = 200
_FAILED: Final = (ValueError, TypeError, ArithmeticError, LookupError)


class RehearsedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a rehearsal: what the customer or the bot said, or which event came (its name in `text`)."""

    author: Literal["customer", "bot", "event"]
    text: str


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """How far a rehearsal came: the last turn, everything that was said, and the steps that were taken."""

    turn: Turn
    lines: tuple[RehearsedLine, ...]
    taken: tuple[str, ...]


def rehearse(procedure: Procedure, events: Sequence[Event], *, language: str, sentences: Sentences) -> Rehearsal:
    """Return what comes of events, the first of which should be `Started`. Pure; it never raises."""
    lines: list[RehearsedLine] = []
    turn = Turn(run=begin_run(procedure, RUN), want=HandOver(reason="not_begun"))
    for event in events[:MOST_EVENTS] or (Started(),):
        said = _said(event)
        if said is not None:
            lines.append(said)
        turn = advance(procedure, turn.run, event)
        lines += _told(procedure, turn, language, sentences)
    return Rehearsal(turn=turn, lines=tuple(lines), taken=tuple(turn.run.visits))


def _said(event: Event) -> RehearsedLine | None:
    match event:
        case Said():
            return RehearsedLine(author="customer", text=event.heard.text)
        case Started() if event.heard is not None:
            return RehearsedLine(author="customer", text=event.heard.text)
        case Chose():
            return RehearsedLine(author="customer", text=event.key)
        case Started():
            return None
        case _:
            name = type(event).__name__.lower()
            return RehearsedLine(
                author="event", text=getattr(event, "outcome", "") or getattr(event, "code", "") or name
            )


def _told(procedure: Procedure, turn: Turn, language: str, sentences: Sentences) -> Iterator[RehearsedLine]:
    for one in turn.says:
        yield RehearsedLine(author="bot", text=fill_text(procedure, language, one.text, one.values))
    want = turn.want
    if isinstance(want, Ask | Confirm):
        asked = fill_text(procedure, language, want.text, want.values)
        unclear = f"{say_unclear(sentences, language, want.unclear)} " if want.unclear else ""
        yield RehearsedLine(author="bot", text=f"{unclear}{asked}")


# -- made-up things and facts ------------------------------------------------------------------------------------------


def example_things(procedure: Procedure, run: Run, slot: Slot, *, today: date) -> tuple[Thing, ...]:
    """Return things that somebody might have, all of which can be meant where such can be made up."""
    kinds = procedure.known.kinds.get(slot.of, {})
    choices = {name: (*codes_of(procedure, name), *_examples(kind, today)) for name, kind in kinds.items()}
    loose = [name for name in kinds if re.search(rf"\b{name}(_in_days)?\b", slot.where)]
    first = {name: choices[name][0] for name in kinds}
    found: list[Mapping[str, Scalar]] = []
    for values in islice(product(*(choices[name] for name in loose)), _TRIES):
        fields = {**first, **dict(zip(loose, values, strict=True))}
        thing = Thing(kind=slot.of, key=_KEYS[0], fields=fields)
        if slot.condition is None or _fits(procedure, run, slot, thing):
            found.append(fields)
    return tuple(
        Thing(kind=slot.of, key=key, fields=found[number % len(found)] if found else first)
        for number, key in enumerate(_KEYS)
    )


def example_facts(procedure: Procedure, operation: str, *, today: date) -> dict[str, Scalar]:
    """Return facts that an operation might tell."""
    declared = procedure.known.operations[operation].facts
    return {name: (codes_of(procedure, name) or _examples(kind, today))[0] for name, kind in declared.items()}


def codes_of(procedure: Procedure, name: str) -> tuple[Scalar, ...]:
    """Return the values with which a procedure compares a field or fact of this name, as its expressions write them."""
    conditions = [slot.where for slot in procedure.slots.values()]
    conditions += [case.when for step in procedure.steps if isinstance(step, BranchStep) for case in step.cases]
    compared = re.compile(rf"\b{re.escape(name)}\s*(?:[!=]=|in\s*\[)\s*((?:[\"'][^\"']*[\"'],?\s*)+)")
    found = (
        code
        for condition in conditions
        for match in compared.finditer(condition)
        for code in re.findall(r"[\"']([^\"']*)[\"']", match[1])
    )
    return tuple(dict.fromkeys(found))


def _fits(procedure: Procedure, run: Run, slot: Slot, thing: Thing) -> bool:
    try:
        return slot.condition is not None and slot.condition.evaluate(thing_values(procedure, run, thing)) is True
    except _FAILED:
        return False


def _examples(kind: FactKind, today: date) -> tuple[Scalar, ...]:
    match kind:
        case "amount":
            return (12_000, 0, -4_500)
        case "number":
            return (1, 2, 0)
        case "date":
            return tuple((today + timedelta(days=days)).isoformat() for days in (-3, 10, -100))
        case "yes_no":
            return (True, False)
        case "code":
            return ("active", "example")
        case "reference":
            return ("X1001",)
        case _:
            return ("Example",)
