"""Reading a company's file of nudges: all of it is checked before anybody is offered anything."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from doorward.answering.nudges.model import Cap, Declared, Nudge, NudgeBook, NudgeKind
from doorward.answering.procedures.formatting import places_of, stray_braces

LARGEST: Final = 200_000
"""Bytes of a file."""
MOST: Final = 100
LONGEST_TEXT: Final = 400
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TEXTS: Final = ("title", "ask", "why", "gain")


class NudgesInvalid(ValueError):
    """A file of nudges that cannot be used: each line names a place and what is wrong there."""


class _Offer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    procedure: str = ""
    article: str = ""


class _Cap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    most: int
    days: int


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A [[nudge]] as it is written."""

    key: str
    signal: str
    kind: NudgeKind
    offer: _Offer
    priority: int = 0
    per_customer: _Cap
    rest_days: int
    value: str = ""
    title: dict[str, str]
    ask: dict[str, str]
    why: dict[str, str]
    gain: dict[str, str]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    per_customer: _Cap
    per_day: int
    never_with: tuple[str, ...] = ()
    nudge: tuple[_Written, ...] = ()


def read_nudges(path: Path, *, declared: Declared) -> NudgeBook:
    """Return the nudges of a file. Raises `NudgesInvalid` with everything that is wrong, each with its place."""
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise NudgesInvalid(f"{path.name}: larger than {LARGEST} bytes")
        file = msgspec.convert(tomllib.loads(content.decode("utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise NudgesInvalid(f"{path.name}: {error}") from error
    wrong = [f"{path.name}: {one}" for one in _problems(file, declared)]
    if wrong:
        raise NudgesInvalid("\n".join(wrong))
    nudges = sorted(map(_nudge, file.nudge), key=lambda one: (-one.priority, one.key))
    return NudgeBook(
        version=file.version,
        per_customer=Cap(most=file.per_customer.most, days=file.per_customer.days),
        per_day=file.per_day,
        never_with=frozenset(file.never_with),
        nudges=tuple(nudges),
        figures=declared.signals,
        currency=declared.currency,
    )


def _nudge(one: _Written) -> Nudge:
    return Nudge(
        key=one.key,
        signal=one.signal,
        kind=one.kind,
        procedure=one.offer.procedure,
        article=one.offer.article,
        priority=one.priority,
        per_customer=Cap(most=one.per_customer.most, days=one.per_customer.days),
        rest_days=one.rest_days,
        value=one.value,
        title=one.title,
        ask=one.ask,
        why=one.why,
        gain=one.gain,
    )


def _problems(file: _File, declared: Declared) -> Iterator[str]:
    if len(file.nudge) > MOST:
        yield f"more than {MOST} nudges"
    yield from _cap_problems("per_customer", file.per_customer)
    if file.per_day < 1:
        yield "per_day: must be 1 at least"
    known = {*declared.intents, *declared.procedures, *(i for own in declared.procedures.values() for i in own)}
    for name in file.never_with:
        if name not in known:
            yield f"never_with: there is no intent and no procedure '{name}'"
    keys = [one.key for one in file.nudge]
    for number, one in enumerate(file.nudge, start=1):
        place = f"nudge {number} '{one.key}'"
        if keys.index(one.key) != number - 1:
            yield f"{place}: key: another one has it"
        for problem in _nudge_problems(one, declared):
            yield f"{place}: {problem}"


def _nudge_problems(one: _Written, declared: Declared) -> Iterator[str]:
    if not _KEY.fullmatch(one.key):
        yield "key: small letters, digits and '_'"
    if one.signal not in declared.signals:
        yield f"signal: the core system tells of no '{one.signal}'"
    yield from _offer_problems(one.offer, declared)
    yield from _cap_problems("per_customer", one.per_customer)
    if one.rest_days < 1:
        yield "rest_days: must be 1 at least"
    figures = declared.signals.get(one.signal, {})
    if one.value and figures.get(one.value) != "amount":
        yield f"value: '{one.value}' is no amount that the signal tells"
    for field in _TEXTS:
        allowed = {*figures, "about"} if field == "why" else set()
        yield from _text_problems(field, getattr(one, field), allowed, declared.languages)


def _offer_problems(offer: _Offer, declared: Declared) -> Iterator[str]:
    if bool(offer.procedure) == bool(offer.article):
        yield "offer: names a procedure or an article, one of them"
    if offer.procedure and offer.procedure not in declared.procedures:
        yield f"offer: there is no procedure '{offer.procedure}'"
    if offer.article and offer.article not in declared.articles:
        yield f"offer: there is no article '{offer.article}'"


def _cap_problems(field: str, cap: _Cap) -> Iterator[str]:
    if cap.most < 1 or cap.days < 1:
        yield f"{field}: most and days must be 1 at least"


def _text_problems(
    field: str, texts: Mapping[str, str], allowed: set[str], languages: tuple[str, ...]
) -> Iterator[str]:
    for language in languages:
        if not texts.get(language, "").strip():
            yield f"{field}: is not there in '{language}'"
    for language, text in texts.items():
        where = f"{field}: {language}"
        if language not in languages:
            yield f"{where}: is no language of the company"
        if len(text) > LONGEST_TEXT:
            yield f"{where}: longer than {LONGEST_TEXT} characters"
        if stray_braces(text):
            yield f"{where}: has braces that are no place"
        for place in places_of(text):
            if place not in allowed:
                yield f"{where}: '{{{place}}}' is nothing that can stand there"
