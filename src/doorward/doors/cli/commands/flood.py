"""`doorward flood`: how things stand with floods, and what the operator says about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import rich_click as click

from doorward.admission.flood import LEVELS
from doorward.admission.together import QuotasTogether
from doorward.doors.cli.opening import office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, print_table, say
from doorward.flow.flood import FloodControl, FloodWatch, Levers
from doorward.flow.flood.announcing import announces_to
from doorward.flow.views.flood import FloodState, flood_state
from doorward.kit.clock import SystemClock
from doorward.kit.crypto import new_key
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText, house_text
from doorward.webhooks import Deliveries, Endpoints

WHY: Final = house_text("by the operator, on the command line")
"""Why the operator does it stands in no file that others read: who may, has the data folder."""


class _Opened:
    """A tenant, and the levers over it."""

    def __init__(self, transactions: Transactions, scope: Scope, levers: Levers, control: FloodControl) -> None:
        self.scope = scope
        self.levers = levers
        self._transactions = transactions
        self._control = control

    def state(self) -> FloodState:
        return self._transactions.read(lambda tx: flood_state(tx, self.scope, control=self._control))


class _NoWords:
    """Says nothing: no appeal is decided here."""

    def say(self, _language: str | None, key: str, /) -> str:
        return key


def _masks(_scope: Scope, note: WildText) -> MaskedText:
    return house_text(f"{len(note)} characters")


@contextmanager
def _opened(settings: Settings, tenant: str | None, *, read_only: bool = False) -> Iterator[_Opened]:
    with office(settings, read_only=read_only) as opened:
        found, transactions = opened.tenant(tenant), opened.transactions
        clock = SystemClock()
        quotas = QuotasTogether.alone(clock, secret=new_key())  # nobody comes by the command line
        control = FloodControl(transactions, clock=clock, quotas=quotas, settings=settings.flood)
        watch = FloodWatch(
            transactions,
            control,
            settings_of=lambda _tenant_id: found.settings,
            announces=announces_to(Endpoints(opened.keys), Deliveries()),
        )
        levers = Levers(transactions, control=control, watch=watch, translator=_NoWords(), masks=_masks)
        yield _Opened(transactions, scope_of(found), levers, control)


@click.group()
def command() -> None:
    """See how things stand with floods, and say what holds."""


@command.command(epilog=examples("doorward flood status", "doorward flood status --json"))
@with_tenant
@with_json
@with_settings
def status(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """Show the level and why, who came in the last quarter of an hour, and how full it is."""
    with _opened(settings, tenant, read_only=True) as opened:
        _show(opened.state(), as_json=as_json)


@command.command(epilog=examples("doorward flood override red --minutes 60"))
@click.argument("level", type=click.Choice(LEVELS))
@click.option("--minutes", type=click.IntRange(1, 10_080), default=60, show_default=True, help="For how long it holds.")
@with_tenant
@with_json
@with_settings
def override(settings: Settings, *, level: str, minutes: int, tenant: str | None, as_json: bool) -> None:
    """Have a level hold for a while, whatever is measured."""
    with _opened(settings, tenant) as opened:
        until = SystemClock().now() + timedelta(minutes=minutes)
        opened.levers.override(opened.scope, level, note=WHY, until=until)
        _show(opened.state(), as_json=as_json)


@command.command(epilog=examples("doorward flood release"))
@with_tenant
@with_json
@with_settings
def release(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """End what somebody said about the level; what is measured holds again."""
    with _opened(settings, tenant) as opened:
        opened.levers.release(opened.scope)
        _show(opened.state(), as_json=as_json)


@command.command(epilog=examples("doorward flood switch off", "doorward flood switch on"))
@click.argument("state", type=click.Choice(["on", "off"]))
@with_tenant
@with_json
@with_settings
def switch(settings: Settings, *, state: str, tenant: str | None, as_json: bool) -> None:
    """Switch all of flood control on or off. While it is off everybody is admitted to people."""
    with _opened(settings, tenant) as opened:
        opened.levers.switch(opened.scope, off=state == "off", note=WHY)
        _show(opened.state(), as_json=as_json)


@command.command(epilog=examples("doorward flood usual 120"))
@click.argument("per_hour", type=click.FloatRange(0.1, 1_000_000), metavar="CONTACTS")
@with_tenant
@with_json
@with_settings
def usual(settings: Settings, *, per_hour: float, tenant: str | None, as_json: bool) -> None:
    """Say how many contacts an hour are usual on the mean of a week."""
    with _opened(settings, tenant) as opened:
        opened.levers.tell_usual(opened.scope, per_hour=per_hour)
        _show(opened.state(), as_json=as_json)


def _show(state: FloodState, *, as_json: bool) -> None:
    if as_json:
        print_json(state)
        return
    rows = [
        ("level", "off" if state.off else state.level),
        ("measured", state.measured),
        ("override", "" if state.override is None else f"{state.override.level} until {state.override.until}"),
        ("usual in an hour", "not known yet" if state.usual_per_hour is None else state.usual_per_hour),
        (f"came in {state.arrivals.minutes} minutes", state.arrivals.total),
        ("of them strangers", state.arrivals.by_class["anonymous"]),
        ("people taken", f"{state.room.busy} of {state.room.people}"),
        ("promised call-backs", state.room.promised),
        ("appeals that wait", state.appeals),
    ]
    print_table(("what", "how it stands"), rows, empty="")
    for change in state.changes[:5]:
        say(f"{change.at:%Y-%m-%d %H:%M} {change.cause}: {change.before} to {change.after} {change.by}".rstrip())
