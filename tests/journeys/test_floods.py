"""A flood at the web chat: who is known still gets a person, strangers hear how to get further, and then it is over."""

import asyncio
from datetime import timedelta

import pytest

from doorward import record, routing
from doorward.admission.kept import list_appeals, list_changes
from doorward.bootstrap import House
from doorward.flow.flood import Likeness
from doorward.flow.views.conversation import conversation
from doorward.identity import Tenant
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Tx
from doorward.routing import PresenceState, repository
from doorward.vocabulary.channel import (
    CallbackRequest,
    EntriesRequest,
    MessageRequest,
    PersonRequest,
    VisitRequest,
    WhyRequest,
)
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import MaskedText, WildText
from tests.journeys.test_api import token_of
from tests.journeys.test_walk import Visitor, agent_scope
from tests.support.clocks import held_clock, house

__all__ = ["held_clock", "house"]

TICK = timedelta(seconds=10)
PLACES = 8
PERSON = "I want to talk to a person"


class Flood:
    """A company's chat, and time that the test moves."""

    def __init__(self, house: House, tenant: Tenant, clock: FixedClock) -> None:
        """Watch one tenant."""
        self.house = house
        self.tenant = tenant
        self.clock = clock
        self.scope = system_scope(tenant.id, "test")
        self.mira = agent_scope(house, tenant, "mira")
        self.callers = 0

    async def stranger(self) -> Visitor:
        """Somebody whom nobody knows, at an address of their own."""
        self.callers += 1
        visitor = Visitor(self.house, self.tenant)
        request = VisitRequest(widget_key=self.tenant.widget_key, language="en")
        address = f"203.0.{self.callers // 250}.{self.callers % 250 + 1}"
        visitor.visit = await self.house.contact.visit(request, address=address)
        visitor.conversation_id = visitor.visit.conversation_id
        return visitor

    async def customer(self, reference: str, secret: str, text: str) -> record.WrittenEntry:
        """A customer whom a program of the company's own speaks for; return what was decided."""
        request = MessageRequest(
            credential=secret, client_message_id="1", text=WildText(text), idempotency_key="", customer=reference
        )
        accepted = await self.house.contact.machine_message("api", request)
        asker = Visitor(self.house, self.tenant)
        key = f"decision.made:{accepted.message_id}"
        return await asker.until(
            lambda: self.house.transactions.read(
                lambda tx: record.find_entry(tx, self.scope, accepted.conversation_id, key)
            )
        )

    async def pour(self, number: int, *, saying: str = "Hello") -> str:
        """Let so many strangers come within ten seconds, and let those ten seconds pass; return the level."""
        for _ in range(number):
            await (await self.stranger()).say(saying)
        return await self.pass_time(TICK)

    async def pass_time(self, by: timedelta) -> str:
        """Let time pass, and the watch look; return the level."""
        self.clock.advance(by)
        return (await asyncio.to_thread(self.house.flooding.watch.keep_time, self.scope)).level

    def present(self, state: PresenceState) -> None:
        """Let Mira, who has eight places, take conversations or none for now."""
        staff_id = StaffId(self.mira.actor.id)
        self.house.transactions.write(
            self.mira, lambda tx: routing.set_presence(tx, self.mira, staff_id, state=state, capacity=PLACES)
        )

    def overrun(self) -> None:
        """Let somebody say that it is red, and nobody be at work."""
        until = self.clock.now() + timedelta(hours=1)
        self.house.flooding.levers.override(self.mira, "red", note=MaskedText("they flood us"), until=until)
        self.present("away")
        self.clock.advance(timedelta(seconds=2))

    def resolve_all_but(self, number: int) -> None:
        """Let colleagues end conversations until so many wait or are with somebody."""
        left = self.house.transactions.read(lambda tx: routing.with_people(tx, self.scope, limit=50))
        for conversation_id in left[: max(0, len(left) - number)]:
            self._resolve(conversation_id)
        self.clock.advance(timedelta(seconds=2))

    def _resolve(self, conversation_id: ConversationId) -> None:

        def work(tx: Tx) -> Outcome[None]:
            card = record.card_of(tx, self.scope, conversation_id)
            assert card is not None
            left = routing.leave_queue(tx, self.mira, conversation_id)
            ended = Entry(
                kind="conversation.resolved",
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=f"resolved:{conversation_id}",
                at=self.clock.now(),
                actor=self.mira.actor,
            )
            return Outcome(None, (ended, *left.entries))

        self.house.transactions.write(self.mira, work)


@pytest.fixture
def flood(house: House, halden: Tenant, held_clock: FixedClock) -> Flood:
    """Halden on an ordinary Friday: a contact in ten seconds, and Mira with eight places."""
    house.jobs.stop()  # what the house does by itself the test does, at its own time
    one = Flood(house, halden, held_clock)
    house.flooding.levers.tell_usual(one.mira, per_hour=360.0)
    one.present("available")
    return one


async def test_a_flood_of_strangers_takes_no_person_from_those_who_are_known(flood: Flood) -> None:
    """A person is free for a customer and kept free of strangers; these hear why, appeal, and then it is over."""
    house = flood.house
    secret = token_of(house, flood.tenant, "messages:write")
    await flood.pour(16, saying=PERSON)
    assert await flood.pour(12) == "red"
    changes = house.transactions.read(lambda tx: list_changes(tx, flood.scope))
    assert changes[-1].change.before == "green"
    assert changes[0].change.after == "red"
    flood.resolve_all_but(PLACES - 1)

    stranger = await flood.stranger()
    decided = await stranger.say(PERSON)
    assert (decided.entry.data["action"], decided.entry.data["reason"]) == ("defer", "flood")
    assert decided.entry.data["facts"]["admitted"] == "call_back"
    assert decided.entry.data["facts"]["alert"] == "red"
    assert "a person will get back to you by" in (await stranger.hear())[-1]
    known = await flood.customer("HB-100009", secret, PERSON)
    assert known.entry.data["action"] == "hand_over"
    card = house.transactions.read(lambda tx: record.card_of(tx, flood.scope, known.entry.conversation_id))
    assert card is not None
    assert card.state == "human"

    await ask_why(flood, stranger)
    await leave_a_number(flood)
    await appeal(flood, stranger)

    level = "red"
    for _ in range(12):
        flood.resolve_all_but(0)
        level = await flood.pass_time(timedelta(minutes=5))
        if level == "green":
            break
    assert level == "green"
    relieved = await flood.stranger()
    assert (await relieved.say(PERSON)).entry.data["action"] == "hand_over"


async def leave_a_number(flood: Flood) -> None:
    """Whoever was promised a call-back says where, waits behind those who are known, and is not offered it again."""
    house, stranger = flood.house, await flood.stranger()
    await stranger.say(PERSON)
    asked = EntriesRequest(credential=stranger.visit.token)
    assert (await house.contact.entries(asked)).call_back
    wish = CallbackRequest(
        credential=stranger.visit.token, client_message_id="c1", contact=WildText("+44 20 7946 0018")
    )
    await house.contact.wishes.call_back(wish)
    assert not (await house.contact.entries(asked)).call_back
    assert (await stranger.card()).state == "waiting"
    waiting = house.transactions.read(lambda tx: repository.count_waiting(tx, flood.scope))
    assert waiting == {3: 1}


async def ask_why(flood: Flood, stranger: Visitor) -> None:
    """Why there was no person is told in plain words, in the language that was asked for."""
    request = EntriesRequest(credential=stranger.visit.token)
    said = [one for one in (await flood.house.contact.entries(request)).entries if one.author == "bot"][-1]
    why = WhyRequest(credential=stranger.visit.token, number=said.seq, language="de")
    told = await flood.house.contact.why(why)
    assert "kein Mensch" in told.decided
    assert "sehr viele gleichzeitig" in told.why


async def appeal(flood: Flood, stranger: Visitor) -> None:
    """Whoever asks again is heard: people see it, the bot goes on, and what they decide is told and done."""
    house = flood.house
    again = await stranger.say(PERSON)
    assert (again.entry.data["action"], again.entry.data["reason"]) == ("defer", "flood_appeal")
    assert "before our people" in (await stranger.hear())[-1]
    answered = await stranger.say("How long does it take until my new card arrives?")
    assert answered.entry.data["action"] == "answer"
    (waits,) = house.transactions.read(lambda tx: list_appeals(tx, flood.scope))
    assert waits.conversation_id == stranger.conversation_id
    house.flooding.levers.decide_appeal(flood.mira, stranger.conversation_id, granted=True)
    assert (await stranger.card()).state == "waiting"
    assert "you will get a person" in (await stranger.hear())[-1]
    assert house.transactions.read(lambda tx: list_appeals(tx, flood.scope)) == ()


async def test_the_button_for_a_person_says_the_same(flood: Flood) -> None:
    """In red with nobody at work: told why the first time, taken for an appeal the second, each of them once."""
    house = flood.house
    flood.overrun()
    stranger = await flood.stranger()
    for client_id, times in (("1", 1), ("1", 1), ("2", 2), ("2", 2)):
        request = PersonRequest(credential=stranger.visit.token, client_message_id=client_id)
        assert await house.contact.ask_for_person(request) == "bot"
        assert len(await stranger.hear()) == times
    said = await stranger.hear()
    (first, *_) = (await house.contact.entries(EntriesRequest(credential=stranger.visit.token))).entries
    why = await house.contact.why(WhyRequest(credential=stranger.visit.token, number=first.seq, language="en"))
    assert "very many people were writing at once" in why.why
    assert "all our people are taken" in said[0]
    assert "before our people" in said[1]
    assert len(house.transactions.read(lambda tx: list_appeals(tx, flood.scope))) == 1


async def test_who_is_in_need_gets_a_person_in_the_middle_of_it(flood: Flood) -> None:
    """Whoever they are; and so does nobody who only sounds angry for the first time."""
    house = flood.house
    flood.overrun()
    stranger = await flood.stranger()
    decided = (await stranger.say("I cannot go on, I want to end my life")).entry.data
    assert (decided["action"], decided["reason"]) == ("hand_over", "care")
    assert decided["facts"]["admitted"] == "full"
    received = house.transactions.read(lambda tx: record.entries_after(tx, flood.scope, stranger.conversation_id))
    admitted = [one.entry.data.get("admitted") for one in received if one.entry.kind == "message.customer"]
    assert admitted[0] is not None
    assert admitted[0]["way"] == "bot_only"


async def test_a_campaign_is_flagged_with_its_evidence_and_refused_nothing(flood: Flood) -> None:
    """While people are free it has three minutes of one; while none is, the bot alone. What it was like is kept."""
    house = flood.house
    found = Likeness(flagged=True, score=0.93, campaign="c7", because=("shared_demand",), version="t1")

    class Alike:
        """Finds the same campaign in everything."""

        def look(self, *_: object, **__: object) -> Likeness:
            """Return it."""
            return found

    house.flooding.second_look._likeness = Alike()
    served = await flood.stranger()
    assert (await served.say(PERSON)).entry.data["action"] == "hand_over"
    view = house.transactions.read(lambda tx: conversation(tx, flood.mira, served.conversation_id))
    assert view.planned_until == flood.clock.now() + timedelta(minutes=3)
    flood.present("away")
    flood.clock.advance(timedelta(seconds=2))
    stranger = await flood.stranger()
    assert (await stranger.say("How long does it take until my new card arrives?")).entry.data["action"] == "answer"
    decided = (await stranger.say(PERSON)).entry.data
    assert (decided["action"], decided["reason"]) == ("defer", "flood")
    assert decided["facts"]["caller"] == "flagged"
    assert decided["admission"]["likeness"]["campaign"] == "c7"
    assert decided["admission"]["admitted"]["because"] == "flagged"
