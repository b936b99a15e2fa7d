"""What the page of floods shows, made of what the house knows: series of charts, signals and changes in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from doorward.admission.campaigns import Campaign
from doorward.admission.flood import CLASSES, Level
from doorward.doors.web.desk.shared import DeskCall
from doorward.doors.web.regions import country_name
from doorward.flow.views.campaigns import ShownCampaign, shown_campaigns
from doorward.flow.views.flood import FloodChange, FloodState, ShownSignal, flood_state
from doorward.kit.tx import Tx

HERE: Final = "flood"
MINUTES: Final = (15, 30, 60, 120, 240, 480, 1440)
"""For how long a word about the level may hold, as the page offers it."""

MOST_CAMPAIGNS: Final = 8

UNWATCHED: Final = timedelta(minutes=3)
"""Somebody looks every half minute at least, even when nobody comes."""

TONES: Final[Mapping[str, str]] = {"green": "success", "amber": "warning", "red": "danger", "off": "neutral"}
ICONS: Final[Mapping[str, str]] = {"green": "check-circle", "amber": "warning", "red": "error", "off": "pause"}


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand in one word: a level, or `off`; since when, and, while it is off, who said so and why."""

    word: str
    tone: str
    icon: str
    since: datetime
    switched: FloodChange | None = None


class SignalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is measured: `state` is calm, between, amber, red or unknown."""

    signal: ShownSignal
    state: str

    @property
    def tone(self) -> str:
        """Return the tone of its badge."""
        return {"calm": "success", "amber": "warning", "red": "danger"}.get(self.state, "neutral")


def word_of(level: Level, *, off: bool) -> str:
    """Return the word for how things stand."""
    return "off" if off else level


def state_of(signal: ShownSignal) -> str:
    """Return what a signal says by itself."""
    if signal.endless:
        return "amber" if signal.red is None else "red"
    if signal.value is None:
        return "unknown"
    if signal.red is not None and signal.value >= signal.red:
        return "red"
    if signal.value >= signal.amber:
        return "amber"
    return "calm" if signal.value <= signal.calm else "between"


async def flood_places(desk: DeskCall) -> dict[str, Any]:
    """Return the places of the part that is live."""
    scope, house = desk.scope, desk.house
    reads, found = desk.may("conversations:read"), campaigns_now(desk)

    def read(tx: Tx) -> tuple[FloodState, tuple[ShownCampaign, ...]]:
        state = flood_state(tx, scope, control=house.flooding.control)
        members = house.flooding.second_look.members
        return state, shown_campaigns(tx, scope, found, members=members) if reads else ()

    state, campaigns = await house.transactions.read_async(read)
    now = house.clock.now()
    zone = ZoneInfo(house.settings_book.settings_of(scope.tenant_id).time_zone)
    return {
        "state": state,
        "campaigns": campaigns,
        "head": _head(state),
        "signals": signal_rows(state.signals),
        "rows_of": signal_rows,
        "course": _course(desk, state, now=now, zone=zone),
        "regions": house.settings.flood.region_header != "",
        "country": lambda code: country_name(code, desk.language),
        "unwatched": state.seen_at is None or now - state.seen_at > UNWATCHED,
        "icons": ICONS,
        "tones": TONES,
    }


def campaigns_now(desk: DeskCall) -> tuple[Campaign, ...]:
    """Return what many write about now, the greatest first, as far as people can look through it."""
    return desk.house.flooding.campaigns.campaigns(desk.scope.tenant_id)[:MOST_CAMPAIGNS]


def signal_rows(signals: Sequence[ShownSignal]) -> list[SignalRow]:
    """Return what is shown of signals."""
    return [SignalRow(signal=one, state=state_of(one)) for one in signals]


def _head(state: FloodState) -> Head:
    word = word_of(state.level, off=state.off)
    changed = next((one for one in state.changes if one.before != one.after or one.cause.startswith("switched")), None)
    return Head(
        word=word,
        tone=TONES[word],
        icon=ICONS[word],
        since=state.since if changed is None else changed.at,
        switched=next((one for one in state.changes if one.cause == "switched_off"), None) if state.off else None,
    )


def _course(desk: DeskCall, state: FloodState, *, now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return how many came minute by minute by class, as the chart's series."""
    minutes = state.arrivals.minutes
    times = [f"{(now - timedelta(minutes=minutes - 1 - at)).astimezone(zone):%H:%M}" for at in range(minutes)]
    counts = state.arrivals.course_by_class
    return [
        {"name": desk.say(f"floods.class.{one}"), "points": list(zip(times, counts[one], strict=True))}
        for one in CLASSES
    ]
