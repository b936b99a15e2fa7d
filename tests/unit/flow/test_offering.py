"""Offering a call-back: once, to who waits too long, with words in their language and the wait that is expected."""

from collections.abc import Callable
from typing import Any

import pytest

from doorward import record, routing
from doorward.flow.offering import Offering, call_back_of
from doorward.flow.views.transcript import Place, transcript
from doorward.flow.views.wishes import open_wishes
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.routing import RoutingPlan
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.text import house_text
from tests.support.transactions import CONVERSATION, PARTY, SCOPE
from tests.support.walking import SETTINGS, Flow

OTHER = ConversationId("d" * 26)
Wait = Callable[..., None]


@pytest.fixture
def offering(flow: Flow) -> Offering:
    """Somebody who offers a call-back on the test's channel."""
    return offering_on(flow, "test")


def offering_on(flow: Flow, channel: str, settings: TenantSettings = SETTINGS) -> Offering:
    """Return somebody who offers a call-back on a channel."""
    return Offering(
        flow.transactions, flow.rooms.translator, settings_of=lambda _tx, _scope: settings, channels=(channel,)
    )


@pytest.fixture
def wait(flow: Flow) -> Wait:
    """Has customers wait for a person, in a company that offers a call-back from five minutes on."""

    def plan(tx: Tx) -> Outcome[Any]:
        return routing.save_plan(tx, SCOPE, RoutingPlan(callback_minutes=5), expected=0)

    def come(conversation_id: ConversationId = CONVERSATION) -> None:
        flow.say(f"hello {conversation_id}", conversation_id=conversation_id)

        def work(tx: Tx) -> Outcome[None]:
            handoff = Handoff(reason="asked_for_person", channel="test", language="en")
            queued = routing.enter_queue(tx, SCOPE, conversation_id, PARTY, handoff=handoff)
            return Outcome(None, (_line(tx, "handoff.requested", conversation_id), *queued.entries))

        flow.transactions.write(SCOPE, work)

    flow.transactions.write(SCOPE, plan)
    return come


def _line(tx: Tx, kind: Any, conversation_id: ConversationId) -> Entry:
    data = {"reason": "asked_for_person", "queue": "default"}
    return Entry(
        kind=kind,
        conversation_id=conversation_id,
        party_id=PARTY,
        key=f"{kind}:{tx.now.isoformat()}",
        at=tx.now,
        actor=SCOPE.actor,
        text=house_text("words"),
        data=data,
    )


def place(flow: Flow, conversation_id: ConversationId = CONVERSATION) -> Place | None:
    """Return where somebody is told that they stand."""
    return flow.transactions.read(lambda tx: transcript(tx, SCOPE, conversation_id)).waiting


def offers(flow: Flow, conversation_id: ConversationId = CONVERSATION) -> list[tuple[str, Any]]:
    """Return what was offered: the words, and how many minutes."""
    lines = (one.entry for one in flow.ledger(conversation_id) if one.entry.kind == "callback.offered")
    return [("" if one.text is None else one.text.text, one.data.get("minutes")) for one in lines]


def test_who_waits_with_nobody_there_is_offered_a_call_back_once(flow: Flow, wait: Wait, offering: Offering) -> None:
    """No wait is told where none is known; looking again offers nothing more, and they keep their place."""
    wait()
    assert place(flow) == Place(position=1)
    assert (offering.keep_time(SCOPE), offering.keep_time(SCOPE)) == (1, 0)
    ((words, minutes),) = offers(flow)
    assert minutes is None
    assert words.startswith("We cannot say how long it will take until a person can answer.")
    assert place(flow) == Place(position=1, call_back=True)
    assert flow.card().state == "waiting"


def test_the_wait_is_told_where_it_can_be(flow: Flow, wait: Wait, offering: Offering) -> None:
    """One agent with one place, which is taken: the next in line waits for twelve minutes, the one after twice."""
    flow.transactions.write(
        SCOPE, lambda tx: routing.set_presence(tx, SCOPE, StaffId("m" * 26), state="available", capacity=1)
    )
    wait(ConversationId("a" * 26))
    wait()
    wait(OTHER)
    assert offering.keep_time(SCOPE) == 2
    assert [minutes for _, minutes in (*offers(flow), *offers(flow, OTHER))] == [12, 24]
    assert offers(flow)[0][0].startswith("It will take about 12 minutes until a person can answer.")
    assert place(flow, OTHER) == Place(position=2, minutes=24, call_back=True)


def test_who_has_asked_for_it_is_not_asked(flow: Flow, wait: Wait, offering: Offering) -> None:
    """Before it was offered or after: they have said yes."""
    wait()
    wait(OTHER)

    def ask(conversation_id: ConversationId) -> None:
        flow.transactions.write(SCOPE, lambda tx: Outcome(None, (_line(tx, "callback.requested", conversation_id),)))

    ask(CONVERSATION)
    assert (offering.keep_time(SCOPE), offers(flow)) == (1, [])
    assert place(flow) == Place(position=1)
    ask(OTHER)
    assert place(flow, OTHER) == Place(position=2)


def test_what_was_taken_back_can_be_asked_for_again(flow: Flow, wait: Wait, offering: Offering) -> None:
    """Offered, asked and taken back: each is how it stands, lists say what is wanted, and nothing is offered twice."""
    wait()

    def write(kind: Any) -> None:
        flow.transactions.write(SCOPE, lambda tx: Outcome(None, (_line(tx, kind, CONVERSATION),)))

    assert stands(flow) == ("", ())
    assert offering.keep_time(SCOPE) == 1
    assert stands(flow) == ("offered", ())
    write("callback.requested")
    assert stands(flow) == ("asked", ("callback",))
    write("callback.withdrawn")
    assert stands(flow) == ("offered", ())
    assert place(flow) == Place(position=1, call_back=True)
    assert offering.keep_time(SCOPE) == 0


@pytest.mark.parametrize(
    ("last", "told"),
    [("callback.requested", "taken"), ("callback.withdrawn", "over"), ("callback.offered", "over")],
)
def test_with_the_wait_the_offer_is_over(flow: Flow, wait: Wait, last: Any, told: str) -> None:
    """Somebody takes it: they get back to who asked for it, and to nobody else; when it has ended nothing is told."""
    wait()
    flow.transactions.write(SCOPE, lambda tx: Outcome(None, (_line(tx, last, CONVERSATION),)))
    flow.transactions.write(
        SCOPE, lambda tx: routing.assign(tx, SCOPE, CONVERSATION, PARTY, staff_id=StaffId("m" * 26))
    )
    assert stands(flow)[0] == told
    flow.transactions.write(SCOPE, lambda tx: Outcome(None, (_line(tx, "conversation.resolved", CONVERSATION),)))
    assert stands(flow) == ("", ())


def stands(flow: Flow) -> tuple[str, tuple[str, ...]]:
    """Return how being called back stands, and what lists say that is wanted."""

    def read(tx: Tx) -> tuple[str, tuple[str, ...]]:
        card = record.card_of(tx, SCOPE, CONVERSATION)
        assert card is not None
        wanted = open_wishes(tx, SCOPE, (CONVERSATION,)).get(CONVERSATION, ())
        return call_back_of(tx, SCOPE, card), wanted

    return flow.transactions.read(read)


def test_nothing_is_offered_where_nobody_could_say_yes_or_the_company_offers_none(flow: Flow, wait: Wait) -> None:
    """Another channel has no such button; a plan without minutes offers nothing."""
    wait()
    assert offering_on(flow, "webchat").keep_time(SCOPE) == 0
    flow.transactions.write(SCOPE, lambda tx: routing.save_plan(tx, SCOPE, RoutingPlan(), expected=1))
    assert offering_on(flow, "test").keep_time(SCOPE) == 0


def test_outside_the_hours_no_wait_is_told(flow: Flow, wait: Wait) -> None:
    """Somebody who stays late may answer; customers are promised nobody."""
    flow.transactions.write(
        SCOPE, lambda tx: routing.set_presence(tx, SCOPE, StaffId("m" * 26), state="available", capacity=1)
    )
    wait(ConversationId("a" * 26))
    wait()
    late = TenantSettings(hours={"mon": ("08:00-09:00",)})
    assert offering_on(flow, "test", late).keep_time(SCOPE) == 1
    assert [minutes for _, minutes in offers(flow)] == [None]
