"""The files of an export, as one stream of records, and each record again by its place."""

import hashlib
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward.flow.importing.reading.documents import Piece, read_documents, read_record
from doorward.flow.importing.reading.tables import Table, TableForm
from doorward.flow.importing.terms import ExportFiles, Place, Section
from doorward.vocabulary.errors import Conflict, Malformed

ATTACHMENTS: Final = "attachments"
"""The folder, in the export or beside its file, with what was attached: one file, or one folder, for each id."""

_DOCUMENTS: Final = (".json", ".jsonl", ".ndjson")
_TABLES: Final = (".csv", ".tsv", ".txt")
_CHANGED: Final = "the export was changed while it was read; what was taken stays, run the command again"


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How an export is put together: which lists hold what, and what a file is about by the beginning of its name.

    `lists` are the names of lists that only wrap records; None stands for what the file is about. `names` are in the
    order in which they are tried.
    """

    lists: Mapping[str, Section | None] = {}
    names: Mapping[str, Section] = {}


def find_files(source: Path, *, tables: bool) -> ExportFiles:
    """Return the files of an export, which is a file or a folder. Raises `Malformed` for a folder with none."""
    if source.is_file():
        beside = source.parent / ATTACHMENTS
        return ExportFiles(paths=(source,), root=source, attachments=beside if beside.is_dir() else None)
    attached = source / ATTACHMENTS
    found = sorted(_exported(source, attached, _TABLES if tables else _DOCUMENTS))
    if not found:
        raise Malformed(f"there is no file with one of the endings {', '.join(_TABLES if tables else _DOCUMENTS)}")
    return ExportFiles(paths=tuple(found), root=source, attachments=attached if attached.is_dir() else None)


def _exported(source: Path, attached: Path, endings: Collection[str]) -> Iterator[Path]:
    for path in source.rglob("*"):
        inside = attached in path.parents
        if path.suffix.lower() in endings and path.is_file() and not path.is_symlink() and not inside:
            yield path


class Export:
    """An export that can be read through, and asked again for single records."""

    def __init__(self, files: ExportFiles, shape: Shape, *, form: TableForm | None = None) -> None:
        """Read `files` as documents, or as tables of a `form`. Raises `Malformed` for a table without a heading."""
        self.files = files
        self._shape = shape
        self.tables = None if form is None else tuple(Table(path, form) for path in files.paths)
        self._about = tuple(_about(path, shape.names) for path in files.paths)

    def pieces(self, digest: Any) -> Iterator[tuple[int, Piece]]:
        """Yield the records of all files with the number of their file; `digest` sees every byte and every name."""
        for number, path in enumerate(self.files.paths):
            digest.update(hashlib.sha256(self.files.name(number).encode("utf-8", "surrogatepass")).digest())
            if self.tables is not None:
                pieces = self.tables[number].pieces(digest)
            else:
                pieces = read_documents(path, self._shape.lists, digest)
            try:
                for piece in pieces:
                    yield number, piece
            except OSError:
                yield number, Piece(0, 0, 0, "", None, "unreadable")

    def section(self, file: int, listed: str) -> Section:
        """Return what a record is by the list and the file that it stands in."""
        return self._shape.lists.get(listed) or self._shape.names.get(self._about[file], "conversations")

    def listed(self, file: int, listed: str) -> str:
        """Return the list that a record stands in if that tells what it is, else what its file is about."""
        return listed if self._shape.lists.get(listed) else self._about[file]

    def fetch(self, place: Place) -> Any:
        """Return the record at a place. Raises `Conflict` when the file is not what it was."""
        data = self.bytes_at(place.file, place.offset, place.length)
        if zlib.crc32(data) != place.crc:
            raise Conflict(_CHANGED)
        return read_record(data) if self.tables is None else self.tables[place.file].record(data)

    def bytes_at(self, file: int, offset: int, length: int) -> bytes:
        """Return the bytes of a file at a place."""
        with self.files.paths[file].open("rb") as source:
            source.seek(offset)
            return source.read(length)


def _about(path: Path, names: Mapping[str, Section]) -> str:
    stem = path.stem.lower()
    return next((name for name in names if stem.startswith(name)), "")
