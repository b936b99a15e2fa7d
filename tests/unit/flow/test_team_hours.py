"""Whose hours hold: those of the team that serves the queue in which a conversation waits, or would wait."""

import msgspec
import pytest

from doorward.flow.team_hours import anybody_for, hours_at, queue_for
from doorward.kit.tenant_settings import TenantSettings
from doorward.record import Card
from doorward.routing import Lane, PlannedQueue, RoutingPlan, Team
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from tests.support.transactions import NOON

MIRA, JONAS = StaffId("m" * 26), StaffId("j" * 26)
PLAN = RoutingPlan(
    queues=(PlannedQueue(name="german"),),
    teams=(Team(name="south", queues=("german",), members=(MIRA,), hours={"sat": ("10:00-14:00",)}),),
    lanes=(Lane(languages=("de",), queue="german"),),
)
COMPANY = TenantSettings(hours={"mon": ("09:00-17:00",)})
CARD = Card(
    conversation_id=ConversationId("c" * 26),
    party_id=PartyId("p" * 26),
    channel="webchat",
    language="de",
    state="bot",
    opened_at=NOON,
    last_at=NOON,
    last_seq=1,
)


@pytest.mark.parametrize(
    ("card", "language", "queue"),
    [
        (None, "de", "german"),
        (None, "en", "default"),
        (CARD, "en", "german"),
        (msgspec.structs.replace(CARD, language=""), "de", "german"),
        (msgspec.structs.replace(CARD, state="waiting", queue="default"), "de", "default"),
        (msgspec.structs.replace(CARD, language="en"), "de", "default"),
    ],
)
def test_the_queue_of_a_conversation(card: Card | None, language: str, queue: str) -> None:
    """Where it waits; else where it would go; before the first word its language says so."""
    assert queue_for(PLAN, card, language=language) == queue


def test_a_team_without_hours_keeps_the_companys() -> None:
    """A queue that no team serves, and a team that says nothing, are open when the company is."""
    assert hours_at(PLAN, "german", COMPANY).hours == {"sat": ("10:00-14:00",)}
    assert hours_at(PLAN, "default", COMPANY) == COMPANY
    silent = RoutingPlan(queues=PLAN.queues, teams=(Team(name="south", queues=("german",)),))
    assert hours_at(silent, "german", COMPANY) == COMPANY


def test_who_is_there_for_a_queue() -> None:
    """Members of its team, and whoever is in no team."""
    assert anybody_for(PLAN, "german", {MIRA})
    assert not anybody_for(PLAN, "default", {MIRA})
    assert anybody_for(PLAN, "default", {JONAS})
    assert not anybody_for(PLAN, "german", ())
