"""Archives for tests: written, read, and screened without a command."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from doorward.flow.archives import FORMATS, Chunk, FormatName, Job, Order, Record, ScreenedChunk, screen_chunk
from doorward.flow.archives.chunks import chunked
from doorward.flow.archives.engines import in_order
from doorward.protection import Screener
from tests.support.screening import screener

CARD = "4111 1111 1111 1111"
IBAN = "DE89 3704 0044 0532 0130 00"


def records_of(form: FormatName, source: Path, order: Order | None = None) -> list[Record]:
    """Return an archive's records."""
    order = order or Order(format=form)
    return list(FORMATS[form](source, order, hashlib.sha256()))


def screened(source: Path, order: Order, *, with_: Screener | None = None) -> tuple[bytes, list[dict[str, Any]]]:
    """Return an archive's masked copy and its findings, screened as one chunk after the other."""
    chunks = chunked(records_of(order.format, source, order))
    done = [screen_chunk(chunk, with_ or screener(), order) for chunk in chunks]
    copy = b"".join(data for one in done for _, data in one.copies)
    return copy, [json.loads(line) for one in done for line in one.findings.splitlines()]


def copied(form: FormatName, data: bytes, tmp_path: Path, **order: Any) -> tuple[bytes, list[dict[str, Any]]]:
    """Return the masked copy and the findings of an archive with these bytes."""
    source = tmp_path / f"archive.{form}"
    source.write_bytes(data)
    return screened(source, Order(format=form, **order))


def job(source: Path, folder: Path, form: FormatName = "jsonl", **more: Any) -> Job:
    """Return a job that wants a copy and the findings."""
    wanted: dict[str, Any] = {"order": Order(format=form), "detectors": "d", "chunk": 200} | more
    return Job(source=source, copy=folder / "copy.out", findings=folder / "findings.out", **wanted)


def silent(_done: int, _total: int, *, looking: bool) -> None:
    """Hear of progress, and tell nobody."""


class NearbyEngine:
    """Screens with the tests' own detectors. `until` chunks are done it stops, as a process that is killed."""

    def __init__(self, *, until: int | None = None) -> None:
        self._until = until

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """Screen one chunk after the other."""
        for number, chunk in enumerate(chunks):
            if number == self._until:
                raise KeyboardInterrupt
            yield screen_chunk(chunk, screener(), order)

    def close(self) -> None:
        """Do nothing."""


class PretendedCluster:
    """Screens chunks as a cluster may: each handed over as bytes, several at once, the last one first."""

    def __init__(self, ahead: int = 4) -> None:
        self._ahead = ahead

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """Screen backwards, answer in order."""
        waiting: list[tuple[int, Callable[[], ScreenedChunk]]] = []
        done: dict[int, ScreenedChunk] = {}

        def submit(chunk: Chunk) -> int:
            waiting.append((chunk.number, lambda: screen_chunk(chunk, screener(), order)))
            return chunk.number

        def result(_chunk: Chunk, number: int) -> ScreenedChunk:
            while waiting:
                other, work = waiting.pop()
                done[other] = work()
            return done.pop(number)

        return in_order(chunks, submit, result, ahead=self._ahead)

    def close(self) -> None:
        """Do nothing."""


def lines_of_tickets(count: int) -> bytes:
    """Return JSONL with something to find in every third line."""
    return b"".join(
        json.dumps({"id": f"t-{n}", "text": f"card {CARD}" if n % 3 == 0 else "hello", "n": n}).encode() + b"\n"
        for n in range(count)
    )


def mail(body: str = f"my card is {CARD}", *, html: str = "", subject: str = "Hello", **headers: str) -> EmailMessage:
    """Return a mail."""
    made = EmailMessage()
    made["From"] = "Anna Schmidt <anna@example.com>"
    made["To"] = "support@example.org"
    made["Subject"] = subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def box(*mails: bytes) -> bytes:
    """Return mails as a box; what looks like a beginning is not escaped."""
    return b"".join(b"From a@example.com Thu Jan  1 00:00:00 1970\n" + one.rstrip(b"\n") + b"\n\n" for one in mails)
