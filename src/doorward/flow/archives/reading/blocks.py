"""Text: blocks of lines, since what people write goes on in the next line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from doorward.flow.archives.reading.lines import Line, read_lines
from doorward.flow.archives.terms import LONGEST_RECORD, Order, Record

BLOCK: Final = 16_384
"""Bytes from which a block ends at the next blank line."""

LONGEST_BLOCK: Final = 65_536
"""Bytes from which a block ends at the next line end."""


def read_blocks(source: Path, _order: Order, digest: Any) -> Iterator[Record]:
    """Yield the blocks of a text; see `ReadRecords`."""
    block: list[Line] = []
    first, size = 1, 0
    with source.open("rb") as file:
        for number, line in enumerate(read_lines(file, digest=digest, longest=LONGEST_RECORD), start=1):
            if block and (line.giant or size + line.size > LONGEST_RECORD):
                yield _record(first, block)
                block, size = [], 0
            if line.giant:
                yield Record(number, line.offset, b"", refused="too_large")
                continue
            first = first if block else number
            block.append(line)
            size += line.size
            if size >= LONGEST_BLOCK or (size >= BLOCK and line.data.isspace()):
                yield _record(first, block)
                block, size = [], 0
    if block:
        yield _record(first, block)


def _record(first: int, block: list[Line]) -> Record:
    return Record(first, block[0].offset, b"".join(line.data for line in block))
