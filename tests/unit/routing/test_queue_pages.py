"""The queue in pages: one order from the first to the last, however many come, go and grow old meanwhile."""

import itertools
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward import routing
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions, Tx
from doorward.routing import QueuePlace
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope, system_scope

CONTACT = st.tuples(st.integers(-1, 2), st.sampled_from(["webchat", "mail"]), st.sampled_from(["en", "de", "tr"]))
_numbers = itertools.count()


class Line:
    """The queue of a tenant of its own."""

    def __init__(self, transactions: Transactions, clock: FixedClock) -> None:
        """Begin with nobody in it."""
        self.transactions = transactions
        self.clock = clock
        self.scope: Scope = system_scope(TenantId(f"{next(_numbers):026}"), "test")
        self.waiting: list[ConversationId] = []

    def enter(self, contact: tuple[int, str, str]) -> ConversationId:
        """Let somebody come."""
        priority, channel, language = contact
        name = ConversationId(f"{next(_numbers):026}")
        handoff = Handoff(reason="asked", priority=priority, channel=channel, language=language)
        party = PartyId(name)

        def work(tx: Tx) -> Outcome[int]:
            return Outcome(routing.enter_queue(tx, self.scope, name, party, handoff=handoff).value)

        self.transactions.write(self.scope, work)
        self.waiting.append(name)
        return name

    def leave(self, at: int) -> None:
        """Let somebody go, which counts how long their language waits."""
        name = self.waiting.pop(at % len(self.waiting))
        self.transactions.write(self.scope, lambda tx: Outcome(routing.leave_queue(tx, self.scope, name).value))

    def page(self, after: QueuePlace | None, *, limit: int) -> tuple[list[ConversationId], QueuePlace | None]:
        """Return who is on a page, and the next page's place, which has been in an address meanwhile."""
        found, place = self.transactions.read(lambda tx: routing.queue_page(tx, self.scope, after=after, limit=limit))
        kept = None if place is None else msgspec.json.decode(msgspec.json.encode(place), type=QueuePlace)
        return [one.conversation_id for one in found], kept


@given(
    first=st.lists(CONTACT, min_size=1, max_size=9),
    between=st.lists(
        st.tuples(st.integers(0, 50_000), st.lists(CONTACT, max_size=3), st.booleans()), min_size=1, max_size=6
    ),
    limit=st.integers(1, 4),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_waits_all_along_is_shown_exactly_once(
    transactions: Transactions,
    clock: FixedClock,
    first: list[tuple[int, str, str]],
    between: list[tuple[int, list[tuple[int, str, str]], bool]],
    limit: int,
) -> None:
    """Between two pages hours pass, others come in every class, and some go; nobody at all is shown twice."""
    line = Line(transactions, clock)
    for contact in first:
        clock.advance(timedelta(seconds=7))
        line.enter(contact)
    stood = list(line.waiting)
    shown, place = line.page(None, limit=limit)
    for seconds, others, goes in itertools.cycle(between):
        if place is None:
            break
        clock.advance(timedelta(seconds=seconds))
        for contact in others if len(line.waiting) < 30 else []:
            line.enter(contact)
        if goes and line.waiting:
            line.leave(seconds)
        page, place = line.page(place, limit=limit)
        shown += page
    assert len(shown) == len(set(shown))
    assert set(stood) & set(line.waiting) <= set(shown)


def test_pages_are_the_list_in_pieces(transactions: Transactions, clock: FixedClock) -> None:
    """Next first, as the whole list has them, and none behind the last."""
    line = Line(transactions, clock)
    for number in range(7):
        clock.advance(timedelta(seconds=number))
        line.enter((number % 3 - 1, "webchat", "en"))
    whole = transactions.read(lambda tx: routing.waiting_list(tx, line.scope))
    shown, place = line.page(None, limit=3)
    while place is not None:
        page, place = line.page(place, limit=3)
        shown += page
    assert shown == [one.conversation_id for one in whole]
    assert line.page(None, limit=7)[1] is None


def test_a_place_that_nobody_was_given_breaks_nothing(transactions: Transactions, clock: FixedClock) -> None:
    """What cannot be reckoned with is refused as no place of ours."""
    line = Line(transactions, clock)
    for _ in range(2):
        line.enter((0, "webchat", "en"))
    _, place = line.page(None, limit=1)
    assert place is not None
    for patience in (0.0, 1e-300, 1e300):
        claims = msgspec.structs.replace(place.claims, patience_seconds=patience)
        with pytest.raises(Malformed):
            line.page(msgspec.structs.replace(place, claims=claims), limit=1)
