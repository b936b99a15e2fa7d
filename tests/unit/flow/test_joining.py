"""Merging conversations of one customer and splitting one: what goes along, what is refused, how it is undone."""

from datetime import timedelta
from typing import Any

import pytest

from doorward import record, routing
from doorward.flow.desk import LaterReply, NewTask, TaskChange
from doorward.flow.joined import goes_on_in
from doorward.flow.views.conversation import conversation, earlier_lines
from doorward.flow.views.told import HOP, told_transcript
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.text import WildText
from tests.support.builders import an_entry
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA, JONAS = staff_scope("m" * 26), staff_scope("j" * 26)
OTHER, THIRD = ConversationId("d" * 26), ConversationId("e" * 26)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
async def two(flow: Flow) -> Flow:
    """A flow with two conversations of one customer, whose messages are answered; Mira has the first."""
    flow.say("hello")
    flow.say("and here", conversation_id=OTHER, at=NOON + timedelta(minutes=1))
    walk(flow)
    await flow.desk.take_over(MIRA, CONVERSATION)
    return flow


def walk(flow: Flow) -> None:
    """Have everything answered that was said."""
    runner = flow.runner()
    for key in flow.submitted:
        runner.submit(key)
    flow.finish(runner)
    flow.submitted.clear()


def read(flow: Flow, conversation_id: ConversationId = OTHER) -> list[tuple[str, str]]:
    """Return what the desk reads, with where it was said."""
    view = flow.transactions.read(lambda tx: conversation(tx, SCOPE, conversation_id))
    return [(one.text, one.conversation_id) for one in view.lines if one.author != "bot"]


def why(error: pytest.ExceptionInfo[Conflict]) -> str:
    """Return why it was refused."""
    return str(error.value.facts["why"])


async def test_what_was_said_is_read_where_it_goes_on(two: Flow) -> None:
    """In order of time and marked; the merged one is over, its card says where it goes on; again is nothing new."""
    card = await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    assert read(two) == [("hello", CONVERSATION), ("and here", "")]
    assert (card.conversation_id, card.state, card.assignee) == (OTHER, "human", MIRA.actor.id)
    merged = two.card()
    assert (merged.state, merged.merged_into) == ("resolved", OTHER)
    before = two.card(OTHER).last_seq
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    assert two.card(OTHER).last_seq == before
    assert two.transactions.read(lambda tx: routing.staff_load(tx, SCOPE)) == {StaffId(MIRA.actor.id): 1}


async def test_a_long_conversation_shows_each_line_once(two: Flow) -> None:
    """What is shown first and what is fetched from before hold every line of both, once."""
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    view = two.transactions.read(lambda tx: conversation(tx, SCOPE, OTHER, lines=3))
    rest = two.transactions.read(lambda tx: earlier_lines(tx, SCOPE, OTHER, before=view.since))
    whole = two.transactions.read(lambda tx: conversation(tx, SCOPE, OTHER))
    assert view.since > 0
    assert sorted(map(repr, (*rest.lines, *view.lines))) == sorted(map(repr, whole.lines))


async def test_the_customers_next_message_goes_on_there(two: Flow) -> None:
    """Also when it comes twice; what had been accepted before stays where it was; the visitor reads both."""
    had = two.accept("hello", key="hello")
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    new, again = two.accept("more", key="more"), two.accept("more", key="more")
    assert (new.conversation_id, again.message_id, again.duplicate) == (OTHER, new.message_id, True)
    assert two.accept("hello", key="hello").message_id == had.message_id
    told = two.transactions.read(lambda tx: told_transcript(tx, SCOPE, CONVERSATION))
    assert [one.text for one in told.entries if one.author == "customer"] == ["hello", "more"]
    assert [one.seq for one in told.entries] == sorted({one.seq for one in told.entries})
    assert told.last > HOP
    await two.desk.reply(MIRA, OTHER, WildText("here I am"), key="1")
    news = two.transactions.read(lambda tx: told_transcript(tx, SCOPE, CONVERSATION, after=told.last))
    assert [one.text for one in news.entries] == ["here I am"]
    assert news.state == "human"


async def test_tasks_go_along_and_waiting_replies_are_cancelled(two: Flow) -> None:
    """Each task once, with its time; a reply that waits says why it is not sent."""
    await two.desk.tasks.add(JONAS, CONVERSATION, NewTask(text=WildText("call"), due_at=LATER), key="1")
    done = await two.desk.tasks.add(JONAS, CONVERSATION, NewTask(text=WildText("old")), key="2")
    await two.desk.tasks.change(JONAS, CONVERSATION, done.task_id, TaskChange(done=True))
    await two.desk.sending.send_later(MIRA, CONVERSATION, LaterReply(text=WildText("x"), send_at=LATER), key="1")
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    view = two.transactions.read(lambda tx: conversation(tx, SCOPE, OTHER))
    assert [(one.text, one.task.due_at) for one in view.tasks] == [("call", LATER)]
    assert (two.card().open_tasks, two.card().scheduled, two.card(OTHER).open_tasks) == (0, 0, 1)
    cancelled = [one.entry.data["why"] for one in two.ledger() if one.entry.kind == "reply.cancelled"]
    assert cancelled == ["merged"]


async def test_it_is_undone_as_long_as_nothing_was_said(two: Flow, clock: FixedClock) -> None:
    """Everything stands as it stood: who had it, its tasks; a visitor's numbers still only grow."""
    await two.desk.tasks.add(JONAS, CONVERSATION, NewTask(text=WildText("call")), key="1")
    before, other = two.card(), two.card(OTHER)
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    seen = two.transactions.read(lambda tx: told_transcript(tx, SCOPE, CONVERSATION)).last
    view = two.transactions.read(lambda tx: conversation(tx, SCOPE, OTHER))
    assert [one.undoable for one in view.joined] == [True]
    clock.advance(timedelta(minutes=1))
    card = await two.desk.joining.separate(JONAS, CONVERSATION)
    assert (card.state, card.assignee, card.merged_into) == ("human", before.assignee, None)
    assert (card.open_tasks, card.unanswered_since) == (1, before.unanswered_since)
    assert (two.card(OTHER).open_tasks, two.card(OTHER).unanswered_since) == (0, other.unanswered_since)
    assert read(two) == [("and here", "")]
    assert two.accept("again", key="again").conversation_id == CONVERSATION
    news = two.transactions.read(lambda tx: told_transcript(tx, SCOPE, CONVERSATION, after=seen))
    assert [one.text for one in news.entries] == ["again"]
    with pytest.raises(Conflict) as error:
        await two.desk.joining.separate(MIRA, CONVERSATION)
    assert why(error) == "not_merged"


async def test_once_something_was_said_it_stays(two: Flow) -> None:
    """A word of anybody in the other one, and the page offers no undoing."""
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    await two.desk.reply(MIRA, OTHER, WildText("so"), key="1")
    with pytest.raises(Conflict) as error:
        await two.desk.joining.separate(MIRA, CONVERSATION)
    assert why(error) == "said"
    view = two.transactions.read(lambda tx: conversation(tx, SCOPE, OTHER))
    assert [one.undoable for one in view.joined] == [False]


async def test_who_waited_waits_there(flow: Flow) -> None:
    """Nobody who waits for a person is lost; the merged one leaves the queue."""
    flow.say("person")
    flow.say("and here", conversation_id=OTHER)
    walk(flow)
    assert flow.card().state == "waiting"
    await flow.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    waiting = flow.transactions.read(lambda tx: routing.waiting_list(tx, SCOPE))
    assert [one.conversation_id for one in waiting] == [OTHER]
    assert flow.card(OTHER).state == "waiting"
    await flow.desk.joining.separate(MIRA, CONVERSATION)
    assert flow.card().state == "waiting"


async def test_who_waits_keeps_queue_class_and_time(flow: Flow, clock: FixedClock) -> None:
    """The place goes along as it is, and comes back when that is undone; nobody holds the merged one."""
    flow.say("hello")
    flow.say("and here", conversation_id=OTHER)
    walk(flow)
    handoff = Handoff(reason="risk_high", queue="fraud", priority=2, channel="webchat", language="en")

    def wait(tx: Tx) -> Outcome[int]:
        return routing.enter_queue(tx, SCOPE, CONVERSATION, PARTY, handoff=handoff)

    flow.transactions.write(SCOPE, wait)
    asked = an_entry("handoff.requested", reason="risk_high", queue="fraud", priority=2)
    flow.transactions.write(SCOPE, lambda _tx: Outcome(None, entries=(asked,)))
    clock.advance(timedelta(minutes=5))

    def waiting() -> list[tuple[str, int, Any]]:
        found = flow.transactions.read(lambda tx: routing.waiting_list(tx, SCOPE))
        return [(one.conversation_id, one.priority, one.entered_at) for one in found]

    await flow.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    assert waiting() == [(OTHER, 2, NOON)]
    standing = flow.transactions.read(lambda tx: routing.standing_of(tx, SCOPE, OTHER))
    assert standing is not None
    assert (standing.queue, flow.card(OTHER).queue, flow.card(OTHER).state) == ("fraud", "fraud", "waiting")
    await flow.desk.joining.separate(MIRA, CONVERSATION)
    back = flow.transactions.read(lambda tx: routing.standing_of(tx, SCOPE, CONVERSATION))
    assert back is not None
    assert (back.queue, back.priority) == ("fraud", 2)


async def test_what_cannot_be_merged_is_refused(two: Flow) -> None:
    """Itself, into one that is over, a circle, a colleague's, one that is being answered, another customer's."""
    joining = two.desk.joining
    two.say("third", conversation_id=THIRD)

    async def refused(one: ConversationId, into: ConversationId, scope: object = MIRA) -> str:
        with pytest.raises(Conflict) as error:
            await joining.merge(scope, one, into=into)  # type: ignore[arg-type]  # because a Scope is passed
        return why(error)

    assert await refused(CONVERSATION, CONVERSATION) == "itself"
    assert await refused(CONVERSATION, OTHER, JONAS) == "theirs"
    assert await refused(THIRD, OTHER) == "busy"
    await joining.merge(MIRA, CONVERSATION, into=OTHER)
    assert await refused(OTHER, CONVERSATION) == "merged"
    assert await refused(CONVERSATION, THIRD) == "merged"
    with pytest.raises(Conflict):
        await two.desk.take_over(JONAS, CONVERSATION)
    await two.desk.resolve(MIRA, OTHER)
    walk(two)
    assert await refused(THIRD, OTHER) == "over"
    with pytest.raises(NotFound):
        await joining.merge(MIRA, THIRD, into=ConversationId("z" * 26))
    assert two.transactions.read(lambda tx: goes_on_in(tx, SCOPE, CONVERSATION)) == OTHER
    assert two.transactions.read(lambda tx: record.card_of(tx, SCOPE, THIRD)) == two.card(THIRD)


async def test_a_chain_is_read_whole(two: Flow) -> None:
    """What was merged into one that was merged is read at its end, and its visitor goes on there."""
    two.say("third", conversation_id=THIRD, at=NOON + timedelta(minutes=2))
    walk(two)
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    await two.desk.joining.merge(MIRA, OTHER, into=THIRD)
    assert [text for text, _ in read(two, THIRD)] == ["hello", "and here", "third"]
    assert two.accept("more", key="more").conversation_id == THIRD
    told = two.transactions.read(lambda tx: told_transcript(tx, SCOPE, CONVERSATION))
    assert [one.text for one in told.entries if one.author == "customer"] == ["hello", "more"]
    assert told.last > 2 * HOP


async def test_chosen_lines_begin_a_conversation(two: Flow) -> None:
    """As copies that name their origin and keep their time; asked twice it is one; the first one keeps everything."""
    two.say("and my card is lost", at=LATER)
    walk(two)
    lines = [one.seq for one in two.ledger() if one.entry.kind == "message.customer"]
    card = await two.desk.parting.split(MIRA, CONVERSATION, lines[1:], key="1")
    assert await two.desk.parting.split(MIRA, CONVERSATION, lines[1:], key="1") == card
    assert (card.state, card.assignee, card.customer_messages) == ("human", MIRA.actor.id, 1)
    assert two.card(card.conversation_id) == card
    view = two.transactions.read(lambda tx: conversation(tx, SCOPE, card.conversation_id))
    assert [(one.text, one.at, one.copied_from) for one in view.lines] == [("and my card is lost", LATER, CONVERSATION)]
    parted = two.ledger()[-1].entry
    assert (parted.kind, parted.data) == (
        "conversation.parted",
        {"into": card.conversation_id, "lines": lines[1:]},
    )
    assert [text for text, _ in read(two, CONVERSATION)] == ["hello", "and my card is lost"]


async def test_what_cannot_be_split_is_refused(two: Flow) -> None:
    """Nothing, what is no message, what is not there, too much, and what goes on elsewhere."""
    opened = two.ledger()[0].seq
    for lines in ((), (opened,), (999,)):
        with pytest.raises(Malformed):
            await two.desk.parting.split(MIRA, CONVERSATION, lines, key="1")
    with pytest.raises(TooLarge):
        await two.desk.parting.split(MIRA, CONVERSATION, range(1, 200), key="1")
    await two.desk.joining.merge(MIRA, CONVERSATION, into=OTHER)
    with pytest.raises(Conflict):
        await two.desk.parting.split(MIRA, CONVERSATION, (2,), key="1")
