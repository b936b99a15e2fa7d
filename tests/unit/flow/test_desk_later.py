"""Replies that wait, and tasks: sent once at their time, taken back until then, done and undone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from doorward import record
from doorward.flow.desk import HandOver, LaterReply, NewTask, TaskChange
from doorward.flow.desk import sending as replies_that_wait
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.transactions import CONVERSATION, NOON, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA, JONAS = staff_scope("m" * 26), staff_scope("j" * 26)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
async def busy(flow: Flow) -> Flow:
    """A flow in which Mira has the conversation."""
    flow.say("hello")
    await flow.desk.take_over(MIRA, CONVERSATION)
    return flow


def send_due(flow: Flow) -> int:
    """Have what is due sent."""
    return flow.desk.sending.send_due(lambda tenant_id: system_scope(tenant_id, "desk"))


def said(flow: Flow) -> list[str]:
    """Return what agents have said."""
    return [one.entry.text.text for one in flow.ledger() if one.entry.kind == "message.agent" and one.entry.text]


async def test_a_reply_is_sent_once_when_its_time_has_come(busy: Flow, clock: FixedClock) -> None:
    """Not before, and not twice; the agent who wrote it has said it; asked for twice it waits once."""
    wish = LaterReply(text=WildText("good morning"), send_at=LATER)
    first = await busy.desk.sending.send_later(MIRA, CONVERSATION, wish, key="1")
    assert await busy.desk.sending.send_later(MIRA, CONVERSATION, wish, key="1") == first
    assert (send_due(busy), busy.card().scheduled, said(busy)) == (0, 1, [])
    clock.advance(LATER - NOON)
    assert (send_due(busy), send_due(busy)) == (1, 0)
    assert (said(busy), busy.card().scheduled) == (["good morning"], 0)
    line = busy.ledger()[-1].entry
    assert (line.actor, line.message_id, line.at) == (MIRA.actor, first.entry.message_id, LATER)


async def test_a_reply_is_taken_back_until_it_is_sent(busy: Flow, clock: FixedClock) -> None:
    """Its words come back; it is never sent; what is sent, taken back or never was cannot be taken back."""
    sending = busy.desk.sending
    kept = await sending.send_later(MIRA, CONVERSATION, LaterReply(text=WildText("oops"), send_at=LATER), key="1")
    message_id = kept.entry.message_id
    assert message_id is not None
    assert await sending.take_back(JONAS, CONVERSATION, message_id) == "oops"
    clock.advance(LATER - NOON)
    assert (send_due(busy), said(busy)) == (0, [])
    with pytest.raises(Conflict):
        await sending.take_back(MIRA, CONVERSATION, message_id)
    with pytest.raises(NotFound):
        await sending.take_back(MIRA, CONVERSATION, MessageId("z" * 26))


async def test_a_reply_that_the_customer_made_needless_is_not_sent(busy: Flow, clock: FixedClock) -> None:
    """Only where that was wished; the other one is sent all the same."""
    sending = busy.desk.sending
    for key, unless in (("needless", True), ("needed", False)):
        wish = LaterReply(text=WildText(key), send_at=LATER, unless_heard=unless)
        await sending.send_later(MIRA, CONVERSATION, wish, key=key)
    busy.say("found it, thanks")
    clock.advance(LATER - NOON)
    assert send_due(busy) == 1
    assert (said(busy), busy.card().scheduled) == (["needed"], 0)
    reasons = [one.entry.data["why"] for one in busy.ledger() if one.entry.kind == "reply.cancelled"]
    assert reasons == ["heard"]


async def test_one_that_cannot_be_sent_keeps_no_other(
    busy: Flow, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with the first, the second is sent at its time, and the first once it can be."""
    for key in ("first", "second"):
        wish = LaterReply(text=WildText(key), send_at=LATER)
        await busy.desk.sending.send_later(MIRA, CONVERSATION, wish, key=key)
    clock.advance(LATER - NOON)
    send: Callable[..., Outcome[bool]] = replies_that_wait._send
    failed: list[MessageId] = []

    def broken(tx: Tx, *, scope: Scope, one: record.ScheduledReply) -> Outcome[bool]:
        if not failed:
            failed.append(one.message_id)
            raise LookupError("something that nobody foresaw")
        return send(tx, scope=scope, one=one)

    monkeypatch.setattr(replies_that_wait, "_send", broken)
    assert (send_due(busy), len(said(busy))) == (1, 1)
    assert (send_due(busy), sorted(said(busy))) == (1, ["first", "second"])


@pytest.mark.parametrize("ending", ["resolve", "hand_back", "hand_over"])
async def test_what_can_be_undone_is_said_before_the_farewell(busy: Flow, ending: str) -> None:
    """Whoever goes on has made up their mind: it is said first, and once; what was meant for later stays for later."""
    for key, undoable in (("now", True), ("tomorrow", False)):
        wish = LaterReply(text=WildText(key), send_at=LATER, undoable=undoable)
        await busy.desk.sending.send_later(MIRA, CONVERSATION, wish, key=key)
    match ending:
        case "resolve":
            await busy.desk.resolve(MIRA, CONVERSATION)
        case "hand_back":
            await busy.desk.hand_back(MIRA, CONVERSATION)
        case _:
            await busy.desk.hand_over(MIRA, CONVERSATION, HandOver(to=None, note=WildText("")), key="1")
    assert (said(busy), busy.card().scheduled) == (["now"], 1)
    spoken = [one.entry.kind for one in busy.ledger() if one.entry.kind in {"message.agent", "message.bot"}]
    assert spoken[-2:] == ["message.agent", "message.bot"]


async def test_replies_that_cannot_wait_are_refused(busy: Flow) -> None:
    """An empty one, one for the past or for too far away, and one from who does not have the conversation."""
    sending = busy.desk.sending
    for text, at in ((" ", LATER), ("x", NOON), ("x", NOON + timedelta(days=400))):
        with pytest.raises(Malformed):
            await sending.send_later(MIRA, CONVERSATION, LaterReply(text=WildText(text), send_at=at), key="1")
    with pytest.raises(Conflict):
        await sending.send_later(JONAS, CONVERSATION, LaterReply(text=WildText("x"), send_at=LATER), key="1")
    assert busy.card().scheduled == 0


async def test_a_task_is_added_once_and_done_and_undone(busy: Flow) -> None:
    """The same key is the same task; saying what is so already writes nothing; the card counts what is to be done."""
    tasks = busy.desk.tasks
    wish = NewTask(text=WildText("call the branch"), due_at=LATER)
    task = await tasks.add(MIRA, CONVERSATION, wish, key="1")
    assert await tasks.add(MIRA, CONVERSATION, wish, key="1") == task
    assert (task.due_at, task.done_at, busy.card().open_tasks) == (LATER, None, 1)
    done = await tasks.change(JONAS, CONVERSATION, task.task_id, TaskChange(done=True))
    assert (done.done_at, busy.card().open_tasks) == (NOON, 0)
    before = busy.card().last_seq
    await tasks.change(JONAS, CONVERSATION, task.task_id, TaskChange(done=True))
    assert busy.card().last_seq == before
    undone = await tasks.change(MIRA, CONVERSATION, task.task_id, TaskChange(done=False, due_at=None))
    assert (undone.done_at, undone.due_at, busy.card().open_tasks) == (None, None, 1)


async def test_tasks_that_cannot_be_are_refused(busy: Flow) -> None:
    """Without words, with too many, for nobody we know, or of another conversation."""
    tasks = busy.desk.tasks
    with pytest.raises(Malformed):
        await tasks.add(MIRA, CONVERSATION, NewTask(text=WildText("")), key="1")
    with pytest.raises(TooLarge):
        await tasks.add(MIRA, CONVERSATION, NewTask(text=WildText("x" * 501)), key="1")
    nobody = NewTask(text=WildText("x"), assignee=StaffId("z" * 26))
    with pytest.raises(NotFound):
        await tasks.add(MIRA, CONVERSATION, nobody, key="1")
    with pytest.raises(NotFound):
        await tasks.change(MIRA, CONVERSATION, "unknown", TaskChange(done=True))
    assert busy.transactions.read(lambda tx: record.tasks_of(tx, SCOPE, CONVERSATION)) == ()
