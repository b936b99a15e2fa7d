"""Tables to download: CSV (RFC 4180) in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from litestar import Response

from doorward.doors.web.downloads import disposition

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that spreadsheets reckon with (OWASP, CSV Injection); numbers are written as they are."""


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV; what a spreadsheet would take for a formula is marked as text."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow([harmless(one) for one in columns])
    for row in rows:
        table.writerow([harmless(value) for value in row])
    return written.getvalue()


def harmless(value: Any) -> str:
    """Return a value as a cell shows it: nothing for none, a number as it is, words so that they stay words."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


def csv_response(name: str, text: str) -> Response[str]:
    """Return the answer that saves a table under `name`."""
    headers = {"content-disposition": disposition(name), "cache-control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
