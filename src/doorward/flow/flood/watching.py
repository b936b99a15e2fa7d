"""The watch of a tenant: every ten seconds what came is judged, at midnight and after a week it is learned from."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from doorward.admission import flood
from doorward.admission.flood import (
    SLOT,
    SLOTS,
    TICK,
    AlertChange,
    RateRules,
    ShareRules,
    begin_day,
    learn_shares,
    learn_week,
    observe_contact,
    observe_tick,
    prepare_test,
    profile_of,
)
from doorward.admission.kept import ArrivalKind, Kept, Learned, Measured

MOST_TICKS: Final = 360
"""After a longer pause (an hour) measuring begins anew: nobody was there to count."""

ENOUGH: Final = 200
"""Contacts of a first day from which it is told who usually comes."""

FLOOD: Final[Mapping[str, float]] = {"signed": 0.0, "open_case": 0.02, "known": 0.08, "anonymous": 0.9}
"""What a flood looks like: nine in ten are strangers, as in the simulations that flood control was designed by."""

ENOUGH_TALKS: Final = 50
"""Talks of a first day from which it is told how many usually come to something."""

VAIN: Final[Mapping[str, float]] = {"useful": 0.1, "nothing": 0.9}
"""What comes of a flood's talks, as drills have it."""

_STRANGERS: Final = "anonymous"
_STEP: Final = timedelta(seconds=TICK)
_RATE: Final = RateRules()
_OF_STRANGERS: Final = RateRules(tests=flood.STRANGER_TESTS)


class Seen(NamedTuple):
    """What the watch looks at: what was counted, how long a stranger would wait, the company's time zone, and of talks
    with colleagues that have ended whether they came to something.
    """

    arrived: Sequence[tuple[ArrivalKind, int]]
    wait: float | None
    zone: ZoneInfo
    talks: Sequence[bool] = ()


class Watched(NamedTuple):
    """What came of it."""

    kept: Kept
    changes: tuple[AlertChange, ...]


def watch(kept: Kept, seen: Seen, *, now: datetime, rules: flood.AlertRules | None = None) -> Watched:
    """Return how things stand once all whole ticks before `now` are judged. Pure.

    A day or a week that has ended meanwhile is learned from first. What came later than its tick was judged counts in
    the one that is judged next. Without a profile nobody knows what is usual: then nothing is strange.
    """
    measured, learned = kept.measured, kept.learned
    frozen = kept.alert.measured != "green"
    measured, learned = _heard(measured, learned, seen.talks)
    for at, counts in _by_tick(measured.tick_at, seen.arrived, now=now):
        here = at.astimezone(seen.zone)
        if learned.day_of != here.date().isoformat():
            measured, learned = _new_day(measured, learned, here.date())
        measured, learned = _observed(measured, learned, counts, here=here, frozen=frozen)
        measured = msgspec.structs.replace(measured, tick_at=at)
    signals = flood.read_signals(
        flood.Measured(
            rate=0.0 if learned.profile is None else measured.rate.score,
            strangers=0.0 if learned.profile is None or learned.mix is None else measured.strangers.score,
            mix=0.0 if learned.mix is None else measured.mix.score,
            escalations=0.0 if learned.talks is None else measured.talks.score,
            wait=seen.wait,
        )
    )
    alert, changes = flood.watch_signals(kept.alert, signals, now=now, rules=rules or flood.AlertRules())
    return Watched(msgspec.structs.replace(kept, alert=alert, measured=measured, learned=learned, seen_at=now), changes)


def told_rate(learned: Learned, *, per_hour: float) -> Learned:
    """Return what is known once a person said how many contacts an hour are usual: the profile keeps its course over
    the week, if it has one, and changes its height. Raises `ValueError` unless there are any.
    """
    if per_hour <= 0:
        raise ValueError("per_hour: more than 0")
    if learned.profile is None:
        return msgspec.structs.replace(learned, profile=flood.flat_profile(per_hour / 3600))
    mean = sum(learned.profile.levels) / SLOTS * 3600
    if math.isclose(mean, per_hour):
        return learned
    return msgspec.structs.replace(learned, profile=flood.rescale(learned.profile, per_hour / mean))


def _by_tick(
    last: datetime | None, arrived: Sequence[tuple[ArrivalKind, int]], *, now: datetime
) -> list[tuple[datetime, Counter[str]]]:
    """Return each whole tick since the last one that was judged with who came in it, by class."""
    current = now - timedelta(seconds=now.timestamp() % TICK)
    first = current - _STEP if last is None else last + _STEP
    if (current - first) / _STEP > MOST_TICKS:
        first = current - _STEP
    ticks = {first + number * _STEP: Counter[str]() for number in range(max(0, round((current - first) / _STEP)))}
    for kind, number in arrived:
        at = max(kind.tick_at, first)
        if at in ticks:
            ticks[at][kind.caller_class] += number
    return list(ticks.items())


def _observed(
    measured: Measured, learned: Learned, counts: Counter[str], *, here: datetime, frozen: bool
) -> tuple[Measured, Learned]:
    """Return what is measured after a tick, and what was counted to learn from."""
    rate, strangers, mix = measured.rate, measured.strangers, measured.mix
    of_kind = Counter(_category(one) for one in counts.elements())
    if learned.profile is not None:
        usual = learned.profile.expect(here, seconds=TICK)
        rate = observe_tick(rate, count=counts.total(), usual=usual, rules=_RATE, frozen=frozen)
        if learned.mix is not None:
            usual *= learned.mix[_STRANGERS]
            strangers = observe_tick(
                strangers, count=of_kind[_STRANGERS], usual=usual, rules=_OF_STRANGERS, frozen=frozen
            )
    if learned.mix is not None and counts:
        test = prepare_test(ShareRules(usual=learned.mix, flood=FLOOD))
        for one in sorted(of_kind.elements()):
            mix = observe_contact(mix, one, test=test)
    measured = msgspec.structs.replace(measured, rate=rate, strangers=strangers, mix=mix)
    if not counts and not frozen:
        return measured, learned
    day = Counter(learned.day)
    day.update(of_kind)
    week = list(learned.week)
    slot = _slot(here)
    before = week[slot]
    # A half hour of which any part was amber or red teaches nothing.
    week[slot] = None if frozen or before is None else before + counts.total()
    calm = learned.day_was_calm and not frozen
    return measured, msgspec.structs.replace(learned, day=dict(day), day_was_calm=calm, week=tuple(week))


def _heard(measured: Measured, learned: Learned, talks: Sequence[bool]) -> tuple[Measured, Learned]:
    """Return what is measured and counted once it is known what came of talks."""
    if not talks:
        return measured, learned
    outcomes = ["useful" if useful else "nothing" for useful in talks]
    drift = measured.talks
    if learned.talks is not None:
        test = prepare_test(ShareRules(usual=learned.talks, flood=VAIN))
        for one in outcomes:
            drift = observe_contact(drift, one, test=test)
    day = dict(Counter(learned.day_talks) + Counter(outcomes))
    return msgspec.structs.replace(measured, talks=drift), msgspec.structs.replace(learned, day_talks=day)


def _new_day(measured: Measured, learned: Learned, today: date) -> tuple[Measured, Learned]:
    """Return what is known when a day begins at the company, with what the one before taught."""
    mix, talks = learned.mix, learned.talks
    if learned.whole_day and learned.day_was_calm:
        mix = _learned_shares(mix, learned.day, of=FLOOD, enough=ENOUGH)
        talks = _learned_shares(talks, learned.day_talks, of=VAIN, enough=ENOUGH_TALKS)
    monday = (today - timedelta(days=today.weekday())).isoformat()
    learned = _new_week(learned, monday, begins=today.weekday() == 0) if learned.week_from != monday else learned
    # The first day was not counted from its beginning.
    whole = learned.day_of != ""
    learned = msgspec.structs.replace(
        learned,
        mix=mix,
        talks=talks,
        day={},
        day_talks={},
        day_of=today.isoformat(),
        day_was_calm=True,
        whole_day=whole,
    )
    rate, strangers = begin_day(measured.rate), begin_day(measured.strangers)
    return msgspec.structs.replace(measured, rate=rate, strangers=strangers), learned


def _learned_shares(
    usual: Mapping[str, float] | None, day: Mapping[str, int], *, of: Mapping[str, float], enough: int
) -> Mapping[str, float] | None:
    counts = {one: day.get(one, 0) for one in of}
    if usual is not None:
        return learn_shares(usual, counts)
    total = sum(counts.values())
    if total < enough:
        return None
    return {one: (number + 1) / (total + len(counts)) for one, number in counts.items()}


def _new_week(learned: Learned, monday: str, *, begins: bool) -> Learned:
    """Return what is known when a week begins; of one that was not counted as a whole nothing is learned."""
    profile = learned.profile
    if learned.whole_week and profile is not None:
        profile = learn_week(profile, learned.week)
    elif learned.whole_week:
        profile = profile_of([[0 if count is None else count for count in learned.week]])
    return msgspec.structs.replace(
        learned, profile=profile, week=(0,) * SLOTS, week_from=monday, whole_week=begins and learned.week_from != ""
    )


def _category(caller_class: str) -> str:
    """Return as what a contact counts among those who come: a flagged one is somebody we do not know."""
    return "anonymous" if caller_class == "flagged" else caller_class


def _slot(here: datetime) -> int:
    return (here.weekday() * 24 * 3600 + here.hour * 3600 + here.minute * 60 + here.second) // SLOT
