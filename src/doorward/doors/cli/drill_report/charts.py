"""Charts of a drill as data: what the template draws as SVG. The tables beside them say the same."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from doorward.admission.drill import Figures, Slice

WIDTH: Final = 640
HEIGHT: Final = 160
ENDS: Final = ("person", "bot", "called_back", "called_late", "left", "unhelped", "blocked")
BAR: Final = 18
_GAP: Final = 10
_LABEL: Final = 210


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a lying bar: what it stands for, where it begins and how long it is."""

    end: str
    x: float
    length: float


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One lying bar of parts that are the whole together."""

    label: str
    y: int
    pieces: tuple[Piece, ...]


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """Lying bars, one below the other."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    thickness: int = BAR


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """A time that was amber or red."""

    level: str
    x: float
    width: float


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How it went: lines as points `x,y`, columns of contacts, and bands of the level."""

    bands: tuple[Band, ...]
    customers: str
    attackers: str
    goodput: str
    most: int
    width: int = WIDTH
    height: int = HEIGHT


def ways_of(kinds: Mapping[str, Figures]) -> Bars:
    """Return a bar for each kind of contact: what became of it, as parts of the whole."""
    room = WIDTH - _LABEL
    bars = []
    for number, (label, figures) in enumerate(kinds.items()):
        pieces, x = [], float(_LABEL)
        for end in ENDS:
            length = round(room * getattr(figures, end), 1)
            if length > 0:
                pieces.append(Piece(end=end, x=round(x, 1), length=length))
                x += length
        bars.append(Bar(label=label, y=number * (BAR + _GAP), pieces=tuple(pieces)))
    return Bars(bars=tuple(bars), height=max(1, len(bars) * (BAR + _GAP)))


def course_of(slices: Sequence[Slice]) -> Course:
    """Return how a drill went, in steps of its slices."""
    step = WIDTH / max(1, len(slices))
    most = max((one.customers + one.attackers for one in slices), default=0)

    def line(values: Sequence[float | None], top: float) -> str:
        points = [
            f"{(number + 0.5) * step:.1f},{HEIGHT - HEIGHT * value / (top or 1):.1f}"
            for number, value in enumerate(values)
            if value is not None
        ]
        return " ".join(points)

    bands, place = [], 0
    for level, run in groupby(one.level for one in slices):
        length = len(list(run))
        if level != "green":
            bands.append(Band(level=level, x=round(place * step, 1), width=round(length * step, 1)))
        place += length
    return Course(
        bands=tuple(bands),
        customers=line([one.customers for one in slices], most),
        attackers=line([one.attackers for one in slices], most),
        goodput=line([one.goodput for one in slices], 1.0),
        most=most,
    )
