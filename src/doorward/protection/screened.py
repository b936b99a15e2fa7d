"""What screening gives: masked text, findings, originals that are still to be sealed, and what values equal."""

from collections.abc import Callable
from typing import NamedTuple, NoReturn

import msgspec

from doorward.kit.keys import Mark
from doorward.vocabulary.finding import Finding
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import MaskedText


class Original:
    """What stood in a masked place, on its way to being sealed. Like wild text it refuses to be shown or copied."""

    __slots__ = ("_raw", "kind", "span_id", "subkind")

    def __init__(self, raw: str, *, span_id: SpanId, kind: str, subkind: str | None = None) -> None:
        """Keep `raw`, the characters as they came in."""
        self._raw = raw
        self.span_id = span_id
        self.kind = kind
        self.subkind = subkind

    def uncover(self) -> bytes:
        """Return the raw characters as UTF-8 (lone surrogates as three bytes each). For this room alone."""
        return self._raw.encode("utf-8", "surrogatepass")

    def __repr__(self) -> str:
        """Show the kind only."""
        return f"<Original {self.kind}>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("originals are sealed, not copied")


class Hashing(NamedTuple):
    """How a tenant's values are hashed, under keys that are its own.

    `marks` makes the keyed hashes of a canonical value by which equal ones are known, the newest key's first; `indexed`
    the one by which whoever wrote a value is found.
    """

    marks: Callable[[bytes], tuple[Mark, ...]]
    indexed: Callable[[bytes], bytes]


class IndexEntry(NamedTuple):
    """By what a party can be found: the keyed hash of a value, and what it is (see `findable`)."""

    kind: str
    value: bytes


class Likeness(msgspec.Struct, frozen=True):
    """The keyed hashes of one finding's value; `place` is the finding's among the text's findings, from 0."""

    place: int
    kind: str
    marks: tuple[Mark, ...]


class Screened(msgspec.Struct, frozen=True):
    """A screened text.

    `findings` are in order of their place; those of the family `sensitive` do not overlap. `originals` belong to the
    spans of `masked` that have an id. `likenesses` are of the findings whose detector knows when values are equal,
    `index` of those by which whoever wrote them can be found.
    """

    masked: MaskedText
    findings: tuple[Finding, ...] = ()
    originals: tuple[Original, ...] = ()
    likenesses: tuple[Likeness, ...] = ()
    index: tuple[IndexEntry, ...] = ()
