"""Whoever opens a customer's conversation sees what stands out, with the offer and why, and when it had better
not be made.
"""

import asyncio
from typing import Any

import pytest

from doorward import record
from doorward.answering.nudges import figures, offers_in
from doorward.flow.nudging import NudgeCard, StandsOut
from doorward.identity import Tenant
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Actor, Scope
from tests.support.playing import Customer, Stage
from tests.unit.flow.nudging.conftest import telling
from tests.unit.flow.nudging.test_offering import HIGHER, IDLE, decided


def cards_of(stage: Stage, customer: Customer, language: str = "en") -> StandsOut:
    """Return what stands out for somebody's conversation."""
    return asyncio.run(stage.house.nudge_cards.of(member(stage), customer.conversation_id, language=language))


def member(stage: Stage) -> Scope:
    """Return a scope of Mira's."""
    staff = stage.read(lambda tx: stage.house.identity.staff.find_by_username(tx, stage.scope, "mira"))
    assert staff is not None
    return Scope(tenant_id=stage.tenant.id, actor=Actor(kind="staff", id=staff.id))


def take(stage: Stage, customer: Customer) -> None:
    """Let Mira have somebody's conversation."""
    asyncio.run(stage.house.desk.take_over(member(stage), customer.conversation_id))


def note(stage: Stage, customer: Customer, key: str, state: Any) -> None:
    """Note what the customer said to an offer of Mira's."""
    asyncio.run(stage.house.nudge_cards.note(member(stage), customer.conversation_id, key, state))


def card(found: StandsOut, key: str) -> NudgeCard:
    """Return the card with a key."""
    return next(one for one in found.cards if one.key == key)


def opened(stage: Stage) -> int:
    """Return how often the audit says that what stands out was looked at."""
    lines = stage.read(lambda tx: record.latest_audit(tx, stage.scope, limit=200))
    return sum(one.action == "customer.opened" and one.fields == ("signals",) for one in lines)


def test_a_card_says_what_why_and_what_helps(stage: Stage) -> None:
    """In the reader's language with figures, the question in the customer's; the audit has it each time."""
    world = telling(stage, HIGHER, language="de")
    customer = world.customer()
    customer.say("Wie lange dauert es, bis eine neue Karte mit der Post kommt?")
    before = opened(stage)
    found = cards_of(stage, customer)
    assert [one.key for one in found.cards] == ["bill_higher", "plan_possible"]
    first = found.cards[0]
    assert first.why.startswith("Bill B300001 from Halden Bank is €612.00, due on ")
    assert first.ask == "Darf ich Ihnen etwas zu Ihrer Rechnung zeigen?"
    assert (first.title, first.procedure, first.advice, first.last) == (
        "Bill higher than usual",
        "explain_bill",
        "",
        None,
    )
    assert first.offer
    assert opened(stage) == before + 1


def test_strangers_have_no_cards(stage: Stage) -> None:
    """Nobody is asked about somebody whom nobody knows, and no look is noted."""
    customer = telling(stage, HIGHER).customer(level=0)
    customer.say("How long does it take until a new card arrives by post?")
    before = opened(stage)
    assert cards_of(stage, customer) == StandsOut(known=False)
    assert opened(stage) == before


def test_something_new_waits_until_the_problem_is_solved(stage: Stage) -> None:
    """The card says so; in a delicate contact it is not there at all, and help is marked."""
    customer = telling(stage, {**HIGHER, **IDLE}).customer()
    customer.say("How long does it take until a new card arrives by post?")
    found = cards_of(stage, customer)
    assert card(found, "savings_pocket").advice == "unsolved"
    assert card(found, "bill_higher").advice == ""
    stage.hints = {"it is about something else": "complaint"}
    customer.say("it is about something else")
    found = cards_of(stage, customer)
    assert {one.key: one.advice for one in found.cards} == {"bill_higher": "delicate", "plan_possible": "delicate"}


def test_what_the_customer_said_is_kept_once_and_rests(stage: Stage) -> None:
    """An agent's offer counts like the bot's: it is in the figures, and nobody asks again."""
    world = telling(stage, HIGHER)
    customer = world.customer()
    customer.say("How long does it take until a new card arrives by post?")
    with pytest.raises(Conflict):
        note(stage, customer, "bill_higher", "declined")  # it is not with her
    take(stage, customer)
    note(stage, customer, "bill_higher", "offered")
    assert card(cards_of(stage, customer), "bill_higher").last == "offered"
    note(stage, customer, "bill_higher", "declined")
    note(stage, customer, "bill_higher", "taken")
    found = card(cards_of(stage, customer), "bill_higher")
    assert (found.last, found.advice) == ("declined", "resting")
    (kept,) = stage.read(lambda tx: offers_in(tx, stage.scope, customer.conversation_id))
    assert (kept.by, kept.state, kept.rule) == ("staff", "declined", "")
    later = world.customer()
    later.say("Hello")
    assert decided(later)[1] != "nudge_taken"
    kept_again = stage.read(lambda tx: offers_in(tx, stage.scope, later.conversation_id))
    assert [one.nudge for one in kept_again] == ["plan_possible"]


def test_what_the_bot_offered_an_agent_answers(stage: Stage) -> None:
    """The customer says yes to the agent instead: it is the same offer."""
    customer = telling(stage, HIGHER).customer()
    customer.say("Hello")
    take(stage, customer)
    note(stage, customer, "bill_higher", "taken")
    (kept,) = stage.read(lambda tx: offers_in(tx, stage.scope, customer.conversation_id))
    assert (kept.by, kept.state) == ("bot", "taken")


def test_unknown_nudges_and_conversations_are_not_found(stage: Stage, house: Any) -> None:
    """Nothing is kept of what there is not, and other companies find nothing."""
    customer = telling(stage, HIGHER).customer()
    customer.say("How long does it take until a new card arrives by post?")
    with pytest.raises(NotFound):
        note(stage, customer, "moon", "taken")
    with pytest.raises(NotFound):
        asyncio.run(house.nudge_cards.of(member(stage), ConversationId("nothing"), language="en"))
    brisa: Tenant | None = stage.read(lambda tx: house.identity.tenants.tenant_by_slug(tx, "brisa"))
    assert brisa is not None
    scope = Scope(tenant_id=brisa.id, actor=Actor(kind="staff", id="x"))
    with pytest.raises(NotFound):
        asyncio.run(house.nudge_cards.of(scope, customer.conversation_id, language="en"))
    assert not house.nudge_cards.has_any(scope)
    now = house.clock.now()
    assert stage.read(lambda tx: figures(tx, scope, since=now, until=now)) == ()
