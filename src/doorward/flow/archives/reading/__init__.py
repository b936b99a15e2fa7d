"""Archives as streams of records: one module a format. Memory is bounded whatever the archive holds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from doorward.flow.archives.reading.blocks import read_blocks
from doorward.flow.archives.reading.boxes import read_box
from doorward.flow.archives.reading.folders import read_folder
from doorward.flow.archives.reading.objects import read_objects
from doorward.flow.archives.reading.rows import read_rows
from doorward.flow.archives.terms import FormatName, Order, Record

ReadRecords = Callable[[Path, Order, Any], Iterator[Record]]
"""Yields the records of an archive in order, and updates a digest (as of `hashlib`) with every byte of it; raises
`OSError` only."""

FORMATS: Final[dict[FormatName, ReadRecords]] = {
    "jsonl": read_objects,
    "csv": read_rows,
    "mbox": read_box,
    "eml": read_folder,
    "text": read_blocks,
}

_ENDINGS: Final[dict[str, FormatName]] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".mbox": "mbox",
    ".mbx": "mbox",
    ".eml": "eml",
    ".txt": "text",
    ".log": "text",
    ".md": "text",
}


def guess_format(source: Path) -> FormatName | None:
    """Return the format that a name stands for, or that the first bytes give away, None where neither says anything."""
    if source.is_dir():
        return "eml"
    named = _ENDINGS.get(source.suffix.lower())
    if named is not None:
        return named
    with source.open("rb") as file:
        beginning = file.read(512).removeprefix(b"\xef\xbb\xbf")
    if beginning.startswith(b"From "):
        return "mbox"
    return "jsonl" if beginning.lstrip().startswith(b"{") else None
