"""Who comes: the contacts of a scenario, drawn by a seed."""

import itertools
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
import numpy as np

from doorward.admission.drill.detectors import LooksAtTexts, Message, operating_point, worded
from doorward.admission.drill.scenario import Behaviour, Channel, Customers, Scenario, Wave
from doorward.admission.drill.usual import MINUTE, Numbers, usual_rates
from doorward.admission.drill.visits import Crowd, Origin, Seen, Side, Visit
from doorward.admission.flood import Caller
from doorward.vocabulary.errors import Malformed

REPLAYED_WITHIN: Final = 240.0
"""Seconds for which somebody else's signature is still good and is sent once more."""

Drawn = tuple[Visit, Origin]

Texts = Mapping[str, Sequence[str]]
"""What is written, by language."""

WORDINGS: Final = 600
"""Different messages that are made of a wave's templates in one language; each comes once before any comes again."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a drill needs for a real detector: the detector, and what customers write on ordinary days, by language."""

    detector: LooksAtTexts | None = None
    words: Texts | None = None


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever is behind a contact, as drawn: what is known of them, by what they come, and whose they are."""

    caller: Caller
    side: Side
    source: str
    key: str = ""
    nonce: str = ""


class Hand:
    """Draws contacts of one kind."""

    def __init__(self, scenario: Scenario, random: np.random.Generator) -> None:
        """Draw for `scenario` by `random`."""
        self._scenario = scenario
        self._random = random

    def times(self, rates: Numbers) -> list[float]:
        """Return moments in the order of time, where `rates` are expected in each minute."""
        counts = self._random.poisson(rates)
        starts = np.repeat(np.arange(len(rates)) * MINUTE, counts)
        return [float(at) for at in np.sort(starts + self._random.uniform(0, MINUTE, size=len(starts)))]

    def chances(self, size: int, *shares: float) -> Iterator[tuple[bool, ...]]:
        """Yield for each of `size` whether each of the shares came true, apart from each other."""
        came = self._random.random((size, len(shares))) < np.array(shares)
        return (tuple(map(bool, row)) for row in came)

    def picked(self, size: int, shares: Mapping[str, float]) -> list[str]:
        """Return `size` names, each by its share."""
        weights = np.array(list(shares.values()), dtype=float)
        chosen = self._random.choice(len(weights), size=size, p=weights / weights.sum())
        names = list(shares)
        return [names[one] for one in chosen]

    def numbers(self, size: int, below: int) -> list[int]:
        """Return `size` whole numbers from 0."""
        return [int(one) for one in self._random.integers(0, below, size=size)]

    def shuffled(self, texts: Sequence[str]) -> list[str]:
        """Return the texts in another order."""
        return [texts[place] for place in self._random.permutation(len(texts))]

    def visits(
        self,
        at: Sequence[float],
        who: Sequence[Who],
        behaviour: Behaviour,
        *,
        ways: Sequence[tuple[str, str]],
        wave: str,
    ) -> list[Drawn]:
        """Return contacts at these moments: who they are, how they behave, by which channel and language."""
        size, tries = len(at), behaviour.tries
        random = self._random
        alone = list(self.chances(size, behaviour.bot_resolves, behaviour.settles, behaviour.useful))
        talks, bots = random.exponential(1.0, (2, size)).tolist()
        waits, pauses = random.exponential(1.0, (2, size, tries)).tolist()
        again = (random.random((size, tries)) < behaviour.persistence).tolist()
        channels = self._scenario.channels
        made = []
        for number, (when, one, (channel, language)) in enumerate(zip(at, who, ways, strict=True)):
            resolves, settles, useful = alone[number]
            way: Channel = channels[channel]
            comes = next((n for n in range(tries) if not again[number][n]), tries - 1)
            visit = Visit(
                at=when,
                seen=Seen(number=0, caller=one.caller, source=one.source, key=one.key, nonce=one.nonce),
                bot=behaviour.bot_seconds * bots[number],
                bot_resolves=resolves,
                settles=settles,
                seconds=behaviour.handling * way.handling * talks[number],
                patience=tuple(way.patience * behaviour.patience * wait for wait in waits[number][: comes + 1]),
                pauses=tuple(behaviour.pause * 2**n * pauses[number][n] for n in range(comes)),
                useful=useful,
            )
            made.append((visit, Origin(side=one.side, channel=channel, language=language, wave=wave)))
        return made

    def ways(self, size: int, channels: Mapping[str, float], languages: Mapping[str, float]) -> list[tuple[str, str]]:
        """Return a channel and a language for each."""
        usual = {name: one.share for name, one in self._scenario.channels.items()}
        return list(
            zip(
                self.picked(size, channels or usual),
                self.picked(size, languages or self._scenario.languages),
                strict=True,
            )
        )


def customers_at(hand: Hand, at: Sequence[float], scenario: Scenario) -> list[Drawn]:
    """Return contacts of an ordinary day at these moments."""
    customers, size = scenario.customers, len(at)
    ways = hand.ways(size, {}, {})
    machines = hand.chances(size, customers.machines)
    who: list[Who] = []
    people, platforms = _people(hand, size, customers), _machines(hand, size, customers)
    for number, (machine,) in enumerate(machines):
        one = (platforms if machine else people)[number]
        if not one.caller.platform:
            one = msgspec.structs.replace(one, caller=msgspec.structs.replace(one.caller, platform=ways[number][0]))
        who.append(one)
    return hand.visits(at, who, customers.behaviour, ways=ways, wave="")


def _people(hand: Hand, size: int, customers: Customers) -> list[Who]:
    drawn = hand.chances(
        size,
        1 - customers.unknown,
        customers.open_case,
        customers.verified,
        customers.vulnerable,
        customers.shared_networks,
    )
    networks = hand.numbers(size, customers.networks)
    made = []
    for number, (known, case, proven, vulnerable, shared) in enumerate(drawn):
        owner = f"network {networks[number]}" if shared and not known else f"customer {number}"
        caller = Caller(
            owner=owner,
            platform="",
            known=known,
            open_case=known and case,
            verified=known and proven,
            vulnerable=vulnerable,
        )
        made.append(Who(caller=caller, side="known" if known else "unknown", source=owner))
    return made


def _machines(hand: Hand, size: int, customers: Customers) -> list[Who]:
    shares = {
        "platform": customers.by_platforms,
        "alone": customers.signed_alone,
        "unsigned": max(0.0, 1 - customers.by_platforms - customers.signed_alone),
    }
    kinds, numbers = hand.picked(size, shares), hand.numbers(size, customers.platforms)
    made = []
    for number, ((known,), kind) in enumerate(zip(hand.chances(size, customers.machines_known), kinds, strict=True)):
        owner = f"owner {number}"
        if kind == "unsigned":
            made.append(Who(caller=Caller(owner=owner, platform="", known=known), side="unsigned", source=owner))
            continue
        platform = f"platform {numbers[number]}" if kind == "platform" else f"key {number}"
        caller = Caller(owner=owner, platform=platform, signed=True, mandate=True, known=True)
        made.append(Who(caller=caller, side="signed", source=platform, key=platform, nonce=f"nonce {number}"))
    return made


def wave_of(hand: Hand, wave: Wave, scenario: Scenario, *, signed: Sequence[Visit]) -> list[Drawn]:
    """Return the contacts of one wave. `signed` are those whose signatures may be sent once more."""
    at = hand.times(_wave_rates(wave, scenario))
    size = len(at)
    ways = hand.ways(size, wave.channels, wave.languages)
    drawn = hand.chances(
        size, wave.known, wave.open_case, wave.verified, wave.vulnerable, wave.signed, wave.mandated, wave.replays
    )
    owners = [number % wave.people for number in range(size)] if wave.once else hand.numbers(size, wave.people)
    signatures = _replayable(at, signed)
    who = []
    for number, (known, case, proven, vulnerable, signs, mandate, replays) in enumerate(drawn):
        owner = f"{wave.name} {owners[number]}"
        platform = wave.platform or ways[number][0]
        own = (platform, f"{wave.name} nonce {number}") if signs else ("", "")
        key, nonce = signatures[number] if replays else own
        caller = Caller(
            owner=owner,
            platform=platform,
            signed=bool(nonce),
            mandate=bool(nonce) and (replays or mandate),
            known=known,
            open_case=known and case,
            verified=known and proven,
            vulnerable=vulnerable,
        )
        side: Side = "attack" if wave.side == "attack" else "known" if known else "unknown"
        who.append(Who(caller=caller, side=side, source=wave.platform or owner, key=key, nonce=nonce))
    return hand.visits(at, who, wave.behaviour, ways=ways, wave=wave.name)


def _wave_rates(wave: Wave, scenario: Scenario) -> Numbers:
    minutes = np.arange(round(scenario.hours * 60)) / 60 - wave.begins
    grown = np.clip(minutes / wave.ramp, 0, 1) if wave.ramp > 0 else np.ones(len(minutes))
    rate = scenario.customers.per_minute * (wave.times - 1)
    return rate * np.where((minutes >= 0) & (minutes < wave.lasts), grown, 0.0)


def _replayable(at: Sequence[float], signed: Sequence[Visit]) -> list[tuple[str, str]]:
    """Return for each moment key and nonce of what was signed last before it; empty where that is not good any more."""
    moments, found, last = [visit.at for visit in signed], [], -1
    for when in at:
        while last + 1 < len(moments) and moments[last + 1] < when - 1:
            last += 1
        good = last >= 0 and when - moments[last] <= REPLAYED_WITHIN
        found.append((signed[last].seen.key, signed[last].seen.nonce) if good else ("", ""))
    return found


def draw(scenario: Scenario, seed: int, *, begins: datetime, reading: Reading) -> Crowd:
    """Return all contacts of a scenario, which begins at `begins` in virtual time.

    The same for the same seed; customers are the same also when a wave is left out. Raises `Malformed` where the
    scenario wants a real detector and `reading` has none, or nothing to read.
    """
    rates = usual_rates(_random(seed, "day"), scenario)
    hand = Hand(scenario, _random(seed, "customers"))
    drawn = customers_at(hand, hand.times(rates), scenario)
    signed = [visit for visit, _ in drawn if visit.seen.nonce]
    for wave in scenario.waves:
        drawn += wave_of(Hand(scenario, _random(seed, f"wave {wave.name}")), wave, scenario, signed=signed)
    drawn.sort(key=lambda one: one[0].at)
    origins = tuple(origin for _, origin in drawn)
    hand = Hand(scenario, _random(seed, "detector"))
    flags = _flags(scenario, drawn, hand, begins=begins, reading=reading)
    visits = tuple(
        msgspec.structs.replace(visit, seen=msgspec.structs.replace(visit.seen, number=number, flagged=flag))
        for number, ((visit, _), flag) in enumerate(zip(drawn, flags, strict=True))
    )
    return Crowd(visits=visits, origins=origins)


def _random(seed: int, kind: str) -> np.random.Generator:
    """Return numbers of its own for each kind, so that what is left out of a scenario changes nothing else."""
    return np.random.default_rng([seed, zlib.crc32(kind.encode())])


def _flags(
    scenario: Scenario, drawn: Sequence[Drawn], hand: Hand, *, begins: datetime, reading: Reading
) -> Sequence[bool]:
    point = operating_point(scenario.detector)
    if point is None:
        if reading.detector is None or not reading.words:
            raise Malformed(
                "there is no real detector here, or nothing that customers write: use none or assumed:TPR/FPR"
            )
        flags = reading.detector.look(_messages(scenario, drawn, hand, begins=begins, words=reading.words))
        return [bool(flag) for flag in flags]
    by_side = hand.chances(len(drawn), *point)
    return [hit if origin.side == "attack" else wrong for (hit, wrong), (_, origin) in zip(by_side, drawn, strict=True)]


def _messages(
    scenario: Scenario, drawn: Sequence[Drawn], hand: Hand, *, begins: datetime, words: Texts
) -> list[Message]:
    templates: dict[str, Texts] = {"": words} | {wave.name: wave.text for wave in scenario.waves}
    if silent := [name for name, texts in templates.items() if not any(texts.values())]:
        raise Malformed(f"a real detector needs texts: wave '{silent[0]}' has none")
    decks: dict[tuple[str, str], Iterator[str]] = {}
    messages = []
    for visit, origin in drawn:
        key = origin.wave, origin.language
        if key not in decks:
            texts, usual = (_said(origin.language, spoken) for spoken in (templates[origin.wave], words))
            decks[key] = itertools.cycle(_deck(texts, hand, usual=usual if origin.wave else ()))
        at = begins + timedelta(seconds=visit.at)
        messages.append(Message(at=at, language=origin.language, text=next(decks[key])))
    return messages


def _said(language: str, spoken: Texts) -> Sequence[str]:
    return spoken.get(language) or next(texts for texts in spoken.values() if texts)


def _deck(texts: Sequence[str], hand: Hand, *, usual: Sequence[str]) -> list[str]:
    """Return the messages that templates make, each once, shuffled: a crowd's words differ, but not without end."""
    size = max(len(texts), WORDINGS)
    lucks = zip(itertools.cycle(texts), hand.numbers(size, 2**62), strict=False)
    made = dict.fromkeys(worded(text, luck, usual=usual) for text, luck in lucks)
    return hand.shuffled(list(made))
