"""Screening in processes of their own, as many as the computer has processors.

One worker is a process as well: a record that kills it must not take along the process that reads and writes.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

from doorward.flow.archives.chunks import Chunk, ScreenedChunk, screen_chunk
from doorward.flow.archives.engines.port import AHEAD, MakeScreener, in_order
from doorward.flow.archives.engines.rescue import Rescue
from doorward.flow.archives.ruled import Screening
from doorward.flow.archives.terms import Order
from doorward.vocabulary.errors import Unavailable


class _Worker:
    """What a worker keeps from chunk to chunk: detectors cannot be handed over, each process has its own."""

    screener: Screening | None = None


class ProcessEngine:
    """Screens in several processes (spawned, so that none inherits a lock or a connection)."""

    def __init__(self, make: MakeScreener, *, workers: int) -> None:
        """Take how the detectors are built and the number of processes, which start with the first chunks."""
        self._make = make
        self._workers = workers
        self._pool = self._pool_of(workers)
        self._single: ProcessPoolExecutor | None = None

    def _pool_of(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(self._make,)
        )

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """See `Engine`. Where one worker dies, its whole pool breaks: what was under way is screened one by one."""
        rescue = Rescue(lambda chunk: self._alone(chunk, order))

        def submit(chunk: Chunk) -> Future[ScreenedChunk]:
            try:
                return self._pool.submit(_screen, chunk, order)
            except BrokenProcessPool:
                self._pool.shutdown(wait=True)
                self._pool = self._pool_of(self._workers)
                return self._pool.submit(_screen, chunk, order)

        def result(chunk: Chunk, future: Future[ScreenedChunk]) -> ScreenedChunk:
            try:
                return future.result()
            except BrokenProcessPool:
                return rescue.screen(chunk)

        return in_order(chunks, submit, result, ahead=self._workers * AHEAD)

    def _alone(self, chunk: Chunk, order: Order) -> ScreenedChunk | None:
        """Return what becomes of a chunk in a worker of its own, None when that died of it."""
        self._single = self._single or self._pool_of(1)
        try:
            return self._single.submit(_screen, chunk, order).result()
        except BrokenProcessPool:
            self._single.shutdown(wait=True)
            self._single = None
            return None

    def close(self) -> None:
        """See `Engine`."""
        for pool in (self._pool, self._single):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)


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
