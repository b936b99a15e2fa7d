"""The ledger: numbered without gaps, written once, and the card is what it says."""

import threading
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from doorward import record
from doorward.kit.tx import Transactions
from doorward.record.card import Card, project
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor
from doorward.vocabulary.text import MaskedText, Span
from tests.support.builders import an_entry
from tests.support.transactions import CONVERSATION, NOON, OTHER_SCOPE, SCOPE


def write(transactions: Transactions, *entries: Entry) -> None:
    """Write entries as a verb does."""
    transactions.write(SCOPE, lambda _tx: Outcome(None, entries=entries))


def lines(transactions: Transactions, conversation_id: ConversationId = CONVERSATION) -> list[tuple[int, str]]:
    """Return numbers and keys of a conversation's lines."""
    written = transactions.read(lambda tx: record.entries_after(tx, SCOPE, conversation_id))
    return [(one.seq, one.entry.key) for one in written]


def test_lines_are_numbered_from_one_without_gaps(transactions: Transactions) -> None:
    """Numbers follow the order of writing, over several transactions."""
    write(transactions, an_entry("conversation.opened"), an_entry("message.customer", key="1", text="hello"))
    write(transactions, an_entry("message.bot", key="2", text="hi"))
    assert lines(transactions) == [(1, "conversation.opened"), (2, "1"), (3, "2")]


def test_the_same_key_is_written_once(transactions: Transactions) -> None:
    """Writing a line again changes nothing, neither ledger nor card."""
    write(transactions, an_entry("conversation.opened"), an_entry("message.customer", key="1", text="hello"))
    card = transactions.read(lambda tx: record.card_of(tx, SCOPE, CONVERSATION))
    write(transactions, an_entry("message.customer", key="1", text="hello"))
    assert len(lines(transactions)) == 2
    assert transactions.read(lambda tx: record.card_of(tx, SCOPE, CONVERSATION)) == card


def test_concurrent_writers_of_one_conversation_leave_no_gap_and_no_double(transactions: Transactions) -> None:
    """Forty lines from eight threads get the numbers 1 to 40."""
    write(transactions, an_entry("conversation.opened"))

    def talk(thread: int) -> None:
        for number in range(5):
            write(transactions, an_entry("message.customer", key=f"{thread}-{number}", text="hello"))

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seq for seq, _ in lines(transactions)] == list(range(1, 42))
    card = transactions.read(lambda tx: record.card_of(tx, SCOPE, CONVERSATION))
    assert card is not None
    assert card.customer_messages == 40


def test_another_tenant_sees_nothing(transactions: Transactions) -> None:
    """Neither lines nor cards cross tenants, even with the same ids."""
    write(transactions, an_entry("conversation.opened"))
    assert transactions.read(lambda tx: record.entries_after(tx, OTHER_SCOPE, CONVERSATION)) == ()
    assert transactions.read(lambda tx: record.card_of(tx, OTHER_SCOPE, CONVERSATION)) is None
    assert transactions.read(lambda tx: record.list_cards(tx, OTHER_SCOPE, record.CardQuery())) == ()


def test_masked_text_and_data_come_back_as_written(transactions: Transactions) -> None:
    """Spans, data and times survive the database exactly."""
    text = MaskedText("card [CARD·4242]", (Span(kind="CARD", start=5, end=16, id=SpanId("s")),))
    entry = msgspec.structs.replace(an_entry("message.customer", findings=[{"kind": "CARD"}]), text=text)
    write(transactions, entry)
    written = transactions.read(lambda tx: record.entries_after(tx, SCOPE, CONVERSATION))
    assert written[0].entry == entry


KINDS = st.sampled_from(
    [
        ("message.customer", {"language": "tr"}),
        ("message.bot", {}),
        ("message.agent", {}),
        ("assessment.made", {"score": 0.4}),
        ("decision.made", {"action": "answer", "intent": "pin"}),
        ("decision.made", {"action": "clarify", "intent": ""}),
        ("decision.made", {"action": "hand_over", "intent": "", "language": "de"}),
        ("handoff.requested", {"reason": "risk_high", "queue": "default"}),
        ("handoff.assigned", {"staff_id": "s1"}),
        ("handoff.passed", {"by": "s1", "to": "s2", "queue": "default"}),
        ("handoff.passed", {"by": "s1", "to": "", "queue": "default"}),
        ("message.bot", {"action": "handoff.passed"}),
        ("handoff.returned", {"staff_id": "s1"}),
        ("conversation.resolved", {"staff_id": "s1"}),
        ("identity.raised", {"level": 2}),
        ("note.written", {"mentions": ["s1"]}),
        ("labels.changed", {"added": ["vip", "refund"], "removed": ["old"]}),
        ("labels.changed", {"added": [], "removed": ["vip"]}),
        ("attributes.changed", {"values": {"order": "A-1", "paid": None}}),
        ("status.changed", {"status": "with_supplier"}),
        ("priority.changed", {"priority": 2}),
        ("conversation.snoozed", {"until": "2026-03-03T08:00:00+00:00"}),
        ("conversation.woken", {"why": "due"}),
        ("task.added", {"task_id": "t1", "due_at": None, "assignee": "s1"}),
        ("task.changed", {"task_id": "t1", "done": True}),
        ("conversation.merged", {"into": "o" * 26}),
        ("conversation.absorbed", {"from": "o" * 26, "unanswered_since": None}),
        ("conversation.separated", {"from": "o" * 26, "unanswered_since": "2026-03-02T08:00:00+00:00"}),
        ("handoff.invited", {"by": "s1", "to": "s2", "queue": "default"}),
        ("handoff.declined", {"by": "s2", "to": "s2", "queue": "default"}),
    ]
)


@given(st.lists(KINDS, max_size=30))
def test_the_card_is_a_pure_fold_whose_counts_and_states_hold_together(kinds: list[tuple[Any, dict[str, Any]]]) -> None:
    """Whatever happens, counts are counts, a waiting card waits since some time, and a resolved one has its time."""
    card: Card | None = None
    entries = [an_entry("conversation.opened", channel="webchat", language="en")]
    entries += [
        an_entry(kind, key=str(number), text="words", at=NOON + timedelta(seconds=number), **data)
        for number, (kind, data) in enumerate(kinds)
    ]
    for seq, entry in enumerate(entries, start=1):
        card = project(card, entry, seq)
    assert card is not None
    assert card.last_seq == len(entries)
    for author in ("customer", "bot", "agent"):
        assert getattr(card, f"{author}_messages") == sum(kind == f"message.{author}" for kind, _ in kinds)
    assert (card.state == "waiting") <= (card.waiting_since is not None)
    assert (card.state == "resolved") <= (card.resolved_at is not None)
    assert (card.state == "human") <= (card.assignee is not None)
    assert card.waited_seconds >= 0
    assert (card.state == "resolved") <= (card.handed_by is None)
    heard = [seq for seq, entry in enumerate(entries, start=1) if entry.kind == "message.customer"]
    assert card.heard_seq == max(heard, default=0)
    assert card.labels == tuple(sorted(set(card.labels)))
    assert card.open_tasks >= 0


def test_the_stored_card_equals_the_one_rebuilt_from_the_ledger(transactions: Transactions) -> None:
    """The projection kept in the database is the fold of the ledger."""
    write(transactions, an_entry("conversation.opened", channel="webchat", language="en"))
    write(transactions, an_entry("message.customer", key="1", text="a person please"))
    write(transactions, an_entry("decision.made", action="hand_over", intent=""), an_entry("handoff.requested"))
    write(transactions, an_entry("handoff.assigned", staff_id="s1", at=NOON + timedelta(seconds=9)))
    write(transactions, an_entry("message.agent", text="hello, this is Mira"), an_entry("conversation.resolved"))
    stored, rebuilt = transactions.read(
        lambda tx: (record.card_of(tx, SCOPE, CONVERSATION), record.rebuild_card(tx, SCOPE, CONVERSATION))
    )
    assert stored == rebuilt
    assert stored is not None
    assert (stored.state, stored.waited_seconds, stored.agent_messages) == ("resolved", 9.0, 1)


def test_the_card_says_who_handed_the_conversation_over_and_what_for(transactions: Transactions) -> None:
    """Handed to a colleague, put back by them, taken by a third: note and waiting are right, and are in the ledger."""
    write(transactions, an_entry("conversation.opened", channel="webchat", language="en"))
    write(transactions, an_entry("message.customer", key="1", text="help me"))
    write(transactions, an_entry("handoff.assigned", key="a1", staff_id="s1", at=NOON))
    notice = an_entry("message.bot", key="n1", text="a colleague is next", action="handoff.passed")
    passed = an_entry("handoff.passed", key="p1", text="a refund", by="s1", to="s2", queue="default")
    write(transactions, notice, passed, an_entry("handoff.assigned", key="a2", staff_id="s2"))
    card, rebuilt = both(transactions)
    assert card == rebuilt
    assert (card.state, card.assignee, card.handed_by, card.handed_note) == ("human", "s2", "s1", "a refund")
    assert (card.last_author, card.preview) == ("customer", "help me")  # what was asked is unanswered still
    back = an_entry("handoff.passed", key="p2", by="s2", to="", queue="default", at=NOON + timedelta(seconds=60))
    write(transactions, back)
    card, rebuilt = both(transactions)
    assert card == rebuilt
    assert (card.state, card.assignee, card.reason, card.handed_by, card.handed_note) == (
        "waiting",
        None,
        "handed_on",
        "s2",
        "",
    )
    write(transactions, an_entry("handoff.assigned", key="a3", staff_id="s3", at=NOON + timedelta(seconds=90)))
    card, rebuilt = both(transactions)
    assert card == rebuilt
    assert (card.state, card.waited_seconds, card.handed_by) == ("human", 30.0, "s2")
    write(transactions, an_entry("handoff.assigned", key="a4", staff_id="s2", at=NOON + timedelta(seconds=99)))
    assert both(transactions)[0].handed_by is None  # nobody needs to be told what they wrote themselves


def both(transactions: Transactions) -> tuple[Card, Card]:
    """Return the stored card and the one that the ledger gives."""
    stored, rebuilt = transactions.read(
        lambda tx: (record.card_of(tx, SCOPE, CONVERSATION), record.rebuild_card(tx, SCOPE, CONVERSATION))
    )
    assert stored is not None
    assert rebuilt is not None
    return stored, rebuilt


def test_a_talk_came_to_something_where_its_customer_answered_the_colleague(transactions: Transactions) -> None:
    """What was written before, or to a colleague before that one, is no answer; who was given to nobody is no talk."""
    staff = Actor(kind="staff", id="s1")
    asked = (an_entry("conversation.opened"), an_entry("message.customer", key="1", text="a person please"))
    given, answer = an_entry("handoff.assigned", staff_id="s1"), an_entry("message.customer", key="2", text="it is 7")
    again = an_entry("handoff.assigned", key="again", staff_id="s2")
    talks = {"answered": (given, answer), "silent": (given,), "passed": (given, answer, again), "nobody": ()}
    for number, (name, lines_of_it) in enumerate(talks.items()):
        ended = an_entry("conversation.resolved", at=NOON + timedelta(seconds=number))
        written = (*asked, *lines_of_it, msgspec.structs.replace(ended, actor=staff))
        made = [msgspec.structs.replace(one, conversation_id=ConversationId(name.ljust(26, "x"))) for one in written]
        write(transactions, *made)

    def talks_until(seconds: float) -> tuple[bool, ...]:
        until = NOON + timedelta(seconds=seconds)
        return transactions.read(lambda tx: record.talks_between(tx, SCOPE, NOON, until))

    assert talks_until(10) == (True, False, False)
    assert talks_until(1) == (True,)
    assert transactions.read(lambda tx: record.talks_between(tx, OTHER_SCOPE, NOON, NOON + timedelta(1))) == ()
