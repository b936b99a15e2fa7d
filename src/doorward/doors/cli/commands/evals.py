"""`doorward evals`: how well customers are understood, by sets that nobody has learnt from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import rich_click as click

from doorward.bootstrap import load_plugins, make_reader
from doorward.doors.cli.ending import Code
from doorward.doors.cli.evals import NAMES, Given, run_sets, show_report
from doorward.doors.cli.evals.lab import Lab
from doorward.doors.cli.evals.thresholds import read_thresholds
from doorward.doors.cli.options import examples, with_config, with_json
from doorward.doors.cli.output import print_json, progress
from doorward.kit.clock import SystemClock
from doorward.kit.plugins import discover
from doorward.kit.settings import Settings, TenantSettings
from doorward.understanding import Understander

FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Judge how well customers are understood, by sets that are given and never learnt from."""


@command.command(
    epilog=examples(
        "doorward evals nlu --data ../shared/data/nlu",
        "doorward evals nlu --data FOLDER --only banking77 --only xsid --json",
        "doorward evals nlu --data FOLDER --own tests/evals/understanding --phrases phrases --half test",
    )
)
@click.option("--data", type=FOLDER, required=True, metavar="FOLDER", help="Public sets, a folder each.")
@click.option("--own", type=FOLDER, metavar="FOLDER", help="Own needs and questions. [default: left out]")
@click.option(
    "--phrases",
    type=FOLDER,
    metavar="FOLDER",
    help="Phrases of the own intents, <intent>.jsonl each. [default: those of the installed company]",
)
@click.option(
    "--half",
    type=click.Choice(["dev", "test"]),
    default="dev",
    show_default=True,
    help="Which half of the own sets is counted.",
)
@click.option("--only", "names", type=click.Choice(NAMES), multiple=True, help="Only this set; may be said again.")
@click.option("--no-check", is_flag=True, help="End well even where a floor is missed.")
@with_json
@with_config
def nlu(settings: Settings, *, names: tuple[str, ...], no_check: bool, as_json: bool, **places: Any) -> int:
    """Learn from public and own sets and judge by what was held back, against versioned floors and aims.

    A set that is not there is named and left out. Public sets are judged by their development splits. What sets say is
    never shown, only counted. The exit code is 1 where a floor is missed.
    """
    given = Given(**(places | {"phrases": places["phrases"] or installed_phrases()}))
    thresholds = read_thresholds()
    with progress("judging") as tell:
        lab = make_lab(settings, tell=lambda doing: tell(0, doing=doing))
        report = run_sets(lab, given, names=names, thresholds=thresholds)
    if as_json:
        print_json(report)
    else:
        show_report(report)
    return Code.FAILED if report.missed and not no_check else Code.OK


def make_lab(settings: Settings, *, tell: Callable[[str], None]) -> Lab:
    """Return where sets are judged: by the installed languages and encoder, with a new tenant's thresholds."""
    clock = SystemClock()
    plugins = load_plugins(settings, clock=clock, kinds=("language", "company"))
    return Lab(
        make_reader(settings, clock=clock),
        Understander(tuple(plugins.packs.values())),
        companies=tuple(plugins.companies.values()),
        answer_threshold=TenantSettings().answer_threshold,
        tell=tell,
    )


def installed_phrases() -> Path | None:
    """Return the folder of the first installed company that brings phrases of its intents."""
    folders = (plugin.folder / "intents" for plugin in discover("company"))
    return next((folder for folder in folders if folder.is_dir()), None)
