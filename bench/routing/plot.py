"""A plot of the waits, as SVG (W3C, SVG 2), written without any library: a bar for each language group and way."""

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

_WIDTH, _LEFT, _BAR, _GAP = 760, 60, 14, 20
_OURS, _THEIRS = "#0f766e", "#94a3b8"
_MOST: Final = 0.4


def plot(ways: Mapping[str, Any]) -> str:
    """Return the mean waits of all language groups as shares of patience, one group of bars for each way."""
    rows: list[str] = []
    top = 20
    for name, way in ways.items():
        share = way["share_of_oracle"]
        worth = "" if share is None else f", {share:.1%} of the oracle's value"
        rows.append(_text(10, top, f"{name}: mean wait / patience, disparity {way['disparity']}{worth}", bold=True))
        top += 8
        for language, waits in way["languages"].items():
            end = min(waits["share"], _MOST) / _MOST * (_WIDTH - _LEFT - 80)
            colour = _OURS if name == "match" else _THEIRS
            rows.append(_text(_LEFT - 8, top + 11, language, anchor="end"))
            rows.append(f'<rect x="{_LEFT}" y="{top}" width="{end:.1f}" height="{_BAR}" fill="{colour}"/>')
            rows.append(_text(_LEFT + end + 6, top + 11, f"{waits['share']:.3f} ({waits['seconds']:.0f} s)"))
            top += _BAR + 4
        top += _GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" font-family="sans-serif"'
    ground = f'<rect width="{_WIDTH}" height="{top}" fill="#ffffff"/>'
    return "\n".join([f'{head} font-size="12">', ground, *rows, "</svg>\n"])


def _text(place: float, top: float, text: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{place:.1f}" y="{top}" text-anchor="{anchor}" fill="#0f172a"{weight}>{escape(text)}</text>'
