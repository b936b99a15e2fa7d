"""`doorward screen`: the guards alone, over lines or over whole archives."""

from pathlib import Path
from typing import Any, Final

import rich_click as click

from doorward.bootstrap import load_plugins, make_screener
from doorward.doors.cli.archives import Wishes, screen_whole, with_archive_options
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.lines import OUTPUT, STREAM, open_input, open_output, read_lines, write_line
from doorward.doors.cli.options import examples
from doorward.doors.cli.output import hint, progress
from doorward.flow.screening import screen_lines
from doorward.kit.clock import SystemClock
from doorward.kit.settings import user_cache
from doorward.protection import ALL_GUARDS, Guard

ARCHIVE: Final = click.Path(exists=True, allow_dash=True, path_type=Path)
LINE_FORMS: Final = ("auto", "jsonl", "text")
FORMS: Final = (*LINE_FORMS, "csv", "mbox", "eml")


def _read_guards(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[Guard, ...]:
    """Return the guards that a list names. Raises `Stop`."""
    wanted = [name.strip() for name in value.split(",") if name.strip()]
    if not wanted or not set(wanted) <= set(ALL_GUARDS):
        raise Stop(f"--guards is some of {', '.join(ALL_GUARDS)}, separated by commas.", code=Code.USAGE)
    return tuple(guard for guard in ALL_GUARDS if guard in wanted)


@click.command(
    epilog=examples(
        "doorward screen export.jsonl --out masked.jsonl",
        "doorward screen - --out - --guards sensitive < notes.txt",
        "doorward screen tickets.csv --masked masked.csv --report report.html",
        "doorward screen mails/ --masked masked-mails --findings findings.jsonl --workers 8",
        "doorward screen tickets.csv --masked masked.csv --tenant acme --data doorward-data --public hotlines.txt",
    )
)
@click.argument("source", metavar="IN", type=ARCHIVE)
@click.option("--out", type=OUTPUT, metavar="OUT", help="Lines: where the results go; - is standard output.")
@click.option(
    "--guards",
    default=",".join(ALL_GUARDS),
    show_default=True,
    callback=_read_guards,
    metavar="LIST",
    help="Which findings to report. Masking is not a matter of choice.",
)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="auto",
    show_default=True,
    help="What IN is; auto looks at an archive's name and at the first line.",
)
@with_archive_options
def command(*, source: Path, out: Path | None, guards: tuple[Guard, ...], form: str, wishes: Wishes) -> int:
    """Find and mask personal data and threats in texts. Nothing is kept; a database is read for --tenant only.

    Lines (--out): JSONL lines are {"id", "text"}; plain lines have their number for an id. A result is
    {"id", "masked", "findings"}, one line out for each line in, in order. A bad line gives {"id", "error"}, the others
    go on, and the exit code is 3.

    Archives (--masked, --findings, --report): IN is JSONL, CSV, a mail box, a folder of .eml files or text, of any
    size, screened by all processors. A run that was killed goes on where it stopped when it is given again. What cannot
    be screened is left out of the copy, counted with place and reason, and the exit code is 3.
    """
    if wishes.outputs:
        if out is not None or str(source) == STREAM:
            raise Stop(
                "Lines go to --out; archives, which are files or folders, to --masked, --findings and --report.",
                code=Code.USAGE,
            )
        return screen_whole(source, wishes, guards=guards, form=form)
    if out is None:
        raise Stop("Say where results go: --out for lines, else --masked, --findings or --report.", code=Code.USAGE)
    if form not in LINE_FORMS or source.is_dir():
        raise Stop("That is an archive: use --masked, --findings or --report in place of --out.", code=Code.USAGE)
    return _screen_lines(source, out, guards=guards, form=form, wishes=wishes)


def _screen_lines(source: Path, out: Path, *, guards: tuple[Guard, ...], form: Any, wishes: Wishes) -> int:
    settings = wishes.settings()
    rules = wishes.rules(settings)
    plugins = load_plugins(settings, clock=SystemClock(), kinds=("language", "detector"))
    with progress("compiling the patterns"):
        ruled = rules.over(make_screener(plugins, settings, cache_folder=user_cache()))
    good, bad = 0, 0
    with open_input(source) as lines, open_output(out, source=source) as results, progress("screening") as tell:
        results_of = screen_lines(read_lines(lines), ruled.screener, guards=guards, public=ruled.public, form=form)
        for result in results_of:
            write_line(results, result)
            bad += "error" in result
            good += "error" not in result
            if (good + bad) % 100 == 0:
                tell(good + bad)
    hint(f"Screened {good} lines" + (f"; {bad} were bad." if bad else "."))
    return Code.BAD_LINES if bad else Code.OK
