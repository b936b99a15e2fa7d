"""Both buses tell everybody who listens, after the commit, and nobody else."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from doorward.flow.settle import Settlement
from doorward.kit.bus import PostgresBus, ProcessBus, open_bus
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.outcome import Outcome
from tests.support.databases import PostgresServer
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


async def test_a_family_is_heard_by_the_names_of_its_members(opened_bus: ProcessBus) -> None:
    """Whoever listens to a family hears whom it is about; another family, and a topic of a like name, are not heard."""
    async with opened_bus.listen("a#", "end") as stream:
        opened_bus.announce("ab#one", "a", "b#one", "a#one", "a#two", "end")
        heard = [await asyncio.wait_for(anext(stream), timeout=10) for _ in range(3)]
    assert heard == ["a#one", "a#two", "end"]


async def test_a_listener_hears_on_after_a_silence(bus: ProcessBus) -> None:
    """Giving up the wait for a topic does not end the stream."""
    async with bus.listen("a") as stream:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream), timeout=0.01)
        bus.spread("a")
        assert await asyncio.wait_for(anext(stream), timeout=10) == "a"


async def test_processes_tell_each_other(postgres: PostgresServer) -> None:
    """What one process commits, the listeners of another hear, and its own hear it once."""
    address = postgres.make_database("two_buses", template="doorward_template")
    databases = [Database.open(address) for _ in range(2)]
    here, there = (open_bus(database) for database in databases)
    transactions = Transactions(databases[0], clock=SystemClock(), settle=Settlement(here, ring=lambda: None))

    def publish(*topics: str) -> None:
        def work(tx: Tx) -> Outcome[None]:
            here.publish(tx, *topics)
            return Outcome(None)

        transactions.write(SCOPE, work)

    async with here.listen("a", "end") as own, there.listen("a", "end") as others:
        heard: list[str] = []
        while not heard:  # the other's connection may need a moment to exist
            await asyncio.to_thread(publish, "a")
            with contextlib.suppress(TimeoutError):
                heard.append(await asyncio.wait_for(anext(others), timeout=0.2))
        await asyncio.to_thread(publish, "end")
        while heard[-1] != "end":
            heard.append(await asyncio.wait_for(anext(others), timeout=10))
        assert set(heard) == {"a", "end"}
        told = [await asyncio.wait_for(anext(own), timeout=10)]
        while told[-1] != "end":
            told.append(await asyncio.wait_for(anext(own), timeout=10))
        assert told.count("end") == 1
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(own), timeout=0.3)
    transactions.close()
    for bus, database in zip((here, there), databases, strict=True):
        bus.close()
        database.close()


async def test_a_connection_that_is_lost_is_made_again_and_nothing_untold_is_forgotten(
    postgres: PostgresServer,
) -> None:
    """After the server has ended all of a bus's connections, its next news still reach the other process."""
    address = postgres.make_database("lost_buses", template="doorward_template")
    database = Database.open(address)
    here, there = open_bus(database), open_bus(database)
    assert isinstance(here, PostgresBus)
    async with there.listen("a", "b") as others:
        told = False
        while not told:
            here._tell(("a",))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(anext(others), timeout=0.2)
                told = True
        with database.writer.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_notify%'"
                )
            )
        here._tell(("b",))
        while await asyncio.wait_for(anext(others), timeout=20) != "b":
            pass
    here.close()
    there.close()
    database.close()
