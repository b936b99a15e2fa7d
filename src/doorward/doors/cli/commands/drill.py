"""`doorward drill`: rehearse in virtual time what is hoped never to happen."""

from pathlib import Path
from typing import Any, Final

import msgspec
import rich_click as click

from doorward.admission.drill import REAL, Live, Reading, Report, drill, load_scenario, shipped_scenarios, text_of
from doorward.bootstrap import load_plugins
from doorward.doors.cli.drill_reading import read_for_drill
from doorward.doors.cli.drill_report import DrillReporter, print_report
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.evals.sources import installed_phrases
from doorward.doors.cli.lines import OUTPUT, STREAM
from doorward.doors.cli.live_load import (
    MOST_CONTACTS,
    MOST_SECONDS,
    MOST_TIMES,
    NotThisComputer,
    Target,
    Wish,
    load,
    target_of,
)
from doorward.doors.cli.options import examples, with_config, with_json, with_settings, with_tenant
from doorward.doors.cli.output import hint, print_json, print_table, progress, say
from doorward.doors.cli.preparing import play_here, print_preparedness
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import Malformed

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_MOST_SEED: Final = 2**31 - 1


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the options of `doorward drill flood` say."""

    name: str
    seed: int
    changes: tuple[str, ...]
    phrases: Path | None
    as_json: Path | None
    as_page: Path | None
    language: str
    live: str | None
    widget_key: str | None
    live_times: float
    live_contacts: int
    live_seconds: int


@click.group()
def command() -> None:
    """Rehearse floods in virtual time, against the flood control that the house has."""


@command.command(
    epilog=examples(
        "doorward drill flood --scenario one-call --html report.html",
        "doorward drill flood --scenario outage --seed 3 --json report.json",
        "doorward drill flood --scenario one-call --set times=30 --set company.people=80 --html report.html",
        "doorward drill flood --scenario our-worst-day.toml --json -",
        "doorward drill flood --scenario camouflage --set detector=real --json report.json",
    )
)
@click.option("--scenario", "name", required=True, metavar="NAME|FILE", help="A shipped scenario, or a TOML file.")
@click.option("--seed", type=click.IntRange(0, _MOST_SEED), default=0, show_default=True, metavar="N", help="Chance.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change the scenario; repeatable.")
@click.option(
    "--phrases",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="What customers write, <intent>.jsonl each, for detector=real. [default: those of the installed company]",
)
@click.option("--json", "as_json", type=OUTPUT, metavar="OUT", help="Write the report as JSON; - is standard output.")
@click.option("--html", "as_page", type=_FILE, metavar="OUT", help="Write the report as a page with charts and tables.")
@click.option("--language", default="en", show_default=True, metavar="CODE", help="Language of the page.")
@click.option("--live", metavar="URL", help="Load an instance on this computer besides, and say how fast it stays.")
@click.option("--widget-key", metavar="KEY", help="The key of a widget there; doorward tenant show prints it.")
@click.option(
    "--live-times",
    type=click.FloatRange(1, MOST_TIMES),
    default=20.0,
    show_default=True,
    metavar="N",
    help="Contacts a second, as a multiple of what one client after another manages.",
)
@click.option(
    "--live-contacts",
    type=click.IntRange(1, MOST_CONTACTS),
    default=400,
    show_default=True,
    metavar="N",
    help="Contacts at the most.",
)
@click.option(
    "--live-seconds",
    type=click.IntRange(1, MOST_SECONDS),
    default=30,
    show_default=True,
    metavar="N",
    help="Seconds at the most.",
)
@with_config
def flood(*, settings: Settings, **given: Any) -> int:
    """Play a flood, and say who was served, what it cost, when it was noticed and what to change.

    Nothing is sent anywhere and no database is opened. The same scenario, seed and version give the same report. What
    recognises a campaign is a part of the scenario: nothing, rates that are assumed, or what really reads; the report
    says which.

    With --live contacts go besides to an instance on this computer, never to another. Use one that was made for it: the
    conversations are real.
    """
    wishes = Wishes(**given)
    if wishes.as_page is not None and wishes.as_page == wishes.as_json:
        raise Stop("--json and --html are the same file. Name another for one of them.", code=Code.USAGE)
    target = _target(wishes)
    report = _played(wishes, settings)
    if target is not None:
        report = msgspec.structs.replace(report, live=_loaded(target, wishes))
    if wishes.as_page is not None:
        plugins = load_plugins(settings, clock=SystemClock(), kinds=("language",))
        page = DrillReporter(plugins.packs, wishes.language).write(report, now=SystemClock().now())
        wishes.as_page.write_text(page, encoding="utf-8")
    if wishes.as_json is not None and str(wishes.as_json) == STREAM:
        print_json(report)
        return Code.OK
    if wishes.as_json is not None:
        wishes.as_json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    print_report(report)
    return Code.OK


def _target(wishes: Wishes) -> Target | None:
    """Return where a load is to go, before anything is played. Raises `Stop` for another computer, or without a key."""
    if wishes.live is None:
        return None
    if not wishes.widget_key:
        raise Stop("--live needs --widget-key. Nothing was sent.", code=Code.USAGE)
    try:
        return target_of(wishes.live, wishes.widget_key)
    except NotThisComputer as refusal:
        raise Stop(f"--live takes {refusal}. Nothing was sent.", code=Code.USAGE) from None


def _loaded(target: Target, wishes: Wishes) -> Live:
    with progress("loading the instance") as steps:
        wish = Wish(times=wishes.live_times, contacts=wishes.live_contacts, seconds=wishes.live_seconds)
        try:
            return load(target, wish, tell=steps)
        except ConnectionError:
            raise Stop(
                f"The instance at {target.host}:{target.port} accepted no contact before the load began: is it running,"
                " and is the widget key right?",
                code=Code.UNAVAILABLE,
            ) from None


def _played(wishes: Wishes, settings: Settings) -> Report:
    """Play what the options ask for. Raises `Stop` where it cannot be played."""
    with progress("drawing the crowd", total=100) as steps:
        try:
            scenario, reading = load_scenario(wishes.name, wishes.changes), Reading()
            if scenario.detector == REAL:
                folder = wishes.phrases or installed_phrases()
                reading = read_for_drill(folder, settings, tell=lambda done, of: steps(done, of, doing="reading"))
            return drill(
                scenario,
                name=_called(wishes.name),
                seed=wishes.seed,
                reading=reading,
                tell=lambda share, doing: steps(round(100 * share), 100, doing=doing),
            )
        except Malformed as refusal:
            raise _stopped(refusal) from None


def _called(name: str) -> str:
    """Return what a report calls a scenario: as it is shipped, or as its file is called."""
    shipped = name.replace("_", "-")
    return shipped if shipped in shipped_scenarios() else Path(name).stem


def _stopped(refusal: Malformed) -> Stop:
    sentence = str(refusal)
    return Stop(f"{sentence[:1].upper()}{sentence[1:]}.", code=Code.USAGE)


@command.command(epilog=examples("doorward drill scenarios", "doorward drill scenarios one-call > our-worst-day.toml"))
@click.argument("name", required=False, metavar="[NAME]")
@with_json
def scenarios(*, name: str | None, as_json: bool) -> None:
    """List the scenarios that are shipped, or print one as it is written, to begin one's own with."""
    if name is not None:
        try:
            say(text_of(name).rstrip())
        except Malformed as refusal:
            raise _stopped(refusal) from None
        hint("Change what you like, and play it: doorward drill flood --scenario FILE.toml")
        return
    found = {one: load_scenario(one) for one in shipped_scenarios()}
    rows = [(one, bool(made.attacks), made.title) for one, made in found.items()]
    if as_json:
        print_json([{"name": one, "attack": attack, "title": title} for one, attack, title in rows])
    else:
        print_table(("scenario", "attack", "what it is"), rows, empty="There are no scenarios.")


@command.command(epilog=examples("doorward drill prepare", "doorward drill prepare --tenant acme --json"))
@with_tenant
@with_json
@with_settings
def prepare(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """Play every shipped scenario with what a company really has, and say how prepared it is.

    People, rules, costs and what is usual are read from the database, and what is found is kept: the desk shows it,
    too. It takes up to some minutes. While Doorward runs on SQLite, ask for it at the desk instead.
    """
    state = play_here(settings, tenant)
    if as_json:
        print_json(state)
    else:
        print_preparedness(state)
