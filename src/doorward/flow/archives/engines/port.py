"""What an engine promises, and the keeping of order that all of them share."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, TypeVar

from doorward.flow.archives.chunks import Chunk, ScreenedChunk
from doorward.flow.archives.ruled import Screening
from doorward.flow.archives.terms import Order

MakeScreener = Callable[[], Screening]
"""Builds the detectors where they are needed, once for each worker; travels to other processes by its name."""

AHEAD: Final = 3
"""Chunks under way for each worker: one that is screened, others that wait, so that nobody waits for a chunk."""

H = TypeVar("H")


class Engine(Protocol):
    """Screens chunks."""

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """Yield what becomes of the chunks, in their order, with a bounded number of them under way.

        A record of which workers die is left out (`Rescue`). Raises `Unavailable` when workers die of anything else, or
        cannot be reached.
        """

    def close(self) -> None:
        """Stop the workers. Chunks under way are dropped."""


def in_order(
    chunks: Iterable[Chunk], submit: Callable[[Chunk], H], result: Callable[[Chunk, H], ScreenedChunk], *, ahead: int
) -> Iterator[ScreenedChunk]:
    """Yield results in the order of their chunks while up to `ahead` are under way."""
    waiting: deque[tuple[Chunk, H]] = deque()
    for chunk in chunks:
        waiting.append((chunk, submit(chunk)))
        if len(waiting) >= ahead:
            yield result(*waiting.popleft())
    while waiting:
        yield result(*waiting.popleft())
