"""A plot of the rates, as SVG (W3C, SVG 2), written without any library: bars on a logarithmic scale."""

import math
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

_WIDTH, _LEFT, _BAR, _GAP = 860, 190, 16, 34
_DECADES: Final = 6  # 1 to 1,000,000 a second
_OURS, _THEIRS = "#0f766e", "#94a3b8"


def plot(corpora: Mapping[str, Any]) -> str:
    """Return the rates of all engines as a picture, one group of bars for each corpus."""
    rows: list[str] = []
    top = 20
    for name, corpus in corpora.items():
        rows.append(_text(10, top + 4, f"{name} ({corpus['characters']} characters): texts a second", bold=True))
        top += 14
        for engine, figures in sorted(corpus["engines"].items(), key=lambda one: -one[1]["per_second"]):
            rows += _bar(engine, figures, top)
            top += _BAR + 6
        top += _GAP
    grid = [_line(_place(10**decade), top - _GAP + 6) for decade in range(_DECADES + 1)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}"',
            'font-family="sans-serif" font-size="12">',
            f'<rect width="{_WIDTH}" height="{top}" fill="#ffffff"/>',
            *grid,
            *rows,
            "</svg>\n",
        ]
    )


def _bar(engine: str, figures: Mapping[str, Any], top: int) -> list[str]:
    end, middle = _place(figures["per_second"]), top + _BAR // 2
    colour = _OURS if engine.startswith("doorward") else _THEIRS
    low, high = _place(figures["least"]), _place(figures["most"])
    return [
        _text(_LEFT - 8, middle + 4, engine, anchor="end"),
        f'<rect x="{_LEFT}" y="{top}" width="{end - _LEFT:.1f}" height="{_BAR}" fill="{colour}"/>',
        f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="#1e293b" stroke-width="2"/>',
        _text(max(end, high) + 6, middle + 4, f"{figures['per_second']:,}"),
    ]


def _place(rate: float) -> float:
    return _LEFT + max(math.log10(max(rate, 1.0)), 0.0) * (_WIDTH - _LEFT - 70) / _DECADES


def _line(place: float, bottom: int) -> str:
    return f'<path d="M{place:.1f} 24V{bottom}" stroke="#e2e8f0"/>'


def _text(place: float, top: float, text: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{place:.1f}" y="{top:.1f}" text-anchor="{anchor}" fill="#0f172a"{weight}>{escape(text)}</text>'
