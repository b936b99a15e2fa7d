"""Hints live a day, for one conversation, and are gone with the customer."""

from collections.abc import Callable
from datetime import timedelta

from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions, Tx
from doorward.understanding.feelings import Heard, forget_hints, hint_of, keep_hint, sweep_hints
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from tests.support.transactions import CONVERSATION, OTHER_SCOPE, PARTY, SCOPE

GRIEF = Heard(emotion="bereavement")


def keep(transactions: Transactions, heard: Heard) -> None:
    """Keep what was heard."""

    def write(tx: Tx) -> Outcome[None]:
        keep_hint(tx, SCOPE, CONVERSATION, PARTY, heard)
        return Outcome(None)

    transactions.write(SCOPE, write)


def kept(transactions: Transactions) -> Heard | None:
    """Return what is kept."""
    return transactions.read(lambda tx: hint_of(tx, SCOPE, CONVERSATION))


def removed(transactions: Transactions, verb: Callable[[Tx], int]) -> int:
    """Return how many hints a verb removes."""
    return transactions.write(SCOPE, lambda tx: Outcome(verb(tx)))


def test_what_was_heard_last_is_kept(transactions: Transactions) -> None:
    """The later takes the earlier's place; what sounds like nothing takes none."""
    assert kept(transactions) is None
    keep(transactions, Heard(emotion="anger"))
    keep(transactions, GRIEF)
    keep(transactions, Heard())
    assert kept(transactions) == GRIEF


def test_another_tenant_and_another_conversation_have_none(transactions: Transactions) -> None:
    """A hint is of one conversation of one tenant."""
    keep(transactions, GRIEF)
    assert transactions.read(lambda tx: hint_of(tx, OTHER_SCOPE, CONVERSATION)) is None
    assert transactions.read(lambda tx: hint_of(tx, SCOPE, ConversationId("d" * 26))) is None


def test_a_hint_is_not_read_after_its_day_and_then_swept(transactions: Transactions, clock: FixedClock) -> None:
    """To the second, whenever the sweeper comes, and not before."""
    keep(transactions, GRIEF)
    clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    assert removed(transactions, sweep_hints) == 0
    assert kept(transactions) == GRIEF
    clock.advance(timedelta(seconds=1))
    assert kept(transactions) is None
    assert removed(transactions, sweep_hints) == 1


def test_a_hint_goes_with_its_customer(transactions: Transactions) -> None:
    """Others keep theirs."""
    keep(transactions, GRIEF)
    assert removed(transactions, lambda tx: forget_hints(tx, SCOPE, PartyId("q" * 26))) == 0
    assert removed(transactions, lambda tx: forget_hints(tx, SCOPE, PARTY)) == 1
    assert kept(transactions) is None
