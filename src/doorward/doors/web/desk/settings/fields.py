"""The forms of the settings: read strictly, faults named at their fields, everything shown again as it was written."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from doorward.doors.web.desk.settings.masking_fields import written_masking
from doorward.kit.settings import SettingsInvalid, change_tenant
from doorward.kit.tenant_settings import DAYS, TenantSettings

LONGEST: Final = 2000
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_SHARES: Final = ("answer_threshold", "clarify_threshold", "risk_threshold")
_COUNTS: Final = ("agent_capacity", "service_minutes", "undo_seconds", "agreement_hours")
_COSTS: Final = ("cost_person_minute", "cost_bot_minute", "cost_lost_customer")
_SWITCHES: Final = ("article_review", "procedure_review")
GROUNDS: Final = {"accent": "#ffffff", "accent_dark": "#182120"}
"""On which ground each accent stands in the widget: its light and its dark one."""

ENOUGH: Final = 4.5
"""The contrast that text needs (WCAG 2.2, 1.4.3)."""


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What the forms choose from: channels and languages that are installed, and the settings as they are.

    `model_uses` is what a company may have a language model do: nothing where the installation has none.
    """

    channels: tuple[str, ...]
    languages: tuple[str, ...]
    settings: TenantSettings
    model_uses: tuple[str, ...] = ()


class Reading(msgspec.Struct, kw_only=True):
    """What a form says: values by the setting's name, and faults (a sentence's key) by the field's name."""

    values: dict[str, Any] = {}
    faults: dict[str, str] = {}


Fields = Mapping[str, str]


def read_contact(fields: Fields, around: Around) -> Reading:
    """Return the channels and languages."""
    chosen = [code for code in around.languages if fields.get(f"language-{code}") == "yes"]
    first = fields.get("first_language", "")
    closed = [one for one in around.channels if fields.get(f"channel-{one}") != "yes"]
    # Channels that are not installed now stay as they were decided.
    closed += [one for one in around.settings.closed_channels if one not in around.channels]
    found = Reading(values={"closed_channels": closed})
    if first in chosen:
        found.values["languages"] = [first, *(code for code in chosen if code != first)]
    else:
        found.faults["first_language"] = "settings.wrong.languages"
    return found


def read_hours(fields: Fields, around: Around) -> Reading:
    """Return the time zone, the opening hours and the days off."""
    found = Reading()
    _try(found, around, ("time_zone", fields.get("time_zone", "").strip(), "time_zone", "settings.wrong.zone"))
    hours: dict[str, list[str]] = {}
    for day in DAYS:
        spans = [span.strip() for span in fields.get(day, "").replace("–", "-").split(",") if span.strip()]
        if spans:
            hours[day] = spans
            _try(found, around, ("hours", {day: spans}, day, "settings.wrong.hours"))
    found.values["hours"] = hours
    _try(found, around, ("closed_days", _lines(fields, "closed_days"), "closed_days", "settings.wrong.days"))
    return found


def read_look(fields: Fields, around: Around) -> Reading:
    """Return colours, greetings and privacy notices."""
    found = Reading()
    for name in GROUNDS:
        value = fields.get(name, "").strip().lower()
        if _COLOUR.fullmatch(value):
            found.values[name] = value
        else:
            found.faults[name] = "settings.wrong.colour"
    for name, current in (
        ("greetings", around.settings.greetings),
        ("privacy_notices", around.settings.privacy_notices),
    ):
        texts = dict(current)
        for code in around.settings.languages:
            text = fields.get(f"{name}-{code}", "").replace("\r\n", "\n").strip()
            texts.pop(code, None)
            if text:
                texts[code] = text
            if len(text) > LONGEST:
                found.faults[f"{name}-{code}"] = "settings.wrong.long"
        found.values[name] = texts
    return found


def read_limits(fields: Fields, around: Around) -> Reading:
    """Return thresholds, capacities, costs, four eyes for articles, uses of a language model, sites and contacts."""
    found = Reading()
    for name in _SHARES:
        written = fields.get(name, "").strip().replace(",", ".")
        _try(found, around, (name, written, name, "settings.wrong.share"))
    for name in _COUNTS:
        written = fields.get(name, "").strip()
        if len(written) > 6:
            found.faults[name] = "settings.wrong.number"
        else:
            _try(found, around, (name, written, name, "settings.wrong.number"))
    for name in _COSTS:
        amount = fields.get(name, "").strip().replace(",", ".")
        _try(found, around, (name, amount, name, "settings.wrong.amount"))
    currency = fields.get("cost_currency", "").strip().upper()
    _try(found, around, ("cost_currency", currency, "cost_currency", "settings.wrong.currency"))
    if around.model_uses:
        found.values["language_model"] = [use for use in around.model_uses if fields.get(f"model-{use}") == "yes"]
    for name in _SWITCHES:
        found.values[name] = fields.get(name) == "yes"
    _try(
        found,
        around,
        ("second_person_for", _lines(fields, "second_person_for"), "second_person_for", "settings.wrong.operations"),
    )
    found.values["allowed_origins"] = origins = _lines(fields, "allowed_origins")
    if not all(map(_is_origin, origins)):
        found.faults["allowed_origins"] = "settings.wrong.origins"
    found.values["public_contacts"] = _lines(fields, "public_contacts")
    return found


READERS: Final[Mapping[str, Callable[[Fields, Around], Reading]]] = {
    "contact": read_contact,
    "hours": read_hours,
    "look": read_look,
    "limits": read_limits,
}


def written(settings: TenantSettings, around: Around) -> dict[str, str]:
    """Return the settings as they stand in the fields of all forms."""
    found = {f"language-{code}": "yes" for code in settings.languages}
    found |= {f"channel-{one}": "yes" for one in around.channels if one not in settings.closed_channels}
    found["first_language"] = settings.languages[0] if settings.languages else ""
    found |= {day: ", ".join(settings.hours.get(day, ())) for day in DAYS}
    found |= {name: getattr(settings, name) for name in ("time_zone", "cost_currency", *GROUNDS)}
    found |= {f"greetings-{code}": text for code, text in settings.greetings.items()}
    found |= {f"privacy_notices-{code}": text for code, text in settings.privacy_notices.items()}
    found |= {name: f"{getattr(settings, name):g}" for name in (*_SHARES, *_COUNTS, *_COSTS)}
    found |= {f"model-{use}": "yes" for use in settings.language_model}
    found |= {name: "yes" if getattr(settings, name) else "" for name in _SWITCHES}
    for name in ("closed_days", "allowed_origins", "public_contacts", "second_person_for"):
        found[name] = "\n".join(getattr(settings, name))
    return found | written_masking(settings)


def contrast(colour: str, ground: str) -> float:
    """Return the contrast of two colours `#rrggbb`, 1 to 21 (WCAG 2.2, relative luminance of sRGB)."""
    lighter, darker = sorted((_luminance(colour), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _try(found: Reading, around: Around, wish: tuple[str, Any, str, str]) -> None:
    """Keep a value that the setting can have, else note the fault at the field."""
    name, value, field, fault = wish
    try:
        change_tenant(around.settings, name, value)
    except SettingsInvalid:
        found.faults[field] = fault
    else:
        found.values[name] = value


def _lines(fields: Fields, name: str) -> list[str]:
    lines = [line.strip() for line in fields.get(name, "").splitlines()]
    return list(dict.fromkeys(line for line in lines if line))


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"https", "http"} and bool(parts.hostname) and text == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
