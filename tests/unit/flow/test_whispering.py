"""Whispering: a note to whoever has the conversation, who hears of it at once."""

import pytest

from doorward import record
from doorward.doors.web.desk.shared import demand_on
from doorward.flow.views.conversation import conversation
from doorward.flow.views.transcript import transcript
from doorward.identity import Member, MemberSeed, Staff
from doorward.vocabulary.errors import Conflict, Malformed
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from tests.support.transactions import CONVERSATION, SCOPE, staff_scope
from tests.support.walking import Flow


def member(flow: Flow, username: str) -> Member:
    """Add a member of staff."""
    seed = MemberSeed(username=username, display_name=username.title(), role="supervisor")
    return flow.transactions.write(SCOPE, lambda tx: Staff().add(tx, SCOPE, seed))


@pytest.fixture
def pair(flow: Flow) -> tuple[Scope, Scope]:
    """The scopes of an agent, who has the conversation to be, and of a supervisor."""
    flow.say("hello")
    agent, boss = member(flow, "selin"), member(flow, "mira")
    return staff_scope(agent.id), staff_scope(boss.id)


async def test_a_whisper_is_news_to_whoever_has_the_conversation(flow: Flow, pair: tuple[Scope, Scope]) -> None:
    """It names them, is told among what asks for them, and no customer sees it."""
    agent, boss = pair
    await flow.desk.take_over(agent, CONVERSATION)
    before = flow.transactions.read(lambda tx: demand_on(tx, agent, supervises=False))
    await flow.desk.noting.whisper(boss, CONVERSATION, WildText("offer the refund"), key="1")
    await flow.desk.noting.whisper(boss, CONVERSATION, WildText("offer the refund"), key="1")
    after = flow.transactions.read(lambda tx: demand_on(tx, agent, supervises=False))
    assert (before.noted, after.noted > 0, after.noted_by, after.whispered) == (0, True, boss.actor.id, True)
    view = flow.transactions.read(lambda tx: conversation(tx, SCOPE, CONVERSATION))
    told = [line for line in view.lines if line.whispered]
    assert [(line.text, line.mentions) for line in told] == [("offer the refund", (agent.actor.id,))]
    shown = flow.transactions.read(lambda tx: transcript(tx, SCOPE, CONVERSATION))
    assert "offer the refund" not in [line.text for line in shown.entries]


async def test_nobody_is_whispered_to_where_nobody_listens(flow: Flow, pair: tuple[Scope, Scope]) -> None:
    """A conversation that nobody has, or that is one's own, has nobody to whisper to; nor has an empty word."""
    agent, _ = pair
    noting = flow.desk.noting
    with pytest.raises(Conflict) as nobody:
        await noting.whisper(agent, CONVERSATION, WildText("psst"), key="1")
    await flow.desk.take_over(agent, CONVERSATION)
    with pytest.raises(Conflict) as mine:
        await noting.whisper(agent, CONVERSATION, WildText("psst"), key="2")
    assert (nobody.value.facts["why"], mine.value.facts["why"]) == ("nobody", "yours")
    with pytest.raises(Malformed):
        await noting.whisper(agent, CONVERSATION, WildText("  "), key="3")
    assert not [line for line in flow.ledger() if line.entry.kind == "note.written"]


async def test_a_supervisor_takes_a_conversation_from_a_colleague(flow: Flow, pair: tuple[Scope, Scope]) -> None:
    """It is theirs then, the audit says so, and of what nobody or they themselves have there is nothing to take."""
    agent, boss = pair
    with pytest.raises(Conflict) as nobody:
        await flow.desk.take_from(boss, CONVERSATION)
    await flow.desk.take_over(agent, CONVERSATION)
    with pytest.raises(Conflict):
        await flow.desk.take_over(boss, CONVERSATION)
    card = await flow.desk.take_from(boss, CONVERSATION)
    assert (card.state, card.assignee, flow.card()) == ("human", boss.actor.id, card)
    with pytest.raises(Conflict) as mine:
        await flow.desk.take_from(boss, CONVERSATION)
    assert (nobody.value.facts["why"], mine.value.facts["why"]) == ("nobody", "yours")
    lines = flow.transactions.read(lambda tx: record.latest_audit(tx, SCOPE, object_id=CONVERSATION))
    assert "conversation.taken_from" in [line.action for line in lines]


async def test_reading_along_is_in_the_audit(flow: Flow, pair: tuple[Scope, Scope]) -> None:
    """That somebody read along is a look at a customer's data."""
    _, boss = pair
    await flow.desk.noting.note_along(boss, CONVERSATION)
    (line,) = flow.transactions.read(lambda tx: record.accesses(tx, SCOPE, (CONVERSATION,)))
    assert (line.action, line.actor_id) == ("conversation.read_along", StaffId(boss.actor.id))
