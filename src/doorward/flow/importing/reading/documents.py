"""JSON documents of any size, cut into their records: one a line, in one list, or in lists of one document or of many.

Not an iterative parser such as ijson: at the first fault that ends, and everything behind it would be lost; nor does it
tell at which byte a record lies. Here each record is found and parsed by itself (by the standard library's decoder),
a broken one is told with its place, and reading goes on at the next beginning of a record.
"""

import codecs
import json
import re
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from doorward.flow.importing.terms import LONGEST_RECORD, Reason

BLOCK: Final = 262_144
"""Bytes that are read at once."""

_FORGET: Final = 4 * BLOCK
"""Characters that were read and are let go of at once: doing it for each record would copy all that follows."""

_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,\]}\x1e\ufeff\x00]*")
_KEY: Final = re.compile(r'"((?:[^"\\\r\n]|\\.)*)"\s*:\s*')
_FIRST_KEY: Final = re.compile(r'\{\s*"((?:[^"\\\r\n]|\\.)*)"\s*:\s*([\[{])')
_ANY_KEY: Final = re.compile(r'"((?:[^"\\\r\n]|\\.){1,60})"\s*:\s*([\[{])')
_NEXT: Final = re.compile(r"\n[ \t]*(?=\{)|\}\s*,\s*(?=\{)")
_NEAR: Final = 16
"""Characters before the end of what was read within which a fault may only mean that something is cut off."""

_BEGINNING: Final = 4096
"""Characters of an object that are looked through for the list that it holds."""

_OUTER: Final = frozenset({"data"})
"""Names of objects that only wrap a list."""


class Piece(NamedTuple):
    """A record, or what stood in the place of one.

    `number` counts from 1 in its file, `offset` and `length` are bytes, `crc` is the sum of them (CRC-32), `listed`
    names the list that it stood in.
    """

    number: int
    offset: int
    length: int
    listed: str
    record: Any
    refused: Reason | None = None
    crc: int = 0


class _Window:
    """The part of a file that is in memory, as text; `at` is where reading stands in it."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self.text = ""
        self.at = 0
        self.ended = False
        self._file = file
        self._digest = digest
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._counted = 0
        self._offset = 0

    @property
    def held(self) -> int:
        """Return how many characters there are from `at` on."""
        return len(self.text) - self.at

    @property
    def offset(self) -> int:
        """Return at which byte of the file reading stands."""
        self._count()
        if self.at > _FORGET:
            self._forget()
        return self._offset

    def grow(self) -> bool:
        """Read on, by as much again as is held; return whether there was more."""
        if self.ended:
            return False
        self._count()
        self._forget()
        data = self._file.read(max(BLOCK, len(self.text)))
        self._digest.update(data)
        self.ended = not data
        self.text += self._decoder.decode(data, final=self.ended)
        return not self.ended

    def _count(self) -> None:
        """Count the bytes up to `at`."""
        self._offset += len(self.text[self._counted : self.at].encode("utf-8", "surrogateescape"))
        self._counted = self.at

    def _forget(self) -> None:
        """Let go of what lies before `at` and is counted."""
        self.text = self.text[self.at :]
        self.at = self._counted = 0


def read_documents(path: Path, lists: Collection[str], digest: Any) -> Iterator[Piece]:
    """Yield the records of a file, and update `digest` (as of `hashlib`) with every byte of it.

    A document that is an object is a record, unless it holds one of `lists` (or `data`, which holds one): then the
    records are those in there. Raises `OSError` only; nothing that stands in a file makes this raise.
    """
    with path.open("rb") as file:
        yield from _Cutter(_Window(file, digest), frozenset(lists)).pieces()


class _Cutter:
    """Cuts one file."""

    def __init__(self, window: _Window, lists: frozenset[str]) -> None:
        self._window = window
        self._lists = lists
        self._listed = ""
        self._number = 0

    def pieces(self) -> Iterator[Piece]:
        """Yield the records."""
        while self._to_something():
            match self._window.text[self._window.at]:
                case "{":
                    yield from self._object()
                case "[":
                    self._window.at += 1
                case '"' if self._passes_field():
                    pass
                case _:
                    yield self._rubbish()

    def _to_something(self) -> bool:
        """Go on to the next sign that could begin something; return whether there is one."""
        window = self._window
        while True:
            found = _BETWEEN.match(window.text, window.at)
            end = window.at if found is None else found.end()
            if "]" in window.text[window.at : end]:
                self._listed = ""
            window.at = end
            if window.at < len(window.text):
                return True
            if not window.grow():
                return False

    def _object(self) -> Iterator[Piece]:
        """Yield the object that begins here, or step into it if it only holds lists of records."""
        window = self._window
        offset = window.offset
        if self._lists and not self._listed:
            while window.held < _BEGINNING and window.grow():
                pass
            first = _FIRST_KEY.match(window.text, window.at)
            if first is not None and self._holds_records(first[1], first[2]):
                window.at += 1
                return
        value, refused, end = self._decode()
        if self._lists and not self._listed and self._only_holds(value, refused):
            window.at += 1
            return
        self._number += 1
        if refused is not None:
            self._resume()
            yield Piece(self._number, offset, window.offset - offset, self._listed, None, refused)
            return
        data = window.text[window.at : end].encode("utf-8", "surrogateescape")
        window.at = end
        yield Piece(self._number, offset, len(data), self._listed, value, crc=zlib.crc32(data))

    def _only_holds(self, value: Any, refused: Reason | None) -> bool:
        """Return whether an object only holds lists of records; one that is broken or too large is looked into."""
        if refused is None:
            return any(
                self._holds_records(name, "[" if isinstance(inner, list) else "{" if isinstance(inner, dict) else "")
                for name, inner in value.items()
            )
        beginning = self._window.text[self._window.at : self._window.at + _BEGINNING]
        return any(self._holds_records(found[1], found[2]) for found in _ANY_KEY.finditer(beginning))

    def _holds_records(self, name: str, opening: str) -> bool:
        return (opening == "[" and name in self._lists) or (opening == "{" and name in _OUTER)

    def _passes_field(self) -> bool:
        """Pass a field of an object that was stepped into, or step into its list; return whether it was one."""
        window = self._window
        while (found := _KEY.match(window.text, window.at)) is None or found.end() == len(window.text):
            if window.held >= BLOCK or not window.grow():
                return False
        opening = window.text[found.end()]
        if self._holds_records(found[1], opening):
            window.at = found.end() + 1
            self._listed = found[1] if opening == "[" else ""
            return True
        window.at = found.end()
        _, refused, end = self._decode()
        if refused is None:
            window.at = end
        return refused is None

    def _rubbish(self) -> Piece:
        offset = self._window.offset
        self._number += 1
        _, refused, _ = self._decode()
        self._resume()
        length = self._window.offset - offset
        return Piece(self._number, offset, length, self._listed, None, refused or "not_an_object")

    def _decode(self) -> tuple[Any, Reason | None, int]:
        """Return the value that begins here and where it ends, reading on as needed, or why there is none."""
        window = self._window
        while True:
            try:
                value, end = _DECODER.raw_decode(window.text, window.at)
            except RecursionError:
                return None, "too_deep", 0
            except json.JSONDecodeError as fault:
                cut_off = fault.pos >= len(window.text) - _NEAR or fault.msg.startswith("Unterminated string")
                if cut_off and window.held < LONGEST_RECORD and window.grow():
                    continue
                return None, "too_large" if cut_off and window.held >= LONGEST_RECORD else "not_json", 0
            except ValueError:  # a number of thousands of digits
                return None, "not_json", 0
            if end == len(window.text) and not isinstance(value, dict | list | str) and window.grow():
                continue  # a number may go on
            return value, None, end

    def _resume(self) -> None:
        """Go on to where the next record seems to begin, at least one sign further."""
        window = self._window
        window.at += 1
        while (found := _NEXT.search(window.text, window.at)) is None:
            window.at = max(window.at, len(window.text) - 256)
            if not window.grow():
                window.at = len(window.text)
                return
        window.at = found.end()


def read_record(data: bytes) -> Any:
    """Return the value of a record's bytes, as `read_documents` found them there. Raises `ValueError`."""
    return _DECODER.raw_decode(data.decode("utf-8", "surrogateescape"))[0]
