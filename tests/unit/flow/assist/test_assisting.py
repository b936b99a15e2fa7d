"""What helps an agent beside a conversation, in a whole house: answers, steps, summaries, computed once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest

from doorward import record
from doorward.bootstrap import House
from doorward.flow.assist import Assist, Assisting
from doorward.flow.assist.answers import likelihood_of
from doorward.kit.tenant_settings import TenantSettings
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import MaskedText
from tests.support.playing import Customer, Stage

TWO_CARDS: dict[str, Any] = {
    "card": [{"last4": "4471", "kind": "debit"}, {"last4": "9012", "kind": "credit"}],
}
DELIVERY = "How long does it take until a new card arrives by post?"


def help_with(stage: Stage, customer: Customer, language: str = "en") -> Assist:
    """Return what helps with somebody's conversation."""
    return asyncio.run(stage.house.assisting.of(stage.scope, customer.conversation_id, language=language))


def counted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every text that is read from now on."""
    texts: list[str] = []
    reader = stage.house.reader
    read: Callable[..., Any] = reader.read

    def reading(masked: Any, **wishes: Any) -> Any:
        texts.append(masked.text)
        return read(masked, **wishes)

    monkeypatch.setattr(reader, "read", reading)
    return texts


def test_an_answer_comes_from_the_articles_in_the_customers_language(stage: Stage) -> None:
    """For a person who waits the best section stands there with its article, as plain text, and how likely it is."""
    world = stage.people(TWO_CARDS, language="de")
    customer = world.customer(level=0)
    customer.say("Ich möchte mit einem Menschen sprechen")
    customer.say("Wie lange dauert es, bis eine neue Karte mit der Post kommt?")
    found = help_with(stage, customer)
    best = found.answers[0]
    assert (best.slug, best.language, best.elsewhere) == ("card-delivery", "de", False)
    assert best.likelihood in {"very_likely", "likely"}
    assert best.text
    assert "**" not in best.text
    assert len({one.slug for one in found.answers}) == len(found.answers) <= 3


def test_what_was_answered_already_stands_behind_the_rest(stage: Stage) -> None:
    """The section that the bot answered with is marked, and another of its article comes first where there is one."""
    customer = stage.people(TWO_CARDS, language="en").customer(level=0)
    line = customer.say(DELIVERY)
    assert line is not None
    source = line.entry.data["sources"][0]
    found = help_with(stage, customer).answers
    had = [one.given for one in found if (one.slug, one.section) == (source["slug"], source["section"])]
    assert had in ([], [True])
    assert [one.given for one in found] == sorted(one.given for one in found)
    assert not found[0].given


def test_nothing_is_read_twice_and_the_next_look_costs_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk has read the message; help for it reads nothing, and is the same until somebody says something."""
    customer = stage.people(TWO_CARDS, language="en").customer(level=0)
    customer.say("I want to talk to a person")
    read = counted(stage, monkeypatch)
    customer.say(DELIVERY)
    assert read == [DELIVERY]
    first = help_with(stage, customer)
    assert first.answers
    assert help_with(stage, customer) is first
    assert read == [DELIVERY]
    customer.say("Are you there?")
    assert help_with(stage, customer) is not first


def test_a_message_that_no_walk_met_is_read_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was imported is read when somebody looks; one that is on its way is left to its walk."""
    customer = stage.people({}, language="en").customer(level=0)
    customer.say("I want to talk to a person")
    line = next(one for one in customer.ledger() if one.entry.kind == "message.customer")
    copied = {"key": "imported:1", "message_id": None, "at": line.entry.at}
    entry = msgspec.structs.replace(line.entry, text=MaskedText(DELIVERY), **copied)
    stage.house.transactions.write(stage.scope, lambda _tx: Outcome(None, (entry,)))
    read = counted(stage, monkeypatch)
    assert help_with(stage, customer).answers == ()
    monkeypatch.setattr("doorward.flow.assist.assisting.WALKS", timedelta(0))
    assert help_with(stage, customer).answers[0].slug == "card-delivery"
    assert help_with(stage, customer).answers
    assert read == [DELIVERY]


def test_the_step_of_what_is_under_way_is_told_in_the_readers_words(stage: Stage) -> None:
    """Where it waits, then where a person was called; the name is what customers call it."""
    world = stage.people(TWO_CARDS, language="en")
    stage.hints = {"I want a card blocked": "card.block"}
    customer = world.customer()
    customer.say("I want a card blocked")
    step = help_with(stage, customer).procedure
    assert step is not None
    assert (step.procedure, step.state) == ("block_card", "under_way")
    german = help_with(stage, customer, "de").procedure
    assert german is not None
    assert german.ahead[0].sentence != step.ahead[0].sentence
    assert step.ahead[0].number == step.at > 1
    customer.say("I want to talk to a person")
    assert help_with(stage, customer).summary.open[0].name == "asked_for_person"


def test_what_the_wish_would_begin_is_told(stage: Stage) -> None:
    """To a person who waits nothing begins by itself; the agent sees what would, from its first step."""
    customer = stage.people(TWO_CARDS, language="en").customer()
    customer.say("I want to talk to a person")
    stage.hints = {"My card was stolen": "card.block"}
    customer.say("My card was stolen")
    step = help_with(stage, customer).procedure
    assert step is not None
    assert (step.state, step.at, step.procedure) == ("would_start", 1, "block_card")


def test_what_the_bot_passes_on_is_the_summary_as_it_was_then(stage: Stage, house: House) -> None:
    """It ends with the hand-over; nobody reads it any more once an agent has written."""
    customer = stage.people(TWO_CARDS, language="en").customer(level=0)
    customer.say("My parcel with the new card has not come. My customer number is 8841.")
    customer.say("I want to talk to a person")
    customer.say("It has been two weeks now.")

    def noted() -> Any:
        def read(tx: Any) -> Any:
            card = record.card_of(tx, stage.scope, customer.conversation_id)
            assert card is not None
            return house.assisting.noted(tx, stage.scope, card)

        return stage.read(read)

    passed = noted()
    assert "parcel" in passed.wanted[0].text
    assert passed.open[0].kind == "reason"
    assert "two weeks" not in str(passed)
    assert "two weeks" in str(help_with(stage, customer).summary)


def test_nobody_else_is_helped(stage: Stage) -> None:
    """A conversation of another company, or of none, is not found."""
    customer = stage.people({}, language="en").customer(level=0)
    customer.say(DELIVERY)
    assisting: Assisting = stage.house.assisting
    with pytest.raises(NotFound):
        asyncio.run(assisting.of(stage.scope, ConversationId("nothing"), language="en"))
    brisa = stage.read(lambda tx: stage.house.identity.tenants.tenant_by_slug(tx, "brisa"))
    assert brisa is not None
    other = cast("Any", stage.scope).__class__(tenant_id=brisa.id, actor=stage.scope.actor)
    with pytest.raises(NotFound):
        asyncio.run(assisting.of(other, customer.conversation_id, language="en"))


@pytest.mark.parametrize(
    ("score", "said"),
    [(0.24, None), (0.25, "perhaps"), (0.49, "perhaps"), (0.5, "likely"), (0.79, "likely"), (0.8, "very_likely")],
)
def test_a_score_is_told_in_words_by_the_companys_thresholds(score: float, said: str | None) -> None:
    """Below the threshold for asking back nothing is suggested."""
    settings = TenantSettings(answer_threshold=0.5, clarify_threshold=0.25)
    assert likelihood_of(score, settings) == said
