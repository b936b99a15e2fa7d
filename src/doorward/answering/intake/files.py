"""Files as they are brought: single ones or a zip. Nothing is written where a name says: names are looked at."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final, Literal

import msgspec

MOST_FILES: Final = 10_000
"""Five languages of 2,000 articles."""

FILE_BYTES: Final = 1_048_576
MOST_BYTES: Final = 64 * 1_048_576
"""Bytes of all files together, and of a zip, packed or unpacked."""

ENDINGS: Final = (".md", ".markdown", ".html", ".htm", ".csv", ".zip")

FileTrouble = Literal["too_large", "too_many", "unsupported", "broken_zip", "locked", "not_text"]


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """One file: where it lay, as `help.zip/cards/en.md`, and its text; or why it cannot be read."""

    place: str
    text: str = ""
    trouble: FileTrouble | None = None


def open_files(files: Iterable[tuple[str, bytes]]) -> tuple[Brought, ...]:
    """Return the files with what lies in zips among them, in order; what cannot be read says why, the others go on.

    A zip is read to a limit of bytes that really come out of it, whatever it claims; a zip inside a zip is no article.
    """
    found: list[Brought] = []
    left = MOST_BYTES
    for place, content in _unpacked(files):
        if len(found) >= MOST_FILES:
            found.append(Brought(place=place, trouble="too_many"))
            break
        one = content if isinstance(content, Brought) else _text(place, content)
        left -= 0 if isinstance(content, Brought) else len(content)
        if left < 0:
            found.append(Brought(place=place, trouble="too_many"))
            break
        found.append(one)
    return tuple(found)


def _unpacked(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes | Brought]]:
    for name, content in files:
        place = _shown(name)
        if not place.lower().endswith(ENDINGS):
            yield place, Brought(place=place, trouble="unsupported")
        elif place.lower().endswith(".zip"):
            yield from _inside(place, content)
        else:
            yield place, content


def _inside(place: str, content: bytes) -> Iterator[tuple[str, bytes | Brought]]:
    if len(content) > MOST_BYTES:
        yield place, Brought(place=place, trouble="too_large")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                inner = f"{place}/{_shown(member.filename)}"
                if member.is_dir() or "/__MACOSX/" in inner or PurePosixPath(inner).name.startswith("."):
                    continue
                if inner.lower().endswith(".zip") or not inner.lower().endswith(ENDINGS):
                    yield inner, Brought(place=inner, trouble="unsupported")
                elif member.flag_bits & 1:
                    yield inner, Brought(place=inner, trouble="locked")
                else:
                    with archive.open(member) as opened:
                        yield inner, opened.read(FILE_BYTES + 1)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError):
        yield place, Brought(place=place, trouble="broken_zip")
    except Exception as error:  # zlib's and lzma's own errors have no common parent
        if type(error).__module__ not in {"zlib", "_lzma", "lzma"}:
            raise
        yield place, Brought(place=place, trouble="broken_zip")


def _text(place: str, content: bytes) -> Brought:
    if len(content) > FILE_BYTES:
        return Brought(place=place, trouble="too_large")
    try:
        text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        return Brought(place=place, trouble="not_text")
    if "\x00" in text:
        return Brought(place=place, trouble="not_text")
    return Brought(place=place, text=text)


def _shown(name: str) -> str:
    """Return a name as it may be shown and looked at: without control signs, ways up and drives."""
    parts = "".join(sign for sign in name if sign.isprintable()).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not part.endswith(":"))[-300:]
