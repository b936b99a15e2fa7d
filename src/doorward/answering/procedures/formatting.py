"""Filling the places of a procedure's texts: names that were checked at load, values in the form of the language.

Nothing of a value is ever read as a place, a format or a name: each place is filled once, by looking it up.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision

from doorward.answering.procedures.model import Procedure
from doorward.answering.procedures.ports import Sentences
from doorward.kit.words import visible
from doorward.vocabulary.operations import FactKind, Scalar

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,2})\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MISSING: Final = "…"
_LONGEST: Final = 200
"""Characters of a value that are shown: what the core system tells is text from outside as well."""


def places_of(text: str) -> tuple[str, ...]:
    """Return the places of a text in order: `slots.card.key` of `{slots.card.key}`."""
    return tuple(_PLACE.findall(text))


def stray_braces(text: str) -> bool:
    """Return whether a text has braces that are part of no place."""
    rest = _PLACE.sub("", text)
    return "{" in rest or "}" in rest


def places_in_texts(procedure: Procedure, key: str) -> tuple[str, ...]:
    """Return the places that a text has in any language, each once."""
    return tuple(dict.fromkeys(place for own in procedure.texts.values() for place in places_of(own.get(key, ""))))


def language_of(procedure: Procedure, language: str) -> str:
    """Return the language in which a procedure speaks to somebody: theirs, else its first."""
    return language if language in procedure.texts else next(iter(procedure.texts), "")


def fill_text(procedure: Procedure, language: str, key: str, values: Mapping[str, Scalar]) -> str:
    """Return a text with its places filled from `values`; a place without a value becomes an ellipsis. Never raises."""
    spoken = language_of(procedure, language)
    text = procedure.texts.get(spoken, {}).get(key, "")

    def filled(match: re.Match[str]) -> str:
        place = match[1]
        slot_name = _whole_thing(procedure, place)
        if slot_name:
            beginning = f"{place}."
            fields = {
                name.removeprefix(beginning): value for name, value in values.items() if name.startswith(beginning)
            }
            return show_thing(procedure, spoken, slot_name, fields)
        kind = procedure.places.get(place, "text")
        return show_value(procedure, spoken, values.get(place), kind=kind)

    return _PLACE.sub(filled, text)


def show_thing(procedure: Procedure, language: str, slot_name: str, fields: Mapping[str, Scalar]) -> str:
    """Return how a thing of a slot is called, by the slot's text; `fields` holds its key, too. Never raises."""
    slot = procedure.slots[slot_name]
    spoken = language_of(procedure, language)
    text = procedure.texts.get(spoken, {}).get(slot.show, "")

    def filled(match: re.Match[str]) -> str:
        name = match[1].removeprefix("thing.")
        kind = procedure.places.get(f"slots.{slot_name}.{name}", "text")
        return show_value(procedure, spoken, fields.get(name), kind=kind)

    return _PLACE.sub(filled, text)


def show_value(procedure: Procedure, language: str, value: Scalar, *, kind: FactKind) -> str:
    """Return a value as people of a language write it: amounts with their currency, days, codes by their names."""
    if value is None:
        return _MISSING
    if isinstance(value, bool):
        return _called(procedure, language, "yes" if value else "no")
    if kind == "amount" and isinstance(value, int):
        return format_amount(value, procedure.known.currency, language)
    if isinstance(value, int | float):
        return format_decimal(value, locale=_locale(language))
    if kind == "date":
        return _day(value, language)
    if kind == "code":
        return _called(procedure, language, value)
    return clean(value)


def format_amount(minor: int, currency: str, language: str) -> str:
    """Return an amount in minor units as people of a language write it."""
    digits = get_currency_precision(currency)
    return format_currency(Decimal(minor).scaleb(-digits), currency, locale=_locale(language))


def clean(text: str) -> str:
    """Return a value as one line of visible characters, cut short."""
    line = " ".join(_CONTROL.sub(" ", visible(text)).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + _MISSING


def values_for(procedure: Procedure, key: str, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return those of all values that a text's places need, in whatever language it is said."""
    needed: dict[str, Scalar] = {}
    for place in places_in_texts(procedure, key):
        beginning = f"{place}."
        if _whole_thing(procedure, place):
            needed |= {name: value for name, value in values.items() if name.startswith(beginning)}
        elif place in values:
            needed[place] = values[place]
    return needed


def _whole_thing(procedure: Procedure, place: str) -> str:
    """Return the slot whose thing a place shows as a whole; empty if it shows something else."""
    root, _, name = place.partition(".")
    slot = procedure.slots.get(name) if root == "slots" else None
    return name if slot is not None and slot.kind == "thing" else ""


def _called(procedure: Procedure, language: str, code: str) -> str:
    return procedure.codes(language).get(code) or clean(code)


def _day(value: str, language: str) -> str:
    try:
        return format_date(date.fromisoformat(value), "long", locale=_locale(language))
    except ValueError:
        return clean(value)


@lru_cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def say_unclear(sentences: Sentences, language: str, unclear: str) -> str:
    """Return what to say before a question is asked again, given why the answer was none (`run.Unclear`)."""
    return sentences.say(language, f"procedure.unclear.{unclear}")
