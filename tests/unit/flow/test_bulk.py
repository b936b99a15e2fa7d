"""One thing done to many conversations: what changed, what was so, what could not be; and undoing it."""

from datetime import timedelta
from functools import partial

import pytest

from doorward import workspace
from doorward.flow.desk import Bulk, BulkAct, BulkDone, Unchanged
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.workspace import Label, Piece, PieceName, Status
from tests.support.transactions import CONVERSATION, NOON, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA = staff_scope("m" * 26)
JONAS = staff_scope("j" * 26)
OTHER = ConversationId("d" * 26)
ABSENT = ConversationId("x" * 26)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def bulk(flow: Flow) -> Bulk:
    """Bulk actions over a flow with two conversations, in a company with a label and a status."""
    flow.say("hello")
    flow.say("hello there", conversation_id=OTHER)
    pieces: dict[str, Piece] = {"vip": Label(name="VIP"), "supplier": Status(name="With the supplier")}
    for key, piece in pieces.items():
        put = partial(workspace.put_piece, scope=SCOPE, name=PieceName(key), piece=piece)
        flow.transactions.write(SCOPE, put)
    return Bulk(flow.transactions, flow.desk)


async def test_marks_of_many_are_undone_as_they_were(flow: Flow, bulk: Bulk) -> None:
    """Each conversation gets back what it had; what was so already is left alone."""
    await flow.desk.marking.prioritise(MIRA, (OTHER,), priority=1)
    done = await bulk.do(MIRA, (CONVERSATION, OTHER, ABSENT), BulkAct(verb="priority", value="2"))
    assert (done.changed, done.unchanged) == ((CONVERSATION, OTHER), ())
    assert done.refused == (Unchanged(conversation_id=ABSENT, why="not_found"),)
    undone = await bulk.undo(MIRA, done.undo)
    assert sorted(undone.changed) == sorted(done.changed)
    assert (flow.card().priority, flow.card(OTHER).priority) == (0, 1)


async def test_what_somebody_changed_since_is_not_undone(flow: Flow, bulk: Bulk) -> None:
    """An undo takes back what the action made, nobody else's work."""
    done = await bulk.do(MIRA, (CONVERSATION, OTHER), BulkAct(verb="status", value="supplier"))
    await flow.desk.marking.set_status(JONAS, (OTHER,), status="")
    undone = await bulk.undo(MIRA, done.undo)
    assert undone.changed == (CONVERSATION,)
    assert undone.refused == (Unchanged(conversation_id=OTHER, why="since"),)


async def test_a_label_is_put_on_and_taken_back(flow: Flow, bulk: Bulk) -> None:
    """Where it was before it stays."""
    await flow.desk.marking.label(MIRA, (OTHER,), add=("vip",), remove=())
    done = await bulk.do(MIRA, (CONVERSATION, OTHER), BulkAct(verb="label", value="vip"))
    assert (done.changed, done.unchanged) == ((CONVERSATION,), (OTHER,))
    await bulk.undo(MIRA, done.undo)
    assert (flow.card().labels, flow.card(OTHER).labels) == ((), ("vip",))


async def test_sleep_is_undone_by_waking_or_the_sleep_before(flow: Flow, bulk: Bulk) -> None:
    """What slept until another time sleeps until then again."""
    await flow.desk.snoozing.snooze(MIRA, OTHER, until=LATER)
    until = LATER + timedelta(days=1)
    done = await bulk.do(MIRA, (CONVERSATION, OTHER), BulkAct(verb="snooze", value=until.isoformat()))
    assert len(done.changed) == 2
    await bulk.undo(MIRA, done.undo)
    assert (flow.card().snoozed_until, flow.card(OTHER).snoozed_until) == (None, LATER)


async def test_what_one_conversation_refuses_does_not_hold_the_others(flow: Flow, bulk: Bulk) -> None:
    """A colleague's conversation is not resolved, and it is said why; what customers were told is not undone."""
    await flow.desk.take_over(JONAS, OTHER)
    done = await bulk.do(MIRA, (CONVERSATION, OTHER), BulkAct(verb="resolve"))
    assert done == BulkDone(changed=(CONVERSATION,), refused=(Unchanged(conversation_id=OTHER, why="not_mine"),))
    again = await bulk.do(MIRA, (CONVERSATION,), BulkAct(verb="resolve"))
    assert again.unchanged == (CONVERSATION,)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (BulkAct(verb="label", value="unknown"), NotFound),
        (BulkAct(verb="status", value="unknown"), NotFound),
        (BulkAct(verb="priority", value="5"), Malformed),
        (BulkAct(verb="snooze", value="soon"), Malformed),
        (BulkAct(verb="snooze", value="2030-01-01T00:00"), Malformed),
    ],
)
async def test_what_cannot_be_meant_changes_nothing(bulk: Bulk, act: BulkAct, error: type[Exception]) -> None:
    """It is refused as a whole, before anything is done."""
    with pytest.raises(error):
        await bulk.do(MIRA, (CONVERSATION,), act)
