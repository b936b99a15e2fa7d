"""Replies: the article's words with their source, a question back, or a kind sentence; never the customer's words."""

import msgspec
import pytest

from doorward.answering import Composer
from doorward.vocabulary.decision import Action, Decision, Facts
from doorward.vocabulary.reply import Choice, Reply
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate, Intent, Understanding
from tests.support.knowledge import shop
from tests.support.words import LANGUAGES, packs, read, translator, understander

COMPOSER = Composer(translator())
PERSON = Choice(label="Talk to a person", says="I would like to talk to a person")


def decided(action: Action, *, reason: str = "", misunderstood: int = 0, blank: bool = False) -> Decision:
    """Return a decision."""
    return Decision(
        action=action, reason=reason, rule="test.rule@1", facts=Facts(misunderstood=misunderstood, blank=blank)
    )


def understood(text: str, *, language: str = "en") -> Understanding:
    """Return what is understood of a message to the shop."""
    reading = read(text, language=language, languages=("en", "de", "tr"))
    return understander().understand(reading, MaskedText(text), nearest=shop().search)


def compose(decision: Decision, understanding: Understanding | None = None, *, language: str = "en") -> Reply:
    """Return the reply of the shop's bot."""
    reply = COMPOSER.compose(decision, understanding or Understanding(intent=None), language=language, index=shop())
    assert reply is not None
    return reply


def said(language: str, key: str) -> str:
    """Return a sentence of a pack."""
    return translator().say(language, key)


def test_an_answer_is_the_section_as_text_with_its_source() -> None:
    """Markup is gone, the source says which article, section and revision."""
    understanding = understood("When do I get my refund?")
    reply = compose(decided("answer"), understanding)
    assert reply.text == "• We check the parcel within 3 days.\n• The money is on your account 5 days later."
    (source,) = reply.sources
    assert (source.slug, source.section, source.title, source.revision) == ("returns", 1, "Sending things back", 1)
    assert (reply.author, reply.language) == ("bot", "en")


def test_an_answer_from_another_language_says_so() -> None:
    """The customer is told in their language that the text is in another."""
    reply = compose(decided("answer"), understood("Param ne zaman geri gelir?", language="tr"), language="tr")
    first, _, rest = reply.text.partition("\n\n")
    assert first == said("tr", "reply.answer_elsewhere")
    assert rest.startswith("• We check")


def test_an_answer_whose_article_changed_is_not_given() -> None:
    """Between finding and answering the article was changed: better no answer than another one."""
    understanding = understood("When do I get my refund?")
    stale = tuple(msgspec.structs.replace(one, revision=one.revision + 1) for one in understanding.candidates[:1])
    mixed = Understanding(intent=understanding.intent, candidates=stale + understanding.candidates[1:])
    reply = compose(decided("answer"), mixed)
    assert (reply.text, reply.sources, reply.choices) == (said("en", "reply.no_answer"), (), (PERSON,))


def candidates(*scores: float) -> Understanding:
    """Return an understanding with the returns article's sections as candidates."""
    (known, *_) = shop().search(read("Can I return something?"))
    found = tuple(
        Candidate(
            article_id=known.article_id, slug="returns", section=number, score=score, title=str(number), revision=1
        )
        for number, score in enumerate(scores)
    )
    return Understanding(intent=Intent(name="returns", score=scores[0]), candidates=found)


def test_close_alternatives_are_offered_below_an_answer() -> None:
    """What may have been meant as well can be chosen; what is far behind is not offered."""
    reply = compose(decided("answer"), candidates(0.5, 0.4, 0.05))
    assert [choice.label for choice in reply.choices] == ["When the money comes back"]


def test_a_clarifying_question_offers_headings_that_answer_themselves() -> None:
    """The choices are headings, and what a choice says is found by search."""
    reply = compose(decided("clarify", reason="not_sure"), candidates(0.4, 0.3, 0.2))
    assert reply.text == said("en", "reply.clarify")
    assert [choice.label for choice in reply.choices] == [
        "Sending things back",
        "When the money comes back",
        "Exchange for another size",
    ]
    for choice in reply.choices:
        assert shop().search(read(choice.says))[0].title == choice.label


def test_the_second_clarifying_question_offers_a_person() -> None:
    """Who was not understood once can leave the bot."""
    reply = compose(decided("clarify", reason="not_sure", misunderstood=1), candidates(0.4, 0.3))
    assert reply.text == said("en", "reply.clarify_again")
    assert reply.choices[-1] == PERSON
    assert len(reply.choices) == 3


@pytest.mark.parametrize(("misunderstood", "key"), [(0, "reply.clarify_open"), (1, "reply.no_answer")])
def test_where_nothing_fits_nothing_is_guessed(misunderstood: int, key: str) -> None:
    """Other words are asked for, then a person is offered."""
    reply = compose(decided("clarify", reason="nothing_fits", misunderstood=misunderstood))
    assert (reply.text, reply.choices) == (said("en", key), (PERSON,))


def test_a_wordless_message_is_asked_for_words() -> None:
    """A thumb gets a sentence that fits."""
    assert compose(decided("clarify", reason="nothing_fits", blank=True)).text == said("en", "reply.blank")


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("asked_for_person", "reply.hand_over"),
        ("risk_high", "reply.hand_over_risk"),
        ("guard_unavailable", "reply.hand_over_guard"),
        ("misunderstood_twice", "reply.hand_over_misunderstood"),
        ("a_reason_of_tomorrow", "reply.hand_over"),
    ],
)
def test_a_hand_over_is_announced(reason: str, key: str) -> None:
    """The customer hears that a person takes over, in words that fit the reason."""
    assert compose(decided("hand_over", reason=reason)).text == said("en", key)


@pytest.mark.parametrize("social", ["greeting", "thanks", "farewell"])
def test_small_talk_is_answered_in_kind(social: str) -> None:
    """Each kind has its sentence."""
    reply = compose(decided("greet"), Understanding(intent=None, social=social), language="tr")
    assert reply.text == said("tr", f"reply.{social}")


def test_a_refusal_offers_a_person() -> None:
    """Nobody is left without a way out."""
    reply = compose(decided("refuse"))
    assert (reply.text, reply.choices) == (said("en", "reply.refused"), (PERSON,))


def test_the_bot_is_silent_while_a_person_has_the_conversation() -> None:
    """`relay` says nothing."""
    understanding = understood("When are you open?")
    assert COMPOSER.compose(decided("relay"), understanding, language="en", index=shop()) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_exists_in_every_language(language: str) -> None:
    """No reply falls back to English or to a key."""
    cases = [
        decided("hand_over", reason="risk_high"),
        decided("hand_over"),
        decided("clarify", reason="nothing_fits"),
        decided("refuse"),
        decided("greet"),
        decided("clarify", blank=True),
    ]
    for decision in cases:
        assert compose(decision, language=language).text in packs()[language].messages.values()


NEAR = Understanding(
    intent=None,
    wishes=tuple(
        Intent(name=f"lamp.{name}", score=0.4, label=f"Lamp: {name}") for name in ("buy", "broken", "rent", "old")
    ),
    stranger=True,
    near=True,
)


@pytest.mark.parametrize("reason", ["nothing_fits", "not_sure"])
def test_a_near_miss_asks_which_wish_is_meant(reason: str) -> None:
    """The likeliest as buttons that say what they show; 'none of these' says what asks for a person."""
    reply = compose(decided("clarify", reason=reason), NEAR)
    assert reply.text == said("en", "reply.clarify")
    *wishes, none = reply.choices
    assert wishes == [Choice(label=f"Lamp: {name}", says=f"Lamp: {name}") for name in ("buy", "broken", "rent")]
    assert none == Choice(label="None of these", says=PERSON.says)


def test_a_near_miss_is_asked_about_once() -> None:
    """Whoever is not understood again hears something else, and then a person is offered."""
    reply = compose(decided("clarify", reason="nothing_fits", misunderstood=1), NEAR)
    assert reply.choices == (PERSON,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_none_of_these_asks_for_a_person_in_every_language(language: str) -> None:
    """What the button says is understood as the wish for a person."""
    reply = compose(decided("clarify", reason="nothing_fits"), NEAR, language=language)
    assert understood(reply.choices[-1].says, language=language).wants_person
