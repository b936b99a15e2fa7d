"""Streams without a server: waking, keeping alive, gathering, stopping, and how many there may be."""

import asyncio
from contextlib import aclosing

import pytest

from doorward.doors.web.streams import PER_HOLDER, Streams, event
from doorward.kit.bus import ProcessBus
from doorward.vocabulary.errors import RateLimited, Unavailable

TIMEOUT = 10.0


@pytest.fixture
def bus() -> ProcessBus:
    """A bus of its own."""
    return ProcessBus()


async def test_the_first_wake_comes_at_once(bus: ProcessBus) -> None:
    """Whatever was published before anybody listened is looked at, because the first wake names every topic."""
    async with aclosing(Streams(bus).wakes("a", "b")) as wakes:
        assert await asyncio.wait_for(anext(wakes), TIMEOUT) == {"a", "b"}


async def test_a_wake_says_which_topics(bus: ProcessBus) -> None:
    """What was published wakes, what belongs to others does not."""
    async with aclosing(Streams(bus).wakes("a", "b")) as wakes:
        await anext(wakes)
        bus.spread("c")
        bus.spread("b")
        assert await asyncio.wait_for(anext(wakes), TIMEOUT) == {"b"}


async def test_silence_is_a_sign_of_life_and_listening_goes_on(bus: ProcessBus) -> None:
    """After a while without news an empty wake comes, again and again, and news is still heard afterwards."""
    async with aclosing(Streams(bus).wakes("a", keep_alive=0.01)) as wakes:
        await anext(wakes)
        for _ in range(3):
            assert await asyncio.wait_for(anext(wakes), TIMEOUT) == frozenset()
        bus.spread("a")
        heard = await asyncio.wait_for(anext(wakes), TIMEOUT)
        while not heard:
            heard = await asyncio.wait_for(anext(wakes), TIMEOUT)
        assert heard == {"a"}


async def test_a_burst_is_one_wake(bus: ProcessBus) -> None:
    """A hundred changes at once are looked at once."""
    async with aclosing(Streams(bus).wakes("a", "b", gather=0.01, keep_alive=0.05)) as wakes:
        await anext(wakes)
        for _ in range(50):
            bus.spread("a")
            bus.spread("b")
        assert await asyncio.wait_for(anext(wakes), TIMEOUT) == {"a", "b"}
        assert await asyncio.wait_for(anext(wakes), TIMEOUT) == frozenset()


async def test_stopping_ends_a_waiting_stream(bus: ProcessBus) -> None:
    """A stream that waits ends as soon as the server stops, and no new one begins."""
    streams = Streams(bus)
    async with aclosing(streams.wakes("a")) as wakes:
        await anext(wakes)
        streams.stop()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(wakes), TIMEOUT)
    with pytest.raises(Unavailable):
        streams.take_place("anybody")


async def test_a_stream_that_was_left_listens_no_more(bus: ProcessBus) -> None:
    """Leaving in the middle of waiting gives the place on the bus back."""
    wakes = Streams(bus).wakes("a")
    await anext(wakes)
    waiting = asyncio.ensure_future(anext(wakes))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await wakes.aclose()
    assert bus._listeners == {}


async def test_places_are_counted_and_given_back(bus: ProcessBus) -> None:
    """Each holder has so many places; a place that is released, or forgotten, is free again."""
    streams = Streams(bus)
    places = [streams.take_place("ada") for _ in range(PER_HOLDER)]
    with pytest.raises(RateLimited):
        streams.take_place("ada")
    streams.take_place("bob").release()
    places.pop().release()
    again = streams.take_place("ada")
    again.release()
    again.release()
    places.clear()
    assert streams.open == 0


def test_an_event_is_one_line_of_data() -> None:
    """Line breaks in what was said cannot end an event early or begin another."""
    sent = event("entry", {"text": "a\n\nevent: state\r\ndata: {}"}, number=7)
    assert sent.startswith(b"event: entry\nid: 7\ndata: ")
    assert sent.count(b"\n") == 4
    assert sent.endswith(b"\n\n")
    assert b"\r" not in sent
