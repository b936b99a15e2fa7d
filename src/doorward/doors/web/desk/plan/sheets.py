"""What a routing plan says once: skills, channels, times. One form each; and the form of what somebody can."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from doorward.doors.web.desk.plan.parts import lines, number, whole
from doorward.routing import AgentProfile, RoutingPlan

Sheet = Literal["skills", "channels", "times"]
SHEETS: Final[tuple[Sheet, ...]] = ("skills", "channels", "times")
TIMES: Final = ("patience_seconds", "sticky_days", "reroute_minutes", "callback_minutes")
Fields = Mapping[str, str]


def sheet_fields(sheet: Sheet, plan: RoutingPlan) -> dict[str, str]:
    """Return a form as the plan has it."""
    if sheet == "skills":
        return {"skills": "\n".join(plan.skills)}
    if sheet == "times":
        return {name: str(getattr(plan, name)) for name in TIMES}
    weights = {f"weight-{channel}": str(weight) for channel, weight in plan.weights.items()}
    return weights | {f"patience-{channel}": f"{times:.15g}" for channel, times in plan.patience.items()}


def read_sheet(sheet: Sheet, fields: Fields, plan: RoutingPlan) -> tuple[RoutingPlan | None, str]:
    """Return the plan with what a form says, or the name of the first field that cannot be."""
    said = _said(sheet, fields)
    before = msgspec.to_builtins(plan)
    for name, value in said.items():
        try:
            # One at a time, so that the field is known that cannot be.
            msgspec.convert(before | {name: _plain(value)}, RoutingPlan)
        except msgspec.ValidationError:
            return None, _field(name, value)
    return msgspec.convert(before | {name: _plain(value) for name, value in said.items()}, RoutingPlan), ""


def profile_fields(profile: AgentProfile) -> dict[str, str]:
    """Return the form of what somebody can."""
    fields = {f"language-{code}": str(level) for code, level in profile.languages.items()}
    fields |= {f"skill-{name}": str(level) for name, level in profile.skills.items()}
    return fields | {f"most-{channel}": str(most) for channel, most in profile.most.items()}


def read_profile(fields: Fields) -> tuple[AgentProfile | None, str]:
    """Return what a form says that somebody can, or the name of the first field that cannot be."""
    said = {family: _family(fields, begin) for family, begin in _FAMILIES.items()}
    for family, values in said.items():
        for name, value in values.items():
            try:
                msgspec.convert({family: {name: value}}, AgentProfile)
            except msgspec.ValidationError:
                return None, f"{_FAMILIES[family]}-{name}"
    return msgspec.convert(said, AgentProfile), ""


_FAMILIES: Final[Mapping[str, str]] = {"languages": "language", "skills": "skill", "most": "most"}


def _said(sheet: Sheet, fields: Fields) -> dict[str, Any]:
    if sheet == "skills":
        return {"skills": lines(fields.get("skills", ""))}
    if sheet == "times":
        return {name: whole(fields.get(name, "")) for name in TIMES}
    patience = {name: number(text) for name, text in _family(fields, "patience").items()}
    return {"weights": _family(fields, "weight"), "patience": patience}


def _family(fields: Fields, begin: str) -> dict[str, Any]:
    """Return what is written into the fields of a family, by the rest of their names; what is empty is not said."""
    found = {
        name.removeprefix(f"{begin}-"): text.strip() for name, text in fields.items() if name.startswith(f"{begin}-")
    }
    return {name: text if begin == "patience" else whole(text) for name, text in found.items() if text}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _field(name: str, value: Any) -> str:
    """Return the field that something was typed into."""
    if not isinstance(value, dict):
        return name
    begin = "weight" if name == "weights" else "patience"
    for channel, one in value.items():
        try:
            msgspec.convert({name: {channel: one}}, RoutingPlan)
        except msgspec.ValidationError:
            return f"{begin}-{channel}"
    return name
