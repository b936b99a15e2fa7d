"""Saving the rest of a chunk whose worker died: halved until the record is found that no worker survives."""

from collections.abc import Callable
from typing import Final

from doorward.flow.archives.chunks import Chunk, ScreenedChunk
from doorward.vocabulary.errors import Unavailable

MOST_DEATHS: Final = 200
"""Workers that may die in one run before it stops: enough for a dozen records that kill, few enough to end in time."""

_CHANCES: Final = 2
"""Times that a record may kill a worker alone. Once may have been want of memory, for which it cannot be blamed."""

DIED: Final = (
    "Workers die again and again, perhaps for want of memory. What was screened before is kept; run the command again "
    "to go on, with fewer --workers if it happens twice."
)

Attempt = Callable[[Chunk], ScreenedChunk | None]
"""Screens a chunk by a worker that has nothing else to do; returns None when the worker died of it."""


class Rescue:
    """Screens chunks of which a worker may die, so that one record costs that record alone.

    What is put together of halves is byte for byte what one worker would have given. A record of which a worker died
    twice, with nothing else at hand, is left out as any that cannot be screened: with its number and the reason
    `killed_worker`, in no copy.
    """

    def __init__(self, attempt: Attempt) -> None:
        """Take how a chunk is screened."""
        self._attempt = attempt
        self._deaths = 0

    def screen(self, chunk: Chunk) -> ScreenedChunk:
        """Return what becomes of a chunk. Raises `Unavailable` when more than `MOST_DEATHS` workers have died."""
        alone = len(chunk.records) == 1
        for _ in range(_CHANCES if alone else 1):
            done = self._attempt(chunk)
            if done is not None:
                return done
            self._deaths += 1
            if self._deaths > MOST_DEATHS:
                raise Unavailable(DIED)
        return self._left_out(chunk) if alone else self._halved(chunk)

    def _halved(self, chunk: Chunk) -> ScreenedChunk:
        middle = len(chunk.records) // 2
        first, second = (
            self.screen(Chunk(number=chunk.number, records=records))
            for records in (chunk.records[:middle], chunk.records[middle:])
        )
        first.tally.add(second.tally)
        return ScreenedChunk(
            number=chunk.number,
            copies=first.copies + second.copies,
            findings=first.findings + second.findings,
            tally=first.tally,
        )

    def _left_out(self, chunk: Chunk) -> ScreenedChunk:
        """Return a chunk of one record as that of a record that could not be read: without its bytes, and its name."""
        record = chunk.records[0]._replace(data=b"", name="", refused="killed_worker")
        done = self._attempt(Chunk(number=chunk.number, records=(record,)))
        if done is None:
            raise Unavailable(DIED)
        return done
