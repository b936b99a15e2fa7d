"""Steps are written behind the walk, together where they can be, and nothing that follows overtakes them."""

import itertools
import threading
from collections.abc import Callable

from doorward.flow import repository
from doorward.flow.steps import LAG_SECONDS, Steps
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from tests.support.transactions import SCOPE

MESSAGE = MessageId("m" * 26)


def slow() -> Callable[[], float]:
    """Return a clock on which every stage takes a second."""
    return itertools.count(1.0).__next__


def kept(transactions: Transactions) -> dict[str, bytes]:
    """Return what is in the database."""
    return transactions.read(lambda tx: repository.find_steps(tx, SCOPE, MESSAGE))


def test_every_result_that_was_kept_is_written(transactions: Transactions) -> None:
    """Ten results, however they were grouped, are all there once a write that came after them is."""
    steps = Steps(transactions, SCOPE, MESSAGE, seconds=slow())
    expected = {f"stage{number}": bytes([number]) for number in range(10)}
    for stage, result in expected.items():
        steps.keep(stage, result)
    steps.settle()
    seen = transactions.write(SCOPE, lambda tx: Outcome(repository.find_steps(tx, SCOPE, MESSAGE)))
    assert seen == kept(transactions) == expected


def test_keeping_waits_for_nobody(transactions: Transactions) -> None:
    """While every writer is busy a walk goes on; what it kept meanwhile is written in one go."""
    free, calls = threading.Event(), list[int]()

    def block(tx: Tx) -> Outcome[None]:
        free.wait(20)
        return Outcome(None)

    busy = [transactions.write_later(SCOPE, block) for _ in range(8)]
    steps = Steps(transactions, SCOPE, MESSAGE, seconds=slow())
    write = steps._write

    def counted(tx: Tx) -> Outcome[None]:
        calls.append(1)
        return write(tx)

    steps._write = counted  # type: ignore[method-assign]  # because the test counts the writes
    for number in range(5):
        steps.keep(f"stage{number}", b"x")
    assert kept(transactions) == {}
    free.set()
    for one in busy:
        one.result(20)
    steps.settle()
    transactions.write(SCOPE, lambda _tx: Outcome(None))
    assert sorted(kept(transactions)) == [f"stage{number}" for number in range(5)]
    assert len(calls) == 1


def test_what_is_not_written_when_the_walk_ends_is_never_written(transactions: Transactions) -> None:
    """The closing transaction supersedes it; what is kept afterwards, because the walk goes back, is written again."""
    free = threading.Event()

    def block(tx: Tx) -> Outcome[None]:
        free.wait(20)
        return Outcome(None)

    busy = [transactions.write_later(SCOPE, block) for _ in range(8)]
    steps = Steps(transactions, SCOPE, MESSAGE, seconds=slow())
    steps.keep("read", b"x")
    steps.supersede()
    free.set()
    for one in busy:
        one.result(20)
    transactions.write(SCOPE, lambda _tx: Outcome(None))
    assert kept(transactions) == {}
    steps.keep("decide", b"y")
    steps.settle()
    transactions.write(SCOPE, lambda _tx: Outcome(None))
    assert kept(transactions) == {"decide": b"y"}


def test_a_quick_walk_writes_no_steps_of_its_own(transactions: Transactions) -> None:
    """What is kept within the lag waits; it is written when it was waited long enough, or when somebody asks."""
    times = itertools.chain((0.0, 0.0, LAG_SECONDS / 2), itertools.repeat(LAG_SECONDS))
    steps = Steps(transactions, SCOPE, MESSAGE, seconds=lambda: next(times))
    steps.keep("read", b"x")
    steps.keep("assess", b"y")
    written = [steps.were_written]
    steps.keep("understand", b"z")
    written.append(steps.were_written)
    assert written == [False, True]
    steps.settle()
    transactions.write(SCOPE, lambda _tx: Outcome(None))
    assert sorted(kept(transactions)) == ["assess", "read", "understand"]
    steps.keep("decide", b"d")
    steps.flush()
    steps.flush()
    steps.settle()
    transactions.write(SCOPE, lambda _tx: Outcome(None))
    assert sorted(kept(transactions)) == ["assess", "decide", "read", "understand"]
