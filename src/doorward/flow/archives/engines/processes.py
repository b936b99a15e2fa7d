"""Screening in this process, and in as many as the computer has processors."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Final

from doorward.flow.archives.chunks import Chunk, ScreenedChunk, screen_chunk
from doorward.flow.archives.engines.port import AHEAD, MakeScreener, in_order
from doorward.flow.archives.terms import Order
from doorward.protection import Screener
from doorward.vocabulary.errors import Unavailable

_DIED: Final = (
    "A worker died, perhaps for want of memory. What was screened before is kept; run the command again to go on, with "
    "fewer --workers if it happens twice."
)


class HereEngine:
    """Screens in this process, one chunk after the other."""

    def __init__(self, make: MakeScreener) -> None:
        """Build the detectors."""
        self._screener = make()

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """See `Engine`."""
        return (screen_chunk(chunk, self._screener, order) for chunk in chunks)

    def close(self) -> None:
        """See `Engine`."""


class _Worker:
    """What a worker keeps from chunk to chunk: detectors cannot be handed over, each process has its own."""

    screener: Screener | None = None


class ProcessEngine:
    """Screens in several processes (spawned, so that none inherits a lock or a connection)."""

    def __init__(self, make: MakeScreener, *, workers: int) -> None:
        """Take how the detectors are built and the number of processes, which start with the first chunks."""
        self._ahead = workers * AHEAD
        self._pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(make,)
        )

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """See `Engine`."""

        def submit(chunk: Chunk) -> Future[ScreenedChunk]:
            return self._pool.submit(_screen, chunk, order)

        try:
            yield from in_order(chunks, submit, Future.result, ahead=self._ahead)
        except BrokenProcessPool:
            raise Unavailable(_DIED) from None

    def close(self) -> None:
        """See `Engine`."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _begin(make: MakeScreener) -> None:
    """Prepare a worker: Ctrl-C is the parent's affair, and a worker ends when its parent does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _Worker.screener = make()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _screen(chunk: Chunk, order: Order) -> ScreenedChunk:
    if _Worker.screener is None:
        raise Unavailable("a worker has no detectors")
    return screen_chunk(chunk, _Worker.screener, order)
