"""A company's own words: lists of thousands, found word by word in one walk over a text, however long the list is.

Case, accents and letters that look alike do not matter, in every language at once: `IŞIK`, `ışık` and `isik` are one
word. Between the words of a phrase may stand a blank, a hyphen, a dot, a slash or an apostrophe, or several of them. A
star at a phrase's end stands for any ending of up to twelve letters.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from doorward.protection.phrases import normal_phrases

LONGEST_PHRASE: Final = 100
LONGEST_ENDING: Final = 12
_WORD: Final = re.compile(r"[^\x00-/:-`{-\x7f]+")
_BETWEEN: Final = re.compile(r"[\s_\-./'\x22]{0,3}")
_END: Final = ""
"""The key in the tree at which a phrase ends; its value is the phrase. No word is empty."""

_STEM: Final = "*"
"""The key in the tree below which stems stand, by their letters."""


class WordRefused(ValueError):
    """A word or phrase that is not taken. `reason` names the sentence."""

    def __init__(self, reason: str) -> None:
        """Take what the sentence needs; nothing of the phrase itself."""
        super().__init__(reason)
        self.reason = reason


class Found(NamedTuple):
    """A phrase in a text: its place, and how it is written in normal form."""

    start: int
    end: int
    phrase: str


def words_in(phrase: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a phrase in normal form, in each way that its letters may be read.

    Raises `WordRefused` for what has no letter, is too long, or holds signs that a list cannot look for.
    """
    bare = phrase.removesuffix("*")
    if len(phrase) > LONGEST_PHRASE:
        raise WordRefused("long")
    found = []
    for normal in normal_phrases([bare]):
        words = tuple(_WORD.findall(normal))
        if not words:
            raise WordRefused("empty")
        if any(not _BETWEEN.fullmatch(gap) for gap in _WORD.split(normal)):
            raise WordRefused("signs")
        found.append(words)
    if bare != phrase and len(found[0][-1]) < 3:
        raise WordRefused("stem")
    return tuple(found)


class WordList:
    """Phrases to look for. Immutable and thread-safe."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Take the phrases as people write them. Raises `WordRefused`."""
        self._tree: dict[str, Any] = {}
        for phrase in phrases:
            for words in words_in(phrase):
                branch = self._tree
                for word in words[:-1]:
                    branch = branch.setdefault(word, {})
                last = branch.setdefault(_STEM, {}) if phrase.endswith("*") else branch
                last.setdefault(words[-1], {})[_END] = " ".join(words)

    def __bool__(self) -> bool:
        """Return whether there is anything to look for."""
        return bool(self._tree)

    def find(self, text: str) -> Iterator[Found]:
        """Yield the longest phrase at each place of a text in normal form, without overlaps."""
        if not self._tree or (_STEM not in self._tree and self._tree.keys().isdisjoint(_WORD.findall(text))):
            return
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            found = self._longest(words, at, text)
            if found is None:
                at += 1
                continue
            last, phrase = found
            yield Found(words[at].start(), words[last].end(), phrase)
            at = last + 1

    def _longest(self, words: list[re.Match[str]], at: int, text: str) -> tuple[int, str] | None:
        branch, found = self._tree, None
        for place in range(at, len(words)):
            if place > at and not _BETWEEN.fullmatch(text, words[place - 1].end(), words[place].start()):
                break
            word = words[place][0]
            stem = _stem(branch.get(_STEM), word)
            branch = branch.get(word, {})
            phrase = branch.get(_END) or stem
            found = (place, phrase) if phrase else found
            if not branch:
                break
        return found


def _stem(stems: dict[str, Any] | None, word: str) -> str | None:
    """Return the phrase whose last word is the longest beginning of `word` among the stems."""
    if not stems:
        return None
    for size in range(len(word), max(len(word) - LONGEST_ENDING, 1) - 1, -1):
        if word[:size] in stems:
            return str(stems[word[:size]][_END])
    return None
