"""One text as detectors see it, with the way back: every character knows where it came from."""

import re
from typing import Final

from doorward.protection.characters import LOOKALIKES
from doorward.protection.folding import Folded, fold

_LATIN: Final = re.compile(r"[a-z]")
_OTHER: Final = re.compile(r"[\u0370-\u058f]")
_MIXED: Final = re.compile(r"[a-z](?=[\u0370-\u058f])|[\u0370-\u058f](?=[a-z])")
_LETTERS: Final = re.compile(r"[a-z\u0370-\u058f]+")


class View:
    """A text in normal form. Immutable, and like all of this room's inner values never printed.

    `text` is what patterns run over: case-folded, without accents and invisible characters, digits in ASCII, words that
    mix alphabets folded to Latin; outside ASCII it holds only letters (see `normal_form`). `original` is the text as it
    came. `regular` tells that the original holds nothing but everyday letters and no word that mixes alphabets, so that
    nothing can be hidden in it. `mixed` holds the places of words that mixed alphabets, in characters of `text`.
    `own_hosts` are the tenant's own host names.
    """

    __slots__ = ("_folded", "_held", "mixed", "original", "own_hosts", "regular", "text")

    def __init__(self, original: str, *, own_hosts: frozenset[str] = frozenset()) -> None:
        """Normalise `original`, any string, lone surrogates included."""
        self.original = original
        self.own_hosts = own_hosts
        self._held: dict[re.Pattern[str], bool] = {}
        self.mixed: tuple[tuple[int, int], ...] = ()
        plain = original.isascii()
        self._folded = Folded(original.lower(), everyday=True) if plain else fold(original)
        self.text = self._folded.text
        if not plain and _OTHER.search(self.text) and _MIXED.search(self.text):
            self._unmix()
        self.regular = self._folded.everyday and not self.mixed

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original that `text[start:end]` came from; `start < end`."""
        starts, ends = self._folded.starts, self._folded.ends
        if starts is None or ends is None:
            return start, end
        return starts[start], ends[end - 1]

    def holds(self, pattern: re.Pattern[str]) -> bool:
        """Return whether the pattern matches anywhere in `text`; looked for once, however often it is asked."""
        held = self._held.get(pattern)
        if held is None:
            held = self._held[pattern] = pattern.search(self.text) is not None
        return held

    @property
    def aligned(self) -> bool:
        """Return whether each character of `text` came from the character of `original` at the same place."""
        return self._folded.starts is None

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
