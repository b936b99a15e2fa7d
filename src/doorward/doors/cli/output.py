"""Printing: facts on standard output as words or JSON, everything else on the error stream."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table


def print_json(value: Any) -> None:
    """Print one JSON document; frozen structs, times and tuples are fine. Keys are only ever added."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def words() -> Console:
    """Return the console for facts in words."""
    return Console(highlight=False, soft_wrap=True)


def aside() -> Console:
    """Return the console for everything that is not the answer: progress, hints."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    """Print a sentence of the answer, as it is."""
    words().print(sentence, markup=False)


def hint(sentence: str) -> None:
    """Print a sentence beside the answer, as it is."""
    aside().print(sentence, markup=False)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under headings, or the sentence `empty` when there are none."""
    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    if table.row_count:
        # What is piped is read by programs and in logs: their lines may be long.
        Console(highlight=False, width=None if sys.stdout.isatty() else 200).print(table)
    else:
        say(empty)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value).replace("[", r"\[")


class Steps(Protocol):
    """Something that hears how far a long work is."""

    def __call__(self, done: int, total: int | None = None, *, doing: str | None = None) -> None:
        """Tell how much is done, of how much, and what is being done."""


@contextmanager
def progress(doing: str, *, total: int | None = None) -> Iterator[Steps]:
    """Show a bar on the error stream while something long is done; nothing where that is not a terminal."""
    console = aside()
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(doing, total=total)

        def tell(done: int, total: int | None = None, *, doing: str | None = None) -> None:
            changes: dict[str, Any] = {"completed": done}
            if total is not None:
                changes["total"] = total
            if doing is not None:
                changes["description"] = doing
            bar.update(task, **changes)

        yield tell
