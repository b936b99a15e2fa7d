"""Keeping places free, on both databases: it is remembered, and who may be served by a change is served at once."""

from datetime import timedelta

from doorward import routing
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.routing import Load, Reserve, repository
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.reply import Handoff
from tests.support.transactions import OTHER_SCOPE, SCOPE

MIRA = StaffId("mira")


def enter(transactions: Transactions, clock: FixedClock, name: str, *, rank: int) -> None:
    """Let somebody of a rank wait."""
    clock.advance(timedelta(seconds=1))
    handoff = Handoff(reason="asked_for_person", rank=rank)
    party_id = PartyId(f"of {name}")
    transactions.write(
        SCOPE, lambda tx: routing.enter_queue(tx, SCOPE, ConversationId(name), party_id, handoff=handoff)
    )


def load(transactions: Transactions) -> Load:
    """Return how much people can take."""
    return transactions.read(lambda tx: routing.load_of(tx, SCOPE))


def test_a_reserve_holds_until_it_is_changed_and_then_gives_out(transactions: Transactions, clock: FixedClock) -> None:
    """Strangers wait beside a free person; once nothing is kept any more the one who came first gets them."""
    strict = Reserve(by_rank=True, kept=(0, 0, 0, 1, 1))
    assert transactions.write(SCOPE, lambda tx: routing.keep_free(tx, SCOPE, strict))
    assert not transactions.write(SCOPE, lambda tx: routing.keep_free(tx, SCOPE, strict))
    assert transactions.read(lambda tx: routing.reserve_of(tx, OTHER_SCOPE)) == Reserve()
    transactions.write(SCOPE, lambda tx: routing.set_presence(tx, SCOPE, MIRA, state="available", capacity=1))
    enter(transactions, clock, "stranger", rank=3)
    enter(transactions, clock, "flagged", rank=4)
    assert load(transactions) == Load(places=1, taken=0, waiting={3: 1, 4: 1}, handling=720.0)
    assert transactions.write(SCOPE, lambda tx: routing.keep_free(tx, SCOPE, Reserve()))
    assert load(transactions) == Load(places=1, taken=1, waiting={4: 1}, handling=720.0)


def test_of_very_many_the_first_ranks_are_looked_at(transactions: Transactions, clock: FixedClock) -> None:
    """However many strangers came before, whoever is known is the next."""
    transactions.write(SCOPE, lambda tx: routing.keep_free(tx, SCOPE, Reserve(by_rank=True)))
    enter(transactions, clock, "stranger", rank=3)
    enter(transactions, clock, "known", rank=2)
    waiting = transactions.read(lambda tx: repository.waiting_items(tx, SCOPE, limit=1, by_rank=True))
    assert [row.conversation_id for row in waiting] == ["known"]
    assert transactions.read(lambda tx: routing.place_in_queue(tx, SCOPE, ConversationId("known"))) == 0


def test_whoever_has_no_rank_is_served_with_the_first(transactions: Transactions, clock: FixedClock) -> None:
    """What colleagues hand on themselves does not wait behind those whom nobody knows."""
    assert Handoff(reason="handed_on").rank == 0
    enter(transactions, clock, "handed on", rank=0)
    assert load(transactions).waiting == {0: 1}
