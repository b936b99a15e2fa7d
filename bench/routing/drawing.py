"""Shifts of a contact centre, drawn from a seed: who comes, what they need, who is there. All times are whole steps."""

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeVar

import msgspec

from doorward.routing.matching import Agent, Contact, able
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.reply import Need

STEP: Final = 30
"""Seconds of a step; everything happens at the beginning of one."""

STEPS: Final = 480
CAPACITY: Final = 4
WEIGHTS: Final = {"chat": 2, "mail": 1}
PATIENCE: Final = {"mail": 4.0}
_LANGUAGES: Final = {"en": 40, "de": 25, "tr": 15, "id": 10, "ru": 10}
_PRIORITIES: Final = {0: 80, 1: 15, 2: 5}
_CHANNELS: Final = {"chat": 70, "mail": 30}
_MINUTES: Final = {"chat": 12.0, "mail": 8.0}
_SPREAD: Final = 0.6
_BREAK: Final = 30
_NEEDS: Final[dict[tuple[Need, ...], int]] = {
    (): 55,
    (Need(skill="billing", level=1, wanted=2),): 20,
    (Need(skill="cards", level=1, wanted=3),): 14,
    (Need(skill="cards", level=2, wanted=3),): 6,
    (Need(skill="mortgage", level=2, wanted=3),): 5,
}
Roster = Literal["broad", "thin"]
_Can = tuple[dict[str, int], dict[str, int]]
_BROAD: Final[list[_Can]] = [
    ({"en": 3, "de": 1}, {"billing": 2}),
    ({"en": 3, "ru": 2}, {"cards": 3}),
    ({"en": 3, "id": 2}, {"billing": 3, "cards": 1}),
    ({"en": 3, "tr": 2}, {"billing": 2, "mortgage": 2}),
    ({"en": 3, "id": 2}, {"cards": 2}),
    ({"de": 3, "en": 2, "ru": 2}, {"billing": 2}),
    ({"de": 3, "en": 1}, {"cards": 2, "mortgage": 3}),
    ({"de": 3, "tr": 2, "en": 2}, {"cards": 3}),
    ({"de": 3, "en": 2, "id": 1}, {"billing": 3}),
    ({"tr": 3, "en": 2}, {"billing": 2, "cards": 2}),
    ({"tr": 3, "de": 2}, {"cards": 2, "mortgage": 2}),
    ({"tr": 3, "en": 2, "ru": 1}, {"billing": 2}),
    ({"id": 3, "en": 2}, {"billing": 2, "mortgage": 2}),
    ({"id": 3, "en": 2, "de": 1}, {"cards": 2, "billing": 1}),
    ({"ru": 3, "de": 2, "en": 1}, {"cards": 2, "billing": 1}),
    ({"ru": 3, "en": 2}, {"billing": 2, "mortgage": 3}),
]
_THIN: Final[list[_Can]] = [
    ({"en": 3, "de": 1}, {"billing": 2}),
    ({"en": 3, "de": 2}, {"cards": 3}),
    ({"en": 3, "tr": 2}, {"billing": 3, "cards": 1}),
    ({"de": 3, "en": 2}, {"billing": 2}),
    ({"de": 3, "en": 1}, {"cards": 2, "mortgage": 3}),
    ({"tr": 3, "en": 2}, {"billing": 2, "cards": 2}),
    ({"id": 3, "en": 2}, {"billing": 2, "mortgage": 2}),
    ({"ru": 3, "de": 2, "en": 1}, {"cards": 2, "billing": 1}),
]
_ROSTERS: Final[dict[Roster, list[_Can]]] = {"broad": _BROAD, "thin": [one for one in _THIN for _ in range(2)]}
_BEGINS: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Drawn = TypeVar("Drawn")


def at(step: int) -> datetime:
    """Return the time of a step."""
    return _BEGINS + timedelta(seconds=STEP * step)


class Visit(msgspec.Struct, frozen=True):
    """One contact of a shift: when it comes, how many steps it takes, what it is."""

    step: int
    steps: int
    language: str
    channel: str
    priority: int
    needs: tuple[Need, ...]

    def contact(self, number: int) -> Contact:
        """Return what waits; the number is its id."""
        return Contact(
            conversation_id=ConversationId(f"{number:05}"),
            entered_at=at(self.step),
            priority=self.priority,
            channel=self.channel,
            language=self.language,
            needs=self.needs,
        )


class Worker(msgspec.Struct, frozen=True):
    """One agent of a shift: what they can, when they have their break, when they drop out (or never)."""

    agent: Agent
    rest: tuple[int, int]
    drops_at: int | None = None

    def may_start(self, step: int, steps: int = 0) -> bool:
        """Return whether they are there at a step, and for so many steps more: what is begun outlasts a break."""
        return not self.rest[0] <= step < self.rest[1] and (self.drops_at is None or step + steps <= self.drops_at)


class Shift(msgspec.Struct, frozen=True):
    """Who comes and who is there."""

    visits: tuple[Visit, ...]
    workers: tuple[Worker, ...]


def draw(number: int, *, seed: int, contacts: int, roster: Roster = "broad") -> Shift:
    """Return a shift; the same numbers give the same one."""
    chance = random.Random(f"{seed}:{number}")
    workers = _workers(chance, _ROSTERS[roster], dropping=number % 4 == 3)
    density = [1.0 + _peak(step, 180, 50) + _peak(step, 360, 40) for step in range(STEPS)]
    steps = sorted(chance.choices(range(STEPS), density, k=contacts))
    return Shift(tuple(_visit(chance, step, workers) for step in steps), workers)


def _peak(step: int, middle: int, width: int) -> float:
    return math.exp(-(((step - middle) / width) ** 2))


def _workers(chance: random.Random, roster: list[_Can], *, dropping: bool) -> tuple[Worker, ...]:
    dropped = chance.randrange(len(roster)) if dropping else None
    workers = []
    for number, (languages, skills) in enumerate(roster):
        agent = Agent(staff_id=StaffId(f"agent{number:02}"), capacity=CAPACITY, languages=languages, skills=skills)
        starts = 120 + 30 * (number * 5 % 8)  # two at a time, and no neighbours, who can the same
        drops_at = chance.randrange(120, 400) if number == dropped else None
        workers.append(Worker(agent, (starts, starts + _BREAK), drops_at))
    return tuple(workers)


def _visit(chance: random.Random, step: int, workers: tuple[Worker, ...]) -> Visit:
    language, channel, priority = _one(chance, _LANGUAGES), _one(chance, _CHANNELS), _one(chance, _PRIORITIES)
    minutes = chance.lognormvariate(math.log(_MINUTES[channel]), _SPREAD)
    steps = max(1, round(minutes * 60 / STEP))
    while True:
        visit = Visit(step, steps, language, channel, priority, _one(chance, _NEEDS))
        if any(able(one.agent, visit.contact(0)) for one in workers):
            return visit


def _one(chance: random.Random, shares: Mapping[Drawn, int]) -> Drawn:
    return chance.choices(list(shares), list(shares.values()))[0]
