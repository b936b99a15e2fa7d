"""Charts as data: what a template draws as SVG, and the rows of the table that says the same."""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.flow.archives.tally import SLICES

WIDTH: Final = 640
BAR: Final = 18
_GAP: Final = 8
_LABEL: Final = 250
_NUMBER: Final = 70
_LONGEST_LABEL: Final = 36
_HEIGHT: Final = 120


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar: its place and length in the drawing, what it stands for and how many that are."""

    y: int
    length: float
    label: str
    count: int


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """Lying bars, one below the other."""

    height: int
    bars: tuple[Bar, ...]
    start: int = _LABEL
    width: int = WIDTH
    thickness: int = BAR


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One standing bar."""

    x: float
    y: float
    width: float
    height: float
    number: int
    count: int


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Standing bars beside each other."""

    columns: tuple[Column, ...]
    most: int
    width: int = WIDTH
    height: int = _HEIGHT


def lying_bars(counts: Mapping[str, int]) -> Bars:
    """Return bars for counts by label, in the order given."""
    most = max(counts.values(), default=0) or 1
    room = WIDTH - _LABEL - _NUMBER
    bars = tuple(
        Bar(y=number * (BAR + _GAP), length=round(room * count / most, 1), label=_short(label), count=count)
        for number, (label, count) in enumerate(counts.items())
    )
    return Bars(height=max(len(bars) * (BAR + _GAP), 1), bars=bars)


def standing_bars(counts: Mapping[int, int]) -> Columns:
    """Return a bar for each slice of the archive."""
    most = max(counts.values(), default=0)
    step = WIDTH / SLICES
    heights = [(number, counts.get(number, 0)) for number in range(SLICES)]
    columns = tuple(
        Column(
            x=round(number * step, 2),
            y=round(_HEIGHT - _HEIGHT * count / (most or 1), 2),
            width=round(step - 2, 2),
            height=round(_HEIGHT * count / (most or 1), 2),
            number=number + 1,
            count=count,
        )
        for number, count in heights
    )
    return Columns(columns=columns, most=most)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
