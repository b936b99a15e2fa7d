"""Rows of CSV, copied: the same separator, quotation marks and line ends, and the columns that were not asked for."""

import csv
import io
from collections.abc import Sequence

from doorward.flow.archives.copying.desk import Desk
from doorward.flow.archives.reading.rows import reader_of
from doorward.flow.archives.terms import Refused


def copy_row(data: bytes, desk: Desk) -> bytes:
    """Return a row masked; one in which nothing had to be masked as it was written."""
    order = desk.order
    try:
        text = data.decode(order.encoding)
        rows = list(reader_of(iter(io.StringIO(text, newline="\n")), order.dialect))
    except UnicodeDecodeError:
        raise Refused("wrong_encoding") from None
    except csv.Error:
        raise Refused("broken_row") from None
    if len(rows) != 1:
        raise Refused("broken_row")
    cells = rows[0]
    if order.columns and len(cells) != len(order.columns):
        raise Refused("wrong_columns")
    copied = [_copy_cell(cell, number, desk) for number, cell in enumerate(cells)]
    return data if copied == cells else _written(copied, desk).encode(order.encoding, "replace")


def _copy_cell(cell: str, number: int, desk: Desk) -> str:
    order = desk.order
    column = order.columns[number] if order.columns else ""
    place = str(number + 1)
    if not order.screens(column, place):
        return cell
    heading = desk.number == 0
    shown = desk.shown_name(column).strip() or place
    return desk.text(cell, field=shown, named="" if heading else column)


def _written(cells: Sequence[str], desk: Desk) -> str:
    dialect = desk.order.dialect
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=dialect.separator,
        lineterminator=dialect.line_end,
        quoting=csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerow(cells)
    return out.getvalue()
