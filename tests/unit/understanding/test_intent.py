"""What is wanted: a person, small talk, or something that knowledge may answer."""

import pytest

from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate, Understanding
from tests.support.words import masked, read, reader, understander

FOUND = (
    Candidate(article_id=ArticleId("a"), slug="lost-card", section=1, score=0.8, title="Freeze it", revision=3),
    Candidate(article_id=ArticleId("a"), slug="card-delivery", section=0, score=0.1, title="Delivery", revision=1),
)


def understand(text: str, *, language: str = "en", text_masked: MaskedText | None = None) -> Understanding:
    """Return what is understood when knowledge always finds FOUND."""
    message = text_masked or MaskedText(text)
    reading = reader().read(message, languages=("en", "de", "tr", "id", "ru"), hint=language)
    return understander().understand(reading, message, nearest=lambda _reading: FOUND)


def test_the_best_candidate_names_the_intent() -> None:
    """The intent is the best article with its score, and all candidates stay."""
    understanding = understand("please freeze my card")
    assert understanding.intent is not None
    assert (understanding.intent.name, understanding.intent.score) == ("lost-card", 0.8)
    assert understanding.candidates == FOUND
    assert understanding.version


def test_no_candidate_no_intent() -> None:
    """Where nothing fits, nothing is claimed."""
    reading = read("please freeze my card")
    understanding = understander().understand(reading, MaskedText(""), nearest=lambda _reading: ())
    assert understanding.intent is None
    assert understanding.candidates == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I want to speak to a human"),
        ("en", "speek to a humen please"),
        ("en", "agent"),
        ("de", "Ich möchte mit einem Menschen sprechen"),
        ("tr", "Bir müşteri temsilcisine bağlanmak istiyorum"),
        ("tr", "MÜŞTERİ TEMSİLCİSİ"),
        ("id", "saya mau bicara dengan petugas"),
        ("ru", "соедините меня с оператором"),
        ("de", "talk to a person"),
    ],
)
def test_asking_for_a_person_is_heard(language: str, text: str) -> None:
    """In every language, with slips, in one word, and in another language than the conversation's."""
    assert understand(text, language=language).wants_person


@pytest.mark.parametrize(
    "text",
    [
        "I paid a person",
        "A person stole my card yesterday evening",
        "The person I sent money to did not get it",
        "My agent at the travel office has charged me twice for the same flight",
        "is the human resources department open for applications these days",
        "",
    ],
)
def test_speaking_of_a_person_is_not_asking_for_one(text: str) -> None:
    """A person in a sentence is not a wish for one."""
    assert not understand(text).wants_person


def test_asking_for_a_person_beside_masked_places_is_heard() -> None:
    """A masked place in the middle does not hide the wish."""
    message = masked("My number is [PHONE·66], let me talk to [NAME] a person", "[PHONE·66]", "[NAME]")
    assert understand("", text_masked=message).wants_person


@pytest.mark.parametrize(
    ("text", "language", "social"),
    [
        ("Hello!", "en", "greeting"),
        ("hi, good morning", "en", "greeting"),
        ("Thank you so much!!", "en", "thanks"),
        ("ok thanks, bye", "en", "farewell"),
        ("Merhaba", "tr", "greeting"),
        ("Vielen Dank", "de", "thanks"),
        ("terima kasih", "id", "thanks"),
        ("До свидания", "ru", "farewell"),
    ],
)
def test_small_talk_alone_is_small_talk(text: str, language: str, social: str) -> None:
    """A greeting, thanks or goodbye by itself, and knowledge is not asked about it."""
    understanding = understand(text, language=language)
    assert understanding.social == social
    assert understanding.candidates == ()


@pytest.mark.parametrize(
    "text", ["Hello, my card is gone", "thanks but when does the card come", "the card", "ok my card"]
)
def test_small_talk_beside_something_else_is_not(text: str) -> None:
    """What else is said counts."""
    assert understand(text).social is None


def test_masked_places_are_not_small_talk() -> None:
    """Who greets and gives a card number wants something."""
    assert understand("", text_masked=masked("Hello [CARD·4242]", "[CARD·4242]")).social is None


@pytest.mark.parametrize("text", ["", "👍🏽", "...", "   "])
def test_a_wordless_message_wants_nothing(text: str) -> None:
    """Nothing is looked up and nothing claimed."""
    understanding = understand(text)
    assert (understanding.intent, understanding.candidates, understanding.wants_person) == (None, (), False)


def test_a_language_without_pack_can_still_be_answered() -> None:
    """A reading in a language that no pack speaks has no small talk and goes to knowledge."""
    reading = Reading(language="xx", language_score=1.0, words=("qwerty",), stems=("qwerty",))
    understanding = understander().understand(reading, MaskedText("qwerty"), nearest=lambda _reading: FOUND)
    assert understanding.intent is not None
