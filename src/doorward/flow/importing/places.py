"""Where the records of an export lie: a file of places, so that memory stays the same whatever the export holds.

Nothing of the records is in it but hashes of their ids and where they lie.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from doorward.flow.importing.reading import Piece
from doorward.flow.importing.terms import Place, Reason, Section
from doorward.kit.lookup import LookupFile, Row

MOST_APART: Final = 20_000
"""Messages of one conversation that stand apart from it."""

_AT_ONCE: Final = 1000
_REFUSED: Final = "refused"


class NoRecord(msgspec.Struct, frozen=True, array_like=True):
    """Something that is no record: where it lies, and why."""

    file: int
    number: int
    offset: int
    reason: Reason


class Places:
    """The places of one export, in a file that is made anew and may be thrown away at any time."""

    def __init__(self, path: Path) -> None:
        """Begin an empty file."""
        self._file = LookupFile(path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def note(self, section: Section, piece: Piece, *, file: int, names: tuple[str, str], listed: str) -> None:
        """Note where a record lies. `names` are its own id and, for a message, the conversation's."""
        key, parent = names
        place = Place(
            section=section,
            file=file,
            number=piece.number,
            offset=piece.offset,
            length=piece.length,
            crc=piece.crc,
            listed=listed,
        )
        self._file.add(section, msgspec.msgpack.encode(place), key=key, parent=parent)

    def refuse(self, piece: Piece, reason: Reason, *, file: int) -> None:
        """Note that something is no record, and why."""
        self._file.add(_REFUSED, msgspec.msgpack.encode(NoRecord(file, piece.number, piece.offset, reason)))

    def refused(self) -> Iterator[NoRecord]:
        """Yield what is no record, in the order in which it was met."""
        seq = 0
        while rows := self._file.after(_REFUSED, seq, limit=_AT_ONCE):
            yield from (msgspec.msgpack.decode(row.held, type=NoRecord) for row in rows)
            seq = rows[-1].seq

    def count(self, section: Section) -> int:
        """Return how many records of a section there are."""
        return self._file.count(section)

    def find(self, section: Section, key: str) -> Place | None:
        """Return where the record with this id lies; of several the last, which an export that goes on has newer."""
        row = self._file.last(section, key)
        return None if row is None else _place(row)

    def of_parent(self, parent: str) -> tuple[tuple[Place, ...], int]:
        """Return where a conversation's messages lie that stand apart from it, in their order, and how many more there
        are than the first `MOST_APART`.
        """
        found = tuple(map(_place, self._file.of_parent(parent, limit=MOST_APART)))
        return found, self._file.count_of_parent(parent) - len(found) if len(found) == MOST_APART else 0

    def orphans(self) -> Iterator[Place]:
        """Yield the messages whose conversation is not in the export."""
        return map(_place, self._file.orphans("messages", parents="conversations"))

    def after(self, section: Section, seq: int, *, limit: int) -> tuple[Place, ...]:
        """Return the next records of a section behind `seq`."""
        return tuple(map(_place, self._file.after(section, seq, limit=limit)))


def _place(row: Row) -> Place:
    return msgspec.structs.replace(msgspec.msgpack.decode(row.held, type=Place), seq=row.seq)
