"""Groups of messages about one thing, found as they come: the leader algorithm with centroids that move."""

import math
from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from doorward.admission.campaigns.likeness import Campaign, Crowding
from doorward.admission.campaigns.recent import Seen
from doorward.admission.campaigns.usual import Vector
from doorward.admission.campaigns.weighing import CAMPAIGN_BAR

GROUPS: Final = 32
"""Groups that are followed at once; of more, the one that most was not seen for longest goes."""

JOINS_FROM: Final = 0.25
"""Likeness of a message and a group from which it joins: cosine to the centroid and half the share of common terms."""

TOLD_FROM: Final = 6
"""Messages from which a group is called something."""

CAMPAIGN_FROM: Final = 0.4
"""Share of messages that seemed to be a campaign's from which a group is one."""

PLAIN_FROM, PLAIN_SHARE = 24, 0.4
"""Messages from which a group may be a plain campaign, and the share of them whose neighbours demanded."""

CROWD_FROM: Final = 3.0
"""How many times as many must write about something now as usually do, for a crowd."""

FORGOTTEN_AFTER: Final = timedelta(hours=6)
HALF_LIFE: Final = timedelta(minutes=10)
MOST_TERMS: Final = 96
EXEMPLARS: Final = 5


class Group:
    """One group as it grows. Memory is bounded."""

    def __init__(self, name: str, at: datetime, width: int) -> None:
        """Begin with no message."""
        self.name, self.first_at, self.last_at = name, at, at
        self.count = self.flagged = self.demanded = 0
        self.sum: Vector = np.zeros(width, np.float32)
        self.centroid: Vector = self.sum
        self.terms: Counter[int] = Counter()
        self.runs: Counter[int] = Counter()
        self.languages: Counter[str] = Counter()
        self.exemplars: list[tuple[float, str]] = []
        self.decayed = 0.0
        self.typical = CAMPAIGN_BAR
        self.said: Crowding | None = None
        self.lift = 0.0

    @property
    def is_demanded(self) -> bool | None:
        """Return whether its messages are a campaign's: as a person said, else by how many of them seemed to be.

        None while they are few and nobody has said it.
        """
        if self.said is not None:
            return self.said == "campaign"
        return self.flagged >= CAMPAIGN_FROM * self.count if self.count >= TOLD_FROM else None

    @property
    def is_plain(self) -> bool:
        """Return whether so many of its messages lay among demands that it is a campaign also where one did not."""
        return self.count >= PLAIN_FROM and self.demanded >= PLAIN_SHARE * self.count

    @property
    def kind(self) -> Crowding:
        """Return what the group is; what is no campaign is a crowd only while it is more than usual."""
        if self.is_demanded is None:
            return "none"
        if self.is_demanded:
            return "campaign"
        return "crowd" if self.said == "crowd" or self.lift >= CROWD_FROM else "none"

    def likeness(self, seen: Seen) -> float:
        """Return how much a message is like the group, 0..1.5."""
        cosine = float(self.centroid @ seen.vector) if seen.vector is not None else 0.0
        common = sum(self.terms[term] * 3 > self.count for term in seen.terms if term in self.terms)
        return max(0.0, cosine) + 0.5 * common / max(4, min(len(seen.terms), 8))

    def add(self, seen: Seen, at: datetime, *, message_id: str, rare: tuple[int, ...]) -> None:
        """Take in a message; `rare` are those of its terms that came up."""
        likeness = self.likeness(seen)
        self.count += 1
        self.decayed = self.decayed_at(at) + 1
        self.last_at = at
        self.languages[seen.language] += 1
        if seen.vector is not None:
            self.sum = self.sum + seen.vector
            length = float(np.linalg.norm(self.sum))
            self.centroid = self.sum / length if length > 1e-6 else self.sum
        for counter, found in ((self.terms, rare), (self.runs, seen.runs)):
            counter.update(found)
            if len(counter) > 2 * MOST_TERMS:
                for term, _ in counter.most_common()[MOST_TERMS:]:
                    del counter[term]
        self.exemplars = sorted([*self.exemplars, (-likeness, message_id)])[:EXEMPLARS]

    def decayed_at(self, at: datetime) -> float:
        """Return how many came lately, each counting half after ten minutes."""
        return self.decayed * math.exp2((self.last_at - at) / HALF_LIFE)

    def told(self, at: datetime) -> Campaign:
        """Return the group as others may see it."""
        rate = self.decayed_at(at) * math.log(2) / (HALF_LIFE.total_seconds() / 60)
        return Campaign(
            id=self.name,
            kind=self.kind,
            first_at=self.first_at,
            last_at=self.last_at,
            count=self.count,
            flagged=self.flagged,
            rate=rate,
            languages=tuple(sorted(self.languages)),
            exemplars=tuple(message_id for _, message_id in self.exemplars),
            runs=tuple(run for run, times in self.runs.most_common(16) if times > 1 and 2 * times >= self.count),
            centroid=self.centroid.astype("<f4").tobytes() if self.centroid.any() else b"",
            said=self.said is not None,
        )


class Groups:
    """All groups that are followed. Not thread-safe."""

    def __init__(self, width: int) -> None:
        """Follow groups of vectors of `width` numbers."""
        self._width = width
        self._groups: dict[str, Group] = {}

    def nearest(self, seen: Seen) -> Group | None:
        """Return the group that a message joins, None where it begins one."""
        best = max(self._groups.values(), key=lambda group: group.likeness(seen), default=None)
        return best if best is not None and best.likeness(seen) >= JOINS_FROM else None

    def begin(self, name: str, at: datetime) -> Group:
        """Begin a group, and let go of one where there are too many."""
        if len(self._groups) >= GROUPS:
            del self._groups[min(self._groups.values(), key=lambda one: (one.count >= TOLD_FROM, one.last_at)).name]
        self._groups[name] = Group(name, at, self._width)
        return self._groups[name]

    def find(self, name: str) -> Group | None:
        """Return a group, None where it is not followed any more."""
        return self._groups.get(name)

    def let_go(self, at: datetime) -> None:
        """Let go of what was not seen for long."""
        for name in [name for name, one in self._groups.items() if one.last_at < at - FORGOTTEN_AFTER]:
            del self._groups[name]

    def all(self) -> list[Group]:
        """Return all groups, the greatest first."""
        return sorted(self._groups.values(), key=lambda one: (-one.count, one.name))
