"""JSONL: one JSON object a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doorward.flow.archives.reading.lines import read_lines
from doorward.flow.archives.terms import LONGEST_RECORD, Order, Record


def read_objects(source: Path, _order: Order, digest: Any) -> Iterator[Record]:
    """Yield the lines that are not blank; see `ReadRecords`."""
    with source.open("rb") as file:
        for number, line in enumerate(read_lines(file, digest=digest, longest=LONGEST_RECORD), start=1):
            if line.giant:
                yield Record(number, line.offset, b"", refused="too_large")
            elif not line.data.isspace() and line.data:
                yield Record(number, line.offset, line.data)
