"""`doorward db`: the database's tables."""

import msgspec
import rich_click as click

from doorward.bootstrap import load_plugins
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import office, require_database, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, progress, say
from doorward.flow.search import LedgerReading
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database
from doorward.kit.db.migrate import SchemaState, migrate, schema_state
from doorward.kit.settings import Settings
from doorward.record.search import SearchIndex, Terms


class TablesReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints: where the tables stand, where they should be, and whether that is the same."""

    current: str | None
    newest: str
    is_current: bool


class ReadLedger(msgspec.Struct, frozen=True, kw_only=True):
    """What `reindex --json` prints of each tenant: how many lines with words its ledger has."""

    tenant: str
    lines: int


@click.group()
def command() -> None:
    """Look at the database's tables, or bring them to this version's form."""


@command.command(epilog=examples("doorward db status", "doorward db status --json"))
@with_json
@with_settings
def status(settings: Settings, *, as_json: bool) -> int:
    """Say whether the tables are those of this version; exit code 1 if they are not."""
    require_database(settings)
    database = Database.open(settings.database_url, read_only=True)
    try:
        state = schema_state(database)
    finally:
        database.close()
    _tell(state, as_json=as_json)
    return Code.OK if state.is_current else Code.FAILED


@command.command(epilog=examples("doorward backup before.backup", "doorward db upgrade"))
@with_json
@with_settings
def upgrade(settings: Settings, *, as_json: bool) -> None:
    """Bring the tables to this version's form, in one transaction: all of it happens or nothing.

    Back it up first (`doorward backup`); there is no way back but the backup.
    """
    require_database(settings)
    database = Database.open(settings.database_url)
    try:
        with progress("changing the tables"):
            before = migrate(database)
        after = schema_state(database)
    finally:
        database.close()
    if not after.is_current:
        raise Stop("The tables could not be brought to this version's form. Nothing was changed.", code=Code.BUG)
    if as_json:
        _tell(after, as_json=True)
    elif before.is_current:
        say("Nothing to do: the tables are up to date.")
    else:
        say(f"Done: the tables went from step {before.current or 'none'} to {after.newest}.")


@command.command(epilog=examples("doorward db reindex", "doorward db reindex --tenant acme --json"))
@with_tenant
@with_json
@with_settings
def reindex(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """Read the conversations of a tenant, or of all tenants, again for search.

    Nothing is lost meanwhile: what can be found stays findable. A running Doorward does this by itself where it must.
    """
    packs = load_plugins(settings, clock=SystemClock(), kinds=("language",)).packs
    index = SearchIndex(Terms(packs.values()))
    done = []
    with office(settings) as opened, progress("reading") as tell:
        reading = LedgerReading(opened.transactions, index=index)
        for one in opened.tenants() if tenant is None else (opened.tenant(tenant),):
            read = reading.read_everything(scope_of(one), heard=lambda now: tell(now.lines))
            done.append(ReadLedger(tenant=one.slug, lines=read.lines))
    if as_json:
        print_json(done)
        return
    for ledger in done:
        say(f"{ledger.tenant}: {ledger.lines} lines can be found.")


def _tell(state: SchemaState, *, as_json: bool) -> None:
    if as_json:
        print_json(TablesReport(current=state.current, newest=state.newest, is_current=state.is_current))
    elif state.is_current:
        say(f"The tables are up to date (step {state.newest}).")
    else:
        say(f"The tables are at step {state.current or 'none'}, this version wants {state.newest}: doorward db upgrade")
