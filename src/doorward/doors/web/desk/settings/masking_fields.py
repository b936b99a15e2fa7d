"""The forms of masking: rules by kind and channel, and the company's own kinds; faults know their line and place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from doorward.flow.masking_check import Fault, MaskingCheck
from doorward.kit.settings import SettingsInvalid, change_tenant
from doorward.kit.tenant_settings import (
    ACTIONS,
    ANY_CHANNEL,
    CHECKS,
    MOST_OWN_KINDS,
    MOST_PATTERNS,
    MOST_WORDS,
    TenantSettings,
)

ALL: Final = "all"
"""How a field's name says all channels."""

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_FEWEST, _LONGEST = 3, 40
_LISTS: Final[Mapping[str, int]] = {"words": MOST_WORDS, "patterns": MOST_PATTERNS, "context": 100}

Fields = Mapping[str, str]


class MaskingReading(msgspec.Struct, kw_only=True):
    """What a form of masking says: values by the setting's name, and what is wrong by the field's name."""

    values: dict[str, Any] = {}
    faults: dict[str, Fault] = {}


def read_masking(fields: Fields, settings: TenantSettings, check: MaskingCheck) -> MaskingReading:
    """Return the rules: those there are with their actions, without the removed ones, and a new one if it is chosen."""
    found = MaskingReading()
    rules: dict[str, dict[str, str]] = {}
    for kind, channels in settings.masking.items():
        for channel, before in channels.items():
            action = fields.get(rule_field(kind, channel), before)
            if action:
                rules.setdefault(kind, {})[channel] = action
    kind, channel, action = (fields.get(name, "").strip() for name in ("new_kind", "new_channel", "new_action"))
    if kind and action in ACTIONS:
        rules.setdefault(kind, {})[ANY_CHANNEL if channel == ALL else channel] = action
    elif kind or action:
        found.faults["new_kind"] = Fault(setting="masking", kind=kind, key="masking.wrong.rule")
    found.values["masking"] = rules
    for fault in _faults(found, settings, check):
        known = fault.kind in settings.masking and fault.field in settings.masking[fault.kind]
        found.faults.setdefault(rule_field(fault.kind, fault.field) if known else "new_kind", fault)
    return found


def read_kinds(fields: Fields, settings: TenantSettings, check: MaskingCheck) -> MaskingReading:
    """Return the own kinds: all that stand on the page, without the removed ones and without an empty new one."""
    found = MaskingReading()
    kinds: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for number in range(MOST_OWN_KINDS + 1):
        one = {name: fields.get(f"kind-{number}-{name}", "").strip() for name in ("name", "check", "action")}
        lists = {name: _lines(fields.get(f"kind-{number}-{name}", "")) for name in _LISTS}
        removed = fields.get(f"kind-{number}-remove") == "yes"
        if removed or not (one["name"] or any(lists.values())):
            continue
        places[one["name"]] = number
        found.faults |= _faults_of_shape(number, one["name"], lists)
        check_ = one["check"] if one["check"] in CHECKS else ""
        action = one["action"] if one["action"] in ACTIONS else "mask"
        kinds.append({"name": one["name"], "check": check_, "action": action, **lists})
    found.values["own_kinds"] = kinds
    if not found.faults:
        for fault in _faults(found, settings, check):
            field = fault.field if fault.setting == "own_kinds" else "name"
            found.faults.setdefault(f"kind-{places.get(fault.kind, 0)}-{field}", fault)
    return found


MASKING_READERS: Final = {"masking": read_masking, "kinds": read_kinds}


def written_masking(settings: TenantSettings) -> dict[str, str]:
    """Return the rules and own kinds as they stand in the fields."""
    found: dict[str, str] = {
        rule_field(kind, channel): action
        for kind, channels in settings.masking.items()
        for channel, action in channels.items()
    }
    for number, kind in enumerate(settings.own_kinds):
        found |= {f"kind-{number}-{name}": getattr(kind, name) for name in ("name", "check", "action")}
        found |= {f"kind-{number}-{name}": "\n".join(getattr(kind, name)) for name in _LISTS}
    return found


def rule_field(kind: str, channel: str) -> str:
    """Return the name of a rule's field."""
    return f"rule-{kind}-{ALL if channel == ANY_CHANNEL else channel}"


def shown_kinds(fields: Fields) -> Sequence[int]:
    """Return the numbers of the own kinds to show: those that the fields name, and the next one for a new kind."""
    named = [number for number in range(MOST_OWN_KINDS + 1) if f"kind-{number}-name" in fields]
    filled = [number for number in named if fields[f"kind-{number}-name"].strip() or number != named[-1]]
    return [*filled, *([len(filled)] if len(filled) < MOST_OWN_KINDS else [])]


def tried(settings: TenantSettings, values: Mapping[str, Any]) -> TenantSettings:
    """Return the settings as they would be with a form's values. Raises `SettingsInvalid`."""
    for name, value in values.items():
        settings = change_tenant(settings, name, value)
    return settings


def _faults(found: MaskingReading, settings: TenantSettings, check: MaskingCheck) -> tuple[Fault, ...]:
    try:
        wanted = tried(settings, found.values)
    except SettingsInvalid:  # a hand-made form: the page's own fields cannot say such a thing
        return (Fault(setting="masking", kind="", key="masking.wrong.rule"),)
    (name,) = found.values
    return tuple(fault for fault in check.faults(wanted) if name in {fault.setting, "own_kinds"})


def _faults_of_shape(number: int, name: str, lists: Mapping[str, Sequence[str]]) -> dict[str, Fault]:
    found = {}
    if not (_FEWEST <= len(name) <= _LONGEST and _NAME.fullmatch(name)):
        found[f"kind-{number}-name"] = Fault(setting="own_kinds", kind="", key="masking.wrong.name")
    for field, most in _LISTS.items():
        if len(lists[field]) > most:
            fault = Fault(setting="own_kinds", kind="", key="masking.wrong.too_many", facts={"most": most})
            found[f"kind-{number}-{field}"] = fault
    return found


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return list(dict.fromkeys(line for line in lines if line))
