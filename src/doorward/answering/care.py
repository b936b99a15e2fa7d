"""What asks for care: articles that somebody should read again, languages that are missing, links that lead nowhere."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
from markdown_it import MarkdownIt

from doorward.answering.editions import Standing
from doorward.answering.stewardship import Stewardship

INSIDE: Final = "article:"
"""What a link to another article begins with: `article:slug` or `article:slug#section-id`."""

Concern = Literal["overdue", "untouched", "missing_language", "broken_link", "broken_web_link"]

_parser = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline"])


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to see to. `detail` is the day, the language or the link that is meant; `section` counts from 0.

    `why` is what a link to another site came to: `missing`, `server` (its error), or a code of `kit.http`.
    """

    concern: Concern
    slug: str
    language: str
    title: str
    detail: str
    section: int | None = None
    why: str = ""


def findings(
    standings: Sequence[Standing],
    stewards: Mapping[str, Stewardship],
    *,
    languages: Sequence[str],
    now: datetime,
    untouched: timedelta,
) -> tuple[Finding, ...]:
    """Return what asks for care, by article and language; `standings` are all of the tenant's.

    `untouched`: published, and nobody has saved, submitted or published it for so long. Links are looked at in what
    is newest; drafts that never answered miss no language.
    """
    by_slug: dict[str, list[Standing]] = {}
    for one in standings:
        by_slug.setdefault(one.latest.slug, []).append(one)
    known = {
        (one.latest.slug, one.latest.language): {section.id for section in one.latest.sections} for one in standings
    }
    found: list[Finding] = []
    for slug, versions in sorted(by_slug.items()):
        found += _of_article(versions, stewards.get(slug), languages=languages, now=now)
        for one in versions:
            if one.state == "published" and now - one.latest.at >= untouched:
                found.append(_finding("untouched", one, one.latest.at.date().isoformat()))
            found += _broken(one, known)
    return tuple(found)


def _of_article(
    versions: Sequence[Standing], steward: Stewardship | None, *, languages: Sequence[str], now: datetime
) -> Iterator[Finding]:
    first = versions[0]
    if steward is not None and steward.review_by is not None and steward.is_overdue(now.date()):
        yield _finding("overdue", first, steward.review_by.isoformat())
    if any(one.state == "published" for one in versions):
        answered = {one.latest.language for one in versions if one.state == "published"}
        yield from (_finding("missing_language", first, code) for code in languages if code not in answered)


def _broken(standing: Standing, known: Mapping[tuple[str, str], set[str]]) -> Iterator[Finding]:
    """Yield the links of an article to articles, or sections of them, that there are not in its language."""
    latest = standing.latest
    for number, section in enumerate(latest.sections):
        for address in links_of(section.body):
            slug, mark, wanted = address.removeprefix(INSIDE).partition("#")
            sections = known.get((slug, latest.language))
            if sections is None or (mark and wanted not in sections):
                yield _finding("broken_link", standing, address, section=number)


def links_of(markdown: str) -> tuple[str, ...]:
    """Return the addresses of links to other articles in a text, in their order."""
    tokens = [child for token in _parser.parse(markdown) for child in token.children or ()]
    addresses = (str(one.attrs.get("href", "")) for one in tokens if one.type == "link_open")
    return tuple(one for one in addresses if one.startswith(INSIDE))


def web_links_of(markdown: str) -> tuple[str, ...]:
    """Return the addresses of links to other sites in a text, in their order."""
    tokens = [child for token in _parser.parse(markdown) for child in token.children or ()]
    addresses = (str(one.attrs.get("href", "")) for one in tokens if one.type == "link_open")
    return tuple(one for one in addresses if one.startswith(("https://", "http://")))


def all_web_links(standings: Sequence[Standing]) -> tuple[str, ...]:
    """Return the addresses of other sites in the newest texts, each once."""
    bodies = (section.body for one in standings for section in one.latest.sections)
    return tuple(dict.fromkeys(address for body in bodies for address in web_links_of(body)))


def web_findings(standings: Sequence[Standing], troubles: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the links to other sites that came to something else than a page; `troubles` are by address."""
    found: list[Finding] = []
    for one in standings:
        for number, section in enumerate(one.latest.sections):
            for address in web_links_of(section.body):
                if troubles.get(address):
                    trouble = _finding("broken_web_link", one, address, section=number)
                    found.append(msgspec.structs.replace(trouble, why=troubles[address]))
    return tuple(found)


def _finding(concern: Concern, of: Standing, detail: str, *, section: int | None = None) -> Finding:
    latest = of.latest
    return Finding(
        concern=concern, slug=latest.slug, language=latest.language, title=latest.title, detail=detail, section=section
    )
