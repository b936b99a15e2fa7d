"""A known customer opens the chat and may press what they probably want; what they wanted then is compared with it."""

from datetime import timedelta
from typing import Any

import pytest

from doorward import record
from doorward.understanding.expecting import Expectation, bands, expectation_of
from tests.support.playing import Customer, Stage
from tests.unit.flow.nudging.conftest import telling
from tests.unit.flow.nudging.test_cards import cards_of

UNDER_WAY: dict[str, Any] = {"card": [{"last4": "4471", "kind": "debit", "status": "ordered"}]}


@pytest.fixture(autouse=True)
def labelled(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let intents be called something: the test's house has taught none."""
    monkeypatch.setattr(stage.house.expecting, "_called", lambda _scope, name, language: f"{name} ({language})")


def kept(stage: Stage, customer: Customer) -> Expectation | None:
    """Return what was expected in a conversation."""
    return stage.read(lambda tx: expectation_of(tx, stage.scope, customer.conversation_id))


def test_a_known_customer_finds_buttons_below_the_greeting(stage: Stage) -> None:
    """In their language, the likeliest first; the look is in the audit, and what was expected is kept."""
    customer = telling(stage, UNDER_WAY, language="de").customer()
    assert [one.label for one in customer.opened.suggestions] == ["card.arrival (de)", "card.activate (de)"]
    assert [one.says for one in customer.opened.suggestions] == [one.label for one in customer.opened.suggestions]
    found = kept(stage, customer)
    assert found is not None
    assert (found.conditions, found.intent, found.likelihood) == (("card_under_way",), "card.arrival", 0.45)
    lines = stage.read(lambda tx: record.latest_audit(tx, stage.scope, limit=20))
    assert ("customer.opened", ("circumstances",)) in {(one.action, one.fields) for one in lines}


def test_a_stranger_and_a_calm_customer_find_none(stage: Stage) -> None:
    """Nothing is asked about somebody whom nobody knows; where nothing holds, that is kept and teaches nothing."""
    world = telling(stage, UNDER_WAY)
    stranger = world.customer(level=0)
    assert stranger.opened.suggestions == ()
    assert world.core.asked == []
    assert kept(stage, stranger) is None
    calm = telling(stage, {}).customer()
    assert calm.opened.suggestions == ()
    found = kept(stage, calm)
    assert found is not None
    assert (found.conditions, found.intent) == ((), "")


def test_nothing_is_suggested_once_something_was_said(stage: Stage) -> None:
    """Whoever comes back to their conversation goes on in it."""
    world = telling(stage, UNDER_WAY)
    customer = world.customer()
    customer.say("Good morning to you all")
    customer.sign_in(world.reference)
    assert customer.opened.suggestions == ()


def test_what_was_wanted_first_judges_and_stays(stage: Stage) -> None:
    """Small talk says nothing; the first clear wish does, and later ones change nothing. The agent reads what was
    expected.
    """
    customer = telling(stage, UNDER_WAY).customer()
    customer.say("Hello")
    found = kept(stage, customer)
    assert found is not None
    assert found.wanted == ""
    stage.hints = {"so when does it come": "card.arrival", "and my address is new": "address.change"}
    customer.say("so when does it come")
    customer.say("and my address is new")
    found = kept(stage, customer)
    assert found is not None
    assert found.wanted == "card.arrival"
    told = cards_of(stage, customer).expected
    assert told is not None
    assert (told.intent, told.likelihood, told.label) == ("card.arrival", "likely", "card.arrival (en)")
    now = stage.house.clock.now()
    judged = stage.read(lambda tx: bands(tx, stage.scope, since=found_since(stage), until=now))
    assert sum(one.judged for one in judged) >= 1


def test_a_system_that_fails_keeps_nobody_waiting(stage: Stage) -> None:
    """The chat opens without buttons."""
    world = telling(stage, UNDER_WAY)

    def fail(_reference: str) -> Any:
        raise OSError("away")

    world.core.circumstances = fail  # type: ignore[attr-defined]  # a port's method, on one instance
    customer = world.customer()
    assert customer.opened.suggestions == ()
    assert kept(stage, customer) is None


def found_since(stage: Stage) -> Any:
    """Return a moment before all of these tests."""
    return stage.house.clock.now() - timedelta(days=1)
