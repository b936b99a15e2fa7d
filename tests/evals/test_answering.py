"""How well the demo company's customers find their answers: paraphrases that no article contains, in five languages.

The questions were written before the articles that they are about; all sixty articles are judged by the questions of
`tests/evals/understanding`. `bench/answering.py` measures the same with public sets beside them, and
fits the weights; the floors below are what must not be lost, and may only rise.
"""

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from doorward.answering import KnowledgeIndex
from doorward.plugins import companies
from doorward.vocabulary.company import ArticleSeed
from tests.support.knowledge import index_of
from tests.support.words import LANGUAGES, read

ANSWER, CLARIFY = 0.5, 0.15
pytestmark = pytest.mark.slow

CASES = Path(next(iter(companies.__path__))) / "halden" / "cases"


class Found(NamedTuple):
    """What search made of one question: the rank of the right section (0 is best, -1 not found) and the best score."""

    rank: int
    score: float


@cache
def articles() -> tuple[ArticleSeed, ...]:
    """Return the demo company's articles that the questions are about."""
    company = import_module("doorward.plugins.companies.halden.plugin").build(None)
    asked = {row["article"] for language in LANGUAGES for row in rows("questions", language)}
    return tuple(seed for seed in company.articles() if seed.slug in asked)


@cache
def index() -> KnowledgeIndex:
    """Return their index."""
    return index_of(articles())


@cache
def section_ids() -> dict[tuple[str, str], list[str]]:
    """Return the ids of every article's sections."""
    return {(seed.slug, seed.language): [section.id for section in seed.sections] for seed in articles()}


def rows(kind: str, language: str) -> list[dict[str, Any]]:
    """Return the cases of a kind."""
    lines = (CASES / f"{kind}.{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def searched(kind: str, language: str) -> tuple[Found, ...]:
    """Return what search makes of every case, as a message in a conversation in its language."""
    return tuple(_found(row, language) for row in rows(kind, language))


def _found(row: dict[str, Any], language: str) -> Found:
    candidates = index().search(read(row["text"], language=language))
    names = [(one.slug, section_ids()[one.slug, language][one.section]) for one in candidates]
    wanted = (row["article"], row["section"])
    return Found(rank=names.index(wanted) if wanted in names else -1, score=candidates[0].score if candidates else 0.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paraphrase_finds_its_answer(language: str) -> None:
    """The right section is first for four of five questions and among three for nine of ten."""
    found = searched("questions", language)
    assert len(found) >= 40
    assert sum(one.rank == 0 for one in found) >= 0.78 * len(found)
    assert sum(0 <= one.rank < 3 for one in found) >= 0.9 * len(found)


def test_answers_are_right() -> None:
    """Over all languages at least half is answered without asking back, and nineteen of twenty answers are right."""
    found = [one for language in LANGUAGES for one in searched("questions", language)]
    answered = [one for one in found if one.score >= ANSWER]
    assert len(answered) >= 0.55 * len(found)
    assert sum(one.rank == 0 for one in answered) >= 0.93 * len(answered)


def test_who_is_not_answered_is_asked_back_with_the_right_choice() -> None:
    """Over all languages, for nine of ten questions there is an answer or the right section among the choices."""
    found = [one for language in LANGUAGES for one in searched("questions", language)]
    helped = [one for one in found if one.score >= CLARIFY and 0 <= one.rank < 3]
    assert len(helped) >= 0.9 * len(found)


def test_what_is_elsewhere_is_not_answered() -> None:
    """Of what a bank cannot know, at most one in twenty-five is answered from an article."""
    found = [one for language in LANGUAGES for one in searched("elsewhere", language)]
    assert sum(one.score >= ANSWER for one in found) <= 0.04 * len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_answers_itself(language: str) -> None:
    """Whatever a clarifying question offers is answered at once when it is chosen."""
    for seed in articles():
        for number, section in enumerate(seed.sections if seed.language == language else ()):
            (best, *_) = index().search(read(section.heading, language=language))
            assert (best.slug, best.section) == (seed.slug, number)
            assert best.score >= ANSWER
