"""`doorward knowledge`: articles that were written elsewhere, and what asks for care among those here."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import rich_click as click

from doorward.answering import ArticleRepository, KnowledgeService, StewardRepository, Stewards
from doorward.answering.care import all_web_links, findings, web_findings
from doorward.answering.intake import MOST_BYTES, Columns, Intake, Plan, Read, Refused, open_files, read_files
from doorward.answering.links import Asking
from doorward.bootstrap import make_reader
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import Office, office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import hint, print_json, print_table, progress, say
from doorward.flow.questions import DAYS, Yardstick, find_questions, gather_questions
from doorward.kit.clock import SystemClock
from doorward.kit.http import Exit
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import Unavailable
from doorward.vocabulary.reading import Reading

SOURCE: Final = click.Path(exists=True, path_type=Path)
FIELDS: Final = tuple(field.name for field in msgspec.structs.fields(Columns))


class _Unread:
    """Stands where texts would be read: drafts are not."""

    encoder_id = ""

    def read_own(self, texts: Sequence[str], *, language: str) -> tuple[Reading, ...]:
        """Raise `Unavailable`."""
        raise Unavailable(f"{len(texts)} texts in {language}: nothing is published here")


@click.group()
def command() -> None:
    """Bring articles in, and see which ask for care."""


def _knowledge() -> KnowledgeService:
    return KnowledgeService(ArticleRepository(), _Unread())


@command.command(
    "import",
    epilog=examples(
        "doorward knowledge import help-centre/ --preview",
        "doorward knowledge import help-centre.zip --language de",
        "doorward knowledge import faq.csv --map title=Question --map body=Answer",
    ),
)
@click.argument("sources", type=SOURCE, nargs=-1, required=True)
@click.option("--language", default="", metavar="CODE", help="Of files whose name tells none. [default: the tenant's]")
@click.option("--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help=f"For tables: {', '.join(FIELDS)}.")
@click.option("--preview", "only_look", is_flag=True, help="Show what would come in, and write nothing.")
@with_tenant
@with_json
@with_settings
def bring(settings: Settings, *, sources: Sequence[Path], tenant: str | None, as_json: bool, **wishes: Any) -> int:
    """Keep articles as drafts that were written elsewhere: Markdown, HTML pages, CSV, or a zip of them.

    SOURCES are files or folders. Nothing is published. Importing again changes nothing. What cannot be taken is
    told with its place, the others come in, and the exit code is 3. With SQLite, Doorward must not be running.
    """
    columns = _columns(wishes["mapped"])
    with office(settings, read_only=wishes["only_look"]) as opened:
        read, refused = _read(opened, tenant, sources, wishes["language"], columns)
        scope, intake = scope_of(opened.tenant(tenant)), Intake(_knowledge())
        plan = opened.read(lambda tx: intake.plan(tx, scope, read, refused))
        if not wishes["only_look"]:
            opened.write(scope, lambda tx: intake.take(tx, scope, read, planned=plan))
    print_json(plan) if as_json else _show(plan, only_look=wishes["only_look"])
    return Code.BAD_LINES if plan.refused else Code.OK


@command.command(
    epilog=examples(
        "doorward knowledge report",
        "doorward knowledge report --untouched 90 --json",
        "doorward knowledge report --web",
    )
)
@click.option("--untouched", type=click.IntRange(1), default=365, show_default=True, metavar="DAYS", help="How long.")
@click.option("--web", "web", is_flag=True, help="Look at links to other sites as well, now; a second for each.")
@with_tenant
@with_json
@with_settings
def report(settings: Settings, *, untouched: int, web: bool, tenant: str | None, as_json: bool) -> None:
    """List articles past their day or untouched for long, missing languages, and links that lead nowhere."""
    with office(settings, read_only=True) as opened:
        chosen = opened.tenant(tenant)
        scope = scope_of(chosen)
        standings = opened.read(lambda tx: _knowledge().standings(tx, scope))
        found = opened.read(
            lambda tx: findings(
                standings,
                Stewards(StewardRepository()).all(tx, scope),
                languages=chosen.settings.languages,
                now=tx.now,
                untouched=timedelta(days=untouched),
            )
        )
    if web:
        found += web_findings(standings, _looked_at(settings, all_web_links(standings)))
    if as_json:
        print_json(found)
    else:
        rows = [(one.concern, f"{one.slug}/{one.language}", f"{one.detail} {one.why}".strip()) for one in found]
        print_table(("what", "article", "detail"), rows, empty="Nothing asks for care.")


def _looked_at(settings: Settings, addresses: Sequence[str]) -> dict[str, str]:
    """Return what links came to, by address."""
    asking = Asking(Exit(named=settings.links.allowed_hosts, seconds=settings.links.seconds))
    found = {}
    with progress("looking at links", total=len(addresses)) as tell:
        for number, address in enumerate(addresses, start=1):
            found[address] = asking.ask(address).trouble
            tell(number)
    return found


@command.command(epilog=examples("doorward knowledge questions", "doorward knowledge questions --days 7 --json"))
@click.option("--days", type=click.IntRange(1, 90), default=DAYS, show_default=True, help="How far to look back.")
@with_tenant
@with_json
@with_settings
def questions(settings: Settings, *, days: int, tenant: str | None, as_json: bool) -> None:
    """List what customers asked and nobody could answer: groups that mean alike, the largest first, all masked."""
    reader = make_reader(settings, clock=SystemClock())
    service = KnowledgeService(ArticleRepository(), reader)
    with office(settings, read_only=True) as opened:
        chosen = opened.tenant(tenant)
        scope, gone = scope_of(chosen), opened.keys.destroyed_parties(chosen.id)
        found, foreign = opened.read(lambda tx: find_questions(tx, scope, days=days, but=gone))
        index = opened.read(lambda tx: service.newer(tx, scope, None))
        now = opened.read(lambda tx: tx.now)
    if index is None:
        raise LookupError("loading gave no index although none was held")
    yardstick = Yardstick(reader, index, chosen.settings.languages, chosen.settings.answer_threshold)
    groups = gather_questions(found, foreign, yardstick, now=now)
    if as_json:
        print_json(groups)
        return
    rows = [
        (
            str(one.messages),
            one.language,
            one.examples[0].text,
            f"{one.near.slug} {one.near.score:.0%}" if one.near else "-",
            f"{one.recent} ({one.before} before)",
        )
        for one in groups
    ]
    print_table(("asked", "language", "question", "nearest", "last 7 days"), rows, empty="Every question was answered.")


def _columns(mapped: Sequence[str]) -> Columns:
    pairs = [one.partition("=") for one in mapped]
    if wrong := [field for field, _, column in pairs if field not in FIELDS or not column]:
        raise Stop(f"--map takes FIELD=COLUMN; '{wrong[0]}' is none of {', '.join(FIELDS)}.", code=Code.USAGE)
    return Columns(**{field: column for field, _, column in pairs})


def _read(
    opened: Office, tenant: str | None, sources: Sequence[Path], language: str, columns: Columns
) -> tuple[tuple[Read, ...], tuple[Refused, ...]]:
    languages = opened.tenant(tenant).settings.languages
    if language and language not in languages:
        raise Stop(f"The tenant does not answer in '{language}', but in {', '.join(languages)}.", code=Code.USAGE)
    files = []
    for source in sources:
        inside = sorted(one for one in source.rglob("*") if one.is_file()) if source.is_dir() else [source]
        base = source if source.is_dir() else source.parent
        for file in inside:
            with file.open("rb") as content:
                files.append((file.relative_to(base).as_posix(), content.read(MOST_BYTES + 1)))
    return read_files(open_files(files), languages=languages, language=language or languages[0], columns=columns)


def _show(plan: Plan, *, only_look: bool) -> None:
    shown = [(one.standing, f"{one.slug}/{one.language}", one.title, one.place) for one in plan.articles]
    if only_look and shown:
        print_table(("what", "article", "title", "from"), shown, empty="")
    if plan.refused:
        places = [(f"{one.place}:{one.line}" if one.line else one.place, one.trouble) for one in plan.refused]
        print_table(("refused", "why"), places, empty="")
    counts = [f"{plan.count(one)} {one}" for one in ("new", "changed", "unchanged")]
    say(f"{', '.join(counts)}, {len(plan.refused)} refused.")
    hint("Nothing was written." if only_look else "What is new or changed waits as drafts.")
