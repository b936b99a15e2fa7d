"""Event streams (server-sent events, WHATWG HTML 9.2): async, no thread and no connection is held while idle."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final

import msgspec
from litestar.response import Stream

from doorward.kit.bus import Bus
from doorward.vocabulary.errors import RateLimited, Unavailable

KEEP_ALIVE_SECONDS: Final = 15.0
"""Proxies close connections that are silent for 30 s or longer; half of that is safe."""

PER_HOLDER: Final = 12
"""Streams that one visitor or member of staff may have open: two browsers' worth (browsers open six per host)."""

IN_ALL: Final = 10_000

LOOK_AGAIN: Final = 4
"""Keep-alives after which a silent stream looks by itself whether it has missed something."""

KEEP_ALIVE: Final = b": keep-alive\n\n"


class Place:
    """The right to one open stream; given back by `release`, at the latest when nobody holds it any more."""

    def __init__(self, counts: Counter[str], holder: str) -> None:
        """Count one more for `holder`."""
        self._counts = counts
        self._holder: str | None = holder
        counts[holder] += 1

    def release(self) -> None:
        """Give the place back; doing it twice does it once."""
        holder, self._holder = self._holder, None
        if holder is not None:
            self._counts[holder] -= 1
            if self._counts[holder] <= 0:
                del self._counts[holder]

    def __del__(self) -> None:
        self.release()


class Streams:
    """All event streams of this process: how many, and the bell that ends them when the server stops."""

    def __init__(self, bus: Bus) -> None:
        """Wake streams by `bus`."""
        self._bus = bus
        self._counts: Counter[str] = Counter()
        self._stopping = asyncio.Event()

    @property
    def open(self) -> int:
        """Return how many streams are open."""
        return self._counts.total()

    def stop(self) -> None:
        """End all streams now and refuse new ones."""
        self._stopping.set()

    def take_place(self, holder: str) -> Place:
        """Return a place for one more stream.

        Raises `RateLimited` when the holder has too many, `Unavailable` when there are too many in all.
        """
        if self._stopping.is_set() or self.open >= IN_ALL:
            raise Unavailable("no more streams")
        if self._counts[holder] >= PER_HOLDER:
            raise RateLimited("too many streams are open", retry_after=5)
        return Place(self._counts, holder)

    async def wakes(
        self, *topics: str, keep_alive: float = KEEP_ALIVE_SECONDS, gather: float = 0.0
    ) -> AsyncGenerator[frozenset[str], None]:
        """Yield which of `topics` were published since, nothing for a keep-alive, and end when the server stops.

        `gather` seconds are waited after a wake, so that a burst becomes one. The first wake comes at once and names
        all topics: whatever was published before anybody listened is then looked at. So does every fourth keep-alive,
        since a process that dies may take its last news with it. Close it (`contextlib.aclosing`).
        """
        async with self._bus.listen(*topics) as published:
            yield frozenset(topics)
            stopping = asyncio.ensure_future(self._stopping.wait())
            coming = asyncio.ensure_future(anext(published))
            silences = 0
            try:
                while not self._stopping.is_set():
                    await asyncio.wait({coming, stopping}, timeout=keep_alive, return_when=asyncio.FIRST_COMPLETED)
                    if stopping.done():
                        return
                    if gather and coming.done():
                        await asyncio.wait({stopping}, timeout=gather)
                    woken: set[str] = set()
                    while coming.done():
                        woken.add(coming.result())
                        coming = asyncio.ensure_future(anext(published))
                        await asyncio.sleep(0)  # lets the next one arrive if it is there already
                    silences = 0 if woken else silences + 1
                    yield frozenset(topics if silences and silences % LOOK_AGAIN == 0 else woken)
            finally:
                for task in (coming, stopping):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                        await task


def event(name: str, data: Any, *, number: int | None = None) -> bytes:
    """Return one event: `data` as one line of JSON, `number` as its id to resume from."""
    head = f"event: {name}\n" if number is None else f"event: {name}\nid: {number}\n"
    # JSON has no raw line breaks, so one data line holds it.
    return head.encode() + b"data: " + msgspec.json.encode(data) + b"\n\n"


def stream_response(events: AsyncIterator[bytes]) -> Stream:
    """Return the response that sends `events` as they come, past caches and buffering proxies."""
    return Stream(
        events,
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
