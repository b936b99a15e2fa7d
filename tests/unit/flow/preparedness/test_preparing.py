"""Preparations as they are kept, on both databases: asked once, played once, and taken up where somebody died."""

from datetime import timedelta

import pytest

from doorward.admission.drill import prepare
from doorward.admission.kept import (
    Playing,
    Preparation,
    ask_preparation,
    begin_preparation,
    fail_preparation,
    finish_preparation,
    give_back_preparation,
    latest_preparation,
    note_played,
)
from doorward.admission.kept.preparations import KEPT, LOST, SILENT
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.outcome import Outcome
from tests.support.preparing import went
from tests.support.transactions import OTHER_SCOPE, SCOPE
from tests.unit.admission.drill.test_ours import ours

PLAYING = Playing(ours=ours(), version="1", scenarios=2)
FOUND = prepare([went("outage", 0.7, survived=20.0)], scale=2.0, at_once=4)


def ask(transactions: Transactions) -> Preparation:
    """Ask, without a job."""
    return transactions.write(SCOPE, lambda tx: Outcome(ask_preparation(tx, SCOPE).value))


def fail(transactions: Transactions, preparation_id: str) -> None:
    """Say that nothing came of one."""
    transactions.write(SCOPE, lambda tx: fail_preparation(tx, SCOPE, preparation_id, "time"))


def latest(transactions: Transactions, *, done: bool = False) -> Preparation | None:
    """Return the last one."""
    return transactions.read(lambda tx: latest_preparation(tx, SCOPE, done=done))


def test_asked_twice_it_is_one_and_only_the_tenants_own(transactions: Transactions) -> None:
    """Pressing again asks nothing; the other company has nothing."""
    first, again = ask(transactions), ask(transactions)
    assert first.id == again.id
    assert transactions.read(lambda tx: latest_preparation(tx, OTHER_SCOPE)) is None
    begun = transactions.write(OTHER_SCOPE, lambda tx: begin_preparation(tx, OTHER_SCOPE, first.id, PLAYING))
    assert not begun


def test_what_was_found_comes_back_as_it_was_kept(transactions: Transactions) -> None:
    """With what it was played with; noted meanwhile; a second end changes nothing."""
    asked = ask(transactions)
    assert transactions.write(SCOPE, lambda tx: begin_preparation(tx, SCOPE, asked.id, PLAYING))
    assert transactions.write(SCOPE, lambda tx: note_played(tx, SCOPE, asked.id, played=1))
    seen = latest(transactions)
    assert seen is not None
    assert (seen.state, seen.played, seen.scenarios, seen.ours) == ("running", 1, 2, PLAYING.ours)
    assert transactions.write(SCOPE, lambda tx: finish_preparation(tx, SCOPE, asked.id, FOUND))
    assert not transactions.write(SCOPE, lambda tx: fail_preparation(tx, SCOPE, asked.id, "broken"))
    done = latest(transactions, done=True)
    assert done is not None
    assert (done.state, done.found) == ("done", FOUND)
    assert FOUND.scenarios[0].survived == 20.0


def test_somebody_else_takes_up_what_nobody_speaks_of(transactions: Transactions, clock: FixedClock) -> None:
    """Not while it is in hand; after a silence, or when it was given back; and one that is lost may be asked anew."""
    asked = ask(transactions)
    assert transactions.write(SCOPE, lambda tx: begin_preparation(tx, SCOPE, asked.id, PLAYING))
    with pytest.raises(Conflict):
        transactions.write(SCOPE, lambda tx: begin_preparation(tx, SCOPE, asked.id, PLAYING))
    clock.advance(SILENT + timedelta(seconds=1))
    assert transactions.write(SCOPE, lambda tx: begin_preparation(tx, SCOPE, asked.id, PLAYING))
    assert transactions.write(SCOPE, lambda tx: give_back_preparation(tx, SCOPE, asked.id))
    assert transactions.write(SCOPE, lambda tx: begin_preparation(tx, SCOPE, asked.id, PLAYING))
    clock.advance(LOST + timedelta(seconds=1))
    assert ask(transactions).id != asked.id
    assert not transactions.write(SCOPE, lambda tx: note_played(tx, SCOPE, asked.id, played=2))


def test_few_are_kept_and_always_the_last_that_came_to_something(transactions: Transactions, clock: FixedClock) -> None:
    """However often it fails afterwards."""
    good = ask(transactions)
    transactions.write(SCOPE, lambda tx: begin_preparation(tx, SCOPE, good.id, PLAYING))
    transactions.write(SCOPE, lambda tx: finish_preparation(tx, SCOPE, good.id, FOUND))
    for _ in range(KEPT + 2):
        clock.advance(timedelta(minutes=1))
        fail(transactions, ask(transactions).id)
    done = latest(transactions, done=True)
    assert done is not None
    assert done.id == good.id
