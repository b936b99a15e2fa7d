"""The words that everything about archives shares: records, reasons for refusing them, and what is asked for."""

from typing import Final, Literal, NamedTuple, get_args

import msgspec

from doorward.protection import ALL_GUARDS, Guard

LONGEST_RECORD: Final = 1_048_576
"""Bytes of a line, of a row, and of one text inside a mail. What is longer is refused."""

LONGEST_MESSAGE: Final = 33_554_432
"""Bytes of a mail with everything that is attached to it."""

FormatName = Literal["jsonl", "csv", "mbox", "eml", "text"]

Reason = Literal[
    "too_large",
    "wrong_encoding",
    "not_json",
    "not_an_object",
    "too_deep",
    "same_name_twice",
    "broken_row",
    "wrong_columns",
    "broken_mail",
    "unknown_charset",
    "too_many_parts",
    "unreadable",
    "killed_worker",
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

ENCODINGS: Final = (
    *("utf-8", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-9", "iso-8859-15"),
    *("windows-1250", "windows-1251", "windows-1252", "windows-1254", "koi8-r"),
)
"""How a file of lines or rows may be written: all of them have the line end and the separators at ASCII's places."""


class Refused(Exception):
    """A record, or a part of one, cannot be screened. It says why, and nothing of what stands there."""

    def __init__(self, reason: Reason, *, field: str | None = None) -> None:
        """Take the reason, and where in the record it lies if that is known (a masked name)."""
        super().__init__(reason)
        self.reason: Reason = reason
        self.field = field


class Record(NamedTuple):
    """One line, row, block of lines or mail, as it stands in the archive.

    `number` counts from 1: lines of JSONL and text (the first of a block), rows of CSV (the heading is 0), mails.
    `offset` is where its first byte lies, over all files of a folder in their order. `name` is a mail's path in its
    folder. What is refused before it is read comes without its bytes.
    """

    number: int
    offset: int
    data: bytes
    name: str = ""
    refused: Reason | None = None


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of a CSV file are written (RFC 4180 and what differs from it)."""

    separator: str = ","
    quote_all: bool = False
    line_end: str = "\n"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be screened and how; the same for all chunks of an archive.

    `fields`: names of the columns or fields to screen, none for all; `kept`: those that are left as they are. `columns`
    are the names of a CSV file's columns as written. `size`: bytes of the whole archive. `secret` keys the ids that
    take the place of mails' ids. `notes` are the sentences that stand where something was left out of a mail.
    """

    format: FormatName
    size: int = 0
    guards: tuple[Guard, ...] = ALL_GUARDS
    fields: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    encoding: str = "utf-8"
    dialect: Dialect = Dialect()
    columns: tuple[str, ...] = ()
    secret: bytes = b""
    notes: tuple[str, str] = ("[attachment left out]", "[left out: it could not be screened]")

    def screens(self, *names: str) -> bool:
        """Return whether a field is to be screened; it may be known by several names."""
        return not any(name in self.kept for name in names) and (
            not self.fields or any(name in self.fields for name in names)
        )
