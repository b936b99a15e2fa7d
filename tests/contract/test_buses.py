"""Both buses tell everybody who listens, after the commit, and nobody else."""

import asyncio
from collections.abc import Iterator

import pytest

from doorward.kit.bus import ProcessBus, open_bus
from doorward.kit.db import Database
from doorward.kit.tx import Transactions
from doorward.vocabulary.outcome import Outcome
from tests.support.transactions import SCOPE


@pytest.fixture
def opened_bus(database: Database) -> Iterator[ProcessBus]:
    """The bus that fits the database."""
    bus = open_bus(database)
    yield bus
    bus.close()


async def test_listeners_hear_their_topics_after_the_commit(opened_bus: ProcessBus, transactions: Transactions) -> None:
    """A topic arrives at its listener; one of a failed transaction, or of another topic, does not."""

    async def tell(*topics: str, fail: bool = False) -> None:
        def work(tx: object) -> Outcome[None]:
            for topic in topics:
                opened_bus.publish(tx, topic)  # type: ignore[arg-type]  # because the test need not name Tx
            if fail:
                raise LookupError
            return Outcome(None)

        await transactions.write_async(SCOPE, work)

    async with opened_bus.listen("a", "b") as stream:
        received: list[str] = []

        async def receive() -> None:
            async for topic in stream:
                received.append(topic)
                if topic == "b":
                    return

        task = asyncio.create_task(receive())
        with pytest.raises(LookupError):
            await tell("a", fail=True)
        # A listening connection may need a moment to exist; until it does, telling again does no harm.
        for _ in range(200):
            await tell("c", "a")
            await asyncio.sleep(0.02)
            if received:
                break
        await tell("b")
        await asyncio.wait_for(task, timeout=10)
    assert set(received) == {"a", "b"}


async def test_a_listener_that_left_hears_nothing(opened_bus: ProcessBus) -> None:
    """After leaving, no queue is kept for the topic."""
    async with opened_bus.listen("a"):
        pass
    assert not opened_bus._listeners


async def test_a_listener_hears_on_after_a_silence(bus: ProcessBus) -> None:
    """Giving up the wait for a topic does not end the stream."""
    async with bus.listen("a") as stream:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream), timeout=0.01)
        bus.spread("a")
        assert await asyncio.wait_for(anext(stream), timeout=10) == "a"
