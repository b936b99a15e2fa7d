"""How reports are shown: figures in words, columns by their names, charts in a unit that can be read."""

from collections.abc import Sequence
from datetime import date
from typing import cast

import pytest

from doorward.doors.web.desk.reports.showing import charts_of, columns_of, shown_value
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.views.reports import NamedRow, Report
from doorward.measure import Column


class Reader:
    """Somebody at the desk; what is said to them is the sentence's key."""

    language = "en"

    def say(self, key: str) -> str:
        """Return the key."""
        return key


DESK = cast("DeskCall", Reader())


def presence(*weeks: Sequence[float | None]) -> Report:
    """A report of presence with a reason that every company has and one that is gone by now."""
    names = ("available", "away", "away.lunch", "away.branch")
    return Report(
        kind="presence",
        since=date(2026, 3, 2),
        until=date(2026, 3, 15),
        step="week",
        columns=tuple(Column(name=name, unit="seconds") for name in names),
        rows=tuple(NamedRow(key=str(at), name=str(at), values=tuple(week)) for at, week in enumerate(weeks)),
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "–"), (0, "0 sec"), (600, "10 min"), (5400, "1.5 hr"), (604_800, "168 hr")]
)
def test_time_at_work_is_in_hours(seconds: float | None, words: str) -> None:
    """A week of a whole team is so many hours, not so many days."""
    assert shown_value(DESK, presence(), seconds, "seconds") == words


def test_columns_of_reasons_are_called_as_the_reasons_are() -> None:
    """One that is gone by now by its key."""
    names = columns_of(DESK, presence(), {"lunch": "Lunch"})
    assert list(names.values()) == ["report.column.available", "report.column.away", "Lunch", "branch"]


@pytest.mark.parametrize(("most", "unit", "drawn"), [(7200, "min", 120.0), (72_000, "h", 20.0)])
def test_a_chart_counts_hours_where_there_are_many(most: float, unit: str, drawn: float) -> None:
    """Below ten it counts minutes; a week of which nothing is known is a gap."""
    report = presence((most, 0, 0, 0), (None, None, None, None))
    (chart,) = charts_of(DESK, report, columns_of(DESK, report, {}))
    assert (chart["unit"], chart["series"][0]["points"]) == (unit, [("0", drawn), ("1", None)])
