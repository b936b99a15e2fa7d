"""CSV of any origin: a mapping file says which column holds what."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, get_args

from doorward.flow.importing.mapping import Columns, Mapped, Speaker
from doorward.flow.importing.reading.export import Shape
from doorward.flow.importing.terms import Past, PastMessage, Person, Refused, Target
from doorward.flow.importing.vendors.fields import Record, storable, time_of, titled
from doorward.flow.importing.vendors.port import FindPerson
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.text import WildText

_SPEAKERS: Final[Mapping[str, Speaker]] = {name: name for name in get_args(Speaker)}


class RowReader:
    """Reads rows. All rows of a conversation are its messages, wherever they stand."""

    shape = Shape()
    statuses: Mapping[str, Target] = {
        "open": "open",
        "pending": "open",
        "resolved": "resolved",
        "solved": "resolved",
        "closed": "resolved",
    }

    def __init__(self, mapped: Mapped) -> None:
        """Read as `mapped` says. Raises `Malformed` when it names no columns."""
        if mapped.columns is None:
            raise Malformed("CSV needs a mapping file with [columns] that names at least conversation and text")
        self._mapped = mapped
        self._columns: Columns = mapped.columns

    def check(self, columns: Sequence[str], *, name: str) -> None:
        """Raise `Malformed` when a file, called `name`, lacks a column that the mapping names."""
        for wanted in (*self._columns.named(), *self._mapped.fields):
            if wanted not in columns:
                raise Malformed(f"{name}: there is no column '{wanted}'")

    def person(self, record: Record, *, listed: str) -> Person:
        """Return the customer of a row."""
        return Person(
            id=self._cell(record, "customer") or self._cell(record, "email").casefold(),
            name=self._cell(record, "name"),
            email=self._cell(record, "email"),
            phone=self._cell(record, "phone"),
            reference=self._cell(record, "customer"),
            language=self._cell(record, "language"),
        )

    def id_of(self, record: Record, *, listed: str) -> str:
        """Return the conversation of a row."""
        return self._cell(record, "conversation")[:200]

    def parent_of(self, record: Record) -> str:
        """Return the conversation of a row."""
        return self._cell(record, "conversation")[:200]

    def past(self, record: Record, *, apart: Sequence[Record], find_person: FindPerson) -> Past:
        """Return the conversation of rows: what is said of it is taken from the first row that says it."""
        if not apart:
            raise Refused("not_a_conversation")
        told = next((row for row in apart if self._cell(row, "email") or self._cell(row, "customer")), record)
        messages = tuple(self._messages(apart))
        return Past(
            id=self.id_of(record, listed=""),
            status=self._last(apart, "status"),
            customer=self.person(told, listed=""),
            assignee=self._last(apart, "assignee"),
            messages=messages,
            opened_at=self._time(record, "opened_at"),
            changed_at=self._time(apart[-1], "changed_at"),
            labels=tuple(dict.fromkeys(label for row in apart for label in self._labels(row))),
            fields={name: row[name] for row in apart for name in self._mapped.fields if row.get(name)},
        )

    def _messages(self, rows: Sequence[Record]) -> Iterator[PastMessage]:
        subject = next(filter(None, (self._cell(row, "subject") for row in rows)), "")
        for place, row in enumerate(rows):
            speaker = self._speaker(row)
            yield PastMessage(
                key=self._cell(row, "message")[:200] or f"at {place}",
                author="agent" if speaker == "note" else speaker,
                at=self._time(row, "at"),
                text=WildText(self._cell(row, "text") if place else titled(subject, self._cell(row, "text"))),
                is_note=speaker == "note",
                writer=self._cell(row, "writer") if speaker in {"agent", "note"} else "",
            )

    def _speaker(self, row: Record) -> Speaker:
        said = self._cell(row, "author").casefold()
        return self._mapped.authors.get(said) or _SPEAKERS.get(said) or "customer"

    def _labels(self, row: Record) -> Iterator[str]:
        for label in self._cell(row, "labels").split(","):
            if label.strip():
                yield label.strip()

    def _last(self, rows: Sequence[Record], column: str) -> str:
        return next(filter(None, (self._cell(row, column) for row in reversed(rows))), "")

    def _time(self, row: Record, column: str) -> datetime | None:
        form = self._mapped.csv
        return time_of(self._cell(row, column), pattern=form.time, zone=form.zone)

    def _cell(self, row: Record, column: str) -> str:
        value = row.get(getattr(self._columns, column))
        return storable(value).strip() if isinstance(value, str) else ""
