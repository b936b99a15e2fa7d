"""Unanswered messages as groups: counted by week and customer, with what comes nearest."""

from datetime import timedelta

from doorward.flow.questions import Yardstick, gather_questions
from doorward.flow.unanswered import SuggestedLine, Unanswered
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.text import MaskedText, Span
from tests.support.knowledge import shop
from tests.support.transactions import NOON
from tests.support.words import LANGUAGES, reader

YARDSTICK = Yardstick(reader(), shop(), LANGUAGES, 0.5)


def said(text: str, *, days: int = 0, party: str = "a", language: str = "en") -> Unanswered:
    """Return a line that was said some days ago."""
    line = SuggestedLine(conversation_id=party * 26, seq=days + 1, text=text, language=language)
    return Unanswered(line, MaskedText(text), NOON - timedelta(days=days), PartyId(party * 26))


RENTED = (
    said("do you rent umbrellas by the week"),
    said("can I rent an umbrella for a week", days=1, party="b"),
    said("umbrella rental for one week?", days=9, party="b"),
)


def test_a_group_says_how_often_and_when_it_was_asked() -> None:
    """By how many customers, in this week and the one before; each wording once."""
    (found,) = gather_questions((*RENTED, said("Do you rent umbrellas by the week", days=2)), (), YARDSTICK, now=NOON)
    assert (found.messages, found.customers, found.recent, found.before) == (4, 2, 3, 1)
    assert found.trend == "rising"
    assert len(found.examples) == 3
    assert (found.first_at, found.last_at) == (NOON - timedelta(days=9), NOON)
    assert not found.answered


def test_languages_are_apart_and_the_largest_group_comes_first() -> None:
    """A question in German is answered by an article in German."""
    other = said("Kann ich einen Regenschirm mieten?", party="c", language="de")
    found = gather_questions((*RENTED, other), (), YARDSTICK, now=NOON)
    assert [(one.language, one.messages) for one in found] == [("en", 3), ("de", 1)]


def test_what_is_published_by_now_is_told() -> None:
    """The nearest section comes with its likelihood, and whether it would answer."""
    (found,) = gather_questions((said("Are you open on Sunday?"),), (), YARDSTICK, now=NOON)
    assert found.near is not None
    assert (found.near.slug, found.near.language) == ("opening-hours", "en")
    assert found.answered == (found.near.score >= 0.5)
    assert found.answered


def test_what_means_like_something_dismissed_is_left_out() -> None:
    """In whatever words; the rest stays."""
    found = gather_questions((*RENTED, said("Are you open on Sunday?")), RENTED[2:], YARDSTICK, now=NOON)
    assert [one.examples[0].text for one in found] == ["Are you open on Sunday?"]


def test_what_was_masked_does_not_make_messages_alike() -> None:
    """Nothing but a masked place means nothing, and is no question."""
    only = Unanswered(
        RENTED[0].said, MaskedText("[CARD]", (Span(kind="CARD", start=0, end=6),)), NOON, PartyId("a" * 26)
    )
    assert gather_questions((only,), (), YARDSTICK, now=NOON) == ()
