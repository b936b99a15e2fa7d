"""`doorward screen` over archives: options become an order, an engine does the work, a report is written."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import rich_click as click

from doorward.bootstrap import Plugins, detection_fingerprint, load_plugins, make_screener
from doorward.doors.cli.archive_report import Reporter
from doorward.doors.cli.company_rules import CompanyRules, company_rules
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.options import EXISTING_FILE, settings_from
from doorward.doors.cli.output import Steps, aside, hint, progress
from doorward.flow.archives import (
    ENCODINGS,
    Engine,
    Job,
    MakeScreener,
    Order,
    Ruled,
    Tally,
    check_places,
    guess_format,
    preview,
    screen_archive,
)
from doorward.flow.archives.engines import ProcessEngine
from doorward.kit import logging
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings, user_cache
from doorward.protection import Guard
from doorward.vocabulary.errors import Malformed

ENGINES: Final = ("processes", "ray")
_PLACE = click.Path(path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the options about archives say."""

    masked: Path | None
    findings: Path | None
    report: Path | None
    language: str
    field: tuple[str, ...]
    keep: tuple[str, ...]
    encoding: str
    separator: str | None
    no_heading: bool
    workers: int | None
    engine: Literal["processes", "ray"]
    ray_address: str | None
    chunk: int
    restart: bool
    matcher: Literal["auto", "hyperscan", "re"] | None
    tenant: str | None
    channel: str | None
    public: Path | None
    data: str | None
    config: Path | None

    @property
    def outputs(self) -> tuple[Path, ...]:
        """Return the outputs that are wanted of an archive; none means that lines are screened."""
        return tuple(path for path in (self.masked, self.findings, self.report) if path is not None)

    def settings(self) -> Settings:
        """Load the settings that these options lead to. Raises `SettingsInvalid`."""
        return settings_from(self.config, overrides={"protection.matcher": self.matcher, "data": self.data})

    def rules(self, settings: Settings) -> CompanyRules:
        """Read the rules that these options ask for. Raises `Stop`."""
        return company_rules(settings, tenant=self.tenant, channel=self.channel, public=self.public)


def with_archive_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options about archives, and hand them on as `wishes`."""

    def wrapped(**given: Any) -> Any:
        wishes = Wishes(**{name: given.pop(name) for name in Wishes.__struct_fields__})
        return command(wishes=wishes, **given)

    functools.update_wrapper(wrapped, command)
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


_OPTIONS: Final = (
    click.option("--masked", type=_PLACE, metavar="OUT", help="Archive: write a masked copy in the same format."),
    click.option("--findings", type=_FILE, metavar="OUT", help="Archive: write a JSON line a record, what and where."),
    click.option("--report", type=_FILE, metavar="OUT", help="Archive: write a page with figures, charts, examples."),
    click.option(
        "--language", default="en", show_default=True, metavar="CODE", help="Language of the report and of notes."
    ),
    click.option(
        "--field", multiple=True, metavar="NAME", help="Screen this column or field only; repeatable. [default: all]"
    ),
    click.option("--keep", multiple=True, metavar="NAME", help="Leave this column or field as it is; repeatable."),
    click.option(
        "--encoding",
        type=click.Choice(ENCODINGS),
        default="utf-8",
        show_default=True,
        metavar="NAME",
        help=f"How CSV and text are written: {', '.join(ENCODINGS)}.",
    ),
    click.option("--separator", metavar="SIGN", help="What stands between cells of CSV. [default: as the first row]"),
    click.option("--no-heading", is_flag=True, help="The first row of CSV is data; columns are called 1, 2 and so on."),
    click.option(
        "--workers", type=click.IntRange(1, 1024), metavar="N", help="Processes. [default: one for each processor]"
    ),
    click.option(
        "--engine",
        type=click.Choice(ENGINES),
        default="processes",
        show_default=True,
        help="Where the work is done; ray needs doorward[ray].",
    ),
    click.option("--ray-address", metavar="URL", help="The Ray cluster. [default: one of this computer alone]"),
    click.option(
        "--chunk",
        type=click.IntRange(1, 2**30),
        default=524_288,
        hidden=True,
        metavar="BYTES",
        help="Bytes that a worker takes at once.",
    ),
    click.option("--restart", is_flag=True, help="Forget what an unfinished run has done, and begin anew."),
    click.option(
        "--matcher", type=click.Choice(("auto", "hyperscan", "re")), help="Pattern engine. [default: the setting's]"
    ),
    click.option("--tenant", metavar="SLUG", help="Apply a tenant's own kinds, policies and public facts."),
    click.option("--channel", metavar="ID", help="Its policies for this channel. [default: those for all]"),
    click.option("--public", type=EXISTING_FILE, metavar="FILE", help="What is never masked: one fact a line."),
    click.option("--data", metavar="FOLDER", help="Data folder with the tenant's house."),
    click.option("--config", type=EXISTING_FILE, metavar="FILE", help="Settings file."),
)


def build_screener(settings: Settings, rules: CompanyRules) -> Ruled:
    """Build the detectors, in whichever process this is, with the compiled patterns of the user's cache."""
    logging.configure(level=settings.logging.level)
    plugins = load_plugins(settings, clock=SystemClock(), kinds=("language", "detector"))
    return rules.over(make_screener(plugins, settings, cache_folder=user_cache()))


def screen_whole(source: Path, wishes: Wishes, *, guards: tuple[Guard, ...], form: str) -> int:
    """Screen an archive as the options say, and return the exit code. Raises `Stop` and what `screen_archive` does."""
    settings = wishes.settings()
    rules = wishes.rules(settings)
    plugins = load_plugins(settings, clock=SystemClock(), kinds=("language", "detector"))
    reporter = Reporter(plugins.packs, wishes.language)
    job = _job(source, wishes, reporter, Order(format=_format(source, form), guards=guards), plugins)
    job = msgspec.structs.replace(job, detectors=rules.added_to(job.detectors))
    check_places(job)
    with progress("compiling the patterns"):
        engine = _engine(wishes, functools.partial(build_screener, settings, rules))
    try:
        with _telling() as tell:
            tally = screen_archive(
                job,
                engine,
                write=lambda counts, size: reporter.write(counts, size=size, now=SystemClock().now()),
                tell=tell,
            )
    finally:
        engine.close()
    _tell_result(tally)
    return Code.BAD_LINES if tally.left_out else Code.OK


def _format(source: Path, form: str) -> Any:
    chosen = guess_format(source) if form == "auto" else form
    if chosen is None:
        raise Stop(
            "What kind of archive this is cannot be told. Nothing was changed. Say it with --form.", code=Code.USAGE
        )
    if source.is_dir() and chosen != "eml":
        raise Stop("A folder is an archive of mails: --form eml. Nothing was changed.", code=Code.USAGE)
    return chosen


def _job(source: Path, wishes: Wishes, reporter: Reporter, order: Order, plugins: Plugins) -> Job:
    if order.format not in {"csv", "jsonl"} and (wishes.field or wishes.keep):
        raise Stop("Only CSV and JSONL have fields to choose from: no --field and --keep here.", code=Code.USAGE)
    if wishes.encoding != "utf-8" and order.format not in {"csv", "text"}:
        raise Stop("Only CSV and text can be in another encoding: no --encoding here.", code=Code.USAGE)
    if wishes.separator is not None and len(wishes.separator.encode()) != 1:
        raise Stop("--separator is one plain sign, such as ; or a tab.", code=Code.USAGE)
    order = msgspec.structs.replace(
        order,
        fields=wishes.field,
        kept=wishes.keep,
        encoding=wishes.encoding,
        notes=(reporter.say("archive.note.attachment"), reporter.say("archive.note.unscreened")),
    )
    try:
        order = preview(source, order, separator=wishes.separator, heading=not wishes.no_heading)
    except Malformed as refusal:
        raise Stop(f"{str(refusal)[:1].upper()}{str(refusal)[1:]}. Nothing was changed.", code=Code.USAGE) from None
    return Job(
        source=source,
        order=order,
        detectors=detection_fingerprint(plugins),
        copy=wishes.masked,
        findings=wishes.findings,
        report=wishes.report,
        restart=wishes.restart,
        chunk=wishes.chunk,
    )


def _engine(wishes: Wishes, make: MakeScreener) -> Engine:
    workers = wishes.workers or _processors()
    if wishes.engine == "ray":
        # Only now: most installations have no Ray, and it takes seconds to import.
        from doorward.flow.archives.engines.cluster import RayEngine  # noqa: PLC0415

        return RayEngine(make, workers=workers, address=wishes.ray_address)
    cache = user_cache()
    if workers > 1 and cache is not None and not any(cache.iterdir()):
        make()  # the patterns are compiled once, into the cache, and not by all workers at the same time
    return ProcessEngine(make, workers=workers)


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _telling() -> Iterator[Any]:
    """Yield what hears of the progress: a bar on a terminal, else a line for each tenth."""
    with progress("looking through the archive") as steps:
        if aside().is_terminal:
            yield _on_bar(steps)
        else:
            yield _in_lines()


def _on_bar(steps: Steps) -> Callable[..., None]:
    def tell(done: int, total: int, *, looking: bool) -> None:
        steps(done // 1000, max(total // 1000, 1), doing="looking through (kB)" if looking else "screening (kB)")

    return tell


def _in_lines() -> Callable[..., None]:
    told = 0

    def tell(done: int, total: int, *, looking: bool) -> None:
        nonlocal told
        tenths = 10 * done // (total or 1)
        if not looking and tenths > told:
            told = tenths
            hint(f"screening: {tenths * 10} %")

    return tell


def _tell_result(tally: Tally) -> None:
    found = sum(tally.kinds.values())
    sentence = f"Screened {tally.records - tally.refused} of {tally.records} records, {found} findings"
    if tally.left_out:
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(tally.reasons.items()))
        hint(f"{sentence}. Left out of the copy, because they could not be screened: {reasons}.")
    else:
        hint(f"{sentence}, nothing left out.")
