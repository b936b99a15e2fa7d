"""Searching anything for canaries: bytes, files, folders. Every way to write a text down is tried.

Bytes are read in pieces that overlap by more than the longest thing looked for, so that files may be of any size.
"""

import html
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

import msgspec

from doorward.doors.cli.leaks.canaries import Canary
from doorward.doors.cli.leaks.forms import ZERO_WIDTH, bare

SHORTEST: Final = 8
"""Characters. What is shorter is found by chance, in any large heap of bytes; canaries are made long enough."""
SHORTEST_BARE: Final = 11
"""The same for letters and digits without what stands between them, among which chance is likelier."""
PIECE: Final = 4 * 2**20
_SEPARATORS: Final = b" \t\r\n-./_\\"
_WIDTHS: Final = 3
"""Base64 writes three bytes as four signs: a text can begin at each of the three."""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A canary that was found: in which sink and where in it, which one, how written. Never the canary itself."""

    sink: str
    place: str
    kind: str
    language: str
    form: str
    writing: str
    promised: bool


class Finder(Protocol):
    """Finds many needles in a haystack at once."""

    def find_matches_as_indexes(self, haystack: bytes, *, overlapping: bool) -> Sequence[tuple[int, int, int]]:
        """Return number, start and end of needles that are there, also those that lie inside or over each other."""


class OneByOne:
    """Looks for one needle after another: where the fast package has no build."""

    def __init__(self, needles: Sequence[bytes]) -> None:
        """Take the needles."""
        self._needles = tuple(needles)

    def find_matches_as_indexes(self, haystack: bytes, *, overlapping: bool) -> Sequence[tuple[int, int, int]]:
        """See `Finder`: the first place of each, so that overlapping ones are all there."""
        places = ((number, haystack.find(needle)) for number, needle in enumerate(self._needles))
        return [(number, at, at + len(self._needles[number])) for number, at in places if at >= 0]


def make_finder(needles: Sequence[bytes]) -> Finder:
    """Return the fastest finder there is: Aho and Corasick's automaton (1975), one pass for all needles."""
    try:
        from ahocorasick_rs import BytesAhoCorasick  # noqa: PLC0415 - an accelerator that some processors lack
    except ImportError:
        return OneByOne(needles)
    found: Finder = BytesAhoCorasick(list(needles))
    return found


class Searcher:
    """Finds any of its canaries, however they were typed and however they are written down. Thread-safe."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        """Look for these."""
        wanted: dict[bytes, tuple[Canary, str]] = {}
        naked: dict[bytes, tuple[Canary, str]] = {}
        for canary in canaries:
            for secret in canary.secrets:
                for writing, needle in writings(secret):
                    wanted.setdefault(needle, (canary, writing))
                plain = bare(secret)
                if len(plain) >= SHORTEST_BARE:
                    naked.setdefault(plain.encode(), (canary, "without separators"))
        self._overlap = 2 * max(map(len, (*wanted, *naked)), default=0) + PIECE // 64
        self._parts: tuple[tuple[Finder, tuple[tuple[Canary, str], ...], Callable[[bytes], bytes]], ...] = (
            (make_finder(tuple(wanted)), tuple(wanted.values()), lambda piece: piece),
            (make_finder(tuple(naked)), tuple(naked.values()), _without_separators),
        )

    def in_bytes(self, data: bytes, *, sink: str, place: str) -> tuple[Hit, ...]:
        """Return what is in `data`, each canary and writing once."""
        found: dict[tuple[str, str], Hit] = {}
        for finder, meanings, prepare in self._parts:
            for number, _, _ in finder.find_matches_as_indexes(prepare(data), overlapping=True):
                canary, writing = meanings[number]
                found[canary.name, writing] = _hit(canary, writing, sink=sink, place=place)
        return tuple(found[key] for key in sorted(found))

    def in_pieces(self, pieces: Iterable[bytes], *, sink: str, place: str) -> tuple[Hit, ...]:
        """Return what is in something that is read piece by piece, also where it begins in one and ends in the next."""
        found: dict[Hit, None] = {}
        kept = b""
        for piece in pieces:
            kept += piece
            if len(kept) >= PIECE:
                found |= dict.fromkeys(self.in_bytes(kept, sink=sink, place=place))
                kept = kept[-self._overlap :]
        return tuple(found | dict.fromkeys(self.in_bytes(kept, sink=sink, place=place)))

    def in_file(self, path: Path, *, sink: str, place: str) -> tuple[Hit, ...]:
        """Return what is in a file's bytes; one that has just gone holds nothing."""
        try:
            with path.open("rb") as file:
                return self.in_pieces(iter(lambda: file.read(PIECE), b""), sink=sink, place=place)
        except FileNotFoundError:
            return ()

    def in_folder(self, folder: Path, *, sink_of: Callable[[str], str]) -> tuple[Hit, ...]:
        """Return what is in names and bytes of every file below `folder`; `sink_of` names the sink of a path in it."""
        hits: list[Hit] = []
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            hits += self.in_bytes(name.encode("utf-8", "surrogateescape"), sink=sink_of(name), place="a name of a file")
            if path.is_file() and not path.is_symlink():
                hits += self.in_file(path, sink=sink_of(name), place=name)
        return tuple(hits)


def writings(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield how a text might be written down, with a name for each way; nothing for a text that is too short."""
    if len(secret) < SHORTEST:
        return
    plain = secret.encode()
    yield "plain", plain
    yield "UTF-16", secret.encode("utf-16-le")
    yield "UTF-16, big end first", secret.encode("utf-16-be")
    yield "hex", plain.hex().encode()
    yield "hex", plain.hex().upper().encode()
    for shift in range(_WIDTHS):
        inside = _inside_base64(plain, shift)
        yield "base64", inside
        yield "base64", inside.translate(bytes.maketrans(b"+/", b"-_"))
    for name, text in (
        ("JSON", json.dumps(secret)[1:-1]),
        ("HTML", html.escape(secret)),
        ("address", quote(secret, safe="")),
        ("address", quote(secret, safe="").replace("%20", "+")),
    ):
        yield name, text.encode()
        yield name, text.lower().encode()


def _hit(canary: Canary, writing: str, *, sink: str, place: str) -> Hit:
    return Hit(
        sink=sink,
        place=place,
        kind=canary.kind,
        language=canary.language,
        form=canary.form,
        writing=writing,
        promised=canary.promised,
    )


def _without_separators(data: bytes) -> bytes:
    return data.replace(ZERO_WIDTH.encode(), b"").translate(None, _SEPARATORS).lower()


def _inside_base64(plain: bytes, shift: int) -> bytes:
    """Return the part of a text's base64 form that does not depend on what stands around it (RFC 4648, section 4)."""
    encoded = b64encode(b"\x00" * shift + plain)
    return encoded[-(-8 * shift // 6) : 8 * (shift + len(plain)) // 6]
