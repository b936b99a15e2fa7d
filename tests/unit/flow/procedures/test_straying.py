"""Conversations that would go round for ever: the same question, the same answer from knowledge, the same proof."""

from typing import Any

import pytest

from doorward.answering.procedures.machine import MOST_ASIDES
from doorward.plugins.companies.halden.worlds import CUSTOMER
from doorward.record import WrittenEntry
from tests.support.playing import Customer, Stage

TWO_CARDS: dict[str, Any] = {
    "card": [{"last4": "4471", "kind": "debit"}, {"last4": "9012", "kind": "credit"}],
}
QUESTIONS = {
    "en": "How long does it take until a new card arrives?",
    "de": "Wie lange dauert es, bis eine neue Karte ankommt?",
}
WISH = {"en": "block it", "de": "bitte sperren Sie meine Karte"}
ASKS = {"en": "Which card shall I block?", "de": "Welche Karte soll ich endgültig sperren?"}
UNABLE = {"en": "i cannot get into my mail, no phone", "de": "ich komme nicht in meine Mails, kein Handy"}
SIGN_IN = {"en": "I need to know who you are", "de": "muss ich wissen, wer Sie sind"}
LANGUAGES = pytest.mark.parametrize("language", ["en", "de"])


def begun(stage: Stage, language: str, text: str, intent: str, *, level: int = 1) -> Customer:
    """Return a customer with two cards who said what they want."""
    stage.hints |= {text: intent}
    customer = stage.people(TWO_CARDS, language=language).customer(level=level)
    assert customer.say(text) is not None
    return customer


def told(line: WrittenEntry | None) -> str:
    """Return the text of a line."""
    assert line is not None
    assert line.entry.text is not None
    return line.entry.text.text


def stopped(customer: Customer) -> list[str]:
    """Return why procedures handed over."""
    lines = [one.entry.data for one in customer.ledger() if one.entry.kind == "handoff.requested"]
    return [str(data.get("stopped", "")) for data in lines]


def notes(customer: Customer) -> list[str]:
    """Return what those who take over are told."""
    lines = [one.entry.text for one in customer.ledger() if one.entry.kind == "note.written"]
    return [text.text for text in lines if text is not None]


@LANGUAGES
def test_the_same_article_is_told_once_beside_a_question(stage: Stage, language: str) -> None:
    """The second time it was not understood; after the retries a person comes, and reads what could not be answered."""
    customer = begun(stage, language, WISH[language], "card.block")
    first = customer.say(QUESTIONS[language])
    assert first is not None
    assert (first.entry.data["action"], bool(first.entry.data["sources"])) == ("answer", True)
    assert told(first).endswith(ASKS[language])
    for _ in range(2):
        again = customer.say(QUESTIONS[language])
        assert again is not None
        assert (again.entry.data["action"], again.entry.data["sources"]) == ("ask", [])
        assert told(again).endswith(ASKS[language])
    customer.say(QUESTIONS[language])
    assert (customer.state(), stopped(customer)) == ("waiting", ["not_understood"])
    (note,) = notes(customer)
    assert ASKS["en"] in note  # the company's first language: colleagues read it, whatever the customer speaks


def test_only_so_much_is_answered_beside_a_question(stage: Stage) -> None:
    """Greetings count too; behind them nothing else is answered, and whoever goes on so gets a person."""
    customer = begun(stage, "en", "block it", "card.block")
    for number in range(MOST_ASIDES):
        line = customer.say("hello" if number % 2 else "thanks")
        assert line is not None
        assert line.entry.data["action"] == "greet"
    customer.say(QUESTIONS["en"])
    assert (customer.state(), stopped(customer)) == ("waiting", ["not_understood"])


def test_the_answer_after_something_else_is_heard(stage: Stage) -> None:
    """Nothing that is told in between takes the question away."""
    customer = begun(stage, "en", "block it", "card.block")
    for _ in range(2):
        customer.say(QUESTIONS["en"])
    assert "4471" in told(customer.say("the debit card"))
    again = customer.say(QUESTIONS["en"])
    assert again is not None
    assert again.entry.data["action"] == "answer"  # beside another question it may be told again
    assert "blocked" in told(customer.say("yes"))


@LANGUAGES
def test_whoever_has_no_way_to_prove_who_they_are_is_not_asked_again(stage: Stage, language: str) -> None:
    """They say so, and a person comes who knows that no proof came."""
    customer = begun(stage, language, WISH[language], "card.block", level=0)
    assert SIGN_IN[language] in told(customer.bot_lines()[-1])
    assert SIGN_IN[language] not in told(customer.say(UNABLE[language]))
    assert (customer.state(), stopped(customer)) == ("waiting", ["not_verified"])
    (note,) = notes(customer)
    assert "block_card" in note
    assert "who they are" in note


def test_words_prove_nothing_and_what_is_told_in_between_sets_nothing_back(stage: Stage) -> None:
    """Three tries, with an article in between."""
    customer = begun(stage, "en", "block it", "card.block", level=0)
    customer.say("it is me, really")
    answered = customer.say(QUESTIONS["en"])
    assert answered is not None
    assert answered.entry.data["action"] == "answer"
    assert "procedure" not in answered.entry.data  # who has to sign in knows; it is not said again
    customer.say("it is me, really")
    assert customer.state() == "bot"
    customer.say("it is me, really")
    assert (customer.state(), stopped(customer)) == ("waiting", ["not_verified"])


def test_another_wish_that_wants_a_proof_in_vain_ends_what_waits_for_one(stage: Stage) -> None:
    """Nobody is led back to the same question for the same proof."""
    customer = begun(stage, "en", "freeze it", "card.freeze", level=0)
    stage.hints |= {"then i want a new card": "card.replace"}
    line = customer.say("then i want a new card")
    assert line is not None
    assert (line.entry.data["procedure"]["id"], line.entry.data["procedure"]["awaits"]) == ("replace_card", "sign_in")
    ended = customer.say("no")
    assert customer.state() == "waiting"
    assert SIGN_IN["en"] not in told(ended)


def test_other_wishes_beside_a_question_have_an_end(stage: Stage) -> None:
    """Three procedures begin and end above one that waits; the fourth wish is no answer, and nothing begins."""
    customer = begun(stage, "en", "block it", "card.block")
    stage.hints |= {"i would rather complain": "complaint.make"}
    for _ in range(MOST_ASIDES):
        begins = customer.say("i would rather complain")
        assert begins is not None
        assert begins.entry.data["procedure"]["id"] == "complain"
        assert told(customer.say("no")).endswith(ASKS["en"])
    line = customer.say("i would rather complain")
    assert line is not None
    assert line.entry.data["procedure"]["id"] == "block_card"
    assert told(line).endswith(ASKS["en"])


def test_whether_to_go_on_is_not_asked_for_ever(stage: Stage) -> None:
    """What was left is asked about three times; whoever says neither yes nor no gets a person."""
    world = stage.people(TWO_CARDS, language="en")
    stage.hints |= {"block it": "card.block"}
    world.customer().say("block it")
    again = world.customer()
    assert "Shall we go on?" in told(again.say("hello"))
    for _ in range(2):
        assert "Shall we go on?" in told(again.say("well hm"))
    again.say("well hm")
    assert (again.state(), stopped(again)) == ("waiting", ["not_understood"])
    assert {card["status"] for card in world.snapshot()[CUSTOMER]["card"]} == {"active"}
