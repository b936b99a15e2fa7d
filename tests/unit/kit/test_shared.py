"""A memory that processes share: answers in time, or none, and never an error."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from doorward.kit.shared import PAUSE, Question, SharedMemory
from tests.support.loopback import FailingValkey, failing_valkey, free_port, valkey_address

__all__ = ["failing_valkey", "free_port", "valkey_address"]

COUNT = "return {redis.call('INCR', KEYS[1])}"


class Ticks:
    """A clock of seconds that stands still until it is moved."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    """Time that the test moves."""
    return Ticks()


@pytest.fixture
def memory(failing_valkey: FailingValkey, ticks: Ticks) -> Iterator[SharedMemory]:
    """A memory that may fail. Its deadline is long, so that a busy machine is not taken for a failure."""
    memory = SharedMemory(failing_valkey.address, deadline=2.0, ticks=ticks)
    yield memory
    memory.close()


def count(key: str = "k") -> Question:
    """Return a question that counts."""
    return Question(COUNT, key)


async def test_each_question_has_its_own_answer(memory: SharedMemory) -> None:
    """However many ask at once, each hears what it asked for, and all are heard of."""
    heard: list[bool] = []
    memory.heard = heard.append
    answers = await asyncio.gather(*(memory.ask(count(f"k{number % 7}")) for number in range(700)))
    for key in range(7):
        assert sorted(answer[0] for answer in answers[key::7] if answer) == list(range(1, 101))
    assert heard == [True] * 700
    assert await asyncio.to_thread(memory.ask_now, count("k0")) == [101]


async def test_a_killed_memory_costs_no_error_and_is_found_again(
    memory: SharedMemory, failing_valkey: FailingValkey, ticks: Ticks
) -> None:
    """Nobody hears an error; for a pause nobody asks; then it is found again, and hears first what it missed."""
    missed = [Question("return {redis.call('SET', KEYS[1], 41) and 1}", "k")]
    memory.bring_back(lambda: missed)
    assert await memory.ask(count()) == [1]
    failing_valkey.kill()
    assert await memory.ask(count()) is None
    assert memory.is_away
    failing_valkey.start_anew()
    assert await memory.ask(count()) is None, "the pause is not over"
    ticks.now += PAUSE
    assert await memory.ask(Question("return {1}", "any")) == [1]
    assert await memory.ask(count()) == [42]


async def test_a_memory_that_was_started_anew_meanwhile_is_asked_by_a_new_line(
    memory: SharedMemory, failing_valkey: FailingValkey
) -> None:
    """A connection that broke while nobody asked is no failure."""
    assert await memory.ask(count()) == [1]
    failing_valkey.kill()
    failing_valkey.start_anew()
    assert await memory.ask(count()) == [1]


async def test_nobody_waits_for_a_memory_that_hangs(failing_valkey: FailingValkey, ticks: Ticks) -> None:
    """One deadline, and then nobody waits at all; it is told once."""
    memory = SharedMemory(failing_valkey.address, deadline=0.05, ticks=ticks)
    try:
        failing_valkey.hang()
        with capture_logs() as logs:
            answers = await asyncio.wait_for(asyncio.gather(*(memory.ask(count()) for _ in range(50))), 10)
            assert answers == [None] * 50
            assert memory.ping() is not None
            # Away by now: this returns without a thread or a wait in between.
            assert memory.ask_now(count()) is None
        assert [line["event"] for line in logs] == ["kit.shared.lost"]
        failing_valkey.go_on()
        # Whoever looks after it asks even in the pause; a busy machine may need more than one deadline.
        assert any(memory.ping() is None for _ in range(100))
        assert not memory.is_away
    finally:
        memory.close()


async def test_the_event_loop_is_never_held(failing_valkey: FailingValkey, ticks: Ticks) -> None:
    """While one waits for a memory that hangs, others go on."""
    memory = SharedMemory(failing_valkey.address, deadline=5.0, ticks=ticks)
    try:
        failing_valkey.hang()
        asking = asyncio.create_task(memory.ask(count()))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not asking.done()
        failing_valkey.go_on()
        assert await asking == [1]
    finally:
        memory.close()


@pytest.mark.parametrize(
    "setting", [{"maxmemory": "1", "maxmemory-policy": "noeviction"}, {"min-replicas-to-write": "1"}]
)
async def test_a_memory_that_takes_nothing_is_as_good_as_away(
    memory: SharedMemory, failing_valkey: FailingValkey, setting: dict[str, Any]
) -> None:
    """Full, or a copy that lost its like: no error, no answer."""
    with failing_valkey.client() as client:
        for name, value in setting.items():
            client.config_set(name, value)
    assert await memory.ask(count()) is None
    assert memory.is_away


def test_a_closed_memory_answers_nothing(memory: SharedMemory) -> None:
    """Whoever asks after the end hears nothing, and does not wait."""
    assert memory.ask_now(count()) == [1]
    memory.close()
    assert memory.ask_now(count()) is None


@pytest.mark.parametrize("address", ["", "http://x", "valkey", "valkey://host:port"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """At the start, not at the first question."""
    with pytest.raises(ValueError, match=r"address|Port|port"):
        SharedMemory(address)


def test_nothing_of_a_question_is_logged(caplog: pytest.LogCaptureFixture, free_port: int, ticks: Ticks) -> None:
    """Neither keys nor addresses with passwords."""
    caplog.set_level(logging.DEBUG)
    memory = SharedMemory(f"valkey://:hushhush@127.0.0.1:{free_port}", deadline=2.0, ticks=ticks)
    try:
        assert memory.ask_now(count("secretkey")) is None
    finally:
        memory.close()
    assert "hushhush" not in caplog.text
    assert "secretkey" not in caplog.text
