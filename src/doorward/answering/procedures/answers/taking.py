"""Taking what was heard as the answer to a question: a value that the slot may have, or why it is none.

Pure, and narrow on purpose: a thing that was not offered, a code that is no option and a number out of bounds are never
taken, whatever else the message says.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from doorward.answering.procedures.heard import LAST, Heard
from doorward.answering.procedures.model import Slot
from doorward.answering.procedures.run import Filled, Sealed, Unclear
from doorward.kit.words import split_words, visible
from doorward.vocabulary.operations import FactKind, Thing

DIGITS: Final = 3
"""Digits that name something by the end of its key, at least."""

_TAIL: Final = 4
"""Digits that cards and accounts are told by."""

_NAMING: Final = 4
"""Letters of a word that names something, at least: 'the' in a merchant's name names nobody."""

_STROKES: Final = re.compile("[-/]")
_TEXT_MOST: Final = 1000
MASKS: Final = {"phone": "PHONE", "email": "EMAIL", "address": "ADDRESS"}
"""Kinds of slots that are filled from a masked place, and the kind of that place."""


class Question(NamedTuple):
    """What was asked: the slot, the things offered and how their fields are to be read, what it is filled with by now.

    `unfit` are the customer's other things of the kind, which were not offered; for an amount, `things` are all that
    were offered so far.
    `first`: nobody has asked yet, the message is the one that began it all, and may name an `amount` as well. `minor`
    is the number of minor units of one unit of the currency.
    """

    slot: Slot
    things: tuple[Thing, ...] = ()
    kinds: Mapping[str, FactKind] = {}
    now: Filled | None = None
    unfit: tuple[Thing, ...] = ()
    first: bool = False
    amount: bool = False
    minor: int = 100


Taken = Filled | Unclear


def take(question: Question, heard: Heard) -> Taken:
    """Return what the slot is to be filled with, or why the message is no answer that can be taken."""
    if _only_wonders(question, heard):
        return "unclear"
    return _TAKERS[question.slot.kind](question, heard)


def _only_wonders(question: Question, heard: Heard) -> bool:
    """Return whether a message only wants to know something: 'what is the difference between the two?'."""
    if not heard.wonders or question.first or question.slot.kind not in {"thing", "choice"}:
        return False
    return not any(_is_keyed(thing, heard.digits) for thing in (*question.things, *question.unfit))


def take_key(question: Question, key: str) -> Taken:
    """Return what a pressed button fills the slot with: only what was offered can have been pressed."""
    slot = question.slot
    if slot.kind == "thing":
        chosen = [thing for thing in question.things if thing.key == key]
        return filled_with(chosen[0]) if len(chosen) == 1 else "not_offered"
    if slot.kind == "choice" and key in slot.options:
        return Filled(kind="choice", value=key)
    if slot.kind == "yes_no" and key in {"yes", "no"}:
        return Filled(kind="yes_no", value=key == "yes")
    return "not_offered"


def filled_with(thing: Thing) -> Filled:
    """Return a slot filled with a thing."""
    return Filled(kind="thing", value=thing.key, fields=thing.fields)


def _take_thing(question: Question, heard: Heard) -> Taken:
    taken = _take_offered(question, heard)
    if isinstance(taken, Filled) or not question.unfit or taken not in {"unclear", "not_offered"}:
        return taken
    every = question._replace(things=(*question.things, *question.unfit), unfit=(), first=True)
    wider = _take_offered(every, heard)
    if not isinstance(wider, Filled):
        return taken
    named = any(_is_keyed(thing, heard.digits) for thing in question.unfit if thing.key == wider.value)
    if named and question.slot.or_named:
        return wider
    # Whoever speaks of one that cannot be meant does not mean another one, even if that is the only one.
    return "not_offered" if named or question.first else taken


def _take_offered(question: Question, heard: Heard) -> Taken:
    things = question.things
    marks = [mark for mark in _marks(question, heard) if mark]
    meant = [thing for place, thing in enumerate(things) if all(place in mark for mark in marks)]
    if marks and len(meant) == 1:
        return filled_with(meant[0])
    if _names_another(question, heard):
        return "not_offered"
    if heard.every and len(things) > 1:
        return "all"
    if marks:
        return "several"
    return filled_with(things[0]) if len(things) == 1 and heard.agrees and not question.first else "unclear"


def _marks(question: Question, heard: Heard) -> list[frozenset[int]]:
    """Return, for each way of telling things apart that the message uses, the places of the things that it fits."""
    things = question.things
    numbers = {number.hundredths * question.minor / 100 for number in heard.numbers}
    words = [word for word in heard.words if word not in heard.denied]

    def fitting(fits: Callable[[Thing], bool]) -> frozenset[int]:
        return frozenset(place for place, thing in enumerate(things) if fits(thing))

    def has(thing: Thing, kind: FactKind, among: object) -> bool:
        values = (value for name, value in thing.fields.items() if question.kinds.get(name) == kind)
        return any(value is not None and value in among for value in values)  # type: ignore[operator]  # sets and tuples

    keyed = fitting(lambda thing: _is_keyed(thing, heard.digits))
    marks = [
        fitting(lambda thing: has(thing, "code", heard.codes)),
        fitting(lambda thing: _is_named(thing, question.kinds, words)),
        fitting(lambda thing: has(thing, "amount", numbers)),
        fitting(lambda thing: has(thing, "date", heard.dates)),
    ]
    # A mark that fits all of several things tells none apart ('my card' among cards); two keys are one too many.
    marks = [keyed, *(mark for mark in marks if len(mark) < len(things) or len(things) == 1)]
    if not question.first and not any(marks):
        marks += [_newest(question, heard) or _by_order(len(things), heard.ordinals), _by_other(question, heard)]
    return marks


def _is_keyed(thing: Thing, digits: Sequence[str]) -> bool:
    """Return whether a run of digits is the key, or its end; `digits_of` leaves the strokes of a key out."""
    key = _STROKES.sub("", thing.key).upper()
    return any(len(run) >= DIGITS and key.endswith(run) for run in digits)


def _is_named(thing: Thing, kinds: Mapping[str, FactKind], words: Sequence[str]) -> bool:
    """Return whether a word of the thing's texts was said, perhaps with another ending behind five letters."""
    for name, value in thing.fields.items():
        if kinds.get(name) in {"text", "name", "reference"} and isinstance(value, str):
            for own in split_words(visible(value).casefold()):
                if len(own) >= _NAMING and any(_is_same_word(own, word) for word in words):
                    return True
    return False


def _is_same_word(own: str, word: str) -> bool:
    if own == word:
        return True
    stem = own if len(own) <= 5 else own[:-1]
    return len(own) >= 5 and word.startswith(stem) and len(word) <= len(own) + 3


def _newest(question: Question, heard: Heard) -> frozenset[int]:
    """Return the newest of things that have a day each: 'the last payment' is the one of the latest day, wherever it
    stands in a list that begins with the newest; none where the days tell nothing.
    """
    named = [name for name, kind in question.kinds.items() if kind == "date"]
    if heard.ordinals != (LAST,) or len(named) != 1:
        return frozenset()
    days = [str(thing.fields.get(named[0]) or "") for thing in question.things]
    latest = max(days, default="")
    return frozenset({days.index(latest)}) if all(days) and days.count(latest) == 1 else frozenset()


def _by_order(size: int, ordinals: Sequence[int]) -> frozenset[int]:
    places = {size - 1 if ordinal == LAST else ordinal - 1 for ordinal in ordinals}
    return frozenset(place for place in places if 0 <= place < size) if len(places) == 1 else frozenset()


def _by_other(question: Question, heard: Heard) -> frozenset[int]:
    """Return the one that is not chosen by now, of two."""
    if not heard.other or question.now is None or len(question.things) != 2:
        return frozenset()
    return frozenset(place for place, thing in enumerate(question.things) if thing.key != question.now.value)


def _names_another(question: Question, heard: Heard) -> bool:
    """Return whether the message gives the last four digits of something, and that is none of the things."""
    strange = [run for run in heard.digits if len(run) == _TAIL and not _is_any(question.things, run)]
    may_be_amount = question.first and question.amount and len(heard.numbers) == 1
    return len(strange) > (1 if may_be_amount else 0)


def _is_any(things: Sequence[Thing], run: str) -> bool:
    return any(_is_keyed(thing, [run]) for thing in things)


def _take_choice(question: Question, heard: Heard) -> Taken:
    options = question.slot.options
    if question.first and heard.supposes:
        return "unclear"  # no choice of what is to be done was made by asking how it is done
    said = [option for option in options if option in heard.codes]
    if len(said) == 1:
        return Filled(kind="choice", value=said[0])
    if len(said) > 1:
        return "several"
    if heard.every:
        return "all"
    places = frozenset() if question.first else _by_order(len(options), heard.ordinals)
    if len(places) == 1:
        return Filled(kind="choice", value=options[next(iter(places))])
    if heard.other and question.now is not None and len(options) == 2:
        return Filled(kind="choice", value=next(option for option in options if option != question.now.value))
    return "unclear"


def _take_date(question: Question, heard: Heard) -> Taken:
    days = tuple(dict.fromkeys(heard.dates))
    if len(days) != 1:
        return "several" if days else "unclear"
    if heard.today:
        today, day = date.fromisoformat(heard.today), date.fromisoformat(days[0])
        least, most = question.slot.least, question.slot.most
        if least is not None and day < today + timedelta(days=least):
            return "too_early"
        if most is not None and day > today + timedelta(days=most):
            return "too_late"
    return Filled(kind="date", value=days[0])


def _take_amount(question: Question, heard: Heard) -> Taken:
    """Take an amount. The end of a card is none; before anybody asked, four bare digits may always be one."""
    tails = {
        int(run) * 100
        for run in heard.digits
        if len(run) == _TAIL and run.isdecimal() and (question.first or _is_any(question.things, run))
    }
    said = {number.hundredths * question.minor for number in heard.numbers if number.hundredths not in tails}
    if len(said) != 1:
        return "several" if said else "unclear"
    hundredfold = said.pop()
    return "unclear" if hundredfold % 100 else _within(question.slot, hundredfold // 100)


def _take_count(question: Question, heard: Heard) -> Taken:
    said = {number.whole for number in heard.numbers}
    whole = {number for number in said if number is not None}
    if len(whole) != 1 or len(said) != 1:
        return "several" if len(said) > 1 else "unclear"
    return _within(question.slot, whole.pop())


def _within(slot: Slot, value: int) -> Taken:
    if slot.least is not None and value < slot.least:
        return "too_low"
    if slot.most is not None and value > slot.most:
        return "too_high"
    return Filled(kind=slot.kind, value=value)


def _take_text(question: Question, heard: Heard) -> Taken:
    """Take a text as it was masked; a question is none, for it wants an answer itself."""
    text = heard.text.strip()
    if question.first or not text or heard.asks:
        return "unclear"
    if len(text) < (question.slot.least or 1):
        return "too_low"
    return "too_high" if len(text) > (question.slot.most or _TEXT_MOST) else Filled(kind="text", value=text)


def _take_sealed(question: Question, heard: Heard) -> Taken:
    """Take where a masked value lies. An address may be masked in part only: then it is the message that holds it."""
    kind = question.slot.kind
    masks = [mask for mask in heard.masked if mask.kind == MASKS[kind]]
    if len(masks) == 1 and masks[0].span_id and not (kind == "address" and _goes_on(heard.text, masks[0].shown)):
        return Filled(kind=kind, value=masks[0].shown, sealed=_sealed(heard, masks[0].span_id))
    if kind != "address":
        return "several" if len(masks) > 1 else "unclear"
    told = masks or (heard.digits and len(heard.words) >= 2 and not question.first and not heard.asks)
    if not told:
        return "unclear"
    return Filled(kind="address", value=heard.text.strip()[:_TEXT_MOST], sealed=_sealed(heard))


def _sealed(heard: Heard, span_id: str = "") -> Sealed:
    return Sealed(message_id=heard.message_id, span_id=span_id, conversation_id=heard.conversation_id)


def _goes_on(text: str, shown: str) -> bool:
    """Return whether a message begins with an address of which the mask leaves out the end: a country, say."""
    return text.lstrip().startswith(f"{shown},")


def _take_yes_no(question: Question, heard: Heard) -> Taken:
    if question.first or heard.agrees is None:
        return "unclear"
    return Filled(kind="yes_no", value=heard.agrees)


_TAKERS: Final[Mapping[str, Callable[[Question, Heard], Taken]]] = {
    "thing": _take_thing,
    "choice": _take_choice,
    "date": _take_date,
    "amount": _take_amount,
    "count": _take_count,
    "text": _take_text,
    "address": _take_sealed,
    "phone": _take_sealed,
    "email": _take_sealed,
    "yes_no": _take_yes_no,
}
