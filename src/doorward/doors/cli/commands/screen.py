"""`doorward screen`: the guards alone."""

from pathlib import Path
from typing import Any, get_args

import rich_click as click

from doorward.bootstrap import load_plugins, make_screener
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.lines import INPUT, OUTPUT, open_input, open_output, read_lines, write_line
from doorward.doors.cli.options import EXISTING_FILE, examples, settings_from
from doorward.doors.cli.output import hint, progress
from doorward.flow.screening import LineForm, screen_lines
from doorward.kit.clock import SystemClock
from doorward.kit.settings import user_cache
from doorward.protection import ALL_GUARDS, Guard


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
    )
)
@click.argument("source", metavar="IN", type=INPUT)
@click.option("--out", type=OUTPUT, required=True, metavar="OUT", help="Where the results go; - is standard output.")
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
    type=click.Choice(get_args(LineForm)),
    default="auto",
    show_default=True,
    help="Whether lines are JSON objects or plain text; auto looks at the first.",
)
@click.option("--config", type=EXISTING_FILE, metavar="FILE", help="Settings file.")
def command(*, source: Path, out: Path, guards: tuple[Guard, ...], form: Any, config: Path | None) -> int:
    """Find and mask personal data and threats in a file of texts. No database, no keys, nothing is kept.

    JSONL lines are {"id", "text"}; plain lines have their number for an id. A result is {"id", "masked", "findings"},
    one line out for each line in, in order. A bad line gives {"id", "error"}, the others go on, and the exit code is 3.
    """
    settings = settings_from(config, overrides={})
    plugins = load_plugins(settings, clock=SystemClock(), kinds=("language", "detector"))
    with progress("compiling the patterns"):
        screener = make_screener(plugins, settings, cache_folder=user_cache())
    good, bad = 0, 0
    with open_input(source) as lines, open_output(out, source=source) as results, progress("screening") as tell:
        for result in screen_lines(read_lines(lines), screener, guards=guards, form=form):
            write_line(results, result)
            bad += "error" in result
            good += "error" not in result
            if (good + bad) % 100 == 0:
                tell(good + bad)
    hint(f"Screened {good} lines" + (f"; {bad} were bad." if bad else "."))
    return Code.BAD_LINES if bad else Code.OK
