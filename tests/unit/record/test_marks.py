"""What lines put beside the card: labels, mentions, tasks, replies to be sent; and finding cards by all of it."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward import record
from doorward.kit.ids import new_id
from doorward.kit.tx import Transactions
from doorward.record import CardPlace, CardQuery
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from tests.support.builders import an_entry
from tests.support.transactions import CONVERSATION, NOON, OTHER_SCOPE, SCOPE, staff_scope

MIRA, JONAS = StaffId("m" * 26), StaffId("j" * 26)
LATER = NOON + timedelta(hours=1)


def write(transactions: Transactions, *entries: Entry) -> None:
    """Write entries as a verb does."""
    transactions.write(SCOPE, lambda _tx: Outcome(None, entries=entries))


def begin(transactions: Transactions, number: int, **data: Any) -> ConversationId:
    """Begin a conversation, each a minute after the one before."""
    name = ConversationId(f"{number:026}")
    at = NOON + timedelta(minutes=number)
    write(
        transactions,
        an_entry("conversation.opened", at=at, conversation_id=name, channel="webchat", language="en", **data),
        an_entry("message.customer", text="hello", at=at, conversation_id=name),
    )
    return name


def found(transactions: Transactions, **wanted: Any) -> list[int]:
    """Return the numbers of the conversations that a query finds, in its order."""
    cards = transactions.read(lambda tx: record.list_cards(tx, SCOPE, CardQuery(**wanted)))
    count = transactions.read(lambda tx: record.count_cards(tx, SCOPE, CardQuery(**wanted)))
    assert count == len(cards)
    return [int(card.conversation_id) for card in cards]


def test_conversations_are_found_by_their_labels(transactions: Transactions) -> None:
    """All labels that are asked for must be there; taken away they are not; other tenants see none."""
    for number in (1, 2, 3):
        begin(transactions, number)
    for number, added in ((1, ["vip"]), (2, ["vip", "refund"]), (3, ["refund"])):
        label = an_entry("labels.changed", conversation_id=ConversationId(f"{number:026}"), added=added, removed=[])
        write(transactions, label)
    assert found(transactions, labels=(("vip",),)) == [2, 1]
    assert found(transactions, labels=(("vip",), ("refund",))) == [2]
    gone = an_entry("labels.changed", key="2", conversation_id=ConversationId(f"{2:026}"), added=[], removed=["vip"])
    write(transactions, gone)
    assert found(transactions, labels=(("vip",),)) == [1]
    assert transactions.read(lambda tx: record.count_labels(tx, SCOPE)) == {"vip": 1, "refund": 2}
    assert transactions.read(lambda tx: record.count_labels(tx, OTHER_SCOPE)) == {}
    assert transactions.read(lambda tx: record.list_cards(tx, OTHER_SCOPE, CardQuery(labels=(("vip",),)))) == ()


def test_conversations_are_found_by_whom_their_notes_name(transactions: Transactions) -> None:
    """A conversation in which a note names somebody twice stands once among theirs."""
    begin(transactions, 1)
    here = begin(transactions, 2)
    for key in ("a", "b"):
        write(transactions, an_entry("note.written", key=key, text="look", conversation_id=here, mentions=[MIRA, MIRA]))
    assert found(transactions, mentions=((MIRA,),)) == [2]
    assert found(transactions, mentions=((JONAS,),)) == []


def test_what_the_customer_said_is_unseen_until_it_was_seen(transactions: Transactions) -> None:
    """Seen up to a line, unseen again with the next; each member of staff for themselves; never less than before."""
    here = begin(transactions, 1)
    mira = staff_scope(MIRA)
    assert found(transactions, unseen=MIRA) == [1]

    def see(seq: int) -> None:
        def work(tx: Any) -> Outcome[None]:
            record.note_seen(tx, mira, here, seq=seq)
            return Outcome(None)

        transactions.write(mira, work)

    see(2)
    see(1)
    assert transactions.read(lambda tx: record.seen_by(tx, SCOPE, MIRA, (here,))) == {here: 2}
    assert found(transactions, unseen=MIRA) == []
    assert found(transactions, unseen=JONAS) == [1]
    write(transactions, an_entry("message.bot", text="hi", conversation_id=here))
    assert found(transactions, unseen=MIRA) == [], "what we say ourselves is no news"
    write(transactions, an_entry("message.customer", key="again", text="and?", conversation_id=here))
    assert found(transactions, unseen=MIRA) == [1]


def test_sleeping_conversations_are_apart_until_their_time_or_the_customers_word(transactions: Transactions) -> None:
    """They are neither among the others nor found as due before their time; a word wakes them at once."""
    first, second = begin(transactions, 1), begin(transactions, 2)
    for name in (first, second):
        write(transactions, an_entry("conversation.snoozed", conversation_id=name, until=LATER.isoformat()))
    assert found(transactions, snoozed=True, now=NOON) == [2, 1]
    assert found(transactions, snoozed=False, now=NOON) == []
    write(transactions, an_entry("message.customer", key="again", text="and?", conversation_id=second))
    assert found(transactions, snoozed=True, now=NOON) == [1]
    assert found(transactions, snoozed=False, now=NOON) == [2]
    assert found(transactions, snoozed=False, now=LATER) == [2, 1]


def test_who_waits_longest_for_an_answer_comes_first(transactions: Transactions) -> None:
    """The first word that nobody answered counts, not the latest; whoever is answered does not wait."""
    for number in (1, 2, 3):
        begin(transactions, number)
    write(transactions, an_entry("message.bot", text="hi", conversation_id=ConversationId(f"{2:026}")))
    again = an_entry(
        "message.customer", key="again", text="hello?", at=LATER, conversation_id=ConversationId(f"{1:026}")
    )
    write(transactions, again)
    assert found(transactions, order="unanswered") == [1, 3]


def test_tasks_are_due_first_first_and_done_when_they_are_done(transactions: Transactions) -> None:
    """Somebody's list holds what is not done; the conversation's holds everything; done can be undone."""
    write(transactions, an_entry("conversation.opened"))
    for task, due in (("late", LATER), ("soon", NOON), ("some day", None)):
        due_at = None if due is None else due.isoformat()
        line = an_entry("task.added", key=task, text=task, task_id=task, due_at=due_at, assignee=MIRA)
        write(transactions, line)

    def names(of: StaffId | None) -> list[str]:
        tasks = transactions.read(
            lambda tx: record.tasks_of(tx, SCOPE, CONVERSATION) if of is None else record.tasks_for(tx, SCOPE, of)
        )
        return [task.task_id for task in tasks]

    assert names(MIRA) == ["soon", "late", "some day"]
    write(transactions, an_entry("task.changed", key="1", task_id="soon", done=True))
    write(transactions, an_entry("task.changed", key="2", task_id="late", assignee=JONAS))
    assert names(MIRA) == ["some day"]
    assert names(JONAS) == ["late"]
    assert names(None) == ["late", "some day", "soon"], "what is done comes last"
    write(transactions, an_entry("task.changed", key="3", task_id="soon", done=False))
    assert names(MIRA) == ["soon", "some day"]


@given(
    first=st.lists(st.integers(0, 3), min_size=1, max_size=7),
    between=st.lists(st.lists(st.integers(0, 3), max_size=2), min_size=1, max_size=4),
    limit=st.integers(1, 3),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_walk_through_tasks_meets_each_once(
    transactions: Transactions, first: list[int], between: list[list[int]], limit: int
) -> None:
    """What stood all along is met exactly once, though others are added anywhere: due before, after, or some day."""
    somebody, numbers = StaffId(new_id()), itertools.count()

    def add(days: int) -> str:
        task = f"{new_id()}-{next(numbers)}"
        due_at = (NOON + timedelta(days=days)).isoformat() if days else None
        line = an_entry("task.added", key=task, text="task", task_id=task, due_at=due_at, assignee=somebody)
        write(transactions, line)
        return task

    def page(behind: tuple[datetime | None, str] | None) -> list[record.Task]:
        return list(transactions.read(lambda tx: record.tasks_for(tx, SCOPE, somebody, behind=behind, limit=limit)))

    stood = [add(days) for days in first]
    met = some = page(None)
    for others in itertools.cycle(between):
        if len(some) < limit:
            break
        for days in others if next(numbers) < 40 else []:
            add(days)
        some = page((some[-1].due_at, some[-1].task_id))
        met = met + some
    ids = [one.task_id for one in met]
    assert len(ids) == len(set(ids))
    assert set(stood) <= set(ids)


def test_replies_wait_until_they_are_sent_or_taken_back(transactions: Transactions) -> None:
    """A reply that waits is due at its time; sent or taken back it waits no more, and the card counts with it."""
    write(transactions, an_entry("conversation.opened"))
    for name in ("one", "two"):
        line = an_entry("reply.scheduled", key=name, text=name, send_at=NOON.isoformat())
        write(transactions, _of(line, name))
    waiting = transactions.read(lambda tx: record.scheduled_of(tx, SCOPE, CONVERSATION))
    assert {one.message_id for one in waiting} == {"one", "two"}
    assert len(transactions.read(record.due_replies)) == 2
    write(transactions, _of(an_entry("message.agent", text="one", scheduled=True), "one"))
    write(transactions, _of(an_entry("reply.cancelled"), "two"))
    assert transactions.read(record.due_replies) == ()
    card = transactions.read(lambda tx: record.card_of(tx, SCOPE, CONVERSATION))
    assert card is not None
    assert (card.scheduled, card.agent_messages) == (0, 1)
    assert card == transactions.read(lambda tx: record.rebuild_card(tx, SCOPE, CONVERSATION))


def _of(entry: Entry, message: str) -> Entry:
    return msgspec.structs.replace(entry, message_id=MessageId(message))


def test_putting_in_order_is_no_news(transactions: Transactions) -> None:
    """A label or a priority leaves a conversation where it stands in the list; a note moves it up."""
    first, _second = begin(transactions, 1), begin(transactions, 2)
    at = NOON + timedelta(hours=2)
    write(transactions, an_entry("labels.changed", at=at, conversation_id=first, added=["vip"], removed=[]))
    write(transactions, an_entry("priority.changed", at=at, conversation_id=first, priority=2))
    assert found(transactions) == [2, 1]
    assert found(transactions, order="priority") == [1, 2]
    write(transactions, an_entry("note.written", at=at, text="look", conversation_id=first, mentions=[]))
    assert found(transactions) == [1, 2]


def card_of(transactions: Transactions, name: ConversationId) -> record.Card | None:
    """Return a conversation's card."""
    return transactions.read(lambda tx: record.card_of(tx, SCOPE, name))


def cards(transactions: Transactions, query: CardQuery) -> tuple[record.Card, ...]:
    """Return the cards that a query wants."""
    return transactions.read(lambda tx: record.list_cards(tx, SCOPE, query))


@pytest.mark.parametrize("order", ["latest", "oldest", "unanswered", "priority"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(size=st.integers(1, 4))
def test_pages_hold_every_card_once_and_in_order(transactions: Transactions, order: Any, size: int) -> None:
    """Page by page, behind the last card each time, gives what one long page gives, whatever is equal among them."""
    for number in range(7):
        name = ConversationId(f"{number:026}")
        if card_of(transactions, name) is None:
            opened = an_entry("conversation.opened", at=NOON, conversation_id=name, channel="webchat", language="en")
            write(transactions, opened, an_entry("message.customer", text="hi", conversation_id=name))
            write(transactions, an_entry("priority.changed", conversation_id=name, priority=number % 2))
    pages: list[str] = []
    page = cards(transactions, CardQuery(order=order, limit=size))
    while page:
        pages += [card.conversation_id for card in page]
        last = page[-1]
        at = last.unanswered_since if order == "unanswered" else last.last_at
        assert at is not None
        place = CardPlace(at=at, conversation_id=last.conversation_id, priority=last.priority)
        page = cards(transactions, CardQuery(order=order, after=place, limit=size))
    assert pages == [card.conversation_id for card in cards(transactions, CardQuery(order=order))]
    assert len(pages) == 7


@pytest.mark.parametrize("order", ["latest", "oldest", "unanswered", "priority"])
@pytest.mark.parametrize("labels", [(), (("few",),)])
def test_pages_over_several_states_are_one_list(
    transactions: Transactions, order: Any, labels: tuple[tuple[str, ...], ...]
) -> None:
    """States, and labels that few have, are looked up apart; the pages are the list nonetheless."""
    for number in range(8):
        name = begin(transactions, number)
        lines = [an_entry("priority.changed", key="p", conversation_id=name, priority=number % 3)]
        if number % 2:
            lines.append(an_entry("handoff.requested", key="h", conversation_id=name, reason="asked", queue="default"))
        if number > 2:
            lines.append(an_entry("labels.changed", key="l", conversation_id=name, added=["few"], removed=[]))
        write(transactions, *lines)
    query = CardQuery(states=("bot", "waiting"), labels=labels, order=order)
    whole = found(transactions, states=query.states, labels=labels, order=order)
    pages: list[int] = []
    after: CardPlace | None = None
    for _ in range(9):
        page = cards(transactions, msgspec.structs.replace(query, after=after, limit=2))
        if not page:
            break
        pages += [int(card.conversation_id) for card in page]
        last = page[-1]
        at = last.unanswered_since if order == "unanswered" else last.last_at
        assert at is not None
        after = CardPlace(at=at, conversation_id=last.conversation_id, priority=last.priority)
    assert pages == whole
    assert sorted(pages) == ([*range(8)] if not labels else [*range(3, 8)])
