"""A rehearsal as a form: what came so far travels in it, and each press adds one event that the person chose."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec

from doorward.answering.procedures import Procedure
from doorward.answering.procedures.model import AskStep, Slot
from doorward.answering.procedures.rehearsing import (
    MOST_EVENTS,
    Rehearsal,
    codes_of,
    example_facts,
    example_things,
    rehearse,
)
from doorward.answering.procedures.run import (
    Act,
    Agreed,
    Cancelled,
    Chose,
    Disagreed,
    Event,
    Failed,
    Find,
    Found,
    LookUp,
    Said,
    Started,
    Succeeded,
    Verified,
    Verify,
    Waits,
)
from doorward.doors.web.desk.procedures.view import picture_of
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.procedures.telling import buttons
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.operations import FactKind, Scalar, Thing
from doorward.vocabulary.text import WildText

LONGEST_TEXT: Final = 1_000
LONGEST_FORM: Final = 400_000
"""Bytes of a rehearsal's form: more events than there may be do not fit."""

_MOST_THINGS: Final = 3
_PRESSES: Final[Mapping[str, Event]] = {
    "unproven": Failed(code="not_verified"),
    "ask_second": Waits(),
    "agree": Agreed(),
    "refuse": Disagreed(),
    "cancel": Cancelled(),
}
_LARGEST: Final = 10**12


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the form for one made-up value."""

    name: str
    label: str
    kind: FactKind
    value: str
    choices: tuple[str, ...] = ()


class MadeThing(msgspec.Struct, frozen=True, kw_only=True):
    """The fields for one made-up thing of the customer's."""

    number: int
    key: str
    fields: tuple[Field, ...]


def read_events(fields: Mapping[str, str]) -> tuple[Event, ...]:
    """Return the events that a form brings. Raises `Malformed` for what is none."""
    try:
        events = msgspec.json.decode(fields.get("events", "") or "[]", type=list[Event])
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise Malformed("events: cannot be read") from error
    if len(events) >= MOST_EVENTS:
        raise Malformed("events: too many")
    return tuple(events)


async def next_event(desk: DeskCall, procedure: Procedure, now: Rehearsal | None, fields: Mapping[str, str]) -> Event:
    """Return the event that was chosen. Raises `Malformed` for none, and `SecretRefused`."""
    press, today = fields.get("press", ""), desk.house.rehearsals.today(desk.scope)
    if now is None:
        return await _begun(desk, procedure, fields, today)
    want = now.turn.want
    if press == "say":
        return Said(heard=await _heard(desk, procedure, fields))
    if press.startswith("choose:"):
        return Chose(key=press.removeprefix("choose:")[:200])
    if press in _PRESSES:
        return _PRESSES[press]
    match press:
        case "things" if isinstance(want, Find):
            return Found(things=_things(procedure, want.of, fields))
        case "proven" if isinstance(want, Verify):
            return Verified(level=want.level)
        case "told" if isinstance(want, LookUp | Act):
            return _told(procedure, want, fields)
        case _:
            raise Malformed("press: nothing of that can happen now")


async def _begun(desk: DeskCall, procedure: Procedure, fields: Mapping[str, str], today: date) -> Event:
    level = int(fields["level"]) if fields.get("level", "") in {"0", "1", "2"} else 0
    heard = await _heard(desk, procedure, fields) if fields.get("text", "").strip() else None
    return Started(level=level, today=today.isoformat(), heard=heard)


async def _heard(desk: DeskCall, procedure: Procedure, fields: Mapping[str, str]) -> Any:
    text = WildText(fields.get("text", "").replace("\r\n", "\n"))
    if text.is_blank or len(text) > LONGEST_TEXT:
        raise Malformed("text: empty, or too long")
    language = _language(procedure, fields)
    return await asyncio.to_thread(desk.house.rehearsals.hear, desk.scope, procedure, text, language=language)


def _language(procedure: Procedure, fields: Mapping[str, str]) -> str:
    wanted = fields.get("language", "")
    return wanted if wanted in procedure.texts else next(iter(procedure.texts), "")


def _told(procedure: Procedure, want: LookUp | Act, fields: Mapping[str, str]) -> Event:
    outcome = fields.get("outcome", "")
    operation = procedure.known.operations[want.call.operation]
    if outcome == "unavailable":
        return Failed()
    if outcome not in {"done", *operation.outcomes}:
        raise Malformed("outcome: none of the operation's")
    return Succeeded(outcome=outcome, facts=_values(operation.facts, fields, before="fact-"))


def _things(procedure: Procedure, of: str, fields: Mapping[str, str]) -> tuple[Thing, ...]:
    kinds = procedure.known.kinds.get(of, {})
    found: dict[str, Thing] = {}
    for number in range(_MOST_THINGS):
        key = fields.get(f"key-{number}", "").strip()[:100]
        if fields.get(f"there-{number}") == "yes" and key:
            values = _values(kinds, fields, before=f"thing-{number}-")
            found.setdefault(key, Thing(kind=of, key=key, fields=values))
    return tuple(found.values())


def _values(kinds: Mapping[str, FactKind], fields: Mapping[str, str], *, before: str) -> dict[str, Scalar]:
    return {name: _value(kind, fields.get(f"{before}{name}", "").strip()[:200]) for name, kind in kinds.items()}


def _value(kind: FactKind, written: str) -> Scalar:
    """Return a written value, None for nothing. Raises `Malformed` for what is no number where one must be."""
    if not written:
        return None
    if kind == "yes_no":
        return written == "yes"
    if kind in {"number", "amount"}:
        try:
            number = int(written)
        except ValueError:
            raise Malformed("a whole number is wanted") from None
        if abs(number) > _LARGEST:
            raise Malformed("a number that is too large")
        return number
    return written


def rehearsed(
    desk: DeskCall, procedure: Procedure, events: tuple[Event, ...], *, fields: Mapping[str, str]
) -> dict[str, Any]:
    """Return the places of the page: what was said, the picture with the way that was taken, and what may come next."""
    language, house = _language(procedure, fields), desk.house
    now = rehearse(procedure, events, language=language, sentences=house.translator) if events else None
    taken, at = (now.taken, now.turn.run.at) if now is not None else ((), "")
    return {
        "procedure": procedure,
        "tongue": language,
        "tongues": [(code, code.upper()) for code in procedure.texts],
        "levels": [(str(level), desk.say(f"procedures.level.{level}")) for level in (0, 1, 2)],
        "now": now,
        "events": msgspec.json.encode(events).decode(),
        "wants": "begin" if now is None else type(now.turn.want).__name__.lower(),
        "picture": picture_of(desk, procedure, language, taken=taken, at=at),
        "longest": LONGEST_TEXT,
        **_asked(desk, procedure, now, language),
    }


def _asked(desk: DeskCall, procedure: Procedure, now: Rehearsal | None, language: str) -> dict[str, Any]:
    """Return what the form for the next event needs, by what is wanted."""
    places: dict[str, Any] = {"answers": {}, "things": (), "facts": (), "outcomes": (), "operation": "", "two": False}
    if now is None:
        return places
    want, today = now.turn.want, desk.house.rehearsals.today(desk.scope)
    if isinstance(want, Find):
        places["things"] = _made_things(procedure, now, today)
    elif isinstance(want, LookUp | Act):
        operation = procedure.known.operations[want.call.operation]
        facts = example_facts(procedure, want.call.operation, today=today)
        places |= {
            "operation": operation.name,
            "outcomes": [(one, one) for one in ("done", *operation.outcomes, "unavailable")],
            "facts": _fields(procedure, operation.facts, facts, before="fact-", reasons=operation.reasons),
            "two": isinstance(want, Act) and want.two_persons,
        }
    else:
        places["answers"] = buttons(procedure, language, want, sentences=desk.house.translator)
    return places


def _made_things(procedure: Procedure, now: Rehearsal, today: date) -> tuple[MadeThing, ...]:
    step = procedure.step(now.turn.run.at)
    if not isinstance(step, AskStep):
        return ()
    slot: Slot = procedure.slots[step.slot]
    kinds = procedure.known.kinds.get(slot.of, {})
    return tuple(
        MadeThing(
            number=number,
            key=thing.key,
            fields=_fields(procedure, kinds, thing.fields, before=f"thing-{number}-", reasons=()),
        )
        for number, thing in enumerate(example_things(procedure, now.turn.run, slot, today=today))
    )


def _fields(
    procedure: Procedure,
    kinds: Mapping[str, FactKind],
    values: Mapping[str, Scalar],
    *,
    before: str,
    reasons: tuple[str, ...],
) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=f"{before}{name}",
            label=name,
            kind=kind,
            value=_written(values.get(name)),
            choices=tuple(str(one) for one in codes_of(procedure, name)) or (reasons if name == "why" else ()),
        )
        for name, kind in kinds.items()
    )


def _written(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
