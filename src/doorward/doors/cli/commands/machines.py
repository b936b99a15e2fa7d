"""`doorward machines`: which share of contacts is from machines, and what is to be expected."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import rich_click as click

from doorward.doors.cli.opening import office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, print_table
from doorward.flow.views.reports import Report, ReportWish, report
from doorward.identity import Staff
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings

_MONTH_DAYS: Final = 31


@click.group()
def command() -> None:
    """See which share of contacts is from machines."""


@command.command(epilog=examples("doorward machines share", "doorward machines share --months 3 --json"))
@click.option("--months", type=click.IntRange(1, 11), default=11, show_default=True, help="Months before this one.")
@with_tenant
@with_json
@with_settings
def share(settings: Settings, *, months: int, tenant: str | None, as_json: bool) -> None:
    """Show by month how many contacts machines signed, and which share of all is from machines, with its range.

    Contacts that sign nothing are estimated by how their first message is written. The months ahead are a forecast.
    """
    with office(settings, read_only=True) as opened:
        found = opened.tenant(tenant)
        zone, scope = ZoneInfo(found.settings.time_zone), scope_of(found)
        today = SystemClock().now().astimezone(zone).date()
        since = (today.replace(day=1) - timedelta(days=_MONTH_DAYS * (months - 1))).replace(day=1)
        wish = ReportWish(kind="machines", since=since, until=today)
        made = opened.transactions.read(lambda tx: report(tx, scope, wish, zone=zone, staff=Staff()))
    if as_json:
        print_json({"columns": [one.name for one in made.columns], "rows": _rows(made)})
        return
    rows = [(row.key, _count(row.values[0]), _count(row.values[1]), _range(row.values)) for row in made.rows]
    counted = any(row.values[0] for row in made.rows)
    headings = ("month", "contacts", "signed", "from machines")
    print_table(headings, rows if counted else (), empty="No contacts were counted yet.")


def _rows(made: Report) -> list[dict[str, object]]:
    names = [one.name for one in made.columns]
    return [{"month": row.key, **dict(zip(names, row.values, strict=True))} for row in made.rows]


def _count(value: float | None) -> str:
    return "" if value is None else str(int(value))


def _range(values: tuple[float | None, ...]) -> str:
    """Return a share with its range, and that it is a forecast where it is one."""
    known, ahead = values[2:5], values[5:8]
    shown = ahead if known[0] is None else known
    if shown[0] is None:
        return ""
    words = f"{shown[0]:.1%} ({shown[1] or 0:.1%} to {shown[2] or 0:.1%})"
    return words if known[0] is not None else f"{words}, forecast"
