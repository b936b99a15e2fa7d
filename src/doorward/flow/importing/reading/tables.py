"""CSV as records: a row is an object of its heading's names. How rows are found is what screening archives does."""

import csv
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward.flow.archives.reading.rows import read_heading, read_rows, reader_of
from doorward.flow.archives.terms import Order, Reason
from doorward.flow.importing.reading.documents import Piece
from doorward.flow.importing.terms import Reason as LeftReason
from doorward.flow.importing.terms import Refused
from doorward.vocabulary.errors import Malformed

_SAID: Final[dict[Reason, LeftReason]] = {"too_large": "too_large", "broken_row": "broken_row"}


class TableForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a CSV file is written. `time` is a pattern of `strptime`, empty for ISO 8601; `zone` an offset of hours."""

    encoding: str = "utf-8"
    separator: str | None = None
    time: str = ""
    zone: float = 0.0


class Table:
    """One CSV file."""

    def __init__(self, path: Path, form: TableForm) -> None:
        """Read the heading. Raises `Malformed` for a file without one, `OSError`."""
        self._path = path
        try:
            dialect, columns = read_heading(path, encoding=form.encoding, separator=form.separator)
        except (ValueError, LookupError):
            raise Malformed(f"{path.name}: the first row cannot be read as {form.encoding}") from None
        self.columns = tuple(name.strip() for name in columns)
        self._order = Order(format="csv", encoding=form.encoding, dialect=dialect, columns=columns)

    def pieces(self, digest: Any) -> Iterator[Piece]:
        """Yield the rows below the heading, and update `digest` with every byte of the file."""
        for row in read_rows(self._path, self._order, digest):
            if row.number == 0:
                continue
            record, refused = None, _SAID.get(row.refused) if row.refused else None
            if row.refused is None:
                try:
                    record = self.record(row.data)
                except Refused as trouble:
                    refused = trouble.reason
            yield Piece(row.number, row.offset, len(row.data), "", record, refused, zlib.crc32(row.data))

    def record(self, data: bytes) -> dict[str, str]:
        """Return a row's cells by the names of their columns. Raises `Refused`."""
        try:
            text = data.decode(self._order.encoding)
            rows = list(reader_of(iter(io.StringIO(text, newline="\n")), self._order.dialect))
        except UnicodeDecodeError:
            raise Refused("wrong_encoding") from None
        except csv.Error:
            raise Refused("broken_row") from None
        if len(rows) != 1:
            raise Refused("broken_row")
        if len(rows[0]) != len(self.columns):
            raise Refused("wrong_columns")
        return dict(zip(self.columns, rows[0], strict=True))
