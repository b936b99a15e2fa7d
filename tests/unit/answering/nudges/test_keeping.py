"""What was offered is kept on both kinds of database, and says what may be offered still."""

from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest

from doorward.answering.nudges import (
    Cap,
    Nudge,
    NudgeBook,
    Offer,
    OfferState,
    answer_offer,
    figures,
    forget_offers,
    offerable,
    offers_in,
    open_offer,
    solve,
    sweep_offers,
    write_offer,
)
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE

WORDS = {"en": "x"}


def a_nudge(key: str, *, priority: int = 0) -> Nudge:
    """Return a nudge: once in 10 days, a no rests for 30."""
    return Nudge(
        key=key,
        signal=key,
        kind="service",
        article="a",
        priority=priority,
        per_customer=Cap(most=1, days=10),
        rest_days=30,
        title=WORDS,
        ask=WORDS,
        why=WORDS,
        gain=WORDS,
    )


BOOK = NudgeBook(
    version="1",
    per_customer=Cap(most=2, days=7),
    per_day=3,
    never_with=frozenset(),
    nudges=(a_nudge("first", priority=2), a_nudge("second", priority=1), a_nudge("third")),
)


@dataclass
class Desk:
    """Where offers are kept, and a clock."""

    transactions: Transactions
    clock: FixedClock
    scope: Scope = SCOPE

    def offer(
        self, nudge: str, *, state: OfferState = "offered", party: PartyId = PARTY, value: int | None = None
    ) -> Offer:
        """Keep an offer of now."""
        now = self.clock.now()
        made = Offer(
            id=f"{nudge}-{party}-{now.isoformat()}",
            conversation_id=CONVERSATION,
            party_id=party,
            nudge=nudge,
            kind="service",
            by="bot",
            state=state,
            rule="first_line.nudge_service@6",
            offered_at=now,
            value=value,
        )
        assert self.transactions.write(self.scope, lambda tx: Outcome(write_offer(tx, self.scope, made)))
        return made

    def allowed(self, *parties: PartyId) -> list[str]:
        """Return what may be offered to a customer."""
        found = self.transactions.read(lambda tx: offerable(tx, self.scope, BOOK, parties=parties or (PARTY,)))
        return [one.key for one in found]


@pytest.fixture
def desk(transactions: Transactions, clock: FixedClock) -> Desk:
    """Nothing was offered yet."""
    return Desk(transactions, clock)


def test_caps_hold_for_a_nudge_for_a_customer_and_for_a_day(desk: Desk) -> None:
    """Each once in ten days, two in a week, three a day for everybody; then they may be again."""
    assert desk.allowed() == ["first", "second", "third"]
    desk.offer("first", state="taken")
    assert desk.allowed() == ["second", "third"]
    desk.clock.advance(timedelta(days=1, seconds=1))
    desk.offer("second", state="unanswered")
    assert desk.allowed() == []
    desk.clock.advance(timedelta(days=7))
    assert desk.allowed() == ["third"]
    desk.clock.advance(timedelta(days=3, seconds=1))
    assert desk.allowed() == ["first", "second", "third"]
    for number in range(3):
        desk.offer("first", party=PartyId(f"other-{number}"))
    assert desk.allowed() == []
    desk.clock.advance(timedelta(days=1, seconds=1))
    assert desk.allowed() == ["first", "second", "third"]


def test_a_no_rests_for_its_days_whichever_visitor_said_it(desk: Desk) -> None:
    """The customer is a family of parties; nobody without a party is offered anything."""
    desk.offer("first", state="declined", party=PartyId("visitor"))
    desk.clock.advance(timedelta(days=29))
    assert desk.allowed(PARTY, PartyId("visitor")) == ["second", "third"]
    assert desk.allowed(PARTY) == ["first", "second", "third"]
    desk.clock.advance(timedelta(days=1, seconds=1))
    assert desk.allowed(PARTY, PartyId("visitor")) == ["first", "second", "third"]
    none = desk.transactions.read(lambda tx: offerable(tx, SCOPE, BOOK, parties=()))
    assert none == ()


def test_an_offer_waits_for_one_answer(desk: Desk) -> None:
    """What is answered is answered; a no is no yes a moment later."""
    made = desk.offer("first")
    assert desk.transactions.read(lambda tx: open_offer(tx, SCOPE, CONVERSATION)) == made
    again = desk.transactions.write(SCOPE, lambda tx: Outcome(write_offer(tx, SCOPE, made)))
    assert not again
    assert desk.transactions.write(SCOPE, lambda tx: Outcome(answer_offer(tx, SCOPE, made.id, "declined")))
    assert not desk.transactions.write(SCOPE, lambda tx: Outcome(answer_offer(tx, SCOPE, made.id, "taken")))
    assert desk.transactions.read(lambda tx: open_offer(tx, SCOPE, CONVERSATION)) is None
    (kept,) = desk.transactions.read(lambda tx: offers_in(tx, SCOPE, CONVERSATION))
    assert (kept.state, kept.answered_at) == ("declined", desk.clock.now())


def test_figures_count_what_was_said_and_what_customers_have_of_it(desk: Desk) -> None:
    """Money counts only where what was taken is solved, and once."""
    first = desk.offer("first", state="taken", value=990)
    desk.clock.advance(timedelta(seconds=1))
    desk.offer("first", state="taken", value=500)
    desk.clock.advance(timedelta(seconds=1))
    second = desk.offer("second", state="declined", value=100)

    def settle(count: int) -> None:
        done = desk.transactions.write(SCOPE, lambda tx: Outcome(solve(tx, SCOPE, (first, second))))
        assert done == count

    settle(1)
    settle(0)
    until = desk.clock.now() + timedelta(seconds=1)
    found = desk.transactions.read(lambda tx: figures(tx, SCOPE, since=NOON, until=until))
    told = [(one.nudge, one.offered, one.taken, one.declined, one.solved, one.value) for one in found]
    assert told == [("first", 2, 2, 0, 1, 990), ("second", 1, 0, 1, 0, 0)]
    assert desk.transactions.read(lambda tx: figures(tx, SCOPE, since=until, until=until)) == ()


def test_offers_end_with_the_customer_and_with_time(desk: Desk) -> None:
    """Of a forgotten party none is left; old ones are swept; another company's are nobody's business."""
    desk.offer("first")
    desk.offer("first", party=PartyId("other"))
    elsewhere = msgspec.structs.replace(SCOPE, tenant_id=TenantId("elsewhere"))
    assert desk.transactions.read(lambda tx: offers_in(tx, elsewhere, ConversationId(CONVERSATION))) == ()
    assert desk.transactions.write(elsewhere, lambda tx: Outcome(forget_offers(tx, elsewhere, PARTY))) == 0
    assert desk.transactions.write(SCOPE, lambda tx: Outcome(forget_offers(tx, SCOPE, PARTY))) == 1
    assert desk.transactions.write(SCOPE, lambda tx: Outcome(sweep_offers(tx, SCOPE))) == 0
    desk.clock.advance(timedelta(days=401))
    assert desk.transactions.write(SCOPE, lambda tx: Outcome(sweep_offers(tx, SCOPE))) == 1
