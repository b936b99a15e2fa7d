"""When what sleeps wakes: in somebody's own time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doorward.flow.desk import wake_at, zone_named
from doorward.vocabulary.errors import Malformed

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
"""Half past eleven at night in Berlin; in the night the clocks go forward."""


@pytest.mark.parametrize(
    ("choice", "at", "moment"),
    [
        ("hour", "", datetime(2026, 3, 28, 23, 30, tzinfo=UTC)),
        ("tomorrow", "", datetime(2026, 3, 29, 6, tzinfo=UTC)),
        ("week", "", datetime(2026, 3, 30, 6, tzinfo=UTC)),
        ("at", "2026-03-29T02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("at", "2026-12-24T09:15", datetime(2026, 12, 24, 8, 15, tzinfo=UTC)),
        ("at", "2026-12-24T09:15+00:00", datetime(2026, 12, 24, 9, 15, tzinfo=UTC)),
    ],
)
def test_choices_are_moments(choice: str, at: str, moment: datetime) -> None:
    """Days begin and mornings are where the reader is; a time that the clocks leave out is an hour later."""
    assert wake_at(choice, now=SATURDAY, zone=BERLIN, at=at) == moment


@pytest.mark.parametrize("at", ["", "soon", "2026-13-01T00:00", "0001-01-01T00:00"])
def test_a_time_that_is_none_is_malformed(at: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Malformed):
        wake_at("at", now=SATURDAY, zone=BERLIN, at=at)


@pytest.mark.parametrize("name", ["", "Middle/Earth", "../../etc/passwd", "x" * 100, "/etc/localtime"])
def test_an_unknown_zone_is_the_company_s(name: str) -> None:
    """A browser may say what it likes."""
    assert zone_named(name, otherwise="Europe/Berlin") == BERLIN
