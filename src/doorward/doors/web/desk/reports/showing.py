"""How reports are shown: figures in words, and the columns of one unit together in a chart."""

from collections.abc import Mapping
from typing import Any, Final

from babel.numbers import format_percent
from babel.units import format_unit

from doorward import measure
from doorward.doors.web.desk.shared import DeskCall
from doorward.doors.web.pages import lasting
from doorward.flow.views.reports import Report

_LONGEST: Final = 60
"""Rows in a chart of what has no time: more cannot be told apart."""

_WORKED: Final = frozenset({"agents", "presence"})
"""Reports whose times are those of people at work."""

_HOUR: Final = 3600
_MANY_HOURS: Final = 10 * _HOUR
"""Seconds from which on a chart counts hours rather than minutes."""
_SCALES: Final = {"count": 1.0, "seconds": 1 / 60, "share": 100.0, "percent": 1.0}
_UNITS: Final = {"count": "", "seconds": "min", "share": "%", "percent": "%"}


def shown_value(desk: DeskCall, report: Report, value: float | None, unit: str) -> str:
    """Return a figure as people read it; what people worked in hours from one on, never in days, which would be odd."""
    if value is None:
        return "–"
    if unit == "seconds" and value >= _HOUR and report.kind in _WORKED:
        return str(format_unit(round(value / _HOUR, 1), "duration-hour", length="short", locale=desk.language))
    if unit == "seconds":
        return lasting(value, language=desk.language)
    if unit in {"share", "percent"}:
        return str(format_percent(value if unit == "share" else value / 100, locale=desk.language))
    return str(value)


def columns_of(desk: DeskCall, report: Report, reasons: Mapping[str, str]) -> dict[str, str]:
    """Return what each column is called by its name; those of a reason for being away as the reason is."""
    told = {}
    for column in report.columns:
        reason = column.name.removeprefix(measure.AWAY_FOR)
        is_reason = column.name != reason
        told[column.name] = reasons.get(reason, reason) if is_reason else desk.say(f"report.column.{column.name}")
    return told


def charts_of(desk: DeskCall, report: Report, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the charts of a report, one for each unit of its columns, as the component `ui.chart` wants them.

    `names` is what the columns are called.
    """
    rows = report.rows[:_LONGEST]
    charts = []
    for unit in dict.fromkeys(one.unit for one in report.columns) if rows else ():
        in_hours = unit == "seconds" and _most(report, unit) >= _MANY_HOURS
        scale = 1 / _HOUR if in_hours else _SCALES[unit]
        series = [
            {
                "name": names[column.name],
                "points": [(row.name, _scaled(row.values[place], unit, scale)) for row in rows],
            }
            for place, column in enumerate(report.columns)
            if column.unit == unit
        ]
        title = f"{desk.say(f'report.{report.kind}')}: {desk.say(f'report.unit.{unit}')}"
        charts.append(
            {"id": f"chart-{unit}", "title": title, "unit": "h" if in_hours else _UNITS[unit], "series": series}
        )
    return charts


def _most(report: Report, unit: str) -> float:
    places = [place for place, column in enumerate(report.columns) if column.unit == unit]
    return max((row.values[place] or 0 for row in report.rows for place in places), default=0)


def _scaled(value: float | None, unit: str, scale: float) -> float | None:
    if value is None or unit == "count":
        return value
    return round(value * scale, 1)
