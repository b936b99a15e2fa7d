"""The circuit breaker: three failures open it, one try after a rest decides, and rests grow."""

from datetime import timedelta

import pytest

from doorward.answering.language_model import Breaker
from doorward.answering.language_model.breaker import FAILURES, FIRST_REST, LONGEST_REST
from doorward.kit.clock import FixedClock
from tests.support.transactions import NOON


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon."""
    return FixedClock(NOON)


@pytest.fixture
def breaker(clock: FixedClock) -> Breaker:
    """A closed breaker."""
    return Breaker(clock)


def fail(breaker: Breaker, times: int = FAILURES) -> None:
    """Ask and fail."""
    for _ in range(times):
        assert breaker.admits()
        breaker.failed()


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    """A success between them begins the count anew."""
    fail(breaker, FAILURES - 1)
    breaker.succeeded()
    fail(breaker, FAILURES - 1)
    assert breaker.state == "closed"
    fail(breaker, 1)
    assert (breaker.state, breaker.admits()) == ("open", False)


def test_after_a_rest_one_asks_for_all(breaker: Breaker, clock: FixedClock) -> None:
    """Nobody else does meanwhile; if it goes well all may again."""
    fail(breaker)
    clock.advance(FIRST_REST)
    assert breaker.state == "half_open"
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.succeeded()
    assert (breaker.state, breaker.admits(), breaker.admits()) == ("closed", True, True)


def test_rests_grow_to_a_limit_and_begin_anew(breaker: Breaker, clock: FixedClock) -> None:
    """Twice as long each time the one try fails; once it works, the next rest is short again."""
    fail(breaker)
    rest = FIRST_REST
    for _ in range(8):
        wait_for(breaker, clock, rest)
        fail(breaker, 1)
        rest = min(rest * 2, LONGEST_REST)
    assert rest == LONGEST_REST
    wait_for(breaker, clock, rest)
    assert breaker.admits()
    breaker.succeeded()
    fail(breaker)
    wait_for(breaker, clock, FIRST_REST)


def wait_for(breaker: Breaker, clock: FixedClock, rest: timedelta) -> None:
    """Wait out a rest, which lasts that long and no longer."""
    clock.advance(rest - timedelta(seconds=1))
    assert not breaker.admits()
    clock.advance(timedelta(seconds=1))
    assert breaker.state == "half_open"


def test_one_who_did_not_ask_after_all_leaves_the_try_to_another(breaker: Breaker, clock: FixedClock) -> None:
    """Else a spent budget in the wrong moment would keep it open for ever."""
    fail(breaker)
    clock.advance(FIRST_REST)
    assert breaker.admits()
    breaker.withdrawn()
    assert (breaker.state, breaker.admits()) == ("half_open", True)


def test_failures_that_come_late_do_not_lengthen_the_rest(breaker: Breaker, clock: FixedClock) -> None:
    """Several asked at once: those that fail after it opened count nothing more."""
    assert all(breaker.admits() for _ in range(FAILURES + 2))
    for _ in range(FAILURES + 2):
        breaker.failed()
    clock.advance(FIRST_REST)
    assert breaker.state == "half_open"
