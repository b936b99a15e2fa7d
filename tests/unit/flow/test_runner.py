"""The runner: every accepted message is walked, once, in order, whatever dies on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from doorward.flow import repository
from doorward.flow.repository import LEASE, RunKey
from doorward.flow.runner import LAST_ATTEMPT, LATEST, SOON
from doorward.flow.tables import run_table, step_table
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from tests.support.transactions import SCOPE
from tests.support.walking import Flow

ELSEWHERE = ConversationId("d" * 26)


class Poison(Exception):
    """What a stage fails with."""


def fail() -> None:
    """Fail as a stage may."""
    raise Poison


def attempts(flow: Flow, key: RunKey) -> int:
    """Return how often a run was taken up again."""
    run = flow.transactions.read(lambda tx: repository.find_run(tx, SCOPE, key.message_id))
    assert run is not None
    return int(run.attempts)


def test_a_message_is_walked_once_and_leaves_no_steps(flow: Flow) -> None:
    """Walking a second time changes nothing; what was kept on the way is gone."""
    key = flow.say("hello")
    assert flow.submitted == [key]
    runner = flow.runner()
    runner.walk_now(key)
    written = flow.ledger()
    runner.walk_now(key)
    assert flow.ledger() == written
    assert flow.decisions() == [("greet", "small_talk")]
    assert flow.transactions.read(lambda tx: tx.execute(select(func.count()).select_from(step_table)).scalar()) == 0


def test_the_messages_of_a_conversation_are_walked_in_their_order(flow: Flow) -> None:
    """Only the first is submitted; the others follow it."""
    keys = [flow.say(f"hello {number}") for number in range(4)]
    assert flow.submitted == keys[:1]
    flow.runner().walk_now(keys[0])
    decided = [one.entry.message_id for one in flow.ledger() if one.entry.kind == "decision.made"]
    assert decided == [key.message_id for key in keys]


def test_a_stage_that_raises_is_tried_again_from_where_it_failed(flow: Flow, clock: FixedClock) -> None:
    """The run stays open for a moment, is taken up again, and what was computed before is not computed twice."""
    key = flow.say("hello")
    flow.mind.at["understand"] = fail
    runner = flow.runner()
    runner.submit(key)
    flow.finish(runner)
    assert flow.decisions() == []
    flow.mind.at.clear()
    again = flow.runner()
    assert again.recover() == 0, "it must not be tried again at once"
    clock.advance(SOON + timedelta(microseconds=1))
    assert again.recover() == 1
    flow.finish(again)
    assert flow.decisions() == [("greet", "small_talk")]
    assert flow.mind.seen == ["read", "assess", "understand", "understand", "compose"]


@pytest.mark.parametrize("stage", ["read", "assess", "understand", "compose"])
def test_a_message_that_cannot_be_walked_goes_to_a_person(flow: Flow, clock: FixedClock, stage: str) -> None:
    """After the last attempt somebody is asked to help, the reason says why, and the next message is walked."""
    key = flow.say("hello")
    flow.say("hello again")
    flow.mind.at[stage] = fail
    for _ in range(LAST_ATTEMPT):
        runner = flow.runner()
        clock.advance(LEASE + timedelta(seconds=1))
        assert runner.recover() == 1
        flow.finish(runner)
    assert attempts(flow, key) == LAST_ATTEMPT
    assert flow.decisions()[0] == ("hand_over", "walk_failed")
    assert (flow.card().state, flow.card().reason) == ("waiting", "walk_failed")
    said = [one.entry.text.text for one in flow.ledger() if one.entry.kind == "message.bot" and one.entry.text]
    assert len(said) == 1
    flow.mind.at.clear()
    clock.advance(LEASE + timedelta(seconds=1))
    runner = flow.runner()
    runner.recover()
    flow.finish(runner)
    assert flow.decisions()[1:] == [("relay", "person_has_it")]


def test_giving_up_keeps_silent_where_a_person_has_the_conversation(flow: Flow, clock: FixedClock) -> None:
    """A poison message in a conversation that already waits is relayed, not handed over twice."""
    flow.runner().walk_now(flow.say("a person please"))
    flow.say("hello")
    flow.mind.at["assess"] = fail
    for _ in range(LAST_ATTEMPT):
        clock.advance(LEASE + timedelta(seconds=1))
        runner = flow.runner()
        runner.recover()
        flow.finish(runner)
    assert flow.decisions() == [("hand_over", "asked_for_person"), ("relay", "person_has_it")]
    assert flow.card().handovers == 1


def test_what_is_in_hand_is_not_taken_up_again(flow: Flow, clock: FixedClock) -> None:
    """A walk that takes long keeps its lease, and no try is counted; so does the message that follows it."""
    first, second = flow.say("hello"), flow.say("hello again")
    runner = flow.runner()
    taken: list[int] = []

    def take_long() -> None:
        clock.advance(LEASE + timedelta(seconds=1))
        taken.append(runner.recover())
        taken.append(flow.runner().recover())

    flow.mind.at["assess"] = take_long
    runner.submit(first)
    flow.finish(runner)
    assert taken == [0, 0, 0, 0]
    assert [attempts(flow, key) for key in (first, second)] == [0, 0]
    assert len(flow.decisions()) == 2


def test_a_message_that_follows_belongs_to_whoever_walks(flow: Flow) -> None:
    """Once the first message is done, another process does not find the second one abandoned."""
    first = flow.say("hello")
    second = flow.say("hello again")
    taken: list[int] = []
    flow.mind.at["read"] = lambda: taken.append(flow.runner().recover())
    flow.runner().walk_now(first)
    assert taken == [0, 0]
    assert attempts(flow, second) == 0


def test_a_run_is_taken_up_by_one_process_only(flow: Flow, clock: FixedClock) -> None:
    """Of two processes that saw the same abandoned run, the second gets nothing."""
    key = flow.say("hello")
    clock.advance(LEASE + timedelta(seconds=1))
    seen = flow.transactions.read(lambda tx: repository.abandoned_runs(tx, all_of_them=False))
    assert seen == (key,)

    def take_up() -> bool:
        return flow.transactions.write(SCOPE, lambda tx: Outcome(repository.take_up_run(tx, SCOPE, key.message_id)))

    assert [take_up(), take_up()] == [True, False]


def test_a_message_that_only_waited_for_its_turn_was_not_tried(flow: Flow) -> None:
    """However often the process is started again, only the message that it dies of comes closer to being given up."""
    keys = flow.say("hello"), flow.say("hello", conversation_id=ELSEWHERE)
    for _ in range(3):
        runner = flow.runner()

        def die(pool: ThreadPoolExecutor = runner._pool) -> None:
            # The one thread never comes to the second message, as when the process dies of the first.
            pool.shutdown(wait=False, cancel_futures=True)
            raise Poison

        flow.mind.at["read"] = die
        assert runner.recover(all_of_them=True) == 2
        runner.close()
    assert sorted(attempts(flow, key) for key in keys) == [0, 3]


def test_a_run_that_cannot_even_be_given_up_is_tried_ever_more_rarely(flow: Flow, clock: FixedClock) -> None:
    """It is neither lost nor does it keep a processor busy: once the tries are used up each wait is twice the last."""
    key = flow.say("hello")
    flow.mind.at["read"] = fail
    runner = flow.runner()
    waits = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("doorward.flow.runner._message", lambda _written: fail())
        clock.advance(LEASE + timedelta(seconds=1))
        for _ in range(LAST_ATTEMPT + 15):
            runner = flow.runner()
            assert runner.recover() == 1
            flow.finish(runner)
            run = flow.transactions.read(lambda tx: repository.find_run(tx, SCOPE, key.message_id))
            assert run is not None
            waits.append(run.lease_until - clock.now())
            clock.advance(waits[-1] + timedelta(seconds=1))
    assert waits[: LAST_ATTEMPT + 3] == [SOON] * LAST_ATTEMPT + [SOON * 2, SOON * 4, SOON * 8]
    assert waits[-1] == LATEST
    flow.mind.at.clear()
    runner = flow.runner()
    assert runner.recover() == 1
    flow.finish(runner)
    assert flow.decisions() == [("hand_over", "walk_failed")]


def test_a_process_that_is_alone_takes_up_everything_at_once(flow: Flow) -> None:
    """At its start every unfinished run is abandoned, whatever its lease says, and of each conversation the first."""
    flow.say("hello")
    flow.say("hello again")
    flow.say("hello", conversation_id=ELSEWHERE)
    runner = flow.runner()
    assert runner.recover(all_of_them=True) == 2
    flow.finish(runner)
    assert (len(flow.decisions()), len(flow.decisions(ELSEWHERE))) == (2, 1)


def test_finished_runs_are_forgotten_in_time_and_open_ones_never(
    flow: Flow, transactions: Transactions, clock: FixedClock
) -> None:
    """Only runs that were done long enough ago are removed."""
    flow.runner().walk_now(flow.say("hello"))
    flow.say("hello", conversation_id=ELSEWHERE)

    def forget() -> int:
        return transactions.write(SCOPE, lambda tx: Outcome(repository.forget_runs(tx, older_than=timedelta(days=1))))

    assert forget() == 0
    clock.advance(timedelta(days=1, seconds=1))
    assert forget() == 1
    left = transactions.read(lambda tx: tx.execute(select(run_table.c.state)).scalars().all())
    assert left == ["walking"]
