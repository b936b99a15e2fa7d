"""Reading ledgers from before there was an index: a job that goes on from where it stopped."""

from itertools import count

import pytest

from doorward.flow.search import LedgerReading
from doorward.kit.jobs import JobWorker, waiting_keys
from doorward.kit.tx import Transactions
from tests.support.searching import page_of, say, search_index, texts_of
from tests.support.transactions import SCOPE, TENANT


def test_a_ledger_is_read_by_jobs_that_follow_each_other(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reads for a while and asks for the next; once all is read nobody asks again."""
    monkeypatch.setattr("doorward.record.search.index.STEP", 3)
    say(transactions, *(f"order {number}" for number in range(8)))
    clock = count(step=15)  # the second step of each job is its last
    reading = LedgerReading(transactions, index=search_index(), seconds=lambda: float(next(clock)))
    worker = JobWorker(transactions)
    worker.register(reading.kind, reading, lane="search")
    reading.ask(SCOPE)
    reading.ask(SCOPE)
    assert len(transactions.read(lambda tx: waiting_keys(tx, TENANT, reading.kind))) == 1
    assert worker.run_jobs() == 2
    assert len(texts_of(page_of(transactions, "orders"))) == 8
    reading.ask(SCOPE)
    assert transactions.read(lambda tx: waiting_keys(tx, TENANT, reading.kind)) == frozenset()


def test_everything_is_read_at_once_when_asked(transactions: Transactions) -> None:
    """As the command does it, and progress is told."""
    say(transactions, "order one", "order two")
    heard: list[int] = []
    reading = LedgerReading(transactions, index=search_index())
    assert reading.read_everything(SCOPE, heard=lambda progress: heard.append(progress.lines)).lines == 2
    assert heard == [2]
    assert len(texts_of(page_of(transactions, "orders"))) == 2
