"""The files that sets lie in. What is wrong with one is told with its place; nothing that it says is repeated."""

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec

from doorward.doors.cli.ending import Code, Stop
from doorward.kit.plugins import discover
from doorward.understanding.intents import Phrase, PhrasesInvalid, read_phrases

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a file, unpacked, that are read."""

STRANGERS: Final = "none"
"""The file of phrases that are none of the intents."""

Half = Literal["dev", "test"]
Row = TypeVar("Row")


class Missing(Exception):
    """A set that is not there; the sentence names what is missing."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Where sets lie: public ones below `data`, own ones in `own`, phrases of the own intents in `phrases`.

    Of own sets one half is judged.
    """

    data: Path
    own: Path | None = None
    phrases: Path | None = None
    half: Half = "dev"

    def public(self, *parts: str) -> Path:
        """Return a file of a public set. Raises `Missing`."""
        return _there(self.data.joinpath(*parts))

    def own_file(self, name: str) -> Path:
        """Return a file of the own sets. Raises `Missing`."""
        if self.own is None:
            raise Missing("--own names no folder")
        return _there(self.own / name)


class Wish(msgspec.Struct, frozen=True):
    """One need in several languages; `intent` is None where it is none of the intents."""

    row: str
    half: Half
    intent: str | None
    texts: dict[str, str]


class Question(msgspec.Struct, frozen=True):
    """One question; `topic` is the slug of the article that answers it, None where none does."""

    row: str
    half: Half
    language: str
    text: str
    topic: str | None = None


class Document(msgspec.Struct, frozen=True):
    """One text of a public knowledge base."""

    id: str
    title: str
    content: str


class Parallel(msgspec.Struct, frozen=True):
    """One text of a parallel set; texts of one `id` say the same in different languages."""

    id: str
    text: str
    intent: str


def _there(path: Path) -> Path:
    if not path.is_file():
        raise Missing(f"{'/'.join(path.parts[-2:])} is not there")
    return path


def read_content(path: Path) -> bytes:
    """Return a file's bytes, unpacked if its name ends in `.gz`. Raises `Stop` when it is damaged or giant."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise bad(path, "the compressed file is damaged") from error
    if len(content) > LARGEST:
        raise bad(path, f"it is larger than {LARGEST} bytes")
    return content


def read_rows(path: Path, kind: type[Row]) -> list[Row]:
    """Return the rows of a JSON Lines file. Raises `Stop` with the place of the first bad line."""
    rows = []
    for number, line in enumerate(read_content(path).split(b"\n"), start=1):
        if line.strip():
            try:
                rows.append(msgspec.json.decode(line, type=kind))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise bad(path, f"line {number}: {_without_content(error)}") from error
    return rows


def read_value(path: Path, kind: Any) -> Any:
    """Return what a JSON file holds. Raises `Stop` if that is not of `kind`."""
    try:
        return msgspec.json.decode(read_content(path), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad(path, _without_content(error)) from error


def read_texts(path: Path, *, language: str) -> list[Phrase]:
    """Return the phrases of a public list, all in one language. Raises `Stop` with the place of the first bad line."""
    try:
        return [phrase._replace(language=language) for phrase in read_phrases(path)]
    except PhrasesInvalid as error:
        raise bad(path, str(error)) from error


def installed_phrases() -> Path | None:
    """Return the folder of the first installed company that brings phrases of its intents."""
    folders = (plugin.folder / "intents" for plugin in discover("company"))
    return next((folder for folder in folders if folder.is_dir()), None)


def read_intents(folder: Path) -> list[Phrase]:
    """Return the phrases of a folder: a file an intent, named after it; `none.jsonl` holds what is none of them.

    Raises `Missing` when there is no such file, and `Stop` with the place of the first bad line.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise Missing(f"{folder.name} has no phrases")
    found = []
    for file in files:
        intent = None if file.stem == STRANGERS else file.stem
        try:
            found += [phrase._replace(intent=intent) for phrase in read_phrases(file, labelled=False)]
        except PhrasesInvalid as error:
            raise bad(file, str(error)) from error
    return found


def read_parallel(path: Path) -> list[Parallel]:
    """Return the texts of a CoNLL file with `# id`, `# text` and `# intent` above the words of each.

    A text without an id has its place in the file, from 1. Raises `Stop` with the place of the first bad text.
    """
    found: list[Parallel] = []
    head: dict[str, str] = {}
    try:
        lines = read_content(path).decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise bad(path, "it is not UTF-8") from error
    for number, line in enumerate([*lines, ""], start=1):
        if line.startswith("# "):
            name, _, value = line[2:].partition("=")
            head[name.strip()] = value.strip()
        elif not line.strip() and head:
            if not head.get("text") or not head.get("intent"):
                raise bad(path, f"the text above line {number} has no '# text' or no '# intent'")
            found.append(Parallel(head.get("id") or str(len(found) + 1), head["text"], head["intent"]))
            head = {}
        elif line.strip() and not head:
            raise bad(path, f"line {number}: words stand there without '# text' and '# intent' above them")
    return found


def half_of(rows: Sequence[Any], half: Half) -> list[Any]:
    """Return the rows of a half. Raises `Missing` when there is none."""
    some = [row for row in rows if row.half == half]
    if not some:
        raise Missing(f"no row is of the half '{half}'")
    return some


def bad(path: Path, sentence: str) -> Stop:
    """Return what ends the command because of a file."""
    return Stop(f"{'/'.join(path.parts[-2:])}: {sentence}. Nothing was judged.", code=Code.USAGE)


def _without_content(error: Exception) -> str:
    """Return what is wrong with a value: the decoder names fields and kinds, never values."""
    return str(error) if isinstance(error, msgspec.ValidationError) else "it is not JSON in UTF-8"
