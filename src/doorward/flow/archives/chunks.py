"""Chunks of records, and the one pure function that screens them, wherever it runs."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from doorward.flow.archives.copying import COPIES, Desk
from doorward.flow.archives.copying.desk import Noted, Screens
from doorward.flow.archives.ruled import Screening
from doorward.flow.archives.tally import SLICES, Tally
from doorward.flow.archives.terms import Order, Record, Refused

CHUNK: Final = 524_288
"""Bytes of a chunk, about: enough that handing it over costs nothing, little enough that a crash loses nothing."""

MOST_RECORDS: Final = 5_000


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Records that are screened together; `number` counts from 0. `end` is the archive's byte behind them, about."""

    number: int
    records: tuple[Record, ...]

    @property
    def end(self) -> int:
        """Return how far the archive is read when this chunk is done, in bytes."""
        last = self.records[-1]
        return last.offset + len(last.data)


class ScreenedChunk(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a chunk: the masked copies by number of record, the findings as JSON lines, the counts.

    Nothing in it is a value that was found.
    """

    number: int
    copies: tuple[tuple[int, bytes], ...]
    findings: bytes
    tally: Tally


def chunked(records: Iterable[Record], *, size: int = CHUNK) -> Iterator[Chunk]:
    """Put records together to chunks of about `size` bytes, in order."""
    waiting: list[Record] = []
    number, held = 0, 0
    for record in records:
        waiting.append(record)
        held += len(record.data)
        if held >= size or len(waiting) >= MOST_RECORDS:
            yield Chunk(number=number, records=tuple(waiting))
            waiting, held = [], 0
            number += 1
    if waiting:
        yield Chunk(number=number, records=tuple(waiting))


def screen_chunk(chunk: Chunk, screener: Screening, order: Order) -> ScreenedChunk:
    """Screen the records of a chunk. Pure: equal chunks give equal bytes, in whichever process and order.

    What cannot be screened is in no copy; it is counted with its place and reason. No record makes this raise.
    """
    tally = Tally()
    screens = Screens(screener, order)
    copies: list[tuple[int, bytes]] = []
    lines: list[bytes] = []
    for record in chunk.records:
        tally.records += 1
        desk = Desk(screens, tally, record)
        part = record.offset * SLICES // order.size if order.size else 0
        try:
            if record.refused is not None:
                raise Refused(record.refused)
            copies.append((record.number, COPIES[order.format](record.data, desk)))
        except Refused as refused:
            tally.refused += 1
            desk.refuse(refused.reason, field=refused.field)
            lines.append(_line(record, desk, error=refused.reason))
            continue
        tally.clean += not desk.noted
        for noted in desk.noted:
            tally.found(noted.field, (noted.finding,), part=part)
        lines.append(_line(record, desk, findings=[_as_object(noted) for noted in desk.noted]))
    return ScreenedChunk(number=chunk.number, copies=tuple(copies), findings=b"".join(lines), tally=tally)


def _as_object(noted: Noted) -> dict[str, Any]:
    return {"field": noted.field, **msgspec.to_builtins(noted.finding)}


def _line(record: Record, desk: Desk, **rest: Any) -> bytes:
    name = {"name": desk.name} if desk.name else {}
    return msgspec.json.encode({"id": desk.id, "record": record.number, "byte": record.offset, **name, **rest}) + b"\n"
