"""The queue: first in, first out, capacity kept, drained the moment somebody is free."""

from datetime import timedelta
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward import routing
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.routing import Presence, repository
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from tests.support.transactions import OTHER_SCOPE, SCOPE

MIRA, JONAS = StaffId("mira"), StaffId("jonas")


def of(name: str) -> PartyId:
    """Return whose a conversation is."""
    return PartyId(f"of {name}")


class Queue:
    """The queue's verbs, each in a transaction of its own, with what was assigned."""

    def __init__(self, transactions: Transactions, clock: FixedClock) -> None:
        """Drive the queue of the test's tenant."""
        self.transactions = transactions
        self.clock = clock
        self.assigned: list[tuple[str, str]] = []

    def _hear(self, outcome: Outcome[Any]) -> Outcome[Any]:
        self.assigned += [
            (entry.conversation_id, entry.data["staff_id"]) for entry in outcome.entries if isinstance(entry, Entry)
        ]
        return Outcome(outcome.value)

    def enter(self, name: str, *, priority: int = 0) -> object:
        """Let a conversation enter; return how many wait before it."""
        self.clock.advance(timedelta(seconds=1))
        handoff = Handoff(reason="asked_for_person", priority=priority)
        return self.transactions.write(
            SCOPE,
            lambda tx: self._hear(routing.enter_queue(tx, SCOPE, ConversationId(name), of(name), handoff=handoff)),
        )

    def leave(self, name: str) -> object:
        """Let a conversation leave."""
        self.clock.advance(timedelta(seconds=1))
        return self.transactions.write(
            SCOPE,
            lambda tx: self._hear(routing.leave_queue(tx, SCOPE, ConversationId(name))),
        )

    def present(self, staff_id: StaffId, capacity: int, state: Literal["available", "away"] = "available") -> object:
        """Set an agent's presence."""
        return self.transactions.write(
            SCOPE,
            lambda tx: self._hear(routing.set_presence(tx, SCOPE, staff_id, state=state, capacity=capacity)),
        )

    def take(self, name: str, staff_id: StaffId) -> object:
        """Let an agent take a conversation by hand."""
        return self.transactions.write(
            SCOPE,
            lambda tx: self._hear(routing.assign(tx, SCOPE, ConversationId(name), of(name), staff_id=staff_id)),
        )

    def pass_to(self, name: str, staff_id: StaffId) -> object:
        """Let a conversation be handed to a colleague."""
        self.clock.advance(timedelta(seconds=1))
        return self.transactions.write(
            SCOPE,
            lambda tx: self._hear(routing.pass_to(tx, SCOPE, ConversationId(name), of(name), staff_id=staff_id)),
        )

    def put_back(self, name: str, staff_id: StaffId) -> object:
        """Let an agent put a conversation back; return how many wait before it."""
        self.clock.advance(timedelta(seconds=1))
        return self.transactions.write(
            SCOPE,
            lambda tx: self._hear(routing.put_back(tx, SCOPE, ConversationId(name), of(name), by=staff_id)),
        )

    def load(self) -> dict[StaffId, int]:
        """Return how many conversations each agent has."""
        return self.transactions.read(lambda tx: routing.staff_load(tx, SCOPE))

    def place(self, name: str) -> int | None:
        """Return how many wait before a conversation."""
        return self.transactions.read(lambda tx: routing.place_in_queue(tx, SCOPE, ConversationId(name)))


@pytest.fixture
def queue(transactions: Transactions, clock: FixedClock) -> Queue:
    """An empty queue with nobody there."""
    return Queue(transactions, clock)


def test_who_came_first_is_next(queue: Queue) -> None:
    """Places follow the order of arrival; a higher priority goes before."""
    assert [queue.enter(name) for name in "abc"] == [0, 1, 2]
    queue.enter("urgent", priority=1)
    assert [queue.place(name) for name in ("urgent", "a", "b", "c")] == [0, 1, 2, 3]


def test_entering_twice_keeps_the_place(queue: Queue) -> None:
    """Asking again does not send anybody to the end."""
    queue.enter("a")
    queue.enter("b")
    assert queue.enter("a") == 0


def test_whoever_comes_online_gets_as_many_as_fit_oldest_first(queue: Queue) -> None:
    """Capacity two takes the two oldest and leaves the third."""
    for name in "abc":
        queue.enter(name)
    queue.present(MIRA, 2)
    assert queue.assigned == [("a", MIRA), ("b", MIRA)]
    assert queue.place("c") == 0


def test_a_freed_place_goes_at_once_to_who_waits_longest(queue: Queue) -> None:
    """Leaving one conversation gives out the next in the same transaction."""
    queue.present(MIRA, 1)
    for name in "abc":
        queue.enter(name)
    assert queue.assigned == [("a", MIRA)]
    queue.leave("a")
    assert queue.assigned == [("a", MIRA), ("b", MIRA)]


def test_the_agent_with_fewest_conversations_gets_the_next(queue: Queue) -> None:
    """Work is spread over those who are there."""
    queue.present(MIRA, 3)
    queue.present(JONAS, 3)
    for name in "abcd":
        queue.enter(name)
    assert sorted(staff for _, staff in queue.assigned) == [JONAS, JONAS, MIRA, MIRA]


def test_away_means_nothing_new_but_keeps_what_one_has(queue: Queue) -> None:
    """Who goes away keeps conversations and gets no more."""
    queue.present(MIRA, 5)
    queue.enter("a")
    queue.present(MIRA, 5, state="away")
    queue.enter("b")
    assert queue.assigned == [("a", MIRA)]
    presence = queue.transactions.read(lambda tx: routing.presence_of(tx, SCOPE, MIRA))
    assert presence is not None
    assert presence == Presence(staff_id=MIRA, state="away", capacity=5, since=presence.since)


def test_one_conversation_has_one_agent(queue: Queue) -> None:
    """A second agent is refused; the same agent taking it again changes nothing."""
    queue.enter("a")
    queue.take("a", MIRA)
    with pytest.raises(Conflict):
        queue.take("a", JONAS)
    queue.take("a", MIRA)
    assert queue.assigned == [("a", MIRA)]


def test_a_colleague_may_take_over_from_who_went_away(queue: Queue) -> None:
    """A customer is not stranded with an agent who left."""
    queue.enter("a")
    queue.take("a", MIRA)
    queue.present(MIRA, 2, state="away")
    queue.take("a", JONAS)
    assert queue.assigned == [("a", MIRA), ("a", JONAS)]


def test_who_is_put_back_stands_where_they_stood(queue: Queue) -> None:
    """Having been taken costs nobody their place: those who came later wait behind, an urgent one before."""
    queue.enter("a")
    queue.take("a", MIRA)
    for name in "bc":
        queue.enter(name)
    queue.enter("urgent", priority=1)
    assert queue.put_back("a", MIRA) == 1
    assert [queue.place(name) for name in ("urgent", "a", "b", "c")] == [0, 1, 2, 3]


def test_what_an_agent_puts_back_goes_to_somebody_else(queue: Queue) -> None:
    """It does not come straight back, waits while nobody else is there, and blocks nobody behind it."""
    queue.present(MIRA, 1)
    queue.enter("a")
    queue.enter("b")
    queue.put_back("a", MIRA)
    assert queue.assigned == [("a", MIRA), ("b", MIRA)]
    queue.leave("b")
    assert (queue.place("a"), queue.load()) == (0, {})
    queue.present(JONAS, 1)
    assert queue.assigned[-1] == ("a", JONAS)


def test_who_put_it_back_may_take_it_again_by_hand(queue: Queue) -> None:
    """A person who decides to help is not stopped, and after that it is as if they had never put it back."""
    queue.enter("a")
    queue.take("a", MIRA)
    queue.put_back("a", MIRA)
    queue.take("a", MIRA)
    assert queue.load() == {MIRA: 1}


def test_handing_to_a_colleague_may_exceed_their_capacity_and_frees_a_place(queue: Queue) -> None:
    """Who hands over chose the colleague; whoever waits gets the freed place at once."""
    queue.present(MIRA, 1)
    queue.enter("a")
    queue.present(JONAS, 1)
    queue.enter("b")
    queue.enter("c")
    queue.pass_to("a", JONAS)
    assert queue.assigned == [("a", MIRA), ("b", JONAS), ("a", JONAS), ("c", MIRA)]
    assert queue.load() == {MIRA: 1, JONAS: 2}


def test_what_never_waited_can_be_put_back(queue: Queue) -> None:
    """A conversation that routing does not know enters the queue now."""
    queue.enter("a")
    assert queue.put_back("new", MIRA) == 1


def test_tenants_do_not_share_a_queue(queue: Queue) -> None:
    """Another tenant neither sees nor empties this queue."""
    queue.enter("a")
    assert queue.transactions.read(lambda tx: routing.waiting_list(tx, OTHER_SCOPE)) == ()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.sampled_from("abcdefgh")),
        st.tuples(st.just("leave"), st.sampled_from("abcdefgh")),
        st.tuples(st.just("back"), st.sampled_from("abcdefgh")),
        st.tuples(st.sampled_from(["available", "away"]), st.sampled_from([MIRA, JONAS])),
    ),
    max_size=20,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_nobody_waits_while_somebody_is_free_and_nobody_gets_too_many(
    queue: Queue, steps: list[tuple[str, str]]
) -> None:
    """The law of the queue, over random days: capacity two is kept, and nobody waits whom somebody free may have.

    Who put a conversation back may not have it.
    """
    for name in "abcdefgh":
        queue.leave(name)
    present = {MIRA: False, JONAS: False}
    for staff_id in present:
        queue.present(staff_id, 2, state="away")
    for verb, name in steps:
        if verb == "enter":
            queue.enter(name)
        elif verb == "leave":
            queue.leave(name)
        elif verb == "back":
            _put_back(queue, name)
        else:
            present[StaffId(name)] = verb == "available"
            queue.present(StaffId(name), 2, state="available" if verb == "available" else "away")
        waiting, load = queue.transactions.read(
            lambda tx: (repository.waiting_items(tx, SCOPE, limit=99), repository.load_by_staff(tx, SCOPE))
        )
        assert all(count <= 2 for count in load.values())
        free = {one for one, here in present.items() if here and load.get(one, 0) < 2}
        assert not [item.conversation_id for item in waiting if free - {item.put_back_by}]


def _put_back(queue: Queue, name: str) -> None:
    item = queue.transactions.read(lambda tx: repository.find_item(tx, SCOPE, ConversationId(name)))
    if item is not None and item.staff_id is not None:
        queue.put_back(name, StaffId(item.staff_id))
