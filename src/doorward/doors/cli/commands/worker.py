"""`doorward worker`: more hands, on PostgreSQL."""

from importlib import import_module
from typing import Final

import rich_click as click

from doorward.bootstrap import open_house
from doorward.doors.cli.opening import check_ready
from doorward.doors.cli.options import examples, with_settings
from doorward.doors.cli.output import hint, progress
from doorward.kit.process import leave_no_core
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import Misconfigured

WORKER: Final = "doorward.doors.worker"


@click.command(epilog=examples("doorward worker --database postgresql://doorward@db/doorward"))
@with_settings
def command(settings: Settings) -> None:
    """Walk messages and run jobs beside `doorward serve`, as many of these as you like. PostgreSQL only.

    On SQLite `doorward serve` does it all in one process.
    """
    leave_no_core()
    if settings.database_url.startswith("sqlite"):
        raise Misconfigured("a worker of its own needs PostgreSQL; on SQLite `doorward serve` does its work itself")
    check_ready(settings)
    with progress("opening the house"):
        house = open_house(settings)
    try:
        import_module(WORKER).work(house, ready=lambda: hint("The worker works. Ctrl-C stops it."))
    finally:
        house.close()
    hint("Stopped. Everything that was accepted is safe.")
