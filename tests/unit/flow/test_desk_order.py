"""Putting conversations in order at the desk: labels, fields, priorities, statuses, notes, sleep."""

from datetime import timedelta

import pytest

from doorward import record, workspace
from doorward.flow.desk import MOST_AT_ONCE
from doorward.flow.desk.marking import AttributeValue
from doorward.flow.views.transcript import transcript
from doorward.kit.clock import FixedClock
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.text import WildText
from doorward.workspace import Attribute, Label, Piece, PieceName, Status
from tests.support.transactions import CONVERSATION, NOON, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA = staff_scope("m" * 26)
OTHER = ConversationId("d" * 26)
ABSENT = ConversationId("x" * 26)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def desk_flow(flow: Flow) -> Flow:
    """A flow with two conversations, in a company with a label, a status and fields."""
    flow.say("hello")
    flow.say("hello there", conversation_id=OTHER)
    pieces: dict[str, Piece] = {
        "vip": Label(name="VIP"),
        "supplier": Status(name="With the supplier"),
        "words": Attribute(name="Words"),
        "count": Attribute(name="Count", holds="number"),
        "day": Attribute(name="Day", holds="date"),
        "sure": Attribute(name="Sure", holds="yes_no"),
        "where": Attribute(name="Where", holds="choice", choices=("shop", "online")),
    }
    for key, piece in pieces.items():
        put(flow, key, piece)
    return flow


def put(flow: Flow, key: str, piece: Piece) -> None:
    """Have the company set up a piece."""
    flow.transactions.write(SCOPE, lambda tx: workspace.put_piece(tx, SCOPE, PieceName(key), piece))


async def test_labels_are_put_on_many_at_once_and_say_what_changed(desk_flow: Flow) -> None:
    """What is so already and what there is not are told apart; the second time nothing changes."""
    marking = desk_flow.desk.marking
    await marking.label(MIRA, (CONVERSATION,), add=("vip",), remove=())
    marked = await marking.label(MIRA, (CONVERSATION, OTHER, ABSENT, OTHER), add=("vip",), remove=())
    assert (marked.changed, marked.unchanged, marked.missing) == ((OTHER,), (CONVERSATION,), (ABSENT,))
    assert desk_flow.card(OTHER).labels == ("vip",)
    gone = await marking.label(MIRA, (OTHER,), add=(), remove=("vip", "never there"))
    assert gone.changed == (OTHER,)
    assert desk_flow.card(OTHER).labels == ()


async def test_a_label_that_there_is_not_changes_nothing(desk_flow: Flow) -> None:
    """None of the conversations gets any of the labels."""
    with pytest.raises(NotFound):
        await desk_flow.desk.marking.label(MIRA, (CONVERSATION,), add=("vip", "unknown"), remove=())
    assert desk_flow.card().labels == ()


async def test_more_at_once_than_can_be_is_refused(desk_flow: Flow) -> None:
    """A bulk action has a bound."""
    many = tuple(ConversationId(f"{number:026}") for number in range(MOST_AT_ONCE + 1))
    with pytest.raises(TooLarge):
        await desk_flow.desk.marking.prioritise(MIRA, many, priority=1)


async def test_priority_and_status(desk_flow: Flow) -> None:
    """Both stand on the card; what there is not is refused; an empty status takes it away."""
    marking = desk_flow.desk.marking
    await marking.prioritise(MIRA, (CONVERSATION,), priority=2)
    await marking.set_status(MIRA, (CONVERSATION,), status="supplier")
    assert (desk_flow.card().priority, desk_flow.card().status) == (2, "supplier")
    with pytest.raises(Malformed):
        await marking.prioritise(MIRA, (CONVERSATION,), priority=3)
    with pytest.raises(NotFound):
        await marking.set_status(MIRA, (CONVERSATION,), status="unknown")
    await marking.set_status(MIRA, (CONVERSATION,), status="")
    assert desk_flow.card().status == ""


async def test_fields_hold_what_they_hold(desk_flow: Flow) -> None:
    """Each kind of field takes its own values; None empties one; words are what was written."""
    marking = desk_flow.desk.marking
    values: dict[str, AttributeValue] = {
        "words": WildText("blue"),
        "count": 3,
        "day": WildText("2026-03-04"),
        "sure": True,
        "where": WildText("shop"),
    }
    await marking.fill_in(MIRA, CONVERSATION, values)
    assert desk_flow.card().attributes == {
        "count": 3,
        "day": "2026-03-04",
        "sure": True,
        "where": "shop",
        "words": "blue",
    }
    await marking.fill_in(MIRA, CONVERSATION, {"count": None, "words": WildText("  ")})
    assert desk_flow.card().attributes == {"day": "2026-03-04", "sure": True, "where": "shop"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("count", WildText("many")),
        ("count", True),
        ("day", WildText("2026-02-30")),
        ("day", WildText("20260304")),
        ("where", WildText("moon")),
        ("sure", 1.0),
        ("words", 5),
    ],
)
async def test_fields_refuse_what_they_do_not_hold(desk_flow: Flow, key: str, value: AttributeValue) -> None:
    """The field is named, and nothing is filled in, not even what would be right."""
    with pytest.raises(Malformed) as refused:
        await desk_flow.desk.marking.fill_in(MIRA, CONVERSATION, {"words": WildText("right"), key: value})
    assert refused.value.facts["field"] == key
    assert desk_flow.card().attributes == {}
    with pytest.raises(NotFound):
        await desk_flow.desk.marking.fill_in(MIRA, CONVERSATION, {"unknown": 1})


async def test_a_note_is_written_once_and_no_customer_sees_it(desk_flow: Flow) -> None:
    """The same key is the same note; it is not among the lines that customers are shown; an empty one is refused."""
    noting = desk_flow.desk.noting
    first = await noting.note(MIRA, CONVERSATION, WildText("call the branch"), key="1")
    assert await noting.note(MIRA, CONVERSATION, WildText("call the branch"), key="1") == first
    assert desk_flow.card().notes == 1
    shown = desk_flow.transactions.read(lambda tx: transcript(tx, SCOPE, CONVERSATION))
    assert "call the branch" not in [line.text for line in shown.entries]
    with pytest.raises(Malformed):
        await noting.note(MIRA, CONVERSATION, WildText(" \n"), key="2")
    with pytest.raises(NotFound):
        await noting.note(MIRA, CONVERSATION, WildText("see this"), mentions=(StaffId("z" * 26),), key="3")
    assert desk_flow.card().notes == 1


async def test_a_conversation_sleeps_until_its_time(desk_flow: Flow, clock: FixedClock) -> None:
    """It is woken once when its time has come, not before; times that cannot be are refused."""
    snoozing = desk_flow.desk.snoozing
    for wrong in (NOON, NOON - timedelta(seconds=1), NOON + timedelta(days=400)):
        with pytest.raises(Malformed):
            await snoozing.snooze(MIRA, CONVERSATION, until=wrong)
    assert (await snoozing.snooze(MIRA, CONVERSATION, until=LATER)).snoozed_until == LATER
    assert snoozing.wake_due(SCOPE) == 0
    clock.advance(LATER - NOON)
    assert (snoozing.wake_due(SCOPE), snoozing.wake_due(SCOPE)) == (1, 0)
    assert desk_flow.card().snoozed_until is None
    kinds = [one.entry.kind for one in desk_flow.ledger()]
    assert kinds.count("conversation.woken") == 1


async def test_a_conversation_is_woken_by_hand_or_by_the_customer(desk_flow: Flow) -> None:
    """Both end the sleep at once; what does not sleep stays as it is; what is over does not sleep."""
    snoozing = desk_flow.desk.snoozing
    await snoozing.snooze(MIRA, CONVERSATION, until=LATER)
    assert (await snoozing.wake(MIRA, CONVERSATION)).snoozed_until is None
    before = desk_flow.card().last_seq
    await snoozing.wake(MIRA, CONVERSATION)
    assert desk_flow.card().last_seq == before
    await snoozing.snooze(MIRA, CONVERSATION, until=LATER)
    desk_flow.say("and now?")
    assert desk_flow.card().snoozed_until is None
    await desk_flow.desk.take_over(MIRA, CONVERSATION)
    await desk_flow.desk.resolve(MIRA, CONVERSATION)
    with pytest.raises(Conflict):
        await snoozing.snooze(MIRA, CONVERSATION, until=LATER)
    assert desk_flow.transactions.read(lambda tx: record.slept_enough(tx, SCOPE, limit=9)) == ()
