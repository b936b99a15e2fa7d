"""Gathering what a company has from the rooms that know it: cheaply for a page, and wholly before it is played."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from doorward import record, routing
from doorward.admission.drill import Ours, Prices, Source
from doorward.admission.kept import Kept, count_promised, read_kept
from doorward.flow.flood import FloodControl
from doorward.flow.preparedness.stock import BUSY_HOURS, Stock, busiest_of, planned_people
from doorward.identity import Staff, permits
from doorward.kit.settings import Flood
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.record import Measured
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import Scope

LATELY: Final = timedelta(days=7)
"""So far back contacts are looked at."""

WORKED: Final = timedelta(days=28)
"""So far back it is looked at who was at work."""

ENOUGH_WORK: Final = timedelta(hours=8)
ENOUGH_CONTACTS: Final = 50
"""Below these it is not told how many are at work, how many come, or what the bot alone helps."""

ENOUGH_HANDLED: Final = 5
_PLAYED_LOAD: Final = 0.67
"""How busy people are in the shipped scenarios: taken where nobody knows how many come."""
_BOT_RESOLVES: Final = 0.2
_MOST_ROWS: Final = 200_000


class PreparingRooms(msgspec.Struct, frozen=True, kw_only=True):
    """Who knows what a company has."""

    staff: Staff
    settings_of: Callable[[TenantId], TenantSettings]
    control: FloodControl
    flood: Flood


class Gathering:
    """Reads what a company has."""

    def __init__(self, rooms: PreparingRooms) -> None:
        """Ask these rooms."""
        self._rooms = rooms

    def stock(self, tx: Tx, scope: Scope) -> Stock:
        """Return what there is now."""
        rooms, settings = self._rooms, self._rooms.settings_of(scope.tenant_id)
        load, kept, occupancy = routing.load_of(tx, scope), read_kept(tx, scope), rooms.control.occupancy(tx, scope)
        agents = [
            one.id
            for one in rooms.staff.everybody(tx, scope)
            if not one.disabled and permits(one.role, "conversations:write")
        ]
        profile = None if kept is None else kept.learned.profile
        rules, handling = rooms.control.rules, routing.handling_of(tx, scope)
        return Stock(
            agents=len(agents),
            available=len(routing.available_staff(tx, scope)),
            at_once=settings.agent_capacity,
            places=load.places,
            taken=load.taken,
            planned=planned_people(routing.read_plan(tx, scope).plan, settings, agents, now=tx.now),
            handling=round(handling.seconds, 1),
            handled=int(handling.conversations),
            promised=count_promised(tx, scope),
            call_backs=round(load.places * rules.callback_share * rules.callback_within / 60, 1),
            call_back_hours=round(rules.callback_within / 3600, 2),
            call_back_share=rules.callback_share,
            reserved={str(name): share for name, share in rules.reserved.items()},
            kept_free={str(name): number for name, number in rooms.control.kept_free(occupancy).items()},
            bot_places=occupancy.bot_places,
            bot_busy=occupancy.bot_busy,
            quota_count=rooms.flood.contacts_per_hour,
            quota_burst=rooms.flood.contacts_at_once,
            control_on=kept is None or not kept.alert.off,
            languages=settings.languages,
            usual_per_minute=None if profile is None else round(busiest_of(profile), 4),
            learned_weeks=0 if profile is None else profile.weeks,
            prices=_prices(settings),
        )

    def ours(self, tx: Tx, scope: Scope) -> Ours:
        """Return what scenarios are played with: what was measured where enough was, else what is planned or told."""
        stock, kept = self.stock(tx, scope), read_kept(tx, scope)
        zone = ZoneInfo(self._rooms.settings_of(scope.tenant_id).time_zone)
        came = _came(tx, scope)
        people, people_from = _people(tx, scope, stock)
        bot, bot_from = _bot_resolves(came)
        arrivals = _arrivals(stock, came, zone=zone, now=tx.now)
        at_rest = _PLAYED_LOAD * people * stock.at_once / stock.handling / (1 - (bot or _BOT_RESOLVES)) * 60
        per_minute, arrivals_from = arrivals or (at_rest, "assumed")
        mix = _mix(kept)
        return Ours(
            people=people,
            at_once=stock.at_once,
            bot_places=max(1, stock.bot_places),
            handling=max(1.0, stock.handling),
            per_minute=max(1e-4, round(per_minute, 4)),
            bot_resolves=bot,
            languages=_languages(came, stock),
            mix=mix,
            quota_count=stock.quota_count,
            quota_burst=stock.quota_burst,
            control_on=stock.control_on,
            reserved=stock.reserved,
            call_back_share=stock.call_back_share,
            call_back_hours=stock.call_back_hours,
            prices=stock.prices,
            sources={
                "people": people_from,
                "handling": "measured" if stock.handled >= ENOUGH_HANDLED else "assumed",
                "arrivals": arrivals_from,
                "bot": bot_from,
                "mix": "assumed" if mix is None else "learned",
            },
        )


def _prices(settings: TenantSettings) -> Prices:
    return Prices(
        currency=settings.cost_currency,
        person_minute=settings.cost_person_minute,
        bot_minute=settings.cost_bot_minute,
        lost_customer=settings.cost_lost_customer,
    )


def _came(tx: Tx, scope: Scope) -> Sequence[Measured]:
    """Return the conversations of the last days in which a customer spoke."""
    found = record.measured_between(tx, scope, tx.now - LATELY, tx.now + timedelta(microseconds=1))
    return [one for one in found[-_MOST_ROWS:] if one.customer_messages]


def _people(tx: Tx, scope: Scope, stock: Stock) -> tuple[float, Source]:
    """Return how many people are at work on the mean of the time in which anybody is."""
    spells = [
        (one.since, one.until)
        for one in routing.presence_spells(tx, scope, since=tx.now - WORKED, until=tx.now)
        if one.state == "available"
    ]
    anybody = _together(spells)
    if anybody >= ENOUGH_WORK:
        return max(1.0, round(sum((until - since for since, until in spells), timedelta()) / anybody, 2)), "measured"
    if stock.planned is not None:
        return max(1.0, stock.planned), "planned"
    if stock.available:
        return float(stock.available), "present"
    return float(max(1, stock.agents)), "assumed"


def _together(spells: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """Return for how long there was anybody."""
    whole, reached = timedelta(), None
    for since, until in sorted(spells):
        begins = since if reached is None else max(since, reached)
        whole += max(timedelta(), until - begins)
        reached = until if reached is None else max(reached, until)
    return whole


def _arrivals(stock: Stock, came: Sequence[Measured], *, zone: ZoneInfo, now: datetime) -> tuple[float, Source] | None:
    """Return the contacts a minute of the ten busiest hours; None where nobody knows."""
    if stock.usual_per_minute is not None:
        return stock.usual_per_minute, "learned" if stock.learned_weeks else "told"
    if len(came) < ENOUGH_CONTACTS:
        return None
    hours = Counter(one.opened_at.astimezone(zone).hour for one in came)
    most = max(sum(hours[(begins + ahead) % 24] for ahead in range(BUSY_HOURS)) for begins in range(24))
    days = max(1.0, (now - came[0].opened_at) / timedelta(days=1))
    return most / days / (BUSY_HOURS * 60), "measured"


def _bot_resolves(came: Sequence[Measured]) -> tuple[float | None, Source]:
    """Return the share of customers who were helped without a person."""
    if len(came) < ENOUGH_CONTACTS:
        return None, "assumed"
    alone = sum(one.handovers == 0 and one.first_response_at is not None for one in came)
    return round(min(0.95, alone / len(came)), 3), "measured"


def _languages(came: Sequence[Measured], stock: Stock) -> dict[str, float]:
    spoken = Counter(one.language for one in came if one.language in stock.languages)
    if spoken.total() < ENOUGH_CONTACTS:
        return dict.fromkeys(stock.languages, round(1 / max(1, len(stock.languages)), 4))
    return {name: round(count / spoken.total(), 4) for name, count in spoken.most_common()}


def _mix(kept: Kept | None) -> dict[str, float] | None:
    mix = None if kept is None else kept.learned.mix
    return None if mix is None else {str(name): round(share, 4) for name, share in mix.items()}
