"""One text as detectors see it, with the way back: every character knows where it came from."""

import re
from typing import Any, Final

from doorward.protection.characters import LOOKALIKES
from doorward.protection.dialect import WORD_CHARACTER
from doorward.protection.folding import Folded, fold

HEAD: Final = 3
"""Letters and digits that a word is told by before anybody looks at it closely: no more than so many of its first."""

_LATIN: Final = re.compile(r"[a-z]")
_OTHER: Final = re.compile(r"[\u0370-\u058f]")
_MIXED: Final = re.compile(r"[a-z](?=[\u0370-\u058f])|[\u0370-\u058f](?=[a-z])")
_LETTERS: Final = re.compile(r"[a-z\u0370-\u058f]+")
_HEADS: Final = re.compile(rf"({WORD_CHARACTER}{{1,{HEAD}}}){WORD_CHARACTER}*")


class View:
    """A text in normal form. Immutable, and like all of this room's inner values never printed.

    `text` is what patterns run over: case-folded, without accents and invisible characters, digits in ASCII, words that
    mix alphabets folded to Latin; outside ASCII it holds only letters (see `normal_form`). `original` is the text as it
    came. `regular` tells that the original holds nothing but everyday letters and no word that mixes alphabets, so that
    nothing can be hidden in it. `mixed` holds the places of words that mixed alphabets, in characters of `text`.
    `own_hosts` are the tenant's own host names. `noted` is what a look has told and the next one needs, by who looked.
    """

    __slots__ = ("_folded", "_heads", "mixed", "noted", "original", "own_hosts", "regular", "text")

    def __init__(self, original: str, *, own_hosts: frozenset[str] = frozenset()) -> None:
        """Normalise `original`, any string, lone surrogates included."""
        self.original = original
        self.own_hosts = own_hosts
        self._heads: list[str] | None = None
        self.noted: dict[object, Any] = {}
        self.mixed: tuple[tuple[int, int], ...] = ()
        plain = original.isascii()
        self._folded = Folded(original.lower(), everyday=True, may_mix=False) if plain else fold(original)
        self.text = self._folded.text
        if self._folded.may_mix and _OTHER.search(self.text) and _MIXED.search(self.text):
            self._unmix()
        self.regular = self._folded.everyday and not self.mixed

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original that `text[start:end]` came from; `start < end`."""
        return self._folded.origin(start, end)

    @property
    def heads(self) -> list[str]:
        """Return the first `HEAD` letters and digits of all words, in order; read once for all detectors."""
        if self._heads is None:
            self._heads = _HEADS.findall(self.text)
        return self._heads

    @property
    def aligned(self) -> bool:
        """Return whether each character of `text` came from the character of `original` at the same place."""
        return self._folded.starts is None and not self._folded.doubled

    def __len__(self) -> int:
        """Return the number of characters in normal form."""
        return len(self.text)

    def __repr__(self) -> str:
        """Show lengths only."""
        return f"<View {len(self.text)} of {len(self.original)} chars>"

    def _unmix(self) -> None:
        mixed = []
        pieces = []
        done = 0
        for word in _LETTERS.finditer(self.text):
            if _LATIN.search(word[0]) and _OTHER.search(word[0]):
                mixed.append(word.span())
                pieces += [self.text[done : word.start()], word[0].translate(LOOKALIKES)]
                done = word.end()
        self.text = "".join(pieces) + self.text[done:]
        self.mixed = tuple(mixed)
