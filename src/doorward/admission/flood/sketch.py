"""Arrivals of any number of keys in memory that never grows: a count-min sketch whose cells hold times, not counts."""

from array import array
from typing import Final

ROWS: Final = 4
TICKS: Final = 16
"""Ticks in a second: 32 bits of them last for eight years of one process."""

_LAST: Final = 2**32 - 1
_SAMPLE: Final = 128


class ArrivalSketch:
    """The theoretical arrival time (see `Quotas`) of every key ever seen, never told too early.

    A count-min sketch (G. Cormode and S. Muthukrishnan, An improved data stream summary, Journal of Algorithms 55(1),
    2005) with conservative update (C. Estan and G. Varghese, New directions in traffic measurement and accounting,
    SIGCOMM 2002), but a cell holds the latest time that was written through it and so is worth nothing once that time
    has passed: the sketch needs no window, no second generation and no sweeping. A key's time is the least of its
    `ROWS` cells: the time that was written for it, or later where others share all of its cells.

    Times are seconds since the owner's own zero, kept in ticks of a sixteenth of a second, rounded up.
    """

    def __init__(self, cells: int) -> None:
        """Keep `cells` times in each of the `ROWS` rows, a power of two; 4 bytes each. Raises `ValueError`."""
        if cells < _SAMPLE or cells & (cells - 1):
            raise ValueError(f"cells: a power of two, {_SAMPLE} at least")
        self._mask = cells - 1
        self._rows = tuple(array("I", bytes(4 * cells)) for _ in range(ROWS))
        self._seen = 0

    @property
    def nbytes(self) -> int:
        """Return how many bytes the cells take."""
        return sum(row.itemsize * len(row) for row in self._rows)

    def read(self, key: int) -> float:
        """Return the time of a key (64 bits, well mixed): what was written for it or later, never earlier."""
        mask = self._mask
        # Row i looks at one half + i * the other: two hashes do the work of many (A. Kirsch and M. Mitzenmacher, Less
        # hashing, same performance, Random Structures & Algorithms 33(2), 2008). An odd step reaches every cell.
        step, place, least = key >> 32 | 1, key, _LAST
        for row in self._rows:
            least = min(least, row[place & mask])
            place += step
        return least / TICKS

    def write(self, key: int, *, until: float) -> None:
        """Note a key's time, in seconds from 0; a cell that holds a later one stays as it is."""
        ticks = min(_LAST, int(until * TICKS) + 1)
        mask, step, place = self._mask, key >> 32 | 1, key
        for row in self._rows:
            at = place & mask
            row[at] = max(row[at], ticks)
            place += step

    def share_beyond(self, limit: float) -> float:
        """Return for which share of keys that never came `read` would say a time later than `limit` seconds.

        An estimate from a sample of cells, another one each time: the product of the rows' shares, for a stranger's
        cells are independent. The cost is the same however large the sketch is.
        """
        ticks = limit * TICKS
        start = (self._seen * _SAMPLE) & self._mask
        self._seen += 1
        share = 1.0
        for row in self._rows:
            share *= sum(cell > ticks for cell in row[start : start + _SAMPLE]) / _SAMPLE
        return share
