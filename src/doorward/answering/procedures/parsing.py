"""From YAML to a procedure: shapes, names and fields. Whether it makes sense is asked in `checking`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast, get_args

import msgspec

from doorward.answering.procedures.model import (
    AskStep,
    BranchStep,
    CallStep,
    Case,
    ConfirmStep,
    Ending,
    EndStep,
    Given,
    GoStep,
    HandOverStep,
    ProcedureStep,
    Reference,
    SayStep,
    Slot,
    SlotKind,
    VerifyStep,
)
from doorward.answering.procedures.ports import Condition
from doorward.answering.procedures.problems import Problems

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
TEXT_KEY: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
REFERENCE: Final = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")
MOST_SLOTS: Final = 30
MOST_STEPS: Final = 100
RESERVED: Final = frozenset({"slots", "today", "thing", "key", "outcome", "true", "false", "null"})

_TOP: Final = {"id": str, "version": int, "intents": list, "slots": dict, "steps": list}
_SLOT: Final = {
    "kind": str,
    "ask": str,
    "of": str,
    "where": str,
    "or_named": bool,
    "show": str,
    "options": list,
    "retries": int,
    "least": int,
    "most": int,
}
_CALL: Final = {"with": dict, "into": str, "failed": dict}
_STEPS: Final[Mapping[str, tuple[type, Mapping[str, type]]]] = {
    "say": (str, {}),
    "ask": (str, {"skip_if_only_one": bool, "none": str}),
    "confirm": (str, {"otherwise": str}),
    "verify": (int, {"otherwise": str}),
    "look_up": (str, _CALL),
    "act": (str, _CALL),
    "branch": (list, {}),
    "go": (str, {}),
    "hand_over": (str, {}),
    "end": (str, {}),
}
_WORDS: Final = {str: "a text", int: "a whole number", list: "a list", dict: "a mapping", bool: "true or false"}


class Unresolved(msgspec.Struct, frozen=True):
    """An expression that is not compiled yet: what it may name is known only when the whole procedure is read."""

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Refuse: nobody may run what nobody checked."""
        raise NotImplementedError


UNRESOLVED: Final[Condition] = Unresolved()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure as it was read, before it is checked."""

    id: str
    version: int
    intents: tuple[str, ...]
    slots: Mapping[str, Slot]
    steps: tuple[ProcedureStep, ...]


def parse_procedure(raw: Any, problems: Problems) -> Draft:
    """Return the draft that a file's content is; everything that is wrong with its shape is added to `problems`."""
    fields = _fields(raw, _TOP, problems, place="", required=("id", "version", "intents", "steps"))
    name = fields.get("id", "")
    if name and name != problems.procedure:
        problems.add("is not the name of its folder", field="id")
    if fields.get("version", 1) < 1:
        problems.add("begins with 1", field="version")
    intents = _names(fields.get("intents", []), problems, place="", field="intents")
    slots = _slots(fields.get("slots", {}), problems)
    steps = _steps(fields.get("steps", []), problems)
    if not intents and "intents" in fields:
        problems.add("needs one at least", field="intents")
    return Draft(id=name, version=fields.get("version", 1), intents=intents, slots=slots, steps=steps)


def _slots(raw: Mapping[str, Any], problems: Problems) -> dict[str, Slot]:
    if len(raw) > MOST_SLOTS:
        problems.add(f"more than {MOST_SLOTS}", field="slots")
        return {}
    slots = {}
    for name, content in raw.items():
        place = f"slot '{name}'"
        if not NAME.fullmatch(name) or name in RESERVED:
            problems.add("is no name for a slot", place=place)
            continue
        fields = _fields(content, _SLOT, problems, place=place, required=("kind", "ask"))
        if fields.get("kind") not in get_args(SlotKind):
            problems.add(f"is none of {', '.join(get_args(SlotKind))}", place=place, field="kind")
            continue
        if not 0 <= fields.get("retries", 2) <= 5:
            problems.add("is not within 0 and 5", place=place, field="retries")
        if "options" in fields:
            fields["options"] = _names(fields["options"], problems, place=place, field="options")
        fields["kind"] = cast("SlotKind", fields["kind"])
        slots[name] = Slot(name=name, **{"ask": ""} | fields)
    return slots


def _steps(raw: Sequence[Any], problems: Problems) -> tuple[ProcedureStep, ...]:
    if len(raw) > MOST_STEPS:
        problems.add(f"more than {MOST_STEPS}", field="steps")
        return ()
    steps: list[ProcedureStep] = []
    seen: set[str] = set()
    for number, content in enumerate(raw, start=1):
        place = f"step {number}"
        if not isinstance(content, dict):
            problems.add("is not a mapping", place=place)
            continue
        step_id = content.get("id")
        if not isinstance(step_id, str) or not NAME.fullmatch(step_id):
            problems.add("is missing, or is no name", place=place, field="id")
            continue
        if step_id in seen:
            problems.add("stands there twice", place=f"step '{step_id}'", field="id")
            continue
        seen.add(step_id)
        step = _step(step_id, content, problems)
        if step is not None:
            steps.append(step)
    return tuple(steps)


def _step(step_id: str, content: Mapping[str, Any], problems: Problems) -> ProcedureStep | None:
    place = f"step '{step_id}'"
    kinds = [kind for kind in _STEPS if kind in content]
    if len(kinds) != 1:
        problems.add(f"needs exactly one of {', '.join(_STEPS)}", place=place)
        return None
    kind = kinds[0]
    main, others = _STEPS[kind]
    before = len(problems.found)
    fields = _fields(content, {"id": str, kind: main, **others}, problems, place=place, required=(kind,))
    if len(problems.found) > before:
        return None
    if kind in {"look_up", "act"}:
        return _call(step_id, fields, problems, effect=kind)
    if kind == "branch":
        return _branch(step_id, fields["branch"], problems)
    return _plain(step_id, kind, fields, problems)


def _plain(step_id: str, kind: str, fields: Mapping[str, Any], problems: Problems) -> ProcedureStep | None:
    value = fields[kind]
    place = f"step '{step_id}'"
    match kind:
        case "say":
            return SayStep(id=step_id, text=value)
        case "ask":
            skip, none = fields.get("skip_if_only_one", False), fields.get("none", "")
            return AskStep(id=step_id, slot=value, skip_if_only_one=skip, none=none)
        case "confirm":
            return ConfirmStep(id=step_id, text=value, otherwise=fields.get("otherwise", ""))
        case "verify":
            if value not in {1, 2}:
                problems.add("is not 1 or 2", place=place, field="verify")
            return VerifyStep(id=step_id, level=value, otherwise=fields.get("otherwise", ""))
        case "go":
            return GoStep(id=step_id, to=value)
        case "hand_over":
            if not NAME.fullmatch(value):
                problems.add("is no code", place=place, field="hand_over")
            return HandOverStep(id=step_id, reason=value)
        case _:
            if value not in get_args(Ending):
                problems.add(f"is none of {', '.join(get_args(Ending))}", place=place, field="end")
                return None
            return EndStep(id=step_id, how=value)


def _call(step_id: str, fields: Mapping[str, Any], problems: Problems, *, effect: str) -> CallStep:
    place = f"step '{step_id}'"
    into = fields.get("into", "")
    if into and (not NAME.fullmatch(into) or into in RESERVED):
        problems.add("is no name", place=place, field="into")
    failed = fields.get("failed", {})
    for outcome, to in failed.items():
        if not isinstance(to, str):
            problems.add("is no step", place=place, field=f"failed.{outcome}")
    return CallStep(
        id=step_id,
        effect="look_up" if effect == "look_up" else "change",
        operation=fields[effect],
        arguments={
            name: _given(value, problems, f"{place}: with.{name}") for name, value in fields.get("with", {}).items()
        },
        into=into,
        failed={outcome: to for outcome, to in failed.items() if isinstance(to, str)},
    )


def _given(value: Any, problems: Problems, place: str) -> Given:
    if isinstance(value, str):
        match = REFERENCE.fullmatch(value)
        return Reference(match[1], match[2]) if match else value
    if value is None or isinstance(value, bool | int):
        return value
    problems.add("is neither a value nor a place that one comes from", place=place)
    return None


def _branch(step_id: str, raw: Sequence[Any], problems: Problems) -> BranchStep | None:
    place = f"step '{step_id}'"
    cases: list[Case] = []
    otherwise = ""
    for number, content in enumerate(raw, start=1):
        field = f"branch {number}"
        last = number == len(raw)
        wanted: dict[str, type] = {"else": str} if last else {"when": str, "go": str}
        before = len(problems.found)
        fields = _fields(content, wanted, problems, place=f"{place}: {field}", required=tuple(wanted))
        if len(problems.found) > before:
            continue
        if last:
            otherwise = fields["else"]
        else:
            cases.append(Case(when=fields["when"], condition=UNRESOLVED, go=fields["go"]))
    if len(raw) < 2:
        problems.add("needs a way with `when` and `go`, and an `else` at its end", place=place, field="branch")
        return None
    return BranchStep(id=step_id, cases=tuple(cases), otherwise=otherwise)


def _fields(
    raw: Any, known: Mapping[str, type], problems: Problems, *, place: str, required: Sequence[str] = ()
) -> dict[str, Any]:
    """Return those fields of a mapping that are known and of the right type; what is wrong is added to `problems`."""
    if not isinstance(raw, dict):
        problems.add("is not a mapping", place=place)
        return {}
    found = {}
    for name, value in raw.items():
        if name not in known:
            problems.add("is not a field", place=place, field=name)
        elif type(value) is not known[name]:
            problems.add(f"is not {_WORDS[known[name]]}", place=place, field=name)
        else:
            found[name] = value
    for name in required:
        if name not in raw:
            problems.add("is missing", place=place, field=name)
    return found


def _names(raw: Sequence[Any], problems: Problems, *, place: str, field: str) -> tuple[str, ...]:
    wrong = [one for one in raw if not isinstance(one, str) or not re.fullmatch(r"[a-z][a-z0-9_.\-]{0,63}", one)]
    if wrong or len(set(map(str, raw))) < len(raw):
        problems.add("is not a list of names, each of them once", place=place, field=field)
        return ()
    return tuple(raw)
