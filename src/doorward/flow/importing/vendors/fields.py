"""Reading the fields of a record that may hold anything: what is not as it should be is as if it were not there."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from doorward.flow.archives.copying.html import visible_text

Record = Mapping[str, Any]

_MILLISECONDS_FROM: Final = 100_000_000_000
"""Numbers from here on are milliseconds since 1970: as seconds they would lie three thousand years ahead."""

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def storable(text: str) -> str:
    """Return a text without what no database keeps: zero characters and halves of surrogate pairs become U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def text_of(record: Record, *names: str) -> str:
    """Return the first of these fields that holds a text or a number, as text; empty if none does."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return storable(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def id_of(record: Record, *names: str) -> str:
    """Return an id as text, at most 200 characters of it; empty if there is none."""
    return text_of(record, *names).strip()[:200]


def flag(record: Record, name: str, *, otherwise: bool) -> bool:
    """Return what a field says, `otherwise` where it says neither yes nor no."""
    value = record.get(name)
    return value if isinstance(value, bool) else otherwise


def part(record: Record, *names: str) -> Record:
    """Return the object in a field, or in a field of the object in a field, and so on; empty if it is none."""
    for name in names:
        inner = record.get(name)
        if not isinstance(inner, Mapping):
            return {}
        record = inner
    return record


def parts(record: Record, name: str) -> Iterator[Record]:
    """Yield the objects of the list in a field."""
    listed = record.get(name)
    for inner in listed if isinstance(listed, list) else ():
        if isinstance(inner, Mapping):
            yield inner


def words(record: Record, name: str) -> tuple[str, ...]:
    """Return the texts of the list in a field."""
    listed = record.get(name)
    found = listed if isinstance(listed, list) else ()
    return tuple(storable(one.strip()) for one in found if isinstance(one, str) and one.strip())


def moment(record: Record, *names: str) -> datetime | None:
    """Return the first of these fields that holds a time, in UTC: ISO 8601, or seconds or milliseconds since 1970."""
    for name in names:
        found = time_of(record.get(name))
        if found is not None:
            return found
    return None


def time_of(value: Any, *, pattern: str = "", zone: float = 0.0) -> datetime | None:
    """Return a time in UTC, None for what is none; `zone` is the offset, in hours, of times that name none.

    `pattern` is one of `strptime`. What lies before 1990 or after 2100 is a mistake of whoever wrote it.
    """
    try:
        if isinstance(value, str) and value.strip() and not pattern and value.strip().lstrip("-").isdigit():
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, tz=UTC)
        elif isinstance(value, str) and value.strip():
            plain = value.strip().removesuffix(" UTC")
            found = datetime.strptime(plain, pattern) if pattern else datetime.fromisoformat(plain)  # noqa: DTZ007 - below
        else:
            return None
        if found.tzinfo is None:
            found = found.replace(tzinfo=timezone(timedelta(hours=zone)))
        found = found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if _EARLIEST <= found <= _LATEST else None


def body(record: Record, *, plain: tuple[str, ...], marked: tuple[str, ...]) -> str:
    """Return what was written: the first field of `plain` that holds something, else HTML of `marked` as it reads."""
    found = text_of(record, *plain)
    return found or visible_text(text_of(record, *marked))


def titled(subject: str, text: str) -> str:
    """Return what was written under a subject, with the subject before it unless it begins with that already."""
    if not subject or text.startswith(subject):
        return text
    return f"{subject}\n\n{text}" if text else subject


def decoded(value: Any) -> bytes | None:
    """Return the bytes of a text in base64 (RFC 4648), None for what is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def flat(record: Record) -> dict[str, str]:
    """Return the fields of an object that hold texts, numbers, or yes and no, as texts."""
    found: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, bool):
            found[storable(name)] = "yes" if value else "no"
        elif text_of(record, name):
            found[storable(name)] = text_of(record, name)
    return found
