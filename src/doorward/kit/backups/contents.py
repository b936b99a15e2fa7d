"""What is inside of a backup: frames of MessagePack, and at the end the list of all of it with hashes."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import msgspec

from doorward.kit.backups.locks import Secret
from doorward.kit.backups.stream import Kind, SealedWriter, opened_chunks
from doorward.kit.backups.unusable import BackupUnusable

_LARGEST_FRAME: Final = 256 * 2**20
_LENGTH_BYTES: Final = 8
_INCOMPLETE: Final = "the backup's contents are not what its list says; it was not made by Doorward, or not to its end."

VALUES: Final = (type(None), bool, int, float, str, bytes)
"""What a column's value may be."""


class Opening(msgspec.Struct, frozen=True, kw_only=True, tag="opening"):
    """The first frame: when and by which version it was made, the step of the tables, and their columns and rows."""

    made_at: datetime
    doorward: str
    database: str = ""
    revision: str = ""
    tables: dict[str, tuple[str, ...]] = {}
    rows: dict[str, int] = {}


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Some rows of a table, in the order of its columns in the opening; their values are of `VALUES`."""

    table: str
    rows: list[list[Any]]


class File(msgspec.Struct, frozen=True, tag="file"):
    """A small file."""

    name: str
    content: bytes


class Roots(msgspec.Struct, frozen=True, tag="roots"):
    """The root keys, newest first."""

    roots: tuple[bytes, ...]


class KeyValues(msgspec.Struct, frozen=True, tag="keys"):
    """Some wrapped keys by their names."""

    values: dict[str, bytes]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list: what, how much of it, and the SHA-256 over its frames."""

    name: str
    kind: Literal["table", "file", "keys"]
    items: int
    bytes: int
    sha256: str


class _Closing(msgspec.Struct, frozen=True, tag="closing"):
    parts: tuple[Part, ...]


Frame = Opening | Rows | File | Roots | KeyValues
_Any = Frame | _Closing


class Tell(Protocol):
    """Hears how far a long work is."""

    def __call__(self, done: int, total: int | None = None, *, doing: str | None = None) -> None:
        """Tell how much is done, of how much, and what is being done."""


class _Tally:
    """Counts and hashes what goes by, part by part."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[Literal["table", "file", "keys"], str], list[int]] = {}
        self._hashes: dict[tuple[str, str], Any] = {}

    def note(self, frame: Frame, encoded: bytes) -> None:
        part = _part_of(frame)
        if part is None:
            return
        kind, name, items = part
        size = self._sizes.setdefault((kind, name), [0, 0])
        size[0] += items
        size[1] += len(encoded)
        self._hashes.setdefault((kind, name), hashlib.sha256()).update(encoded)

    def parts(self) -> tuple[Part, ...]:
        return tuple(
            Part(name=name, kind=kind, items=items, bytes=size, sha256=self._hashes[kind, name].hexdigest())
            for (kind, name), (items, size) in self._sizes.items()
        )


def _part_of(frame: Frame) -> tuple[Literal["table", "file", "keys"], str, int] | None:
    match frame:
        case Rows():
            return "table", frame.table, len(frame.rows)
        case File():
            return "file", frame.name, 1
        case Roots():
            return "keys", "roots", len(frame.roots)
        case KeyValues():
            return "keys", "wrapped", len(frame.values)
    return None


class ContentsWriter:
    """Writes frames, and their list at the end."""

    def __init__(self, stream: SealedWriter) -> None:
        """Write to a sealed stream."""
        self._stream = stream
        self._tally = _Tally()

    def write(self, frame: Frame) -> None:
        """Write one frame."""
        encoded = msgspec.msgpack.encode(frame)
        self._tally.note(frame, encoded)
        self._put(encoded)

    def finish(self) -> tuple[Part, ...]:
        """Write the list and end the stream; return the list."""
        parts = self._tally.parts()
        self._put(msgspec.msgpack.encode(_Closing(parts)))
        self._stream.finish()
        return parts

    def _put(self, encoded: bytes) -> None:
        self._stream.write(len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded)


def read_contents(
    source: Path, secret: Secret, *, kind: Kind, closed: Callable[[tuple[Part, ...]], None]
) -> Iterator[Frame]:
    """Yield the frames of a backup, the opening first; in the end `closed` gets the list, which was compared.

    What was yielded is right only once the end is reached. Raises `BackupUnusable`.
    """
    tally = _Tally()
    opened = ended = False
    with source.open("rb") as file:
        for encoded in _frames(opened_chunks(file, kind=kind, secret=secret)):
            frame = _decode(encoded)
            if ended or isinstance(frame, Opening) == opened:
                raise BackupUnusable(_INCOMPLETE)
            opened = True
            if isinstance(frame, _Closing):
                if frame.parts != tally.parts():
                    raise BackupUnusable(_INCOMPLETE)
                ended = True
                closed(frame.parts)
            else:
                tally.note(frame, encoded)
                yield frame
    if not ended:
        raise BackupUnusable(_INCOMPLETE)


def _frames(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        at = 0
        while (length := _length_at(held, at)) is not None and len(held) >= at + _LENGTH_BYTES + length:
            at += _LENGTH_BYTES
            yield bytes(held[at : at + length])
            at += length
        del held[:at]
    if held:
        raise BackupUnusable(_INCOMPLETE)


def _length_at(held: bytearray, at: int) -> int | None:
    if len(held) < at + _LENGTH_BYTES:
        return None
    length = int.from_bytes(held[at : at + _LENGTH_BYTES], "big")
    if length > _LARGEST_FRAME:
        raise BackupUnusable(_INCOMPLETE)
    return length


def _decode(encoded: bytes) -> _Any:
    try:
        frame: _Any = msgspec.msgpack.decode(encoded, type=_Any)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupUnusable(_INCOMPLETE) from error
    return frame
