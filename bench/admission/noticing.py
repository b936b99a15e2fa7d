"""How soon floods are noticed by rate, by who comes and by either, and how often an alarm is false."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from doorward.admission.flood.rate import STRANGER_TESTS, TICK, ArrivalRate, RateRules, begin_day, observe_tick
from doorward.admission.flood.shares import ShareDrift, ShareRules, ShareTest, observe_contact, prepare_test
from tests.support.arrivals import TICKS_OF_DAY, classes_of, expected_week, learned_profile, usual_rates

USUAL = {"signed": 0.2, "open_case": 0.1, "known": 0.4, "anonymous": 0.3}
FLOODS = {
    "one in ten is known": {"signed": 0.0, "open_case": 0.02, "known": 0.08, "anonymous": 0.9},
    "half are known": {"signed": 0.0, "open_case": 0.1, "known": 0.4, "anonymous": 0.5},
    "customers": {"signed": 0.0, "open_case": 0.2, "known": 0.8, "anonymous": 0.0},
}
EXPECTED_FLOOD = FLOODS["one in ten is known"]
HOUR = round(3600 / TICK)
RULES, STRANGER_RULES = RateRules(), RateRules(tests=STRANGER_TESTS)
STRANGERS = "anonymous"
TESTS = ("rate", "strangers", "who")
SIZES = {"8 a minute by day": 0.5, "16 a minute by day": 1.0}
"""The first is the rate of the evidence that floors and aims come from."""
QUIET = 0.25
FLOODED = (4.0, 2.0, 1.5, 1.25)


def alarms(
    counts: Sequence[int], expected: Sequence[float], contacts: Sequence[Sequence[str]]
) -> tuple[list[int], ...]:
    """The ticks at which alarms began, of the rate of all, of strangers, and of who comes."""
    test: ShareTest = prepare_test(ShareRules(usual=USUAL, flood=EXPECTED_FLOOD))
    rate, strangers, drift = ArrivalRate(), ArrivalRate(), ShareDrift()
    found: tuple[list[int], ...] = ([], [], [])
    on = [False] * len(TESTS)
    for tick, count in enumerate(counts):
        if tick % TICKS_OF_DAY == 0:
            rate, strangers = begin_day(rate), begin_day(strangers)
        rate = observe_tick(rate, count=int(count), usual=expected[tick], rules=RULES)
        unknown, usual = list(contacts[tick]).count(STRANGERS), USUAL[STRANGERS] * expected[tick]
        strangers = observe_tick(strangers, count=unknown, usual=usual, rules=STRANGER_RULES)
        for one in contacts[tick]:
            drift = observe_contact(drift, one, test=test)
        for which, score in enumerate((rate.score, strangers.score, drift.score)):
            if score >= 1 and not on[which]:
                found[which].append(tick)
            on[which] = score >= (QUIET if on[which] else 1)
    return found


def drawn(random: np.random.Generator, rates: Any) -> tuple[Any, list[list[str]]]:
    """Counts of usual contacts in each tick, and their classes."""
    counts = random.poisson(rates)
    classes = iter(classes_of(random, int(counts.sum()), shares=USUAL))
    return counts, [[next(classes) for _ in range(count)] for count in counts]


def false_alarms(seeds: int, *, size: float) -> dict[str, Any]:
    """Alarms in thirty days without a flood, for each seed."""
    result: dict[str, Any] = {name: [] for name in TESTS}
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        expected = [size * usual for usual in expected_week(learned_profile(random))] * 5
        counts, contacts = drawn(random, size * usual_rates(random, 30))
        for name, found in zip(TESTS, alarms(counts, expected, contacts), strict=True):
            result[name].append(len(found))
    return result | {"mean": round(sum(sum(result[name]) for name in TESTS) / seeds, 2)}


def times_to_notice(times: float, *, seeds: int, flood: dict[str, float], size: float) -> dict[str, Any]:
    """Minutes until floods that make contacts `times` as many are noticed, begun on working days between 9 and 16."""
    found: dict[str, list[float]] = {name: [] for name in (*TESTS, "either")}
    expected: list[float] = []
    for seed in range(seeds):
        random = np.random.default_rng(1000 + seed)
        if seed % 10 == 0:
            expected = [size * usual for usual in expected_week(learned_profile(random))]
        day, start = int(random.integers(0, 5)), int(random.uniform(9, 16) * HOUR)
        begin, end = start - 4 * HOUR, start + 8 * HOUR
        rates = size * usual_rates(random, 1, first_day=day)[begin : min(end, TICKS_OF_DAY)]
        counts, contacts = drawn(random, rates)
        more = random.poisson(rates * (times - 1)) * (np.arange(len(rates)) >= 4 * HOUR)
        for place in np.nonzero(more)[0]:
            names = random.choice(list(flood), size=more[place], p=list(flood.values()))
            contacts[place] = [*contacts[place], *(str(name) for name in names)]
        firsts = [
            min((float(tick) for tick in ticks if tick >= 4 * HOUR), default=math.inf)
            for ticks in alarms(counts + more, expected[day * TICKS_OF_DAY + begin :], contacts)
        ]
        for name, tick in zip((*TESTS, "either"), (*firsts, min(firsts)), strict=True):
            found[name].append((tick - 4 * HOUR + 1) * TICK / 60)
    return {name: told(minutes) for name, minutes in found.items()}


def told(minutes: list[float]) -> dict[str, float | None]:
    """Median and nine tenths in minutes, None where it was never, and the share of those never noticed."""
    ranked = sorted(minutes)
    middle, most = ranked[len(ranked) // 2], ranked[math.ceil(len(ranked) * 0.9) - 1]
    return {
        "median": None if math.isinf(middle) else round(middle, 1),
        "p90": None if math.isinf(most) else round(most, 1),
        "never": round(sum(map(math.isinf, minutes)) / len(minutes), 3),
    }


def bounds(flood: dict[str, float], *, rate: float) -> dict[str, dict[str, float]]:
    """The least minutes that any test can take on the mean, on arrivals that are Poisson at `rate` a minute and known.

    `ln(ARL0) / KL` for one false alarm in 30 days of minutes (G. Lorden, Procedures for reacting to a change in
    distribution, Annals of Mathematical Statistics 42(6), 1971): for who counts all, and for who counts each class.
    """
    apart = math.log(30 * 24 * 60)

    def information(usual: float, more: float) -> float:
        times = (usual + more) / usual
        return usual * (times * math.log(times) - times + 1)

    return {
        str(times): {
            "all": round(apart / information(rate, rate * (times - 1)), 2),
            "each_class": round(
                apart / sum(information(rate * USUAL[one], rate * (times - 1) * flood[one]) for one in USUAL), 2
            ),
        }
        for times in FLOODED
    }


def noticing(seeds: int) -> dict[str, Any]:
    """All of it, at each rate."""
    result: dict[str, Any] = {}
    for name, size in SIZES.items():
        found: dict[str, Any] = {"false_alarms_in_30_days": false_alarms(max(1, seeds // 5), size=size)}
        for flood, shares in FLOODS.items():
            minutes = {str(times): times_to_notice(times, seeds=seeds, flood=shares, size=size) for times in FLOODED}
            found[flood] = {"minutes": minutes, "bound_minutes": bounds(shares, rate=16 * size)}
        result[name] = found
    return result
