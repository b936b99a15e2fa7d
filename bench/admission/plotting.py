"""Plots of what was measured, as one page without script; every plot has its numbers beside it as a table."""

from collections.abc import Mapping
from html import escape
from typing import Any

FIGURES = ("found", "wronged", "strangers", "of_oracle", "signed_of_oracle", "wasted")
WIDTH, ROW, LABEL = 720, 22, 260
STYLE = (
    "body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right}th:first-child,td:first-child"
    "{text-align:left}svg text{fill:currentColor;font-size:13px}rect{fill:#4577b5}"
)


def page(result: Mapping[str, Any]) -> str:
    """The page of a result of `bench admission`: a plot and a table for each figure of the drills in it."""
    parts = []
    if reading := result.get("reading"):
        means = {name: one["mean"] for name, one in reading.items()}
        parts += [
            plot(f"Real detector: {figure}", {name: one[figure] for name, one in means.items()}) for figure in FIGURES
        ]
    for scene, found in result.get("drilling", {}).get("beside_others", {}).items():
        rows = {name: one["of_oracle"] for name, one in found.items() if isinstance(one, dict) and "of_oracle" in one}
        parts.append(plot(f"Customers helped, of the oracle: {scene}", rows))
    body = "".join(parts)
    head = f'<meta charset="utf-8"><title>bench admission</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}<h1>bench admission</h1>{body}</html>\n'


def plot(title: str, rows: Mapping[str, float]) -> str:
    """Bars from 0 to the greatest value or 1, and the table of the same numbers."""
    most = max([1.0, *rows.values()])
    bars = "".join(
        f'<text x="0" y="{place * ROW + 15}">{escape(name)}</text>'
        f'<rect x="{LABEL}" y="{place * ROW + 3}" width="{(WIDTH - LABEL) * value / most:.1f}" height="{ROW - 6}"/>'
        for place, (name, value) in enumerate(rows.items())
    )
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{value:.4f}</td></tr>" for name, value in rows.items())
    drawn = f'<svg role="img" aria-label="{escape(title)}" width="{WIDTH}" height="{len(rows) * ROW}">{bars}</svg>'
    return f"<h2>{escape(title)}</h2>{drawn}<table><tr><th>what</th><th>value</th></tr>{cells}</table>"
