"""Looking for canaries in anything: bytes, files, folders, every column of a database."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from ahocorasick_rs import BytesAhoCorasick
from sqlalchemy import Engine, inspect, text

from tests.support.leaks.canaries import ZERO_WIDTH, Canary

_LONG_ENOUGH = 11
"""Letters and digits without their separators are looked for from this length on: shorter ones occur by chance."""
_SEPARATORS = b" \t\r\n-./_\\"


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A canary that was found: where, which, and how it was written. Never the canary itself."""

    place: str
    canary: str
    writing: str


class Searcher:
    """Finds any of its canaries, however they were typed and however they are written down."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        """Look for these."""
        self._wanted: list[tuple[bytes, str, str]] = []
        self._bare: list[tuple[bytes, str, str]] = []
        for canary in canaries:
            for writing, needle in _writings(canary):
                self._wanted.append((needle, canary.name, writing))
            if len(canary.bare) >= _LONG_ENOUGH:
                self._bare.append((canary.bare.encode(), canary.name, "without separators"))
        self._all = BytesAhoCorasick([needle for needle, _, _ in self._wanted])
        self._all_bare = BytesAhoCorasick([needle for needle, _, _ in self._bare])

    def in_bytes(self, data: bytes, place: str) -> list[Hit]:
        """Return what is in `data`, each canary and writing once."""
        found = {self._wanted[number][1:] for number, _, _ in self._all.find_matches_as_indexes(data)}
        plain = data.replace(ZERO_WIDTH.encode(), b"").translate(None, _SEPARATORS).lower()
        found |= {self._bare[number][1:] for number, _, _ in self._all_bare.find_matches_as_indexes(plain)}
        return [Hit(place=place, canary=canary, writing=writing) for canary, writing in sorted(found)]

    def in_folder(self, folder: Path, *, only: Iterable[str] = ("",)) -> list[Hit]:
        """Return what is in names and bytes of every file below `folder` whose path begins with one of `only`."""
        beginnings = tuple(only)
        hits: list[Hit] = []
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_file() and name.startswith(beginnings):
                hits += self.in_bytes(name.encode(), f"name of {name}")
                hits += self.in_bytes(path.read_bytes(), name)
        return hits

    def in_database(self, engine: Engine) -> list[Hit]:
        """Return what is in any column of any table, those of an index's own included."""
        hits: list[Hit] = []
        for place, value in rows_of(engine):
            hits += self.in_bytes(value, place)
        return hits


def rows_of(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Yield every column of every table as bytes: all of its values, one after another."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"  # FTS keeps its shadow tables there too
            tables = [str(row[0]) for row in connection.execute(text(query))]
        else:
            tables = inspect(connection).get_table_names()
        for table in tables:
            result = connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608 - a table of ours
            columns, rows = list(result.keys()), result.all()
            for place, column in enumerate(columns):
                yield f"{table}.{column}", b"\n".join(_as_bytes(row[place]) for row in rows)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return str(value).encode("utf-8", "surrogatepass")


def _writings(canary: Canary) -> Iterator[tuple[str, bytes]]:
    """Yield how a canary might be written down."""
    seen = set()
    for typing, words in (("value", canary.secret), ("typed", _typed_secret(canary)), ("bare", canary.bare)):
        if len(words) < 8 or words in seen or (typing == "bare" and len(words) < _LONG_ENOUGH):
            continue
        seen.add(words)
        plain = words.encode()
        yield typing, plain
        yield f"{typing} in UTF-16", words.encode("utf-16-le")
        yield f"{typing} in UTF-16, big end first", words.encode("utf-16-be")
        yield f"{typing} in hex", plain.hex().encode()
        yield f"{typing} in hex", plain.hex().upper().encode()
        for shift in range(3):
            yield f"{typing} in base64", _inside_base64(plain, shift)
            yield f"{typing} in base64", _inside_base64(plain, shift).translate(bytes.maketrans(b"+/", b"-_"))
        escaped = json.dumps(words)[1:-1].encode()
        if escaped != plain:
            yield f"{typing} in JSON", escaped
            yield f"{typing} in JSON", escaped.lower()
        quoted = quote(words, safe="").encode()
        if quoted != plain:
            yield f"{typing} in an address", quoted


def _typed_secret(canary: Canary) -> str:
    """Return the secret as it was typed."""
    if canary.kind != "URL":
        return canary.typed
    return canary.typed[len(canary.typed) - len(canary.secret) * len(canary.typed) // len(canary.value) :]


def _inside_base64(plain: bytes, shift: int) -> bytes:
    """Return the part of a text's base64 form that does not depend on what stands around it."""
    encoded = b64encode(b"\x00" * shift + plain)
    first = -(-8 * shift // 6)
    whole = 8 * (shift + len(plain)) // 6
    return encoded[first:whole]
