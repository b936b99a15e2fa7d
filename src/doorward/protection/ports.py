"""What detectors and scanners are and what they see. Their plugins need nothing else of this room but these shapes."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Literal, Protocol, runtime_checkable

import msgspec

from doorward.protection.view import View
from doorward.vocabulary.finding import Family
from doorward.vocabulary.language import LanguagePack

__all__ = [
    "AttachmentScanner",
    "Candidate",
    "Certainty",
    "Claim",
    "Detector",
    "Inspection",
    "Inspector",
    "LanguagePack",
    "Pattern",
    "Plugin",
    "Verdict",
    "View",
    "Watch",
]


class Certainty(IntEnum):
    """What a claim rests on. Where claims overlap, the better reason wins, then the longer claim."""

    SHAPE = 0
    LEARNED = 1
    CONTEXT = 2
    VALIDATED = 3


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a detector look closer.

    `name` is told back in the candidate. `expression` is written in the dialect of `doorward.protection.dialect`, in
    normal form (lower case, no accents). `before` and `after` are how many characters around the match the detector may
    judge or claim: so much is withheld when it fails. `digits` says in how many characters before and after the match
    a digit must stand: where there is none, the detector would claim nothing, and is not asked. The same goes for
    `last`: no more than so many characters of the text may follow the match.
    """

    name: str
    expression: str
    before: int = 0
    after: int = 0
    digits: tuple[int, int] | None = None
    last: int | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A place where a pattern matched: characters of the view's text, end exclusive."""

    pattern: str
    start: int
    end: int


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector says about `start:end` (characters of the view's text); never leaves this room.

    `score` is 0..1, `rule` is `<detector>.<rule>` and stable. `tail` is what a mask may show, `host` is a link's host,
    `canonical` is the value written in the one way that equal values share (for the keyed hash and the list of public
    facts), `aliases` are further ways under which a public fact may be known. Where `canonical` is generous, `exact` is
    what the list of public facts compares instead, and `writings` are other full ways to write the same. `part` says
    that this is one of several parts of the same thing, such as the street of an address: neighbours are found one by
    one and masked as one.
    """

    kind: str
    start: int
    end: int
    certainty: Certainty
    score: float
    rule: str
    subkind: str | None = None
    tail: str | None = None
    host: str | None = None
    canonical: str | None = None
    aliases: tuple[str, ...] = ()
    exact: str | None = None
    writings: tuple[str, ...] = ()
    part: bool = False

    def __repr__(self) -> str:
        """Show the rule only: the rest may be personal."""
        return f"<Claim {self.rule}>"


class Plugin(Protocol):
    """What all detectors share. They are pure: the same view, the same claims, nothing kept, nothing written."""

    @property
    def id(self) -> str:
        """Return the plugin's id."""

    @property
    def family(self) -> Family:
        """Return `sensitive` (claims are masked) or `threat` (claims are only reported)."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return all kinds that this may claim, in capitals."""

    @property
    def reads(self) -> Literal["wild"]:
        """Say that raw characters are needed: that is why this runs here."""


class Watch(msgspec.Struct, frozen=True):
    """What a detector watches for in a set of languages, and how it judges what its patterns match.

    `examine` returns what a candidate turns out to be, which may be nothing. It takes microseconds and is linear in the
    surroundings that the pattern announces. `conclude`, where there is one, is then asked once for a text that has
    candidates: it is given all of them and all that was claimed, and returns what is claimed in the end. It is linear
    in the text, and looks no further than some hundred characters around the candidates.
    """

    patterns: Sequence[Pattern]
    examine: Callable[[Candidate, View], Sequence[Claim]]
    conclude: Callable[[Sequence[Candidate], Sequence[Claim], View], Sequence[Claim]] | None = None


@runtime_checkable
class Detector(Plugin, Protocol):
    """A detector that wants to look where its patterns match. All patterns of all detectors are scanned in one pass."""

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Return what to watch for in these languages; asked once. All words come from the packs."""


Inspection = Callable[[View], Sequence[Claim]]
"""Returns what is found in a whole text, with places in characters of `view.original`; linear in the text."""


@runtime_checkable
class Inspector(Plugin, Protocol):
    """A detector that must see the whole text, such as one for characters that nobody sees, or for names."""

    @property
    def wants(self) -> Literal["any", "irregular"]:
        """Say whether texts in which nothing can hide (`View.regular`) are of interest as well."""

    def inspection(self, packs: Sequence[LanguagePack]) -> Inspection:
        """Return how to inspect a text in these languages; asked once. All words come from the packs."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a scanner says of one file, and by which engine and signatures it says so.

    `finding` is the name of what was found, in printable ASCII, and is there exactly when the state is `infected`.
    """

    state: Literal["clean", "infected"]
    finding: str = ""
    version: str


@runtime_checkable
class AttachmentScanner(Protocol):
    """Something that knows harmful files. Thread-safe; keeps and logs nothing of what it scans."""

    def scan(self, content: bytes) -> Verdict:
        """Return what the file is, within a minute and a half. Raises `Unavailable` whenever that is not certain.

        Only a scanner that has seen every byte and says so plainly makes a file clean: silence, half an answer, an
        answer that is not understood and a file that is too large for it are all `Unavailable`.
        """

    def ping(self) -> None:
        """Return when files can be scanned now. Raises `Unavailable`."""
