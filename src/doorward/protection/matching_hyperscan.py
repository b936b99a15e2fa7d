"""The fast twin: Hyperscan says in one pass where to look, `re` looks there.

Hyperscan reports, for every end of a match, the leftmost start. All matches of an expression therefore lie inside the
reported stretches, and running `re` over each joined stretch gives exactly what running it over the text would give.
"""

import hashlib
import itertools
import platform
import threading
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import hyperscan

from doorward.protection import dialect
from doorward.protection.database_cache import load_cached, store_cached
from doorward.protection.dialect import to_hyperscan, to_python
from doorward.protection.expressions import Expression
from doorward.protection.matching import FIGURE, Hit, Reach, compile_all, has_figure

_FLAGS: Final = hyperscan.HS_FLAG_SOM_LEFTMOST | hyperscan.HS_FLAG_DOTALL
_PROCESSOR_FILE: Final = Path("/proc/cpuinfo")


class HyperscanMatcher:
    """Compiles at first use of a set of expressions on a processor, loads the compiled database afterwards."""

    name = "hyperscan"

    def __init__(
        self, expressions: Sequence[str], reaches: Sequence[Reach | None] = (), *, cache_folder: Path | None = None
    ) -> None:
        """Compile or load. Raises `PatternUnsupported`, or `hyperscan.error` for an expression it refuses.

        An expression of a loaded database was checked when that was compiled; `re` compiles it where it first matches.
        """
        self._compiled = [Expression(partial(to_python, expression)) for expression in expressions]
        self._reaches = reaches or [None] * len(expressions)
        self._database = _database(expressions, cache_folder)
        self._local = threading.local()

    def find(self, text: str) -> list[Hit]:
        """Return all hits, sorted."""
        data = b"\n%b\n" % text.encode()
        events: list[Hit] = []
        try:
            scratch = self._local.scratch
        except AttributeError:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        self._database.scan(
            data, lambda number, start, end, _flags, _context: events.append((number, start, end)), 0, None, scratch
        )
        if not events:
            return []
        reaches, numberless = self._reaches, FIGURE.search(text) is None
        if numberless:
            events = [event for event in events if reaches[event[0]] is None]
            if not events:
                return []
        stretches = _join(events)
        if len(data) - 2 != len(text):
            stretches = _in_characters(stretches, data)
        hits: list[Hit] = []
        for number, start, end in stretches:
            reach = reaches[number]
            start, end = max(start - 1, 0), min(end - 1, len(text))
            if reach is None:
                hits += self._look(text, number, start, end)
            elif has_figure(text, reach, start, end):
                hits += [hit for hit in self._look(text, number, start, end) if has_figure(text, reach, *hit[1:])]
        return hits

    def _look(self, text: str, number: int, start: int, end: int) -> list[Hit]:
        """Return the hits of an expression in a stretch of the text."""
        hits: list[Hit] = []
        search = self._compiled[number].search
        while start < end:
            # One character more shows what stands behind a match that ends where the stretch does.
            match = search(text, start, end + 1)
            if match is None or match.start() >= end:
                break
            if match.end() > end:
                # The last edge was not really seen, because the search ended there: look again without an end.
                whole = self._compiled[number].match(text, match.start())
                if whole is None:
                    start = match.start() + 1
                    continue
                match = whole
            start = match.end()
            hits.append((number, match.start(), start))
        return hits


def _join(events: list[Hit]) -> list[Hit]:
    """Return overlapping stretches of the same expression joined, sorted by expression and place."""
    events.sort()
    joined = [events[0]]
    for number, start, end in events:
        last = joined[-1]
        if number == last[0] and start < last[2]:
            if end > last[2]:
                joined[-1] = (number, last[1], end)
        else:
            joined.append((number, start, end))
    return joined


def _in_characters(stretches: list[Hit], data: bytes) -> list[Hit]:
    """Return byte offsets as character offsets, in one walk over the data."""
    places = sorted({place for _, start, end in stretches for place in (start, end)})
    characters = {}
    counted = 0
    for before, place in itertools.pairwise([0, *places]):
        counted += len(data[before:place].decode(errors="replace"))
        characters[place] = counted
    return [(number, characters[start], characters[end]) for number, start, end in stretches]


def _database(expressions: Sequence[str], cache_folder: Path | None) -> Any:
    fingerprint = _fingerprint(expressions) if cache_folder else ""
    dumped = load_cached(cache_folder, fingerprint) if cache_folder else None
    if dumped is not None:
        try:
            return hyperscan.loadb(dumped, hyperscan.HS_MODE_BLOCK)
        except hyperscan.error:
            pass  # written for another processor or version after all: compile it again
    compile_all(expressions)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[to_hyperscan(expression) for expression in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[_FLAGS] * len(expressions),
    )
    if cache_folder:
        store_cached(cache_folder, fingerprint, hyperscan.dumpb(database))
    return database


def _fingerprint(expressions: Sequence[str]) -> str:
    """Return what a compiled database depends on.

    That is the expressions, how they are translated, Hyperscan's version, and the processor. The translation is known
    by its source, so that a database of another one is never taken for its own; where there is no source to read, it is
    done.
    """
    try:
        translation = [Path(dialect.__file__).read_bytes(), *(expression.encode() for expression in expressions)]
    except OSError:
        translation = [to_hyperscan(expression) for expression in expressions]
    digest = hashlib.sha256()
    for part in (*translation, version("hyperscan").encode(), _processor(), str(_FLAGS).encode()):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _processor() -> bytes:
    try:
        lines = _PROCESSOR_FILE.read_bytes().splitlines()
    except OSError:
        lines = []
    features = next((line for line in lines if line.startswith((b"flags", b"Features"))), b"")
    return platform.machine().encode() + platform.processor().encode() + features
