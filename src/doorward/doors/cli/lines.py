"""Lines in, lines out: files or standard streams, one line at a time, none of them too long for memory."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import rich_click as click

from doorward.doors.cli.ending import Code, Stop

LONGEST_LINE: Final = 1_048_576
"""Bytes. Longer lines are reported as bad and skipped, so that a file without line ends does no harm."""

STREAM: Final = "-"

INPUT: Final = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
OUTPUT: Final = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


class BadJson(ValueError):
    """A line that is not JSON; the sentence holds nothing of it."""


class LineTooLong(ValueError):
    """A line of more than `LONGEST_LINE` bytes."""


@contextmanager
def open_input(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, or standard input for `-`."""
    if str(path) == STREAM:
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        yield file


@contextmanager
def open_output(path: Path, *, source: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing, or standard output for `-`. Raises `Stop` when it is the input."""
    if str(path) == STREAM:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists() and str(source) != STREAM and path.samefile(source):
        raise Stop("Input and output are the same file. Nothing was changed; name another for --out.", code=Code.USAGE)
    with path.open("wb") as file:
        yield file


def read_lines(file: IO[bytes]) -> Iterator[bytes | LineTooLong]:
    """Yield the lines without their ends and without a byte order mark; a `LineTooLong` in the place of a giant."""
    first = True
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while rest := file.readline(LONGEST_LINE):
                if rest.endswith(b"\n"):
                    break
            yield LineTooLong(f"the line is longer than {LONGEST_LINE} bytes")
        else:
            yield (line.removeprefix(b"\xef\xbb\xbf") if first else line).rstrip(b"\r\n")
        first = False


def write_line(file: IO[bytes], value: Any) -> None:
    """Write one JSON line."""
    file.write(msgspec.json.encode(value) + b"\n")


def read_json(line: bytes | LineTooLong) -> object:
    """Return what a JSON line says. Raises `BadJson`, in words without anything of its content.

    Python's own parser, since it takes the lone surrogates that other programs escape.
    """
    if isinstance(line, LineTooLong):
        raise BadJson(str(line))
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise BadJson("the line is not JSON in UTF-8") from None
