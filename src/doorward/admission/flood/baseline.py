"""How many contacts are usual at each time of the week, learned slowly, so that nobody can teach it a flood."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Final

import msgspec

SLOT: Final = 1800
"""Seconds of a slot."""

SLOTS: Final = 7 * 24 * 3600 // SLOT
"""Half hours of a week, the first from Monday, midnight."""

BEGINNING: Final = 4
"""Weeks for which a profile is new, and learns faster."""

_WEIGHT: Final = 0.25
_CAP_NEW: Final = 1.5
_CAP: Final = 1.05


class WeekProfile(msgspec.Struct, frozen=True, kw_only=True):
    """Contacts a second for each of the `SLOTS` half hours of a week, and from how many weeks that is known."""

    levels: tuple[float, ...]
    weeks: int

    def __post_init__(self) -> None:
        """Raise `ValueError` for another number of slots, or for a slot without any contact at all."""
        if len(self.levels) != SLOTS or not min(self.levels) > 0:
            raise ValueError(f"a profile has {SLOTS} slots, each above 0")

    def expect(self, at: datetime, *, seconds: float) -> float:
        """Return how many contacts are usual in `seconds` from `at`, which is told in the company's own time zone.

        Between the middles of two slots the level goes in a straight line; `seconds` is much shorter than a slot.
        """
        of_week = ((at.weekday() * 24 + at.hour) * 60 + at.minute) * 60 + at.second
        place, part = divmod(of_week / SLOT - 0.5, 1.0)
        before, after = self.levels[int(place) % SLOTS], self.levels[(int(place) + 1) % SLOTS]
        return (before + (after - before) * part) * seconds


def profile_of(weeks: Sequence[Sequence[int]]) -> WeekProfile:
    """Return the profile of past weeks, each the counts of its `SLOTS` half hours. Raises `ValueError` without any.

    Of each slot the median of all weeks, so that half of them may have been unusual; a slot that nobody came in counts
    half a contact.
    """
    if not weeks or any(len(week) != SLOTS for week in weeks):
        raise ValueError(f"weeks: one at least, each of {SLOTS} counts")
    levels = tuple(max(0.5, median(counts)) / SLOT for counts in zip(*weeks, strict=True))
    return WeekProfile(levels=levels, weeks=len(weeks))


def flat_profile(rate: float) -> WeekProfile:
    """Return the profile of somebody who knows nothing but a mean: `rate` contacts a second, more than 0."""
    return WeekProfile(levels=(rate,) * SLOTS, weeks=0)


def learn_week(profile: WeekProfile, counts: Sequence[int | None]) -> WeekProfile:
    """Return a profile that has learned one more week. None is a slot to leave out: any of it was amber or red.

    A slot goes a quarter of the way, in ratios, from what it was to what was counted, and by no more than a twentieth:
    whoever wants it to be twice as high has to bring a flood that nobody notices for fifteen weeks. In the first
    `BEGINNING` weeks, when there is nothing to go by, it may go half again as high or low at once.
    Raises `ValueError` for another number of slots.
    """
    if len(counts) != SLOTS:
        raise ValueError(f"a week has {SLOTS} counts")
    cap = _CAP_NEW if profile.weeks < BEGINNING else _CAP
    levels = tuple(
        level if count is None else level * _step(level * SLOT, count, cap)
        for level, count in zip(profile.levels, counts, strict=True)
    )
    return WeekProfile(levels=levels, weeks=profile.weeks + 1)


def rescale(profile: WeekProfile, by: float) -> WeekProfile:
    """Return a profile `by` times as high: a person has decided that so many more, or fewer, are usual from now on."""
    return WeekProfile(levels=tuple(level * by for level in profile.levels), weeks=profile.weeks)


def _step(expected: float, count: int, cap: float) -> float:
    # One more on both sides: a count of nothing has a ratio, too, and small numbers move it little.
    ratio: float = ((count + 1) / (expected + 1)) ** _WEIGHT
    return min(cap, max(1 / cap, ratio))
