"""Tracing what was wrong: which revisions of an article said the same in the same section."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from doorward.answering.articles import Article
from doorward.answering.corrections.values import Wrong
from doorward.answering.editions import Edition
from doorward.vocabulary.company import ArticleSection, ArticleSeed


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What answered customers, by its number, from `at` on."""

    number: int
    seed: ArticleSeed
    at: datetime


def revisions_of(article: Article, history: Sequence[Edition]) -> tuple[Revision, ...]:
    """Return the revisions of an article, the newest first; `history` are its editions, the newest first.

    Only a change of content makes a revision: what was withdrawn and published again unchanged is the same one.
    """
    found: list[Revision] = []
    for one in (edition for edition in history if edition.kind == "published"):
        seed = one.seed()
        if found and found[-1].seed == seed:
            found[-1] = msgspec.structs.replace(found[-1], at=one.at)
        else:
            number = found[-1].number - 1 if found else article.revision
            found.append(Revision(number=number, seed=seed, at=one.at))
    return tuple(one for one in found if one.number > 0)


def changed_sections(wrong: ArticleSeed, right: ArticleSeed | None) -> tuple[int, ...]:
    """Return which sections of an earlier content do not say the same any more; all where nothing took its place."""
    if right is None:
        return tuple(range(len(wrong.sections)))
    said = {_said(one) for one in right.sections}
    return tuple(number for number, one in enumerate(wrong.sections) if _said(one) not in said)


def counterpart(section: ArticleSection, right: ArticleSeed | None) -> ArticleSection | None:
    """Return the section that took another's place: by its id, else by its heading; None where there is none."""
    for one in () if right is None else right.sections:
        if (section.id and one.id == section.id) or one.heading == section.heading:
            return one
    return None


def wrong_everywhere(revisions: Sequence[Revision], number: int, sections: Sequence[int]) -> tuple[Wrong, ...]:
    """Return where the sections of one revision stood in all revisions up to it with the same words."""
    chosen = next(one for one in revisions if one.number == number)
    bad = {_said(chosen.seed.sections[place]) for place in sections}
    return tuple(
        sorted(
            Wrong(revision=one.number, section=place)
            for one in revisions
            if one.number <= number
            for place, section in enumerate(one.seed.sections)
            if _said(section) in bad
        )
    )


def _said(section: ArticleSection) -> tuple[str, str]:
    return (section.heading, section.body)
