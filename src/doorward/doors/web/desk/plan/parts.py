"""The pieces of a routing plan that there are several of: what is written in their forms, and what stands in them."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from doorward.kit.settings import SettingsInvalid, change_tenant
from doorward.kit.tenant_settings import DAYS, TenantSettings
from doorward.routing import Lane, PlannedQueue, RoutingPlan, ServiceLevel, Team

Shelf = Literal["queues", "teams", "lanes", "levels"]
Fields = Mapping[str, str]

PRIORITIES: Final = (3, 2, 1, 0, -1, -2, -3)
_YES: Final = "yes"


class PartKind(NamedTuple):
    """One kind of pieces: where the plan has them, their type, and how they are written and read in forms."""

    place: str
    kind: type[Any]
    read: Callable[[Fields], dict[str, Any]]
    fields: Callable[[Any], dict[str, str]]
    named: bool
    """Whether it is known by its name; otherwise its order counts, and it is known by all that it says."""


def pieces_of(plan: RoutingPlan, shelf: Shelf) -> tuple[Any, ...]:
    """Return a plan's pieces of a kind."""
    found: tuple[Any, ...] = getattr(plan, PARTS[shelf].place)
    return found


def with_pieces(plan: RoutingPlan, shelf: Shelf, pieces: Iterable[Any]) -> RoutingPlan:
    """Return a plan with these pieces of a kind instead of its own."""
    return msgspec.structs.replace(plan, **{PARTS[shelf].place: tuple(pieces)})


def key_of(shelf: Shelf, piece: Any) -> str:
    """Return by what a piece is known in addresses: its name, or its mark."""
    return str(piece.name) if PARTS[shelf].named else mark_of(piece)


def mark_of(piece: Any) -> str:
    """Return a mark of all that a piece says: another one as soon as somebody changes it."""
    return hashlib.sha256(msgspec.json.encode(piece, order="deterministic")).hexdigest()[:24]


def find_part(plan: RoutingPlan, shelf: Shelf, key: str) -> int | None:
    """Return the place of a piece among its kind, None where there is none of this key."""
    return next((at for at, one in enumerate(pieces_of(plan, shelf)) if key_of(shelf, one) == key), None)


def read_part(shelf: Shelf, fields: Fields) -> tuple[Any | None, str]:
    """Return the piece that a form makes, or the name of the first field that cannot be."""
    kind = PARTS[shelf]
    found = kind.read(fields)
    try:
        piece = msgspec.convert(found, kind.kind)
    except msgspec.ValidationError as error:
        _, _, path = str(error).partition("`$.")
        return None, path.partition("`")[0].partition("[")[0] or "name"
    wrong = _odd_hours(piece) if isinstance(piece, Team) else ""
    return (None, wrong) if wrong else (piece, "")


def moved(pieces: Sequence[Any], at: int, way: str) -> tuple[Any, ...]:
    """Return pieces with the one at a place a step further `up` or `down`; at the end it stays."""
    rest = list(pieces)
    piece = rest.pop(at)
    rest.insert(max(0, at - 1) if way == "up" else min(len(rest), at + 1), piece)
    return tuple(rest)


def whole(text: str) -> int | str:
    """Return a whole number that was typed, or what was typed instead, which no number's field takes."""
    text = text.strip()
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 10 else text


def number(text: str) -> float | str:
    """Return a number that was typed, or what was typed instead, which no number's field takes."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return text


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text that hold something, each once."""
    return tuple(dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()))))


def chosen(fields: Fields, family: str) -> tuple[str, ...]:
    """Return what is ticked among the boxes of a family, in the order of the form."""
    begin = f"{family}-"
    return tuple(name.removeprefix(begin) for name, value in fields.items() if name.startswith(begin) and value == _YES)


def ticked(family: str, values: Iterable[Any]) -> dict[str, str]:
    """Return the boxes of a family that are ticked."""
    return {f"{family}-{one}": _YES for one in values}


def _queue(fields: Fields) -> dict[str, Any]:
    return {
        "name": fields.get("name", "").strip(),
        "overflow_to": fields.get("overflow_to", ""),
        "overflow_seconds": whole(fields.get("overflow_seconds", "300")),
        "hold_seconds": whole(fields.get("hold_seconds", "0")),
    }


def _queue_fields(queue: PlannedQueue) -> dict[str, str]:
    return {name: str(value) for name, value in msgspec.structs.asdict(queue).items()}


def _team(fields: Fields) -> dict[str, Any]:
    spans = {
        day: [one.strip() for one in fields.get(day, "").replace("–", "-").split(",") if one.strip()] for day in DAYS
    }
    return {
        "name": fields.get("name", "").strip(),
        "queues": chosen(fields, "queue"),
        "members": chosen(fields, "member"),
        "time_zone": fields.get("time_zone", "").strip(),
        "hours": {day: some for day, some in spans.items() if some},
        "closed_days": lines(fields.get("closed_days", "")),
    }


def _team_fields(team: Team) -> dict[str, str]:
    fields = {"name": team.name, "time_zone": team.time_zone, "closed_days": "\n".join(team.closed_days)}
    fields |= {day: ", ".join(team.hours.get(day, ())) for day in DAYS}
    return fields | ticked("queue", team.queues) | ticked("member", team.members)


def _odd_hours(team: Team) -> str:
    """Return the first field of a team's hours that cannot be, empty if all can."""
    tried: list[tuple[str, str, Any]] = [("time_zone", "time_zone", team.time_zone)] if team.time_zone else []
    tried += [(day, "hours", {day: spans}) for day, spans in team.hours.items()]
    tried.append(("closed_days", "closed_days", team.closed_days))
    for field, name, value in tried:
        try:
            change_tenant(TenantSettings(), name, value)
        except SettingsInvalid:
            return field
    return ""


def _lane(fields: Fields) -> dict[str, Any]:
    wanted = {name.removeprefix("need-"): text for name, text in fields.items() if name.startswith("need-") and text}
    return {
        "reasons": chosen(fields, "reason"),
        "intents": lines(fields.get("intents", "")),
        "channels": chosen(fields, "channel"),
        "languages": chosen(fields, "language"),
        "queue": fields.get("queue", ""),
        "priority": whole(fields.get("priority", "0")),
        "needs": [
            {"skill": skill, "level": whole(level), "wanted": whole(fields.get(f"wanted-{skill}", "") or "0")}
            for skill, level in wanted.items()
        ],
    }


def _lane_fields(lane: Lane) -> dict[str, str]:
    fields = {"intents": "\n".join(lane.intents)} | ticked("reason", lane.reasons)
    fields |= {"queue": lane.queue, "priority": str(lane.priority)}
    for need in lane.needs:
        fields |= {f"need-{need.skill}": str(need.level), f"wanted-{need.skill}": str(need.wanted)}
    return fields | ticked("channel", lane.channels) | ticked("language", lane.languages)


def _level(fields: Fields) -> dict[str, Any]:
    warn = number(fields.get("warn_at", "80"))
    minutes = {name: whole(fields.get(name, "") or "0") for name in LIMITS}
    return minutes | {
        "name": " ".join(fields.get("name", "").split()),
        "queues": chosen(fields, "queue"),
        "channels": chosen(fields, "channel"),
        "priorities": [int(one) for one in chosen(fields, "priority") if one.removeprefix("-").isdecimal()],
        "warn_at": warn / 100 if isinstance(warn, float) else warn,
        "in_hours": fields.get("in_hours") == _YES,
    }


def _level_fields(level: ServiceLevel) -> dict[str, str]:
    fields = {name: str(getattr(level, name)) for name in LIMITS}
    fields |= {"name": level.name, "warn_at": f"{level.warn_at * 100:.12g}", "in_hours": _YES if level.in_hours else ""}
    fields |= ticked("queue", level.queues) | ticked("channel", level.channels)
    return fields | ticked("priority", level.priorities)


LIMITS: Final = ("first_minutes", "next_minutes", "resolution_minutes")
"""What a service level promises: minutes to the first answer, to each next one, to the solution."""

PARTS: Final[Mapping[Shelf, PartKind]] = {
    "queues": PartKind("queues", PlannedQueue, _queue, _queue_fields, named=True),
    "teams": PartKind("teams", Team, _team, _team_fields, named=True),
    "lanes": PartKind("lanes", Lane, _lane, _lane_fields, named=False),
    "levels": PartKind("service_levels", ServiceLevel, _level, _level_fields, named=False),
}
"""The kinds, by the name of their pages."""
