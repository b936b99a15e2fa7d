"""Where the steps of a procedure and the ways between them stand in its drawing: rows downwards, ways back at the side.

Layers, crossings and places after Sugiyama, Tagawa and Toda (1981): a way over several rows has a place of its own in
each of them, so that it runs between the steps and not through them. The longest way runs straight down at the left,
where somebody begins to read; whatever leaves it stands to its right.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import mean
from typing import Final

import msgspec

from doorward.answering.procedures import Diagram

WIDTH: Final = 190
HEIGHT: Final = 64
"""A step's box, in the drawing's units, which are pixels where nothing is scaled."""

_GAP: Final = 26
_BETWEEN: Final = 40
_LINE: Final = 15
_LANE: Final = 16
_MARGIN: Final = 14
_SWEEPS: Final = 6
_LONGEST_LABEL: Final = 24

Point = tuple[float, float]


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A step's box by its left upper corner."""

    id: str
    x: float
    y: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A way as an SVG path, with the words beside its beginning and where they stand."""

    source: str
    target: str
    path: str
    label: str
    x: float
    y: float
    back: bool


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """The whole drawing."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


class _Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way between two steps, all its labels together, and the places that it has in the rows between."""

    source: str
    target: str
    label: str
    back: bool
    through: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        return (self.source, *self.through, self.target)


def lay_out(diagram: Diagram) -> Drawing:
    """Return the drawing of a diagram. Pure: the same diagram is always drawn the same."""
    rows = {node.id: node.row for node in diagram.nodes}
    ways = _ways(diagram, rows)
    layers = _layers(diagram, ways, rows)
    neighbours = _neighbours(ways)
    spine = _spine(neighbours[0], rows)
    for sweep in range(_SWEEPS):
        _order(layers, neighbours, spine, down=sweep % 2 == 0)
    backs = [way for way in ways if way.back]
    xs = _across(layers, neighbours, set(rows), left=_MARGIN + _LANE * len(backs) + WIDTH / 2)
    ys = _down(layers, ways, rows)
    lines = [*_forward(ways, xs, ys), *_backward(backs, xs, ys, rows)]
    return Drawing(
        width=max(xs[one] for one in rows) + WIDTH / 2 + _MARGIN,
        height=max(ys.values()) + HEIGHT + _MARGIN,
        boxes=tuple(Box(id=one, x=round(xs[one] - WIDTH / 2, 1), y=ys[one]) for one in rows),
        lines=tuple(lines),
    )


def _ways(diagram: Diagram, rows: Mapping[str, int]) -> list[_Way]:
    labels: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for edge in diagram.edges:
        labels[edge.source, edge.target, edge.back].append(edge.label)
    found = []
    for number, ((source, target, back), some) in enumerate(labels.items()):
        between = () if back else tuple(f"{number}:{row}" for row in range(rows[source] + 1, rows[target]))
        label = _short(", ".join(one for one in some if one))
        found.append(_Way(source=source, target=target, label=label, back=back, through=between))
    return found


def _short(label: str) -> str:
    """Return a label that fits: of a long condition the end says most."""
    said = label.replace("slots.", "")
    return said if len(said) <= _LONGEST_LABEL else f"…{said[1 - _LONGEST_LABEL :].lstrip()}"


def _layers(diagram: Diagram, ways: Sequence[_Way], rows: Mapping[str, int]) -> list[list[str]]:
    layers: list[list[str]] = [[] for _ in range(max(rows.values(), default=0) + 1)]
    for node in diagram.nodes:
        layers[node.row].append(node.id)
    for way in ways:
        for step, place in enumerate(way.through, start=1):
            layers[rows[way.source] + step].append(place)
    return layers


def _neighbours(ways: Iterable[_Way]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the places above and below each place."""
    above: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for way in ways:
        if not way.back:
            for upper, lower in zip(way.places, way.places[1:], strict=False):
                above[lower].append(upper)
                below[upper].append(lower)
    return above, below


def _spine(above: Mapping[str, Sequence[str]], rows: Mapping[str, int]) -> frozenset[str]:
    """Return the steps of the longest way, one in each row."""
    found = [max(rows, key=lambda one: rows[one])] if rows else []
    while found and (upper := [one for one in above.get(found[-1], ()) if rows.get(one) == rows[found[-1]] - 1]):
        found.append(upper[0])
    return frozenset(found)


_Neighbours = tuple[dict[str, list[str]], dict[str, list[str]]]


def _order(layers: list[list[str]], neighbours: _Neighbours, spine: frozenset[str], *, down: bool) -> None:
    """Order each layer by where its neighbours stand in the one before: fewer ways cross then."""
    joined = neighbours[0] if down else neighbours[1]
    for before, layer in _pairs(layers, down=down):
        places = {one: place for place, one in enumerate(before)}
        wish = {one: float(place) for place, one in enumerate(layer)}
        wish |= {one: mean(places[other] for other in joined[one]) for one in layer if joined[one]}
        now = {one: place for place, one in enumerate(layer)}
        layer.sort(key=lambda one: (one not in spine, wish[one], now[one]))


def _pairs(layers: list[list[str]], *, down: bool) -> list[tuple[list[str], list[str]]]:
    return list(pairwise(layers if down else layers[::-1]))


def _across(layers: list[list[str]], neighbours: _Neighbours, steps: set[str], *, left: float) -> dict[str, float]:
    """Return the middle of each place: near its neighbours' middles, and far enough from those beside it."""
    wide = {one: WIDTH if one in steps else _LANE for layer in layers for one in layer}
    xs: dict[str, float] = {}
    for layer in layers:
        _spread(layer, [left] * len(layer), wide, xs)
    for sweep in range(_SWEEPS):
        joined = neighbours[sweep % 2]
        for _, layer in _pairs(layers, down=sweep % 2 == 0):
            wished = [mean(xs[other] for other in joined[one]) if joined[one] else xs[one] for one in layer]
            _spread(layer, [left, *wished[1:]], wide, xs)
    return xs


def _spread(layer: Sequence[str], wished: Sequence[float], wide: Mapping[str, float], xs: dict[str, float]) -> None:
    """Put a layer's places where they wish, from left to right and apart from each other."""
    before: tuple[float, float] | None = None
    for one, wish in zip(layer, wished, strict=True):
        x = wish if before is None else max(wish, before[0] + (before[1] + wide[one]) / 2 + _GAP)
        xs[one], before = x, (x, wide[one])


def _down(layers: list[list[str]], ways: Sequence[_Way], rows: Mapping[str, int]) -> dict[str, float]:
    """Return the upper edge of each place; between rows there is room for the labels of those above."""
    labels: dict[str, int] = defaultdict(int)
    for way in ways:
        labels[way.source] += bool(way.label) and not way.back
    ys: dict[str, float] = {}
    y = float(_MARGIN)
    for layer in layers:
        ys |= dict.fromkeys(layer, y)
        y += HEIGHT + _BETWEEN + _LINE * max((labels[one] for one in layer if one in rows), default=0)
    return ys


def _forward(ways: Sequence[_Way], xs: Mapping[str, float], ys: Mapping[str, float]) -> list[Line]:
    leaving: dict[str, list[_Way]] = defaultdict(list)
    for way in ways:
        if not way.back:
            leaving[way.source].append(way)
    lines = []
    for source, some in leaving.items():
        some.sort(key=lambda way: xs[way.places[1]])
        labelled = 0
        for number, way in enumerate(some, start=1):
            start = (xs[source] - WIDTH / 2 + WIDTH * number / (len(some) + 1), ys[source] + HEIGHT)
            points = [start]
            for place in way.through:
                points += [(xs[place], ys[place]), (xs[place], ys[place] + HEIGHT)]
            points.append((xs[way.target], ys[way.target] - 1))
            labelled += bool(way.label)
            at = (start[0] + 5, start[1] + _LINE * labelled)
            lines.append(_line(way, _curve(points), at))
    return lines


def _backward(
    backs: Sequence[_Way], xs: Mapping[str, float], ys: Mapping[str, float], rows: Mapping[str, int]
) -> list[Line]:
    """Return the ways back: out at the left of a step, up in a lane of their own, and in at the left of another."""
    lines = []
    for lane, way in enumerate(sorted(backs, key=lambda one: rows[one.source] - rows[one.target]), start=1):
        x = _MARGIN + _LANE * (len(backs) - lane) + _LANE / 2
        out = (xs[way.source] - WIDTH / 2, ys[way.source] + HEIGHT * 0.65)
        back = (xs[way.target] - WIDTH / 2 - 1, ys[way.target] + HEIGHT * 0.35)
        path = f"M{_at(out)} H{x:.1f} V{back[1]:.1f} H{back[0]:.1f}"
        lines.append(_line(way, path, (x + 4, out[1] - 4)))
    return lines


def _line(way: _Way, path: str, at: Point) -> Line:
    return Line(
        source=way.source,
        target=way.target,
        path=path,
        label=way.label,
        x=round(at[0], 1),
        y=round(at[1], 1),
        back=way.back,
    )


def _curve(points: Sequence[Point]) -> str:
    """Return a path through points that leaves and reaches each of them straight down."""
    parts = [f"M{_at(points[0])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (to_y - y) / 2
        parts.append(
            f"V{to_y:.1f}"
            if abs(x - to_x) < 1
            else f"C{_at((x, y + half))} {_at((to_x, to_y - half))} {_at((to_x, to_y))}"
        )
    return " ".join(parts)


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
