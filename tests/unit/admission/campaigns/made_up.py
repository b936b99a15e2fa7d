"""A made-up company whose matters are directions in a small space, and the messages of those who write to it."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from doorward.admission.campaigns import Likeness, Recogniser
from doorward.admission.campaigns.demand import DemandHead
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.reading import Reading

WIDTH = 64
MATTERS = 12
SECRET = bytes(range(32))
ENCODER = "made-up/1"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DEMANDING = WIDTH - 1
"""The number of a vector that says how much a message demands."""


def head() -> DemandHead:
    """Return a head that hears demands in the last number of a vector."""
    weights = np.zeros(WIDTH + 1, np.float32)
    weights[DEMANDING], weights[-1] = 5.0, -1.6
    return DemandHead(weights, encoder_id=ENCODER)


def message(
    random: np.random.Generator, matter: int, *, demand: float = 0.0, words: tuple[str, ...] = (), language: str = "en"
) -> Reading:
    """Return a message about a matter in its writer's own words, with `words` among them."""
    vector: NDArray[np.float64] = random.normal(0, 0.08, WIDTH)
    vector[matter] += 0.8
    vector[DEMANDING] = demand
    own = tuple(f"w{number}" for number in random.integers(0, 400, 8))
    said = (*own[:4], *words, *own[4:])
    return Reading(
        language=language,
        language_score=1.0,
        words=said,
        stems=said,
        embedding=(vector / np.linalg.norm(vector)).astype("<f4").tobytes(),
    )


def usual(count: int = 600) -> list[Reading]:
    """Return what customers ask on any day."""
    random = np.random.default_rng(1)
    return [message(random, int(random.integers(MATTERS))) for _ in range(count)]


def campaign(count: int, *, seed: int = 2) -> list[Reading]:
    """Return messages of people who demand one thing that is no matter of the company's."""
    random = np.random.default_rng(seed)
    return [message(random, 40, demand=0.6, words=("abolish", f"x{seed}")) for _ in range(count)]


def crowd(count: int, *, seed: int = 3) -> list[Reading]:
    """Return messages of people who all have one new matter of their own."""
    random = np.random.default_rng(seed)
    return [message(random, 45, words=("broken", f"y{seed}")) for _ in range(count)]


def ordinary(count: int, *, seed: int = 4) -> list[Reading]:
    """Return messages of an ordinary day."""
    random = np.random.default_rng(seed)
    return [message(random, int(random.integers(MATTERS))) for _ in range(count)]


def mixed(*parts: list[Reading], seed: int = 5) -> list[tuple[int, Reading]]:
    """Return the messages of several parts in one order, each with the place of its part."""
    everything = [(place, reading) for place, part in enumerate(parts) for reading in part]
    return [everything[place] for place in np.random.default_rng(seed).permutation(len(everything))]


def recogniser(known: list[Reading] | None = None) -> Recogniser:
    """Return a recogniser that knows what is usual."""
    return Recogniser(usual() if known is None else known, secret=SECRET, encoder_id=ENCODER, head=head())


def look_at(
    one: Recogniser,
    readings: list[Reading],
    *,
    start: datetime = START,
    step: timedelta = timedelta(seconds=5),
    name: str = "m",
) -> list[Likeness]:
    """Return what a recogniser says of messages that come one after another."""
    return [
        one.look(reading, message_id=MessageId(f"{name}-{number}"), at=start + number * step)
        for number, reading in enumerate(readings)
    ]
