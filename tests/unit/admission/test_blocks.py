"""Blocks: they end, are told, may be appealed once, and are decided by somebody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from doorward.admission import Block, Blocks, NewBlock
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound, SenderBlocked
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from tests.support.transactions import CONVERSATION, OTHER_SCOPE, PARTY, staff_scope

ADA, MIRA = staff_scope("ada"), staff_scope("mira")
WISH = NewBlock(party_id=PARTY, conversation_id=CONVERSATION, reason="abuse", hours=24, language="tr")


class Desk:
    """Blocks over a test's database."""

    def __init__(self, transactions: Transactions) -> None:
        """Take the transactions."""
        self.transactions = transactions
        self.blocks = Blocks()

    def block(self, wish: NewBlock = WISH, *, scope: Scope = ADA) -> Block:
        """Block somebody."""
        return self.transactions.write(scope, lambda tx: self.blocks.block(tx, scope, wish))

    def do(self, scope: Scope, work: Callable[[Tx], Outcome[None]]) -> None:
        """Do something that returns nothing."""
        self.transactions.write(scope, work)

    def refused(self, scope: Scope = ADA) -> SenderBlocked | None:
        """Return the refusal that the sender gets, or None."""
        try:
            self.transactions.read(lambda tx: self.blocks.refuse_blocked(tx, scope, PARTY))
        except SenderBlocked as refusal:
            return refusal
        return None

    def appeal(self, block: Block, words: str = "I was [NAME]") -> None:
        """Object as the sender."""
        self.do(ADA, lambda tx: self.blocks.appeal(tx, ADA, block.id, words=words))


@pytest.fixture
def desk(transactions: Transactions) -> Desk:
    """Blocks over a test's database."""
    return Desk(transactions)


def test_a_block_holds_until_it_ends(desk: Desk, clock: FixedClock) -> None:
    """The sender is refused with what they may know, and let in again when the time is over."""
    block = desk.block()
    refusal = desk.refused()
    assert refusal is not None
    assert refusal.facts["ends_at"] == block.ends_at.isoformat()
    assert (refusal.facts["reason"], refusal.facts["language"]) == ("abuse", "tr")
    clock.advance(timedelta(hours=24))
    assert desk.refused() is None


def test_a_block_is_of_one_tenant(desk: Desk) -> None:
    """Another company neither refuses the sender nor sees the block."""
    block = desk.block()
    assert desk.refused(OTHER_SCOPE) is None
    with pytest.raises(NotFound):
        desk.transactions.read(lambda tx: desk.blocks.find(tx, OTHER_SCOPE, block.id))


def test_nobody_is_blocked_twice_for_ever_or_without_reason(desk: Desk) -> None:
    """A second block while one holds is a conflict; reasons and times are those there are."""
    desk.block()
    with pytest.raises(Conflict):
        desk.block()
    for wrong in ({"hours": 10**6}, {"hours": 0}, {"reason": "because"}):
        values = {"party_id": PARTY, "conversation_id": CONVERSATION, "reason": "abuse", "hours": 24} | wrong
        with pytest.raises(Malformed):
            desk.block(NewBlock(**values))  # type: ignore[arg-type]  # because wrong values are the point


def test_an_appeal_is_taken_once_and_decided_by_another(desk: Desk) -> None:
    """One objection a block; whoever blocked cannot decide; lifting lets the sender in at once."""
    block = desk.block()
    with pytest.raises(Conflict):  # nothing to decide yet
        desk.do(MIRA, lambda tx: desk.blocks.decide(tx, MIRA, block.id, decision="lift", note="no"))
    desk.appeal(block)
    refusal = desk.refused()
    assert refusal is not None
    assert refusal.facts["appealed"] == 1
    with pytest.raises(Conflict):
        desk.appeal(block)
    with pytest.raises(NotAllowed):
        desk.do(ADA, lambda tx: desk.blocks.decide(tx, ADA, block.id, decision="lift", note="mine"))
    with pytest.raises(Malformed):
        desk.do(MIRA, lambda tx: desk.blocks.decide(tx, MIRA, block.id, decision="lift", note="  "))
    desk.do(MIRA, lambda tx: desk.blocks.decide(tx, MIRA, block.id, decision="lift", note="a mistake"))
    assert desk.refused() is None


def test_a_kept_block_stays_and_the_list_shows_who_waits_first(desk: Desk) -> None:
    """A decision to keep leaves the block; open objections stand on top of the list."""
    first = desk.block()
    other = NewBlock(party_id=type(PARTY)("q" * 26), conversation_id=CONVERSATION, reason="spam", hours=1)
    desk.block(other)
    desk.appeal(first)
    listed = desk.transactions.read(lambda tx: desk.blocks.list_blocks(tx, ADA))
    assert [block.reason for block in listed] == ["abuse", "spam"]
    desk.do(MIRA, lambda tx: desk.blocks.decide(tx, MIRA, first.id, decision="keep", note="it was meant"))
    assert desk.refused() is not None
    assert not desk.transactions.read(lambda tx: desk.blocks.find(tx, ADA, first.id)).waits


def test_whoever_blocked_may_lift(desk: Desk) -> None:
    """A block can be taken back at any time, once, and is then among those that are over."""
    block = desk.block()
    desk.do(ADA, lambda tx: desk.blocks.lift(tx, ADA, block.id))
    assert desk.refused() is None
    with pytest.raises(Conflict):
        desk.do(ADA, lambda tx: desk.blocks.lift(tx, ADA, block.id))
    over = desk.transactions.read(lambda tx: desk.blocks.list_blocks(tx, ADA, standing=False))
    assert [one.id for one in over] == [block.id]
