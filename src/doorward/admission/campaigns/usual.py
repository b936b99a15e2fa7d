"""What is usual: what a company's customers ask on any day, as vectors and as counts of terms."""

import math
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.admission.campaigns.terms import Terms
from doorward.vocabulary.reading import Reading

Vector = NDArray[np.float32]

FIXED_ROWS: Final = 1024
"""Vectors that are kept of what the company told; of more, every so many."""

LEARNT_ROWS: Final = 512
EVERY: Final = timedelta(minutes=15)
"""At most one message in so long is learnt, so that what was learnt reaches back five days, however many come: a flood
cannot make itself usual within hours, nor drive out what was."""

LEAST: Final = 64
"""Messages that must be known before anything is called unusual."""

CELLS: Final = 2**18
"""Counts of terms; two terms that meet in one cell are both taken for more usual than they are."""


class Usual:
    """The company's own phrases, articles or history, which never fade, and a sample of what came lately.

    Memory is bounded by the constants above (some 4 MB for 512 dimensions). Not thread-safe.
    """

    def __init__(self, readings: Iterable[Reading], terms: Terms) -> None:
        """Learn what is usual from readings that the company vouches for; they are read once."""
        self._counts = np.zeros(CELLS, np.int32)
        self._messages: Counter[str] = Counter()
        self._learnt: deque[tuple[tuple[int, ...], str]] = deque()
        self._next_at: datetime | None = None
        vectors = [self._know(reading, terms.terms_of(reading)) for reading in readings]
        known = [vector for vector in vectors if vector is not None]
        width = max((len(vector) for vector in known), default=0)
        rows = [vector for vector in known if len(vector) == width]
        rows = rows[:: max(1, math.ceil(len(rows) / FIXED_ROWS))]
        self.centre: Vector = np.mean(rows, axis=0) if rows else np.zeros(width, np.float32)
        self._fixed = len(rows)
        self._rows = np.zeros((self._fixed + LEARNT_ROWS, width), np.float32)
        for place, row in enumerate(rows):
            self._rows[place] = self.centred(row)
        self._next_row = 0
        self._filled = self._fixed

    @property
    def is_known(self) -> bool:
        """Return whether enough is known to call anything unusual."""
        return self._messages.total() >= LEAST

    @property
    def rows(self) -> Vector:
        """Return centred unit vectors of usual messages."""
        return self._rows[: self._filled]

    def centred(self, vector: Vector) -> Vector:
        """Return a vector without what all usual ones have in common, of length 1 (or 0)."""
        left = vector - self.centre
        length = float(np.linalg.norm(left))
        return (left / length if length > 1e-6 else left).astype(np.float32)

    def shares(self, terms: Sequence[int], language: str) -> NDArray[np.float64]:
        """Return for each term the share of usual messages of the language that have it, never 0 nor 1."""
        places = np.fromiter(terms, np.int64, len(terms)) % CELLS
        counts = self._counts[places].astype(np.float64)
        return np.minimum((counts + 0.5) / (self._messages[language] + 50.0), 0.99)

    def learn(self, terms: tuple[int, ...], vector: Vector | None, *, language: str, at: datetime) -> bool:
        """Learn one unremarkable message unless another was learnt lately; return whether it was."""
        if self._next_at is not None and at < self._next_at:
            return False
        self._next_at = at + EVERY
        self._count(terms, language, by=1)
        self._learnt.append((terms, language))
        if len(self._learnt) > LEARNT_ROWS:
            self._count(*self._learnt.popleft(), by=-1)
        if vector is not None and len(vector) == self._rows.shape[1]:
            self._rows[self._fixed + self._next_row] = vector
            self._filled = max(self._filled, self._fixed + self._next_row + 1)
            self._next_row = (self._next_row + 1) % LEARNT_ROWS
        return True

    def _know(self, reading: Reading, terms: tuple[int, ...]) -> Vector | None:
        self._count(terms, reading.language, by=1)
        return vector_of(reading)

    def _count(self, terms: tuple[int, ...], language: str, *, by: int) -> None:
        places = np.unique(np.fromiter(terms, np.int64, len(terms)) % CELLS)
        self._counts[places] += by
        self._messages[language] += by


def vector_of(reading: Reading) -> Vector | None:
    """Return a reading's embedding as a vector; None where there is none, or one that is none of length 1."""
    if not reading.embedding or len(reading.embedding) % 4:
        return None
    vector = np.frombuffer(reading.embedding, "<f4")
    # Squared in double precision: what is no embedding at all may be as great as a float can be.
    length = math.sqrt(float(np.square(vector, dtype=np.float64).sum()))
    return vector if 0.5 < length < 2 else None
