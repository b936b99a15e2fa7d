"""Opening hours: in the tenant's time zone, with days off, over the change of clocks."""

from datetime import UTC, datetime

import pytest

from doorward.kit.settings import SettingsInvalid, change_tenant
from doorward.kit.tenant_settings import TenantSettings
from doorward.routing.hours import is_open, next_opening

BERLIN = TenantSettings(
    time_zone="Europe/Berlin",
    hours={"mon": ("09:00-12:00", "13:00-17:00"), "sun": ("20:00-24:00",)},
    closed_days=("2026-03-09",),
)


def at(text: str) -> datetime:
    """Read a UTC time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-03-02T07:59", False),
        ("2026-03-02T08:00", True),
        ("2026-03-02T11:00", False),  # noon in Berlin: closed until one
        ("2026-03-02T15:59", True),
        ("2026-03-02T16:00", False),
        ("2026-03-09T09:00", False),  # a day off
        ("2026-03-30T07:30", True),  # summer time has begun
        ("2026-03-01T22:59", True),
        ("2026-03-01T23:00", False),  # 24:00
    ],
)
def test_hours_are_the_tenants_own(moment: str, *, opened: bool) -> None:
    """Spans include their beginning and not their end, in local time, but for days off."""
    assert is_open(BERLIN, at(moment)) is opened


def test_without_hours_it_is_always_open() -> None:
    """Who never said when is always there, but on days off."""
    assert is_open(TenantSettings(), at("2026-03-02T03:00"))
    assert not is_open(TenantSettings(closed_days=("2026-03-02",)), at("2026-03-02T03:00"))


def test_the_next_opening_skips_days_off() -> None:
    """The next opening is the coming span's beginning in UTC; who never opens has none."""
    assert next_opening(BERLIN, at("2026-03-02T11:30")) == at("2026-03-02T12:00")
    assert next_opening(BERLIN, at("2026-03-08T23:30")) == at("2026-03-15T19:00")
    assert next_opening(BERLIN, at("2026-03-02T08:30")) == at("2026-03-02T08:30")
    assert next_opening(TenantSettings(hours={"mon": ()}), at("2026-03-02T08:30")) == at("2026-03-02T08:30")


def test_a_time_that_the_clocks_leave_out_is_the_same_everywhere() -> None:
    """A span that begins in the hour that is left out opens when it says that it will."""
    night = TenantSettings(time_zone="Europe/Berlin", hours={"sun": ("02:30-05:00",)})
    opens = next_opening(night, at("2026-03-29T00:00"))
    assert opens == at("2026-03-29T01:30")
    assert not is_open(night, at("2026-03-29T01:29"))
    assert is_open(night, at("2026-03-29T01:30"))


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    """When the clocks go back, a span over the doubled hour lasts an hour longer."""
    night = TenantSettings(time_zone="Europe/Berlin", hours={"sun": ("01:00-04:00",)})
    opened = [is_open(night, at(f"2026-10-25T0{hour}:30")) for hour in range(4)]
    assert opened == [True, True, True, False]
    assert is_open(night, at("2026-10-24T23:00"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "/etc/passwd"),
        ("time_zone", "../../etc/passwd"),
        ("hours", {"monday": ["09:00-10:00"]}),
        ("hours", {"mon": ["9-10"]}),
        ("hours", {"mon": ["10:00-09:00"]}),
        ("hours", {"mon": ["24:00-24:00"]}),
        ("closed_days", ["2026-02-30"]),
    ],
)
def test_impossible_hours_are_refused(name: str, value: object) -> None:
    """Zones, weekdays, spans and dates that there cannot be never reach the settings."""
    with pytest.raises(SettingsInvalid):
        change_tenant(TenantSettings(), name, value)
