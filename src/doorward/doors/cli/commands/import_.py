"""`doorward import`: what another desk exported, into a tenant's own."""

from pathlib import Path
from typing import Any, Final

import rich_click as click

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.importing import FOLDER, opened_imports, print_preview, tell_result, telling
from doorward.doors.cli.options import EXISTING_FILE, examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json
from doorward.flow.importing import VENDORS, Importing, ImportOrder, preview, read_mapping
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import Conflict, Malformed

SOURCE: Final = click.Path(exists=True, path_type=Path)
FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command(
    epilog=examples(
        "doorward import zendesk-export/ --format zendesk --preview",
        "doorward import zendesk-export/ --format zendesk --mapping zendesk.toml",
        "doorward import zendesk-export/ --format zendesk --mapping zendesk.toml --resume",
        "doorward import tickets.csv --format csv --mapping tickets.toml --report left-out.jsonl",
    )
)
@click.argument("source", type=SOURCE)
@click.option("--format", "vendor", type=click.Choice(VENDORS), required=True, help="Whose export it is.")
@click.option("--mapping", type=EXISTING_FILE, metavar="FILE", help="What things are called there, and here (TOML).")
@click.option("--preview", "only_look", is_flag=True, help="Show what would come in, masked, and write nothing.")
@click.option(
    "--first", type=click.IntRange(0, 1000), default=3, show_default=True, metavar="N", help="Conversations to preview."
)
@click.option("--resume", is_flag=True, help="Go on where a run that was stopped was.")
@click.option("--restart", is_flag=True, help="Begin anew; what was taken stays, and nothing is taken twice.")
@click.option(
    "--report", type=FILE, metavar="OUT", help="Where the lines of what was left out go. [default: data folder]"
)
@with_tenant
@with_json
@with_settings
def command(settings: Settings, *, source: Path, tenant: str | None, as_json: bool, **wishes: Any) -> int:
    """Import contacts, conversations, messages and files that another desk exported.

    SOURCE is a file or a folder. Everything that people wrote is screened as if it came in now; times stay what they
    were; files are held until they are scanned. Importing again changes nothing, and takes what is new. What cannot be
    taken is left out, counted and told with its place, and the exit code is 3. With SQLite, Doorward must not be
    running.
    """
    report: Path = wishes["report"] or settings.folder / FOLDER / f"{SystemClock().now():%Y%m%dT%H%M%S}.jsonl"
    try:
        order = ImportOrder(
            source=source,
            vendor=wishes["vendor"],
            mapped=read_mapping(wishes["mapping"]),
            report=report,
            resume=wishes["resume"],
            restart=wishes["restart"],
        )
        with opened_imports(settings, tenant) as (rooms, scope), telling() as tell:
            if wishes["only_look"]:
                found = preview(rooms, scope, order, first=wishes["first"], tell=tell)
            else:
                imported = Importing(rooms).run(scope, order, tell=tell)
    except (Conflict, Malformed) as refusal:
        sentence = str(refusal)
        raise Stop(f"{sentence[:1].upper()}{sentence[1:]}.", code=Code.FAILED) from None
    if wishes["only_look"]:
        print_json(found) if as_json else print_preview(found)
        return Code.OK
    if as_json:
        print_json({"taken": imported.tally, "first_left_out": imported.first_left_out, "report": str(report)})
    else:
        tell_result(imported, report)
    return Code.BAD_LINES if imported.tally.left else Code.OK
