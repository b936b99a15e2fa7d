"""CSV: rows as Python's reader of CSV understands them, and how a file writes them."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from doorward.flow.archives.reading.lines import BYTE_ORDER_MARK, Line, read_lines
from doorward.flow.archives.terms import LONGEST_RECORD, Dialect, Order, Record

_SEPARATORS: Final = ",;\t|"
_BYTES: Final = "iso-8859-1"
"""Bytes as characters, one for one: where rows end does not depend on what the letters are."""


class _TooLong(Exception):
    """A row goes on and on."""


class _Feed:
    """Hands lines to the reader of CSV and remembers those of the present row."""

    def __init__(self, lines: Iterator[Line]) -> None:
        """Take the lines."""
        self._lines = lines
        self.taken: list[Line] = []
        self.size = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        self.size += line.size
        if line.giant or self.size > LONGEST_RECORD:
            raise _TooLong
        return line.data.decode(_BYTES)

    def row(self) -> tuple[int, bytes]:
        """Return where the present row began and its bytes, and begin the next one."""
        offset = self.taken[0].offset
        data = b"".join(line.data for line in self.taken)
        self.taken, self.size = [], 0
        return offset, data


def reader_of(lines: Iterator[str], dialect: Dialect) -> Any:
    """Return a reader of CSV that takes cells of any length that a row can have."""
    csv.field_size_limit(LONGEST_RECORD)
    return csv.reader(lines, delimiter=dialect.separator, quotechar='"', doublequote=True)


def read_rows(source: Path, order: Order, digest: Any) -> Iterator[Record]:
    """Yield the rows that are not blank; see `ReadRecords`.

    A row that never ends (a quotation mark too many) is refused with everything it has swallowed, and reading goes on
    at the next line.
    """
    number = 0 if order.columns else 1
    with source.open("rb") as file:
        feed = _Feed(read_lines(file, digest=digest, longest=LONGEST_RECORD))
        reader = reader_of(feed, order.dialect)
        while True:
            try:
                next(reader)
            except StopIteration:
                return
            except _TooLong:
                offset, _ = feed.row()
                yield Record(number, offset, b"", refused="too_large")
                reader = reader_of(feed, order.dialect)
            except csv.Error:
                offset, _ = feed.row()
                yield Record(number, offset, b"", refused="broken_row")
                reader = reader_of(feed, order.dialect)
            else:
                offset, data = feed.row()
                if not data.strip():
                    continue
                yield Record(number, offset, data)
            number += 1


def read_heading(source: Path, *, encoding: str, separator: str | None) -> tuple[Dialect, tuple[str, ...]]:
    """Return how a file writes its rows, and the cells of its first row.

    The separator is the one of `, ; tab |` that the first row has most of outside of quotation marks. Raises
    `ValueError` when there is no first row that can be read.
    """
    with source.open("rb") as file:
        beginning = file.read(LONGEST_RECORD).removeprefix(BYTE_ORDER_MARK)
    lines = beginning.decode(_BYTES).splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    chosen = separator or max(_SEPARATORS, key=bare.count)
    line_end = "\r\n" if first.endswith("\r\n") else "\n"
    dialect = Dialect(separator=chosen, line_end=line_end)
    try:
        cells = next(row for row in reader_of(iter(lines), dialect) if row)
        names = tuple(cell.encode(_BYTES).decode(encoding) for cell in cells)
    except (csv.Error, StopIteration, UnicodeDecodeError):
        raise ValueError("the first row cannot be read") from None
    quoted = first.rstrip("\r\n").startswith('"') and first.count('"') >= 2 * len(cells)
    return Dialect(separator=chosen, line_end=line_end, quote_all=quoted), names
