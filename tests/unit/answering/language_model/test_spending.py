"""The budget: reserved before, settled after, for each company apart, on each kind of database."""

from datetime import timedelta

from doorward.answering.language_model import Limits, give_back, reserve
from doorward.answering.language_model.spending import believed, estimated
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from tests.support.transactions import OTHER_SCOPE, SCOPE

LIMITS = Limits(daily_tokens=1000, minute_requests=3)


def take(transactions: Transactions, tokens: int, *, scope: Scope = SCOPE) -> bool:
    """Reserve tokens."""
    return transactions.write(scope, lambda tx: Outcome(reserve(tx, scope, tokens, limits=LIMITS)))


def returned(transactions: Transactions, tokens: int) -> None:
    """Give tokens back."""

    def work(tx: Tx) -> Outcome[None]:
        give_back(tx, SCOPE, tokens)
        return Outcome(None)

    transactions.write(SCOPE, work)


def test_tokens_of_a_day_are_not_overspent(transactions: Transactions, clock: FixedClock) -> None:
    """What is refused takes nothing, what was not used may be used, and the next day and another company begin anew."""
    assert [take(transactions, 600), take(transactions, 401), take(transactions, 400)] == [True, False, True]
    assert not take(transactions, 1)
    assert take(transactions, 1000, scope=OTHER_SCOPE)
    clock.advance(timedelta(minutes=1))
    returned(transactions, 300)
    assert [take(transactions, 301), take(transactions, 300)] == [False, True]
    clock.advance(timedelta(days=1))
    assert take(transactions, 1000)


def test_requests_of_a_minute_are_counted(transactions: Transactions, clock: FixedClock) -> None:
    """Given tokens back are no request given back."""
    assert [take(transactions, 1) for _ in range(4)] == [True, True, True, False]
    returned(transactions, 3)
    assert not take(transactions, 1)
    clock.advance(timedelta(minutes=1))
    assert take(transactions, 1)


def test_what_was_reserved_yesterday_is_not_given_back_today(transactions: Transactions, clock: FixedClock) -> None:
    """Else whoever asks around midnight could spend more than there is."""
    assert take(transactions, 900)
    clock.advance(timedelta(days=1))
    assert take(transactions, 800)
    returned(transactions, 900)
    assert take(transactions, 1000)


def test_a_service_is_believed_within_reason() -> None:
    """Between half and twice of what we count, and never more than was allowed."""
    assert estimated("дом") == 2
    assert [believed(told, 100) for told in (0, 49, 120, 10**12)] == [50, 50, 120, 200]
    assert [believed(told, 100, most=300) for told in (0, 250, 10**12)] == [50, 250, 300]
