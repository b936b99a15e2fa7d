"""What is wanted: a person, small talk, or something that knowledge may answer."""

import pytest

from doorward.understanding import Wished, active
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate, Intent, Understanding
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
    ("language", "text", "emotion"),
    [
        ("en", "I want to talk to a person", ""),
        ("de", "Ich möchte mit einem Menschen sprechen", ""),
        ("de", "Mitarbeiter bitte", ""),
        ("tr", "bir insanla görüşmek istiyorum", ""),
        ("id", "bicara dengan orang", ""),
        ("ru", "хочу поговорить с человеком", ""),
        ("en", "I do not want to live any more, let me talk to a human", "self_harm"),
        ("de", "meine Mutter ist gestorben, ich möchte mit einem Menschen sprechen", "bereavement"),
    ],
)
def test_who_only_asks_for_a_person_sounds_like_nothing(language: str, text: str, emotion: str) -> None:
    """A plain request is near in meaning to cries for help, and is none; what is said outright beside it is heard."""
    reading = reader().read(MaskedText(text), languages=(language,))
    found = understander().understand(reading, MaskedText(text), nearest=lambda _reading: ())
    assert (found.wants_person, found.emotion, found.vulnerable) == (True, emotion, False)


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
    ("language", "text", "call", "complaint"),
    [
        ("en", "I'd like to make a formal complaint", False, True),
        ("en", "i want to make a complant", False, True),
        ("en", "could somebody call me tomorrow", True, False),
        ("en", "I want to complain. Please call me back", True, True),
        ("de", "I want to make a complaint", False, True),
        ("tr", "ich möchte mich beschweren", False, True),
        ("en", "I never want to make a complaint", False, False),
        ("en", "please do not call me back", False, False),
        ("de", "Ich möchte mich nicht beschweren", False, False),
        ("tr", "şikayetçi olmak istemiyorum", False, False),
        ("id", "jangan telepon saya", False, False),
        ("ru", "я не хочу подавать жалобу", False, False),
    ],
)
def test_calls_and_complaints_are_heard_where_they_are_asked_for(
    language: str,
    text: str,
    call: bool,  # noqa: FBT001 - a table
    complaint: bool,  # noqa: FBT001 - a table
) -> None:
    """In the message's language or to the letter in another; not where they are asked not to be."""
    understanding = understand(text, language=language)
    assert (understanding.wants_call, understanding.wants_complaint) == (call, complaint)
    assert understanding.wants_person is call


def test_what_takes_a_request_back_takes_back_no_other() -> None:
    """Only a request that shares a word with it is none; who asks for a person besides wants more than a call."""
    text = "I do not want to complain about you. I want to make a complaint about the cash machine"
    assert understand(text).wants_complaint
    assert understand("do not write to me, please call me back").wants_call
    both = understand("please call me back or let me talk to a person")
    assert (both.wants_person, both.wants_call) == (True, False)


def test_asking_to_complain_beside_masked_places_is_heard() -> None:
    """A masked place hides no request, and makes none."""
    message = masked("My number is [PHONE·66], I want to make a complaint", "[PHONE·66]")
    assert understand("", text_masked=message).wants_complaint
    assert not understand("", text_masked=masked("I want to make a [NAME]", "[NAME]")).wants_complaint


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


def wanting(*, stranger: bool, near: bool = False) -> Understanding:
    """Return what is understood where the company's model says this."""
    wished = Wished((Intent(name="card.block", score=0.9),), stranger=stranger, near=near, version="intents@1")
    reading = read("please freeze my card")
    return understander().understand(
        reading, MaskedText("please freeze my card"), nearest=lambda _reading: FOUND, wished=lambda _reading: wished
    )


def test_the_company_s_own_model_names_the_intent() -> None:
    """The candidates stay, and the version names both."""
    found = wanting(stranger=False)
    assert (found.intent, found.wishes[0].name) == (found.wishes[0], "card.block")
    assert found.candidates == FOUND
    assert found.version == "nearest-articles@4 intents@1"


def test_a_stranger_to_the_model_may_still_be_answered_by_an_article() -> None:
    """Its wishes are told, and the nearest article is the intent as without a model."""
    found = wanting(stranger=True, near=True)
    assert found.intent is not None
    assert found.intent.name == "lost-card"
    assert (found.stranger, found.near, len(found.wishes)) == (True, True, 1)


def test_the_model_is_not_asked_about_small_talk() -> None:
    """A greeting wants nothing, whatever a model would make of it."""

    def wished(_reading: Reading) -> Wished | None:
        raise AssertionError("it was asked")

    reading = read("hello")
    found = understander().understand(reading, MaskedText("hello"), nearest=lambda _reading: (), wished=wished)
    assert (found.social, found.wishes) == ("greeting", ())


@pytest.mark.parametrize(
    ("scores", "stranger", "near"),
    [
        ((0.35, 0.1), True, False),
        ((0.4, 0.1), True, True),
        ((0.9, 0.5), False, False),
        ((0.9, 0.8), False, True),
        ((0.9,), False, False),
        ((), True, False),
    ],
)
def test_near_is_within_reach_or_two_alike(scores: tuple[float, ...], stranger: bool, near: bool) -> None:  # noqa: FBT001 - a table
    """From three quarters of the threshold on a stranger is asked back; a known one where a second is as likely."""
    wishes = tuple(Intent(name=str(place), score=score) for place, score in enumerate(scores))
    assert active._is_near(wishes, stranger=stranger, threshold=0.5) is near
