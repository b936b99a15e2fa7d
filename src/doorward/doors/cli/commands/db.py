"""`doorward db`: the database's tables."""

import msgspec
import rich_click as click

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import require_database
from doorward.doors.cli.options import examples, with_json, with_settings
from doorward.doors.cli.output import print_json, progress, say
from doorward.kit.db import Database
from doorward.kit.db.migrate import SchemaState, migrate, schema_state
from doorward.kit.settings import Settings


class TablesReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints: where the tables stand, where they should be, and whether that is the same."""

    current: str | None
    newest: str
    is_current: bool


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


def _tell(state: SchemaState, *, as_json: bool) -> None:
    if as_json:
        print_json(TablesReport(current=state.current, newest=state.newest, is_current=state.is_current))
    elif state.is_current:
        say(f"The tables are up to date (step {state.newest}).")
    else:
        say(f"The tables are at step {state.current or 'none'}, this version wants {state.newest}: doorward db upgrade")
