"""Values that are told in pieces: what an earlier message ended with, joined to what the next one begins with."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import alternatives
from doorward.protection.view import View
from doorward.vocabulary.finding import Finding
from doorward.vocabulary.language import LanguagePack

LONGEST_TAIL: Final = 80
LONGEST_PIECE: Final = 400
"""Characters of a message that its tail is made of."""

_OPEN_DIGITS: Final = re.compile(r"\d(?=[^\d]{0,24}\Z)")
_PIECE: Final = re.compile(r"(?P<before>[^\d\n]{0,40})\+?\d")
_WORDS: Final = re.compile(r"\+?[^\W_][\w.\-@]*")


class Joined(NamedTuple):
    """A tail and a text as one. What lies behind `seam` is the text from `cut` on.

    `certain` says that nothing but a value's continuation is told: then words before it may count, else check digits
    only.
    """

    text: str
    seam: int
    cut: int
    certain: bool


class Continuing:
    """Joins messages. Immutable and thread-safe."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Take the words before a second half from the packs: `continuation`, `hesitation`."""
        words = [word for pack in packs for purpose in ("continuation", "hesitation") for word in pack.words(purpose)]
        said = rf"{WORD_BEFORE}{alternatives(words)}{WORD_AFTER}"
        self._says_nothing = re.compile(rf"(?:{said}|[\s,.:;\-…])*")

    def joined(self, tail: str, text: str) -> list[Joined]:
        """Return how the text may go on with what the tail ended on: as it stands, and digits with digits."""
        mark = "" if text[:1] in {"@", "_", "."} else " "
        ways = [Joined(f"{tail}{mark}{text}", len(tail) + len(mark), 0, certain=True)]
        last, first = _OPEN_DIGITS.search(tail), _PIECE.match(text)
        if last and first and (first["before"].strip() or tail[last.end() :].strip()):
            cut = first.end("before")
            certain = self._says_nothing.fullmatch(View(first["before"]).text) is not None
            begun = tail[: last.end()]
            ways.append(Joined(f"{begun} {text[cut:]}", len(begun) + 1, cut, certain))
        return ways


def may_go_on(text: str) -> bool:
    """Return whether a text may be the second half of anything: there is a digit in it, or it begins with a sign."""
    return text[:1] in {"@", "_", "."} or any(map(str.isdecimal, text))


_GOES_ON: Final = ("unfinished.", "name_address.person")
"""Rules whose finds others go on from: mail addresses begin with names."""

_FEWEST: Final = {"phone.context": 10, "driver_licence.named": 5}
"""Digits, as typed, of values that their names give away and that need no more. 'B081IS' is a licence only as long as
its letters are taken for digits, and may as well be the first half of one."""


def end_of_values(findings: Iterable[Finding], text: str) -> int:
    """Return where the last value of a text ends that needs no continuation; 0 if there is none."""
    ends = [
        finding.end
        for finding in findings
        if finding.family == "sensitive" and not _is_open(finding, text[finding.start : finding.end])
    ]
    return max(ends, default=0)


def _is_open(finding: Finding, value: str) -> bool:
    return finding.rule.startswith(_GOES_ON) or sum(map(str.isdecimal, value)) < _FEWEST.get(finding.rule, 0)


def tail_of(before: str, text: str) -> str:
    """Return the last words and numbers of a text, with those before it, in normal form, `LONGEST_TAIL` at most."""
    words = _WORDS.findall(View(text).text)
    return " ".join([before, *words] if before else words)[-LONGEST_TAIL:]
