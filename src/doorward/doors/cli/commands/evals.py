"""`doorward evals`: how well customers are understood and campaigns recognised, by sets that nobody has learnt from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import rich_click as click

from doorward.bootstrap import load_plugins, make_reader
from doorward.doors.cli.ending import Code
from doorward.doors.cli.evals import NAMES, Given, LeftOut, Missing, figure_of, report_of, run_sets, show_report
from doorward.doors.cli.evals.campaigns import Setting, judge_campaigns
from doorward.doors.cli.evals.lab import Lab
from doorward.doors.cli.evals.sources import installed_phrases
from doorward.doors.cli.evals.thresholds import read_thresholds
from doorward.doors.cli.options import examples, with_config, with_json
from doorward.doors.cli.output import print_json, progress
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.kit.tenant_settings import TenantSettings
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


@command.command(
    epilog=examples(
        "doorward evals campaigns --own tests/evals/campaigns",
        "doorward evals campaigns --own tests/evals/campaigns --share 0.25 --plays 4 --json",
    )
)
@click.option("--own", type=FOLDER, required=True, metavar="FOLDER", help="The folder of campaigns.jsonl.")
@click.option(
    "--phrases",
    type=FOLDER,
    metavar="FOLDER",
    help="What is usual, <intent>.jsonl each. [default: those of the installed company]",
)
@click.option(
    "--half",
    type=click.Choice(["dev", "test"]),
    default="dev",
    show_default=True,
    help="Which half of the set is counted.",
)
@click.option(
    "--rate", type=click.FloatRange(0.1, 1000), default=8.0, show_default=True, help="Ordinary messages a minute."
)
@click.option(
    "--share",
    type=click.FloatRange(0.05, 0.95),
    default=0.5,
    show_default=True,
    help="Share of a campaign among all messages while it runs.",
)
@click.option("--plays", type=click.IntRange(1, 8), default=2, show_default=True, help="Orders each is played in.")
@click.option("--seed", type=int, default=0, show_default=True, help="What the orders are drawn by.")
@click.option("--no-check", is_flag=True, help="End well even where a floor is missed.")
@with_json
@with_config
def campaigns(settings: Settings, *, no_check: bool, as_json: bool, **chosen: Any) -> int:
    """Play campaigns and honest crowds into ordinary messages and count which are recognised, and who is wronged.

    The set has no times: rate and share are said here. Of a campaign, messages are counted once ten have come; it is
    recognised where a group of six messages, most of them its own, is called a campaign within 200 messages. What the
    set says is never shown, only counted. The exit code is 1 where a floor is missed.
    """
    half = chosen["half"]
    given = Given(data=chosen["own"], own=chosen["own"], phrases=chosen["phrases"] or installed_phrases(), half=half)
    setting = Setting(**{name: chosen[name] for name in ("rate", "share", "plays", "seed")})
    thresholds = read_thresholds()
    with progress("judging") as tell:
        lab = make_lab(settings, tell=lambda doing: tell(0, doing=doing))
        try:
            found = judge_campaigns(lab, given, setting=setting)
            left_out = []
        except Missing as error:
            found, left_out = [], [LeftOut(name="campaigns", why=str(error))]
    figures = [figure_of(one, thresholds.measures.get(one.name)) for one in found]
    report = report_of(figures, thresholds=thresholds, half=half, left_out=left_out)
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
