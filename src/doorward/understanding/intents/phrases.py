"""Training phrases: what customers write when they want something, and how such a list is read."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

LARGEST_LINE: Final = 64 * 1024
"""Bytes of a line that are read: sixteen times the largest message that the door takes."""

MOST_PHRASES: Final = 200_000
NAME_CHARACTERS: Final = 100

NONE: Final = frozenset({"oos", "out_of_scope"})
"""Names by which published lists say that a text is none of their intents."""

_TEXT_FIELDS: Final = ("text", "utterance", "message")
_INTENT_FIELDS: Final = ("intent", "label")


class PhrasesInvalid(Exception):
    """A list of phrases cannot be used; the sentence says in which line, and what is wrong there."""


class Phrase(NamedTuple):
    """A text and what it wants; `intent` is None where it wants nothing that is known here (out of scope).

    `language` is a code or empty where nobody said, `id` whatever the list calls the line.
    """

    text: str
    intent: str | None
    language: str = ""
    id: Any = None


def read_phrases(path: Path, *, labelled: bool = True) -> list[Phrase]:
    """Return the phrases of a JSON Lines file, gzip if its name ends in `.gz`.

    A line is `{"text", "intent"}`, where `intent` may be null, a name, or `{"name"}` as `predict` writes it; `label` is
    taken for `intent`, `oos` and `out_of_scope` for null, and `id`, `language` (or `lang`) may stand beside. Not
    `labelled`: intents are not asked for. Blank lines are passed over. Raises `PhrasesInvalid`, and `OSError` where the
    file cannot be read.
    """
    found = []
    for number, line in _lines(path):
        try:
            found.append(read_phrase(line, labelled=labelled))
        except ValueError as error:
            raise PhrasesInvalid(f"line {number}: {error}") from error
        if len(found) > MOST_PHRASES:
            raise PhrasesInvalid(f"there are more than {MOST_PHRASES} phrases")
    return found


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        number = 0
        try:
            while line := file.readline(LARGEST_LINE + 1):
                number += 1
                if len(line) > LARGEST_LINE:
                    raise PhrasesInvalid(f"line {number}: it is longer than {LARGEST_LINE} bytes")
                if line := line.strip().removeprefix(b"\xef\xbb\xbf"):
                    yield number, line
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise PhrasesInvalid(f"behind line {number} the compressed file is damaged") from error


def read_phrase(line: bytes, *, labelled: bool) -> Phrase:
    """Return one line's phrase (see `read_phrases`). Raises `ValueError` with a sentence that holds nothing of it."""
    try:
        row = json.loads(line)  # takes the lone surrogates that other programs escape
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON in UTF-8") from None
    if not isinstance(row, dict):
        raise ValueError("it is not an object")
    text = next((row[field] for field in _TEXT_FIELDS if field in row), None)
    if not isinstance(text, str):
        raise ValueError('it has no "text"')
    language = row.get("language") or row.get("lang") or ""
    if not isinstance(language, str):
        raise ValueError('"language" is not a code')
    return Phrase(text, _intent_of(row) if labelled else None, language, row.get("id"))


def _intent_of(row: dict[str, Any]) -> str | None:
    field = next((field for field in _INTENT_FIELDS if field in row), None)
    if field is None:
        raise ValueError('it has no "intent" (null where it is out of scope)')
    value = row[field]
    if isinstance(value, dict):
        value = value.get("name")
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_CHARACTERS or not value.isprintable():
        raise ValueError(f'"{field}" is not a name of at most {NAME_CHARACTERS} printable characters')
    name = value.strip()
    return None if name in NONE else name


def spoken_name(intent: str) -> str:
    """Return an intent's name as words, as in 'card payment fee charged'; empty if it is a single word or a number.

    Whoever names an intent has described it already: the name is one more phrase, in the language of whoever wrote it.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in _parted(intent)).split()
    return " ".join(words) if len(words) > 1 and any(word.isalpha() for word in words) else ""


def _parted(name: str) -> str:
    """Return the name with a space before each capital that follows a small letter."""
    parts = [
        f" {letter}" if letter.isupper() and before.islower() else letter
        for before, letter in zip(" " + name, name, strict=False)
    ]
    return "".join(parts)
