"""What the form of a macro shows of each step: what it does in words, and the field in which it says with what."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from doorward.doors.web.desk.macros.steps import FIELD, KINDS, StepForm, Things
from doorward.doors.web.desk.marks import MOST_SUGGESTED
from doorward.doors.web.desk.shared import DeskCall
from doorward.doors.web.desk.step_words import PRIORITIES
from doorward.doors.web.places import PLACES
from doorward.workspace import LONGEST_TEXT, MOST_HOURS, Attribute

Shape = Literal["choice", "line", "number", "day", "text", "nothing"]
Option = tuple[str, str]


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """A step in its form: its `title` and what it does (`about`), and its field; `nothing` has none."""

    form: StepForm
    title: str
    about: str
    shape: Shape
    label: str = ""
    options: tuple[Option, ...] = ()
    attrs: Mapping[str, str] = {}


class Controls:
    """Shows steps in the reader's language."""

    def __init__(self, desk: DeskCall, things: Things) -> None:
        """Take what steps may be done with."""
        self._desk = desk
        self._things = things

    def of(self, form: StepForm) -> Control:
        """Return a step as its form shows it."""
        sort = form.sort
        if sort == "attribute":
            return self._field(form)
        shape, label, options, attrs = _SHAPES[sort](self, form) if sort in _SHAPES else ("nothing", "", (), {})
        return Control(
            form=form,
            title=self._desk.say(f"macros.kind.{sort}") if sort in KINDS else form.kind,
            about=self._desk.say(f"macros.about.{sort}") if sort in KINDS else "",
            shape=shape,
            label=self._desk.say(label) if label else "",
            options=tuple(options),
            attrs=attrs,
        )

    def to_add(self) -> list[Option]:
        """Return the kinds of steps that can be added, with what people call them."""
        fields = [(FIELD + key, self._fill_in(one.name)) for key, one in self._things.fields.items()]
        return [*((one, self._desk.say(f"macros.kind.{one}")) for one in KINDS), *fields]

    def suggested(self) -> tuple[str, ...]:
        """Return the names of labels that fields suggest."""
        return tuple(self._things.labels.values())[:MOST_SUGGESTED]

    def says(self, key: str) -> str:
        """Return a sentence in the reader's language."""
        return self._desk.say(key)

    @property
    def things(self) -> Things:
        """Return what steps may be done with."""
        return self._things

    def _fill_in(self, name: str) -> str:
        return self._desk.say("macros.kind.attribute", field=name)

    def _field(self, form: StepForm) -> Control:
        field = self._things.fields.get(form.key)
        shape, options = self._held(field, form.value)
        return Control(
            form=form,
            title=self._fill_in(form.key if field is None else field.name),
            about=self._desk.say("macros.about.attribute"),
            shape=shape,
            label=self._desk.say("macros.with.attribute"),
            options=tuple(options),
            attrs={"maxlength": "500", "dir": "auto"},
        )

    def _held(self, field: Attribute | None, value: str) -> tuple[Shape, Sequence[Option]]:
        nothing = ("", self._desk.say("macros.empties"))
        if field is None or field.holds in {"text", "number"}:
            return "line", ()
        if field.holds == "date":
            return "day", ()
        if field.holds == "yes_no":
            return "choice", (nothing, ("yes", self._desk.say("marks.yes")), ("no", self._desk.say("marks.no")))
        return "choice", (nothing, *_known({one: one for one in field.choices}, value))


_Shown = tuple[Shape, str, Sequence[Option], Mapping[str, str]]


def _known(called: Mapping[str, str], value: str) -> list[Option]:
    """Return what may be chosen, with what stands there now though that is gone."""
    gone = [] if not value or value in called else [(value, value)]
    return [*gone, *called.items()]


def _label(_controls: Controls, _form: StepForm) -> _Shown:
    return "line", "macros.with.label", (), {"list": "macro-labels", "maxlength": "80", "dir": "auto"}


def _priority(controls: Controls, _form: StepForm) -> _Shown:
    options = [(str(one), controls.says(f"macro.priority.{word}")) for one, word in PRIORITIES.items()]
    return "choice", "macros.with.priority", options[::-1], {}


def _status(controls: Controls, form: StepForm) -> _Shown:
    none = ("", controls.says("macro.step.status_none"))
    return "choice", "macros.with.status", [none, *_known(controls.things.statuses, form.value)], {}


def _text(_controls: Controls, _form: StepForm) -> _Shown:
    return "text", "macros.with.text", (), {"maxlength": str(LONGEST_TEXT), "dir": "auto"}


def _canned(controls: Controls, form: StepForm) -> _Shown:
    return "choice", "macros.with.canned", _known(controls.things.replies, form.value), {}


def _assign(controls: Controls, form: StepForm) -> _Shown:
    always = [("me", controls.says("macro.step.assign_me")), ("queue", controls.says("macro.step.assign_queue"))]
    value = "" if form.value in dict(always) else form.value
    return "choice", "macros.with.assign", [*always, *_known(controls.things.colleagues, value)], {}


def _snooze(_controls: Controls, _form: StepForm) -> _Shown:
    return "number", "macros.with.snooze", (), {"min": "1", "max": str(MOST_HOURS), "inputmode": "numeric"}


_SHAPES: Final[Mapping[str, Callable[[Controls, StepForm], _Shown]]] = {
    "label": _label,
    "unlabel": _label,
    "priority": _priority,
    "status": _status,
    "note": _text,
    "reply": _text,
    "canned": _canned,
    "assign": _assign,
    "snooze": _snooze,
}

PLACE_HINT: Final = " ".join(f"{{{one}}}" for one in PLACES)
"""The places that texts may have, as they are written."""
