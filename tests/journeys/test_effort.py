"""In red a stranger's device may do a piece of work, and then they may wait in line; nobody has to."""

from datetime import timedelta

import altcha
import msgspec
import pytest

from doorward import record
from doorward.admission.effort import EFFORT_LASTS
from doorward.bootstrap import House
from doorward.flow.accept import Accepted
from doorward.flow.contact import VisitOpened
from doorward.flow.effort import EffortTaken
from doorward.identity import Tenant
from doorward.vocabulary.channel import EffortMadeRequest, EffortRequest, MessageRequest, VisitRequest
from doorward.vocabulary.effort import EffortChallenge, EffortSolution
from doorward.vocabulary.errors import NotAllowed
from doorward.vocabulary.text import MaskedText, WildText
from tests.journeys.test_api import token_of
from tests.journeys.test_floods import PERSON, Flood, flood
from tests.journeys.test_walk import Visitor
from tests.support.browsing import on_sqlite
from tests.support.clocks import held_clock, house

__all__ = ["flood", "held_clock", "house"]

SECOND = timedelta(seconds=2)
"""How things stand is remembered for one second."""


def override(flood: Flood, level: str = "red") -> None:
    """Let a person say the level."""
    until = flood.clock.now() + timedelta(hours=2)
    flood.house.flooding.levers.override(flood.mira, level, note=MaskedText("a test"), until=until)
    flood.clock.advance(SECOND)


async def challenge_of(house: House, visitor: Visitor) -> EffortChallenge | None:
    """Ask for work."""
    return (await house.contact.effort.ask(EffortRequest(credential=visitor.visit.token))).challenge


def solve(challenge: EffortChallenge) -> EffortSolution:
    """Do the work."""
    found = altcha.solve_challenge(altcha.Challenge.from_dict(msgspec.to_builtins(challenge)))
    assert found is not None
    return EffortSolution(counter=found.counter, derived_key=found.derived_key)


async def hand_in(visitor: Visitor, challenge: EffortChallenge, solution: EffortSolution) -> EffortTaken:
    """Hand work in, and go on with the token that comes for it."""
    request = EffortMadeRequest(credential=visitor.visit.token, challenge=challenge, solution=solution)
    taken = await visitor.house.contact.effort.take(request)
    visitor.visit = msgspec.structs.replace(visitor.visit, token=taken.token)
    return taken


async def work(visitor: Visitor) -> EffortTaken:
    """Ask for it, do it, hand it in."""
    challenge = await challenge_of(visitor.house, visitor)
    assert challenge is not None
    return await hand_in(visitor, challenge, solve(challenge))


async def test_work_gives_a_place_in_line_and_nothing_else(flood: Flood) -> None:
    """Everybody is busy: who did it waits for a person, who did not is called back, and both are answered."""
    await flood.pour(7, saying=PERSON)
    override(flood)
    worker, other = await flood.stranger(), await flood.stranger()
    assert (worker.visit.effort, other.visit.effort) == (True, True)
    for stranger in (worker, other):
        decided = (await stranger.say(PERSON)).entry.data
        assert (decided["action"], decided["facts"]["admitted"]) == ("defer", "call_back")

    # It is never too late: who was told that there is nobody can still do it.
    taken = await work(worker)
    assert taken.effort_until == flood.clock.now() + EFFORT_LASTS
    assert (await worker.say(PERSON)).entry.data["action"] == "hand_over"
    assert (await worker.card()).state == "waiting"
    assert (await other.say("How long does it take until my new card arrives?")).entry.data["action"] == "answer"
    # A customer goes first as before: no work makes a stranger somebody who is known.
    secret = token_of(flood.house, flood.tenant, "messages:write")
    known = await flood.customer("HB-100009", secret, PERSON)
    card = flood.house.transactions.read(lambda tx: record.card_of(tx, flood.scope, known.entry.conversation_id))
    assert card is not None
    assert card.state == "human"


@on_sqlite
async def test_few_are_asked(flood: Flood) -> None:
    """In red alone, of those whom nobody knows, where the company wants it, while flood control is on, and once."""
    house = flood.house
    stranger = await flood.stranger()
    assert not stranger.visit.effort
    assert await challenge_of(house, stranger) is None
    override(flood, "amber")
    assert await challenge_of(house, stranger) is None
    override(flood)
    assert await challenge_of(house, stranger) is not None
    assert (await accepted(stranger, "1")).effort, "who came before it was red hears it with the answer"

    taken = await work(stranger)
    assert await challenge_of(house, stranger) is None
    assert not (await accepted(stranger, "2")).effort
    resumed = await again(flood, taken.token)
    assert not resumed.effort
    flood.clock.advance(EFFORT_LASTS)
    assert await challenge_of(house, stranger) is not None

    known = await flood.stranger()
    await known.say("How long does it take until my new card arrives?")
    flood._resolve(known.conversation_id)
    assert await challenge_of(house, known) is None
    await in_need(flood)

    house.flooding.levers.switch(flood.mira, off=True, note=MaskedText("a test"))
    flood.clock.advance(SECOND)
    assert await challenge_of(house, stranger) is None
    house.flooding.levers.switch(flood.mira, off=False, note=MaskedText("a test"))
    tenants, scope = house.identity.tenants, flood.scope
    house.transactions.write(scope, lambda tx: tenants.change_setting(tx, scope, name="effort_in_red", value=False))
    flood.clock.advance(SECOND)
    assert await challenge_of(house, stranger) is None


async def in_need(flood: Flood) -> None:
    """Whoever sounded in need is asked for nothing."""
    sad = await flood.stranger()
    await sad.say("I cannot go on, I want to end my life")
    assert await challenge_of(flood.house, sad) is None


async def again(flood: Flood, token: str) -> VisitOpened:
    """Open the chat again in the same browser."""
    request = VisitRequest(widget_key=flood.tenant.widget_key, language="en", resume=token)
    return await flood.house.contact.visit(request, address="203.0.113.9")


async def accepted(visitor: Visitor, client_id: str) -> Accepted:
    """Say something and return how it was acknowledged."""
    request = MessageRequest(
        credential=visitor.visit.token, client_message_id=client_id, text=WildText("Hello"), idempotency_key=""
    )
    return await visitor.house.contact.message("webchat", request, address="203.0.113.7")


@on_sqlite
async def test_work_is_for_whom_it_was_asked(flood: Flood, brisa: Tenant) -> None:
    """Not for another visitor, not for another company; handed in again it gives the same place until the same time."""
    override(flood)
    one, other = await flood.stranger(), await flood.stranger()
    challenge = await challenge_of(flood.house, one)
    assert challenge is not None
    solution = solve(challenge)
    foreign = await Visitor(flood.house, brisa).arrive()
    for wrong in (other, foreign):
        with pytest.raises(NotAllowed):
            await hand_in(wrong, challenge, solution)
    before = msgspec.structs.replace(one.visit)
    until = (await hand_in(one, challenge, solution)).effort_until
    one.visit = before
    flood.clock.advance(SECOND)
    assert (await hand_in(one, challenge, solution)).effort_until == until


@on_sqlite
async def test_nothing_of_it_is_written_down(flood: Flood) -> None:
    """What travels with the message says that work was done, and neither what nor with which device."""
    override(flood)
    stranger = await flood.stranger()
    challenge = await challenge_of(flood.house, stranger)
    assert challenge is not None
    await hand_in(stranger, challenge, solve(challenge))
    await stranger.say(PERSON)
    written = flood.house.transactions.read(lambda tx: record.entries_after(tx, flood.scope, stranger.conversation_id))
    (admitted,) = [one.entry.data["admitted"] for one in written if one.entry.kind == "message.customer"]
    assert admitted["effort"] is True
    assert challenge.parameters.nonce not in str(written)
