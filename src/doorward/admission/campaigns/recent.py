"""The last messages, as far as they are needed to tell whether many say the same."""

from collections import Counter, deque
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.admission.campaigns.usual import Vector

WINDOW: Final = 512
"""Messages that are compared with: at a busy rate some minutes, at a slow one some hours."""

AGE: Final = timedelta(hours=6)
"""What is older is not compared with, however few have come since."""

COPIES: Final = 1024
"""Messages whose runs are remembered."""

COPIES_COMPARED: Final = 8
"""Of so many messages that are compared with, one may be a copy."""


class Seen(NamedTuple):
    """A message as it is compared: centred vector (None without one), what its words are, and how it sounded."""

    vector: Vector | None
    terms: tuple[int, ...]
    runs: tuple[int, ...]
    language: str
    demand: float


class Tally:
    """In how many of the last messages a term is, and how much those demand altogether."""

    __slots__ = ("count", "demand")

    def __init__(self) -> None:
        """Begin with none."""
        self.count, self.demand = 0, 0.0


class Recent:
    """The last `WINDOW` messages, few of them copies, and the runs of the last `COPIES`.

    A copy adds nothing that was not said: counted again and again, every one of its words would become a sign of it.
    But were none kept, a flood of copies would be forgotten while it lasts, as soon as what was copied first is too far
    back. Memory is bounded by the constants. Not thread-safe.
    """

    def __init__(self, width: int) -> None:
        """Keep vectors of `width` numbers."""
        self._vectors = np.zeros((WINDOW, width), np.float32)
        self._demands = np.zeros(WINDOW)
        self._kept: deque[tuple[datetime, int, Seen, bool]] = deque()
        self._copies = 0
        self._place = 0
        self._alive = np.zeros(WINDOW, bool)
        self.tallies: dict[int, Tally] = {}
        self.languages: Counter[str] = Counter()
        self._copied: deque[tuple[datetime, tuple[int, ...]]] = deque()
        self._runs: Counter[int] = Counter()

    def __len__(self) -> int:
        """Return how many messages are compared with."""
        return len(self._kept)

    @property
    def vectors(self) -> Vector:
        """Return the vectors of the messages; rows of what was let go are zeros."""
        return self._vectors

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Return which rows are of messages with a vector."""
        return self._alive

    @property
    def demands(self) -> NDArray[np.float64]:
        """Return how much each message demands, side by side with the vectors."""
        return self._demands

    def copied(self, runs: tuple[int, ...]) -> float:
        """Return the share of a message's runs that two messages of the last ones or more have; of few, of four."""
        return sum(self._runs[run] > 1 for run in runs) / max(4, len(runs))

    def let_go(self, at: datetime) -> None:
        """Let go of what is too old at a time."""
        while self._kept and self._kept[0][0] < at - AGE:
            self._forget()
        while self._copied and self._copied[0][0] < at - AGE:
            self._forget_runs()

    def add(self, seen: Seen, at: datetime, *, is_copy: bool) -> None:
        """Take in a message; of a copy only that it came again where enough of those compared with are copies."""
        if len(self._copied) == COPIES:
            self._forget_runs()
        self._copied.append((at, seen.runs))
        self._runs.update(seen.runs)
        if is_copy and COPIES_COMPARED * self._copies >= len(self._kept):
            return
        if len(self._kept) == WINDOW:
            self._forget()
        place = self._place
        self._place = (place + 1) % WINDOW
        self._kept.append((at, place, seen, is_copy))
        self._copies += is_copy
        self._demands[place] = seen.demand
        if seen.vector is not None:
            self._vectors[place] = seen.vector
            self._alive[place] = True
        self.languages[seen.language] += 1
        for term in seen.terms:
            tally = self.tallies.setdefault(term, Tally())
            tally.count += 1
            tally.demand += seen.demand

    def _forget(self) -> None:
        _, place, seen, is_copy = self._kept.popleft()
        self._copies -= is_copy
        self._vectors[place] = 0.0
        self._alive[place] = False
        self.languages[seen.language] -= 1
        for term in seen.terms:
            tally = self.tallies[term]
            tally.count -= 1
            tally.demand -= seen.demand
            if not tally.count:
                del self.tallies[term]

    def _forget_runs(self) -> None:
        _, runs = self._copied.popleft()
        for run in runs:
            self._runs[run] -= 1
            if not self._runs[run]:
                del self._runs[run]
