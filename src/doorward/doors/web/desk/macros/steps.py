"""The form of a macro: its steps as fields that are put in order, and as the steps that they make."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from doorward.doors.web.desk.conversation.view import shown_value
from doorward.doors.web.desk.step_words import PRIORITIES
from doorward.vocabulary.errors import Malformed
from doorward.workspace import LONGEST_TEXT, MOST_HOURS, Attribute, MacroStep

MOST_STEPS: Final = 20
FIELD: Final = "attribute:"
"""What the kind of a step begins with that fills in a field; behind it stands the field's key."""

KINDS: Final = (
    "label",
    "unlabel",
    "priority",
    "status",
    "note",
    "reply",
    "canned",
    "assign",
    "snooze",
    "resolve",
)
"""The kinds of steps that a form adds, beside one for each field. `canned` is a reply that is written once."""

_STEP: Final = re.compile(r"step-([0-9]{1,2})")
_ACT: Final = re.compile(r"(up|down|remove)-([0-9]{1,2})")
_LONGEST_VALUE: Final = 500


class StepForm(NamedTuple):
    """A step as its form has it: of which kind, and what stands in its field."""

    kind: str
    value: str = ""

    @property
    def sort(self) -> str:
        """Return the kind without the field's key."""
        return self.kind.partition(":")[0]

    @property
    def key(self) -> str:
        """Return the key of the field that is filled in, empty for other steps."""
        return self.kind.partition(":")[2]


class Things(msgspec.Struct, frozen=True, kw_only=True):
    """What steps may be done with, by key or id: as the company calls it. `own_replies`: the reader's alone."""

    labels: Mapping[str, str]
    statuses: Mapping[str, str]
    fields: Mapping[str, Attribute]
    replies: Mapping[str, str]
    own_replies: frozenset[str]
    colleagues: Mapping[str, str]


def read_forms(fields: Mapping[str, str]) -> tuple[StepForm, ...]:
    """Return the steps that stand in a form, by their numbers; at most `MOST_STEPS`."""
    numbers = sorted(int(found[1]) for name in fields if (found := _STEP.fullmatch(name)))
    forms = (StepForm(fields[f"step-{one}"], fields.get(f"value-{one}", "")) for one in numbers)
    return tuple(forms)[:MOST_STEPS]


def arrange(forms: Sequence[StepForm], act: str, *, added: str) -> tuple[tuple[StepForm, ...], str]:
    """Return the steps after one was added, moved or removed, and the id of what has the focus next.

    `act` is `add`, or `up-`, `down-` or `remove-` and a place counted from 0; anything else changes nothing.
    """
    found, steps = _ACT.fullmatch(act), list(forms)
    if act == "add" and _is_kind(added) and len(steps) < MOST_STEPS:
        steps.append(StepForm(added, _BEGINS.get(added, "")))
        return tuple(steps), f"{'remove' if added == 'resolve' else 'value'}-{len(steps) - 1}"
    if found is None or int(found[2]) >= len(steps):
        return tuple(steps), "add"
    way, at = found[1], int(found[2])
    step = steps.pop(at)
    if way == "remove":
        return tuple(steps), "add"
    to = max(0, at - 1) if way == "up" else min(len(steps), at + 1)
    steps.insert(to, step)
    return tuple(steps), f"{_way_on(way, to, last=len(steps) - 1)}-{to}"


def form_of(step: MacroStep, things: Things) -> StepForm:
    """Return a step as a form shows it."""
    value = step.value
    if step.verb == "attribute":
        return StepForm(FIELD + value["key"], shown_value(value["value"]))
    if step.verb == "reply" and not isinstance(value, str):
        return StepForm("canned", value["reply"])
    if step.verb in {"label", "unlabel"}:
        return StepForm(step.verb, things.labels.get(value, value))
    return StepForm(step.verb, "" if value is None else str(value))


def step_of(form: StepForm, things: Things, *, everybodys: bool) -> MacroStep:
    """Return the step that a form makes; `everybodys`: of a macro that is everybody's.

    Raises `Malformed` with the fact `says`: the key of the sentence that says what is wrong.
    """
    if form.sort == "attribute":
        return MacroStep(verb="attribute", value={"key": form.key, "value": _filled(form, things)})
    if form.kind not in _READS:
        raise _wrong("macros.fault.kind")
    value = _READS[form.kind](form.value.replace("\r\n", "\n").strip(), things)
    if form.kind == "canned":
        if everybodys and value in things.own_replies:
            raise _wrong("macros.fault.own_reply")
        return MacroStep(verb="reply", value={"reply": value})
    return MacroStep(verb=form.kind, value=value)  # type: ignore[arg-type]  # because the other kinds are verbs


def _way_on(way: str, at: int, *, last: int) -> str:
    """Return which button moves a step on the same way, the other way where it stands at the end."""
    if at == 0:
        return "down"
    return "up" if at == last else way


def _is_kind(kind: str) -> bool:
    return kind in KINDS or (kind.startswith(FIELD) and len(kind) > len(FIELD))


def _wrong(sentence: str) -> Malformed:
    return Malformed("steps: a value that does not fit", says=sentence)


def _filled(form: StepForm, things: Things) -> Any:
    """Return what is filled into a field; nothing empties it."""
    field, text = things.fields.get(form.key), form.value.strip()
    if field is None:
        raise _wrong("macros.fault.field")
    if not text:
        return None
    if field.holds == "yes_no":
        return text == "yes"
    if field.holds == "number":
        return _number(text)
    if field.holds == "date" and not _is_day(text):
        raise _wrong("macros.fault.day")
    if field.holds == "choice" and text not in field.choices:
        raise _wrong("macros.fault.choice")
    if len(text) > _LONGEST_VALUE:
        raise _wrong("macros.fault.long_value")
    return text


def _number(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise _wrong("macros.fault.number") from None
    if not abs(number) < 1e15:
        raise _wrong("macros.fault.number")
    return number


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _label(given: str, things: Things) -> str:
    wanted = " ".join(given.split()).casefold()
    for key, name in things.labels.items():
        if wanted in {key, name.casefold()}:
            return key
    raise _wrong("macros.fault.label")


def _text(given: str, _things: Things) -> str:
    if not given or len(given) > LONGEST_TEXT:
        raise _wrong("macros.fault.text")
    return given


def _hours(given: str, _things: Things) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= MOST_HOURS):
        raise _wrong("macros.fault.hours")
    return int(given)


def _priority(given: str, _things: Things) -> int:
    found = next((one for one in PRIORITIES if str(one) == given), None)
    if found is None:
        raise _wrong("macros.fault.choice")
    return found


def _one_of(given: str, known: Mapping[str, str], sentence: str) -> str:
    if given not in known:
        raise _wrong(sentence)
    return given


def _status(given: str, things: Things) -> str:
    return "" if not given else _one_of(given, things.statuses, "macros.fault.status")


def _assigned(given: str, things: Things) -> str:
    return given if given in {"me", "queue"} else _one_of(given, things.colleagues, "macros.fault.colleague")


_BEGINS: Final[Mapping[str, str]] = {"priority": "1", "assign": "me", "snooze": "24"}
_READS: Final[Mapping[str, Callable[[str, Things], Any]]] = {
    "label": _label,
    "unlabel": _label,
    "priority": _priority,
    "status": _status,
    "note": _text,
    "reply": _text,
    "canned": lambda given, things: _one_of(given, things.replies, "macros.fault.reply"),
    "assign": _assigned,
    "snooze": _hours,
    "resolve": lambda _given, _things: None,
}
