"""What the knowledge pages show."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar.params import QueryParameter

from doorward.answering import (
    Article,
    Edition,
    Line,
    Publication,
    Standing,
    Stewardship,
    article_id_of,
    changes,
    plain_text,
)
from doorward.doors.web.desk.knowledge.forms import ArticleForm, Fault
from doorward.doors.web.desk.shared import DeskCall
from doorward.kit.tx import Tx
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ArticleId

Short = Annotated[str, QueryParameter(max_length=40)]

HERE: Final = "knowledge"
ARTICLE: Final = "/desk/knowledge/{slug:str}/{language:str}"
PAGE: Final = 50
STAGES: Final = ("published", "changed", "review", "draft", "missing")


class Bubble(msgspec.Struct, frozen=True, kw_only=True):
    """One section as customers read it in a chat: plain text, whatever the article's Markdown says."""

    heading: str
    text: str
    questions: tuple[str, ...]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """An article in one language: how far it is."""

    language: str
    stage: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An article in all languages, under its title in the best one for the reader."""

    slug: str
    language: str
    title: str
    summary: str
    cells: tuple[Cell, ...]
    changed_at: datetime


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is to show: words, a language and a state, each empty for any."""

    words: str = ""
    language: str = ""
    stage: str = ""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """An article with everything about it: what answers, the latest edition, its versions, its latest publication.

    `writers` had a hand in it since it was published last; `four_eyes` tells that none of them may publish it.
    """

    article: Article | None
    latest: Edition | None
    versions: tuple[Standing, ...]
    publication: Publication | None = None
    writers: frozenset[str] = frozenset()
    four_eyes: bool = False
    steward: Stewardship = Stewardship(slug="")
    overdue: bool = False

    @property
    def failed(self) -> bool:
        """Return whether the latest edition was to be published and could not be, or a newer one came between."""
        publication, latest = self.publication, self.latest
        if publication is None or latest is None or publication.state in {"running", "done"}:
            return False
        return publication.state == "overtaken" or publication.edition == latest.number


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of the history with what it changed."""

    edition: Edition
    lines: tuple[Line, ...]


def bubbles(seed: ArticleSeed) -> list[Bubble]:
    """Return an article as customers see it."""
    return [Bubble(heading=one.heading, text=plain_text(one.body), questions=one.questions) for one in seed.sections]


def rows_of(standings: Sequence[Standing], wanted: Wanted, *, languages: Sequence[str], reader: str) -> list[Row]:
    """Return the list under its filters, the articles changed last first."""
    by_slug: dict[str, list[Standing]] = {}
    for one in standings:
        by_slug.setdefault(one.latest.slug, []).append(one)
    found = [_row(slug, versions, wanted, languages, reader) for slug, versions in by_slug.items()]
    return sorted((row for row in found if row is not None), key=lambda row: row.changed_at, reverse=True)


def _row(slug: str, versions: list[Standing], wanted: Wanted, languages: Sequence[str], reader: str) -> Row | None:
    stages = {one.latest.language: shown_stage(one) for one in versions}
    asked = [wanted.language] if wanted.language else [*languages, *stages]
    if wanted.stage and wanted.stage not in {stages.get(language, "missing") for language in asked}:
        return None
    searched = [one for one in versions if not wanted.language or one.latest.language == wanted.language]
    if wanted.words and not any(_holds(one.latest, wanted.words) for one in searched):
        return None
    preferred = [wanted.language, reader, *languages]
    best = min(versions, key=lambda one: _place(one.latest.language, preferred)).latest
    return Row(
        slug=slug,
        language=best.language,
        title=best.title,
        summary=best.summary,
        cells=tuple(
            Cell(language=code, stage=stages.get(code, "missing")) for code in dict.fromkeys([*languages, *stages])
        ),
        changed_at=max(one.latest.at for one in versions),
    )


def _place(language: str, preferred: Sequence[str]) -> int:
    return preferred.index(language) if language in preferred else len(preferred)


def _holds(edition: Edition, words: str) -> bool:
    """Return whether every word stands somewhere in the article."""
    parts = [edition.slug, edition.title, edition.summary, *edition.keywords]
    for section in edition.sections:
        parts += [section.heading, section.body, *section.questions]
    text = "\n".join(parts).casefold()
    return all(word in text for word in words.casefold().split())


def id_of(desk: DeskCall, slug: str, language: str) -> ArticleId:
    """Return the id of the article with this name in this language, whether it exists or not."""
    bare = ArticleSeed(slug=slug, language=language, title="", summary="", keywords=(), sections=())
    return article_id_of(desk.scope, bare)


async def dossier(desk: DeskCall, slug: str, language: str) -> Dossier:
    """Return an article in a language, with its versions in the others."""
    scope, service = desk.scope, desk.house.knowledge_service
    article_id = id_of(desk, slug, language)

    def read(tx: Tx) -> Dossier:
        steward = desk.house.stewards.stewardship(tx, scope, slug)
        return Dossier(
            article=service.find(tx, scope, article_id),
            latest=service.latest(tx, scope, article_id),
            versions=service.standings(tx, scope, slug=slug),
            publication=desk.house.publishing.publication(tx, scope, article_id),
            writers=service.writers(tx, scope, article_id),
            four_eyes=desk.house.identity.tenants.settings_of(tx, scope).article_review,
            steward=steward,
            overdue=steward.is_overdue(tx.now.date()),
        )

    return await desk.house.transactions.read_async(read)


def history_of(editions: Sequence[Edition]) -> list[Passed]:
    """Return a history, newest first, with what each edition changed; of the oldest that was read nothing is told."""
    before = [*editions[1:], None]
    return [
        Passed(edition=one, lines=changes(old.seed() if old else None, one.seed()) if old or one.number == 1 else ())
        for one, old in zip(editions, before, strict=True)
    ]


def editor_places(form: ArticleForm, known: Dossier, *, beside: str) -> dict[str, Any]:
    """Return the places of the editor: the form, and beside it the preview or another language."""
    other = next((one.latest for one in known.versions if one.latest.language == beside), None)
    return {
        "form": form,
        "beside": beside if other is not None else "",
        "other": other,
        "other_bubbles": bubbles(other.seed()) if other is not None else [],
        "bubbles": bubbles(form.seed()),
        "versions": [one.latest.language for one in known.versions if one.latest.language != form.language],
    }


def sentences(desk: DeskCall, faults: dict[str, Fault]) -> dict[str, str]:
    """Return what is wrong in the reader's words, by the field's name."""
    return {name: desk.say(fault.key, limit=fault.limit) for name, fault in faults.items()}


def shown_stage(standing: Standing) -> str:
    """Return how far an article is, as the list tells it: what waits for a review says so, whatever answers."""
    return "review" if standing.in_review else standing.stage


def stages_of(known: Dossier, languages: Sequence[str]) -> list[Cell]:
    """Return how far an article is in each language: the tenant's own first, then others in which it was written."""
    stages = {one.latest.language: shown_stage(one) for one in known.versions}
    return [Cell(language=one, stage=stages.get(one, "missing")) for one in dict.fromkeys([*languages, *stages])]


async def known_article(desk: DeskCall, slug: str, language: str) -> Dossier:
    """Return an article that exists in some language. Raises `NotFound`."""
    known = await dossier(desk, slug, language)
    if not known.versions or (known.latest is None and language not in await languages_of(desk)):
        raise NotFound("no such article")
    return known


async def languages_of(desk: DeskCall) -> list[str]:
    """Return the languages that the tenant answers in, of those there are packs for."""
    settings = await asyncio.to_thread(desk.house.settings_book.settings_of, desk.scope.tenant_id)
    return [code for code in settings.languages if code in desk.house.packs] or [desk.language]
