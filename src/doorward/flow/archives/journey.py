"""The way of an archive: looked through once to know what it is, then screened chunk by chunk, then put in place."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import msgspec

from doorward import __version__
from doorward.flow.archives.chunks import CHUNK, Chunk, chunked
from doorward.flow.archives.engines.port import Engine
from doorward.flow.archives.reading import FORMATS
from doorward.flow.archives.reading.rows import read_heading
from doorward.flow.archives.tally import Tally
from doorward.flow.archives.terms import Dialect, Order, Record
from doorward.flow.archives.unfinished import (
    COPY,
    FINDINGS,
    REPORT,
    Beginning,
    CopyKind,
    Unfinished,
    open_unfinished,
)
from doorward.vocabulary.errors import Conflict, Malformed

Write = Callable[[Tally, int], str]
"""Writes the report: takes the counts and the size of the archive, gives the page."""


class Step(Protocol):
    """Something that hears how far the work is."""

    def __call__(self, done: int, total: int, /, *, looking: bool) -> None:
        """Tell how many bytes are done of how many; `looking` while the archive is only looked through."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """An archive and what is to become of it.

    `copy`, `findings` and `report` are where outputs go, None for those that nobody wants. `detectors` is a hash of
    everything that decides what is found. `chunk`: bytes of a chunk.
    """

    source: Path
    order: Order
    detectors: str
    copy: Path | None = None
    findings: Path | None = None
    report: Path | None = None
    restart: bool = False
    chunk: int = CHUNK

    @property
    def targets(self) -> dict[str, Path]:
        """Return the outputs that are wanted, by what they are called in the folder of unfinished work."""
        wanted = {COPY: self.copy, FINDINGS: self.findings, REPORT: self.report}
        return {name: path for name, path in wanted.items() if path is not None}

    @property
    def copy_kind(self) -> CopyKind:
        """Return what the copy is made as."""
        if self.copy is None:
            return "none"
        return "folder" if self.order.format == "eml" else "file"

    @property
    def folder(self) -> Path:
        """Return the folder of unfinished work, beside the first output."""
        first = next(iter(self.targets.values()))
        return first.with_name(f"{first.name}.unfinished")


def preview(source: Path, order: Order, *, separator: str | None, heading: bool) -> Order:
    """Return the order with what the archive itself says: how its rows are written and what its columns are called.

    Raises `Malformed` for a CSV file without a first row, in UTF-16, or without a column that is asked for.
    """
    if source.is_file():
        with source.open("rb") as file:
            if file.read(2) in {b"\xff\xfe", b"\xfe\xff"}:
                raise Malformed("the archive is in UTF-16; write it in UTF-8 first")
    if order.format != "csv":
        return order
    try:
        dialect, columns = read_heading(source, encoding=order.encoding, separator=separator)
    except ValueError:
        if source.stat().st_size:
            raise Malformed(f"the first row cannot be read as {order.encoding}; see --encoding") from None
        dialect, columns = Dialect(), ()
    known = {str(number + 1) for number in range(len(columns))} | (set(columns) if heading else set())
    missing = [name for name in (*order.fields, *order.kept) if name not in known]
    if missing and columns:
        raise Malformed(f"there is no column '{missing[0]}'")
    return msgspec.structs.replace(order, dialect=dialect, columns=columns if heading else ())


def screen_archive(job: Job, engine: Engine, *, write: Write | None = None, tell: Step) -> Tally:
    """Screen an archive, write what is wanted, and return the counts.

    A run that was stopped, however that happened, goes on where it was, if archive, order and detectors are the same;
    else it raises `Conflict`, as it does when the archive changes while it is read, or the place of the copy is taken
    by a folder. Raises `StoreInUse` while another run is at the same work, `Unavailable` when a worker dies. Outputs
    appear whole and at the end; until then nothing that was at their places is touched.
    """
    check_places(job)
    size = _size(job)
    archive = _look_through(job, size, tell=tell)
    order = msgspec.structs.replace(job.order, size=size, secret=bytes.fromhex(archive))
    beginning = Beginning(version=__version__, archive=archive, order=_hash_of(order, job), detectors=job.detectors)
    with open_unfinished(job.folder, kind=job.copy_kind, restart=job.restart) as unfinished:
        unfinished.begin(beginning)
        if unfinished.made:
            unfinished.finish(job.targets)
            return unfinished.tally
        digest = hashlib.sha256()
        chunks = chunked(FORMATS[order.format](job.source, order, digest), size=job.chunk)
        waiting = islice(chunks, unfinished.chunks, None)
        _screen(waiting, engine, order, unfinished, tell=tell)
        for _ in chunks:
            pass  # a run that had screened all of it still makes sure that this is the archive
        if digest.hexdigest() != archive:
            raise Conflict("the archive was changed while it was read; nothing was put in place, run the command again")
        if write is not None:
            page = write(unfinished.tally, size)
            (unfinished.folder / REPORT).write_text(page, encoding="utf-8")
        unfinished.finish(job.targets)
        return unfinished.tally


def _screen(chunks: Iterable[Chunk], engine: Engine, order: Order, unfinished: Unfinished, *, tell: Step) -> None:
    ends: dict[int, int] = {}

    def noted() -> Iterator[Chunk]:
        for chunk in chunks:
            ends[chunk.number] = chunk.end
            yield chunk

    for screened in engine.screen(noted(), order):
        unfinished.keep(screened)
        tell(ends.pop(screened.number), order.size, looking=False)


def _look_through(job: Job, size: int, *, tell: Step) -> str:
    """Return the hash of the archive, read as it will be read again."""
    digest = hashlib.sha256()
    records: Iterator[Record] = FORMATS[job.order.format](job.source, job.order, digest)
    for number, record in enumerate(records):
        if number % 1000 == 0:
            tell(record.offset, size, looking=True)
    return digest.hexdigest()


def _size(job: Job) -> int:
    if job.source.is_file():
        return job.source.stat().st_size
    return sum(path.stat().st_size for path in job.source.rglob("*") if path.suffix.lower() == ".eml")


def check_places(job: Job) -> None:
    """Raise `Conflict` when an output would take the place of the archive, of another output, or of a full folder."""
    places = [path.resolve() for path in job.targets.values()]
    source = job.source.resolve()
    if source in places or any(source.is_dir() and source in place.parents for place in places):
        raise Conflict("an output would take the place of the archive; name another")
    if len(set(places)) < len(places):
        raise Conflict("two outputs have the same name; name another")
    if job.copy is not None and job.order.format == "eml" and job.copy.exists():
        if not job.copy.is_dir() or any(job.copy.iterdir()):
            raise Conflict(f"{job.copy} is there already; name a folder that is not")
    elif any(path.is_dir() for path in job.targets.values()):
        raise Conflict("an output's place is taken by a folder; name another")


def _hash_of(order: Order, job: Job) -> str:
    """Return a hash of everything that decides what the outputs hold, other than archive and detectors."""
    plain: dict[str, Any] = msgspec.to_builtins(order) | {"chunk": job.chunk, "wanted": sorted(job.targets)}
    del plain["secret"]
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
