"""Finding phrases in a text's words: by stem, with small typing mistakes, with a word or two in between.

A phrase is written as people write it. Two signs mean more, in every lexicon: `*` at the end of a word stands for any
ending, and ` ... ` for up to four other words.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from doorward.kit.words import Stemmer, split_words, visible

GAP = 2
"""Words that may stand between any two words of a phrase: 'talk to a [very nice] person'."""

WIDE_GAP = 4
"""Words that ` ... ` stands for at most."""

SLIPS_FROM = 5
"""Letters that a stem needs before a slip in it is forgiven: with fewer, a slip makes another word ('pin', 'pan')."""


_REMEMBERED = 4096  # words a book: customers use the same few thousand


class Match(NamedTuple):
    """One place of a phrase: words `start` to `end`, end exclusive, and the number of the phrase in its book."""

    start: int
    end: int
    phrase: int


class _Atom(NamedTuple):
    """One word of a phrase: a stem, or a prefix with `*` after it, and whether many words may stand before it."""

    text: str
    wide: bool


class PhraseBook:
    """Phrases of one language and purpose, compiled. Immutable and thread-safe.

    A slip is one letter too many, too few, wrong, or two neighbours swapped (F. Damerau 1964). Stems that may be meant
    are found by what is left after dropping one letter on either side.
    """

    def __init__(self, phrases: Iterable[str], *, fold: Callable[[str], str], stemmer: Stemmer) -> None:
        """Compile `phrases` as a language pack writes them; a phrase without a word matches nothing."""
        self._phrases = [_read_phrase(fold(visible(phrase)), stemmer) for phrase in phrases]
        atoms = {atom.text for phrase in self._phrases for atom in phrase}
        self._stems = frozenset(atom for atom in atoms if not atom.endswith("*"))
        self._prefixes = atoms - self._stems
        self._lengths = sorted({len(prefix) - 1 for prefix in self._prefixes})
        self._by_first: dict[str, list[int]] = {}
        for number, phrase in enumerate(self._phrases):
            if phrase:
                self._by_first.setdefault(phrase[0].text, []).append(number)
        self._longest = max(map(len, self._stems), default=0)
        # Tuples, because nearly all hold one stem, and as sets they would take four times as much memory.
        self._slips: dict[str, tuple[str, ...]] = {}
        for stem in self._stems:
            if len(stem) >= SLIPS_FROM:
                for rest in dict.fromkeys(_rests(stem)):
                    self._slips[rest] = (*self._slips.get(rest, ()), stem)
        self._remembered = lru_cache(_REMEMBERED)(self._meant)

    def size(self, phrase: int) -> int:
        """Return the number of words of a phrase."""
        return len(self._phrases[phrase])

    def find(
        self, words: Sequence[str], stems: Sequence[str], *, slips: bool = True, gap: int = GAP
    ) -> tuple[Match, ...]:
        """Return where phrases stand, one match a phrase and start.

        `words` are a text's case-folded words and `stems` theirs, of the same length; `slips` forgives typing mistakes.
        """
        if not self._by_first:
            return ()
        meant = [self._remembered(word, stem, slips) for word, stem in zip(words, stems, strict=True)]
        found = []
        for start, options in enumerate(meant):
            for option in options:
                for number in self._by_first.get(option, ()):
                    end = self._follow(meant, start, phrase=self._phrases[number], gap=gap)
                    if end:
                        found.append(Match(start, end, number))
        return tuple(found)

    def _meant(self, word: str, stem: str, slips: bool) -> frozenset[str]:  # noqa: FBT001 - lru_cache takes positions
        """Return the atoms of this book that the writer may have meant."""
        found = {prefix for length in self._lengths if (prefix := word[:length] + "*") in self._prefixes}
        if stem in self._stems:
            found.add(stem)
        elif slips and SLIPS_FROM - 1 <= len(stem) <= self._longest + 1:
            candidates = {other for rest in _rests(stem) for other in self._slips.get(rest, ())}
            found |= {other for other in candidates if _one_slip(stem, other)}
        return frozenset(found)

    def _follow(self, meant: Sequence[frozenset[str]], start: int, *, phrase: Sequence[_Atom], gap: int) -> int:
        """Return where the phrase that begins at `start` ends, or 0 if its other words do not follow closely."""
        position = start
        for atom in phrase[1:]:
            last = position + 1 + (WIDE_GAP if atom.wide else gap)
            for candidate in range(position + 1, min(last + 1, len(meant))):
                if atom.text in meant[candidate]:
                    position = candidate
                    break
            else:
                return 0
        return position + 1


def _read_phrase(phrase: str, stemmer: Stemmer) -> tuple[_Atom, ...]:
    """Return the atoms of a folded phrase."""
    atoms: list[_Atom] = []
    wide = False
    for piece in phrase.split():
        if piece in {"...", "…"}:
            wide = True
            continue
        words = split_words(piece)
        for place, word in enumerate(words):
            open_ended = piece.endswith("*") and place == len(words) - 1
            atoms.append(_Atom(word + "*" if open_ended else stemmer.stem(word), wide))
            wide = False
    return tuple(atoms)


def _rests(stem: str) -> list[str]:
    """Return the stem itself and what is left of it when any one letter is dropped."""
    return [stem, *(stem[:place] + stem[place + 1 :] for place in range(len(stem)))]


def _one_slip(left: str, right: str) -> bool:
    """Return whether one slip turns one stem into the other."""
    if len(left) > len(right):
        left, right = right, left
    if len(right) - len(left) > 1:
        return False
    place = next((place for place, letter in enumerate(left) if letter != right[place]), len(left))
    if len(left) < len(right):
        return left[place:] == right[place + 1 :]
    return left[place + 1 :] == right[place + 1 :] or (
        left[place : place + 2] == right[place : place + 2][::-1] and left[place + 2 :] == right[place + 2 :]
    )
