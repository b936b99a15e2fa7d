"""Folders of mails: each file whose name ends in `.eml` is one (RFC 5322). A single such file is a folder of one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doorward.flow.archives.terms import LONGEST_MESSAGE, Order, Record


def read_folder(source: Path, _order: Order, digest: Any) -> Iterator[Record]:
    """Yield the mails in the order of their paths; see `ReadRecords`. Links are not followed."""
    offset = 0
    for number, path in enumerate(_mails(source), start=1):
        name = path.name if path == source else path.relative_to(source).as_posix()
        digest.update(os.fsencode(name) + b"\0")
        try:
            with path.open("rb") as file:
                data = file.read(LONGEST_MESSAGE + 1)
        except OSError:
            yield Record(number, offset, b"", name, "unreadable")
            continue
        digest.update(len(data).to_bytes(8, "big") + data)
        size = len(data)
        if size > LONGEST_MESSAGE:
            yield Record(number, offset, b"", name, "too_large")
        else:
            yield Record(number, offset, data, name)
        offset += size


def _mails(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return sorted(path for path in source.rglob("*") if path.suffix.lower() == ".eml" and not path.is_symlink())
