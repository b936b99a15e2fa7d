"""Corrections: 'no, the other card', 'I meant 9012'. Which slot is meant, and what has to be asked again then."""

from typing import Final

import msgspec

from doorward.answering.procedures.answers.taking import MASKS, take
from doorward.answering.procedures.heard import Heard
from doorward.answering.procedures.model import Procedure, SlotKind
from doorward.answering.procedures.run import Filled, Run
from doorward.answering.procedures.state import question_of

_KINDS: Final[tuple[SlotKind, ...]] = ("thing", "choice", "date", "amount", "count")
"""What can be corrected in passing, the most telling kind first. Texts are asked for again."""


def correction_of(procedure: Procedure, run: Run, heard: Heard) -> tuple[str, Filled] | None:
    """Return the slot that a message fills otherwise than it is, and with what; None if it does with none.

    Of several slots of a kind the one that was asked for last is meant.
    """
    for kind in _KINDS:
        for name in reversed(run.asked):
            if procedure.slots[name].kind != kind:
                continue
            filled = run.slots[name]
            taken = take(question_of(procedure, run, name), _beside(filled, heard))
            if isinstance(taken, Filled) and taken.value != filled.value:
                return name, taken
            if isinstance(taken, Filled):
                break  # named as it is; something of another kind may be meant otherwise: 'yes, 4471, but 1500'
    return _sealed_correction(procedure, run, heard)


def corrected_meanwhile(procedure: Procedure, run: Run, heard: Heard) -> tuple[str, Filled] | None:
    """Return the slot that a message corrects while a proof is waited for, and with what; None if it corrects none.

    A proof is no answer to a question, so the message has to say that something was meant otherwise, deny something
    ('1500, not 2000'), or hold another address or number of the customer's.
    """
    if heard.corrects or heard.other or heard.denied:
        return correction_of(procedure, run, heard)
    return _sealed_correction(procedure, run, heard)


def _sealed_correction(procedure: Procedure, run: Run, heard: Heard) -> tuple[str, Filled] | None:
    """Return the slot for an address or a number of the customer that a message holds another one for.

    It has to be masked as such: 'it is number 14' is no whole address.
    """
    for name in reversed(run.asked):
        kind = MASKS.get(procedure.slots[name].kind)
        if kind is not None and any(mask.kind == kind for mask in heard.masked):
            taken = take(question_of(procedure, run, name), heard)
            return (name, taken) if isinstance(taken, Filled) and taken.sealed != run.slots[name].sealed else None
    return None


def _beside(filled: Filled, heard: Heard) -> Heard:
    """Return what was heard without the number that is there already: 'not six, three' means three."""
    if filled.kind not in {"count", "amount"} or len(heard.numbers) < 2:
        return heard
    others = tuple(
        one for one in heard.numbers if (one.whole if filled.kind == "count" else one.hundredths) != filled.value
    )
    return msgspec.structs.replace(heard, numbers=others) if others else heard


def refilled(procedure: Procedure, run: Run, slot_name: str, filled: Filled) -> Run:
    """Return a run with a slot filled anew, and nothing confirmed.

    Slots that were filled later stay filled, but those whose things depend on this one are asked for again.
    """
    place = run.asked.index(slot_name)
    later = run.asked[place + 1 :]
    lost = {slot_name}
    for name in later:
        if procedure.slots[name].needs & lost:
            lost.add(name)
    slots = {name: one for name, one in run.slots.items() if name not in lost}
    return msgspec.structs.replace(
        run,
        slots={**slots, slot_name: filled},
        asked=(*run.asked[:place], slot_name, *(name for name in later if name not in lost)),
        kept=tuple(name for name in later if name not in lost),
        pending=(),
        confirmed=(),
        failures=0,
        first=None,
    )
