"""A file's lines, none of them too long for memory."""

from collections.abc import Iterator
from typing import IO, Any, Final, NamedTuple

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_PIECE: Final = 65_536


class Line(NamedTuple):
    """A line with its end: where it begins, its bytes, how many there are. The bytes of a giant are not kept."""

    offset: int
    data: bytes
    size: int

    @property
    def giant(self) -> bool:
        """Return whether the line was too long to be kept."""
        return len(self.data) < self.size


def read_lines(file: IO[bytes], *, digest: Any, longest: int) -> Iterator[Line]:
    """Yield the lines of a file and update `digest` with all of it. A line of more than `longest` bytes is a giant.

    A byte order mark at the beginning is part of the file's bytes, not of the first line's data.
    """
    offset = 0
    while data := file.readline(longest + 1):
        digest.update(data)
        size = len(data)
        if size > longest:
            while not data.endswith(b"\n") and (data := file.readline(_PIECE)):
                digest.update(data)
                size += len(data)
            yield Line(offset, b"", size)
        elif offset == 0 and data.startswith(BYTE_ORDER_MARK):
            yield Line(len(BYTE_ORDER_MARK), data[len(BYTE_ORDER_MARK) :], size - len(BYTE_ORDER_MARK))
        else:
            yield Line(offset, data, size)
        offset += size
