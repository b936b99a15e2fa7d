"""Mail boxes (mbox, RFC 4155): mails one behind the other, each behind a line that begins with `From `."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doorward.flow.archives.reading.lines import Line, read_lines
from doorward.flow.archives.terms import LONGEST_MESSAGE, Order, Record


def read_box(source: Path, _order: Order, digest: Any) -> Iterator[Record]:
    """Yield the mails with their `From ` lines; see `ReadRecords`. What stands before the first is refused."""
    with source.open("rb") as file:
        mail: list[Line] = []
        number, size, blank = 0, 0, True
        for line in read_lines(file, digest=digest, longest=LONGEST_MESSAGE):
            if blank and line.data.startswith(b"From "):
                yield from _record(number, mail, size)
                mail, size = [], 0
                number += 1
            blank = line.data in {b"\n", b"\r\n"}
            size += line.size
            # A mail that is too large is read to its end, but not kept; its first line tells where it was.
            if size <= LONGEST_MESSAGE or not mail:
                mail.append(line)
            else:
                del mail[1:]
        yield from _record(number, mail, size)


def _record(number: int, mail: list[Line], size: int) -> Iterator[Record]:
    if not mail:
        return
    if size > LONGEST_MESSAGE:
        yield Record(number, mail[0].offset, b"", refused="too_large")
        return
    data = b"".join(line.data for line in mail)
    if number == 0:
        if data.strip():
            yield Record(0, mail[0].offset, b"", refused="broken_mail")
        return
    yield Record(number, mail[0].offset, data)
