"""Messages in the order in which they come: an ordinary hour, then a campaign or crowd among ordinary messages."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import numpy as np

from doorward.admission.campaigns import Likeness
from doorward.doors.cli.evals.sources import Half
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.reading import Reading

START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEFORE: Final = 200
"""Ordinary messages that came before."""

ORDINARY: Final = "ordinary"
CROWD: Final = "outage"

Look = Callable[[Reading, MessageId, datetime], Likeness]
"""Something that says of each message how much it is one of many; it is given neither kind nor campaign."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """How messages come: `rate` ordinary ones a minute, a campaign that makes up `share` of all, `plays` of each."""

    rate: float = 8.0
    share: float = 0.5
    plays: int = 2
    seed: int = 0


class Row(msgspec.Struct, frozen=True):
    """One message of the set; `campaign` is empty where it is of none."""

    id: str
    half: Half
    campaign: str
    kind: str
    language: str
    text: str


class Played(msgspec.Struct, frozen=True):
    """One message and what was said of it: `place` in the stream from the campaign's begin, `own` of the campaign."""

    place: int
    own: bool
    language: str
    likeness: Likeness


def play(
    look: Look,
    own: Sequence[Reading],
    ordinary: Sequence[Reading],
    *,
    before: Sequence[Reading],
    setting: Setting,
) -> list[Played]:
    """Play messages of a campaign (or of none) and ordinary ones, shuffled by the setting's seed, after `before`.

    Of the ordinary ones as many come as the share leaves; without a campaign all.
    """
    random = np.random.default_rng(setting.seed)
    at, step = START, timedelta(minutes=1 / setting.rate)
    for number, reading in enumerate(before):
        at += step
        look(reading, MessageId(f"before-{number}"), at)
    count = round(len(own) * (1 - setting.share) / setting.share) if own else len(ordinary)
    drawn = random.permutation(len(ordinary))[:count]
    mixed = [(True, reading) for reading in own] + [(False, ordinary[place]) for place in drawn]
    played = []
    step = step * (1 - setting.share) if own else step
    for number, place in enumerate(random.permutation(len(mixed))):
        at += step
        is_own, reading = mixed[place]
        likeness = look(reading, MessageId(f"message-{number}"), at)
        played.append(Played(number, is_own, reading.language, likeness))
    return played
