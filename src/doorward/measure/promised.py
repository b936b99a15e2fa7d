"""Service levels over time: which share of what was promised was kept. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from doorward.measure.figures import share_of
from doorward.measure.periods import Bucket, place_of
from doorward.measure.reports import Column, Table, Value, rows_by_time

PromiseClock = Literal["first", "next", "resolution"]
_CLOCKS: Final[tuple[PromiseClock, ...]] = ("first", "next", "resolution")


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was kept or broken for good: by which clock it ran, and when it began."""

    clock: PromiseClock
    since: datetime
    kept: bool


def levels(among: Sequence[Bucket], promises: Iterable[Ended]) -> Table:
    """Return which share of what was promised in each day or week was kept, and of how many, for each clock.

    A promise counts where it began; nothing is said of where nothing that was promised has come out.
    """
    found: dict[tuple[int, PromiseClock], list[bool]] = defaultdict(list)
    for one in promises:
        place = place_of(one.since, among)
        if place is not None:
            found[place, one.clock].append(one.kept)
    columns = (
        *(Column(name=f"{clock}_kept", unit="share") for clock in _CLOCKS),
        *(Column(name=f"{clock}_promises") for clock in _CLOCKS),
    )

    def values(at: int) -> tuple[Value, ...]:
        groups = [found.get((at, clock), []) for clock in _CLOCKS]
        return (*(share_of(group) for group in groups), *(len(group) for group in groups))

    return Table(columns=columns, rows=rows_by_time(among, values))
