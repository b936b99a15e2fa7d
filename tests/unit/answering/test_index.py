"""Search: the right section for a paraphrase, nothing for what is elsewhere, and other languages where need be."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.articles import NOT_ANSWERED
from doorward.answering.index import NAMED
from doorward.vocabulary.company import ArticleSection
from doorward.vocabulary.reading import Reading
from tests.support.knowledge import OPENING, OPENING_DE, RETURNS, index_of, shop
from tests.support.words import read

ANSWER = 0.5
CLARIFY = 0.25


def best(text: str, *, language: str = "en") -> tuple[str, int, float]:
    """Return slug, section and score of the best section for a message, or ("", -1, 0)."""
    found = shop().search(read(text, language=language, languages=("en", "de", "tr")))
    return (found[0].slug, found[0].section, found[0].score) if found else ("", -1, 0.0)


@pytest.mark.parametrize(
    ("text", "slug", "section"),
    [
        ("how long do I have for returning a jacket", "returns", 0),
        ("my refund has not arrived yet, where's my money", "returns", 1),
        ("i need this shirt in a bigger size", "returns", 2),
        ("is the shop open on sundays", "opening-hours", 0),
        ("untill what time are u open today", "opening-hours", 0),
    ],
)
def test_a_paraphrase_finds_its_section(text: str, slug: str, section: int) -> None:
    """Other words for a question, slips included, lead to the section that answers it."""
    found_slug, found_section, score = best(text)
    assert (found_slug, found_section) == (slug, section)
    assert score >= CLARIFY


@pytest.mark.parametrize("seed", [RETURNS, OPENING, OPENING_DE], ids=lambda seed: f"{seed.slug}.{seed.language}")
def test_a_heading_finds_its_own_section(seed: object) -> None:
    """A heading is what a choice says when it is taken: it is answered at once, not asked back again."""
    assert isinstance(seed, type(RETURNS))
    for number, section in enumerate(seed.sections):
        found_slug, found_section, score = best(section.heading, language=seed.language)
        assert (found_slug, found_section) == (seed.slug, number)
        assert score >= NAMED
    found = shop().search(read(f"{seed.sections[0].heading}!", language=seed.language))
    assert sum(one.score for one in found) <= 1


def test_a_heading_that_two_sections_have_names_neither() -> None:
    """Which of them is meant is not known by the words alone."""
    twice = (
        *RETURNS.sections,
        msgspec.structs.replace(RETURNS.sections[0], heading=OPENING.sections[0].heading, id="x"),
    )
    view = index_of((msgspec.structs.replace(RETURNS, sections=twice), OPENING)).view("en")
    unlikely = np.zeros(len(view.sections))
    assert not view.with_named(unlikely, read(OPENING.sections[0].heading, language="en")).any()
    assert view.with_named(unlikely, read(RETURNS.sections[0].heading, language="en")).max() == NAMED


@pytest.mark.parametrize("text", ["what is the capital of Peru", "write me a poem about rain", "asdf qwer", "👍🏽"])
def test_what_is_elsewhere_is_not_answered(text: str) -> None:
    """A message about something else has no section that is likely enough even to ask back."""
    assert best(text)[2] < CLARIFY


def test_an_article_in_the_language_goes_before_its_translations() -> None:
    """A German question gets the German article, and only once."""
    found = shop().search(read("Haben Sie sonntags offen?", language="de"))
    assert [index.slug for index in found].count("opening-hours") == 1
    section = shop().section(found[0])
    assert section is not None
    assert section.language == "de"


def test_an_article_that_does_not_exist_in_the_language_is_found_in_another() -> None:
    """A Turkish or German question about returns finds the English article, with a lower score than in English."""
    english = best("When do I get my refund?")
    german = best("Wann bekomme ich mein Geld zurück?", language="de")
    turkish = best("Param ne zaman geri gelir?", language="tr")
    assert german[:2] == turkish[:2] == english[:2] == ("returns", 1)
    assert max(german[2], turkish[2]) < english[2]


def test_a_section_is_found_as_it_was_or_not_at_all() -> None:
    """A candidate of another revision, a section too many or an unknown article gives nothing."""
    (found, *_) = shop().search(read("When are you open?"))
    section = shop().section(found)
    assert section is not None
    assert section.body == OPENING.sections[0].body
    assert shop().section(msgspec.structs.replace(found, revision=2)) is None
    assert shop().section(msgspec.structs.replace(found, section=9)) is None
    assert index_of([RETURNS]).section(found) is None


def test_without_embedding_words_decide() -> None:
    """When the encoder is out of order, a question in the article's own words is still answered."""
    reading = msgspec.structs.replace(read("Are you open on Sunday?"), embedding=b"")
    found = shop().search(reading)
    assert found[0].slug == "opening-hours"
    assert found[0].score >= ANSWER


def test_vectors_of_another_length_are_not_compared() -> None:
    """A reading by another encoder is searched by its words."""
    reading = read("Are you open on Sunday?")
    other = msgspec.structs.replace(reading, embedding=reading.embedding[:128])
    assert shop().search(other) == shop().search(msgspec.structs.replace(reading, embedding=b""))


def test_articles_that_no_encoder_read_are_found_by_their_words() -> None:
    """Passages of another encoder come without vectors; words still decide, and nothing is compared in meaning."""
    index = index_of([RETURNS, OPENING], embedded=False)
    reading = read("Are you open on Sunday?")
    assert index.search(reading)[0].slug == "opening-hours"
    assert index.search(reading) == index.search(msgspec.structs.replace(reading, embedding=b""))


def test_languages_of_the_same_articles_share_their_vectors() -> None:
    """What is compared with messages in no known language takes no memory of its own."""
    index = index_of([RETURNS, OPENING])
    assert index.view("fr").stack is index.view("en").stack
    assert index.size < index_of([RETURNS, OPENING, OPENING_DE]).size


def test_nothing_published_nothing_found() -> None:
    """A tenant without articles has an index that finds nothing."""
    empty = index_of([])
    assert len(empty) == 0
    assert empty.search(read("When are you open?")) == ()


def test_no_more_are_returned_than_asked_for() -> None:
    """`limit` bounds the candidates, which come best first."""
    found = shop().search(read("return the shoes and get the money"), limit=2)
    assert len(found) <= 2
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(st.lists(st.sampled_from(["open", "return", "sunday", "xyzzy", "refund", "size", ""]), max_size=30))
def test_any_reading_can_be_searched(stems: list[str]) -> None:
    """Scores are 0 to 1 and together at most 1; the same reading finds the same; order of words does not matter."""
    reading = Reading(language="en", language_score=1.0, words=tuple(stems), stems=tuple(stems))
    found = shop().search(reading)
    assert sum(one.score for one in found) <= 1
    turned = Reading(language="en", language_score=1.0, words=tuple(stems[::-1]), stems=tuple(stems[::-1]))
    assert [one.slug for one in shop().search(turned)] == [one.slug for one in found]


def test_the_likeliest_article_comes_first_and_namesakes_are_told_apart() -> None:
    """Two sections that fit alike outweigh one; where two articles share a heading, the title stands before it."""
    twin = msgspec.structs.replace(
        OPENING, slug="sunday", title="Sundays", sections=(OPENING.sections[0], OPENING.sections[0])
    )
    index = index_of([OPENING, twin, RETURNS])
    found = index.search(read("Are you open on Sunday?", language="en"))
    assert found[0].slug == "sunday"
    names = [section.name for one in found if (section := index.section(one)) is not None]
    assert names[0] == "Sundays: Opening hours"
    assert "Opening hours: Opening hours" in names
    (refund, *_) = index.search(read("When do I get my refund?", language="en"))
    section = index.section(refund)
    assert section is not None
    assert section.name == section.heading


def test_what_the_company_does_not_answer_is_never_given_and_makes_neighbours_less_likely() -> None:
    """Its article teaches search alone: it is no candidate, and a question that fits it fits its neighbours less."""
    question = "can i return goods that i bought in another shop"
    section = ArticleSection(heading="Goods of other shops", body="Only they can help.", questions=(question,))
    outside = msgspec.structs.replace(RETURNS, slug=NOT_ANSWERED, title="What we do not answer", sections=(section,))
    asked = read(question, language="en")
    without, taught = index_of((RETURNS, OPENING)).search(asked), index_of((RETURNS, OPENING, outside)).search(asked)
    assert {one.slug for one in taught} <= {RETURNS.slug, OPENING.slug}
    assert max((one.score for one in taught), default=0.0) < without[0].score / 2
