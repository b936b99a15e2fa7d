"""Words: how a text is cut into them, and their stems. Rooms that compare words must cut them in the same way."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from threading import Lock

import snowballstemmer

_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
"""Characters without a glyph (Unicode's Default_Ignorable_Code_Point): people do not see them in a word."""

_COMPOSING = (
    "\u0300-\u0345\u0653-\u0655\u093c\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dca"
    "\u0dcf\u0ddf\u102e\u1161-\u1175\u11a8-\u11c2\u1b35\u3099\u309a\U000110ba\U00011127\U0001133e\U00011357\U000114b0"
    "\U000114ba\U000114bd\U000115af\U00011930"
)
"""Marks that become one letter with the letter before them in compatibility form (Unicode's primary composites)."""

_HIDDEN = re.compile(f"[{_UNSEEN}]")
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(rf".[{_COMPOSING}]*", re.DOTALL)
_LONGEST = 64  # characters of a word; German's longest dictionary words have about 40
_REMEMBERED = 16_384


def visible(text: str) -> str:
    """Return the text in compatibility form (NFKC: full-width letters become ordinary ones) without hidden characters.

    Lone surrogates stay as they are. The result of one character may be up to 18 long.
    """
    return text if text.isascii() else _HIDDEN.sub("", unicodedata.normalize("NFKC", text))


def split_words(text: str, *, limit: int | None = None) -> tuple[str, ...]:
    """Return the words of a `visible` text in order: runs of letters and digits, each cut after 64 characters.

    An apostrophe or hyphen ends a word, in texts and phrases alike. Words beyond `limit` are not looked at.
    """
    found = []
    for match in _WORD.finditer(text):
        found.append(match.group()[:_LONGEST])
        if len(found) == limit:
            break
    return tuple(found)


def word_places(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the words of a text as it is written, in order, as `split_words` finds them in what is visible of it.

    Each comes with where it begins and ends in `text`. A sign that shows several words (a fraction) gives all of them
    one place.
    """
    plain = text, range(len(text)), range(1, len(text) + 1)
    shown, begins, ends = plain if text.isascii() else _as_seen(text)
    for match in _WORD.finditer(shown):
        yield begins[match.start()], ends[match.end() - 1], match.group()[:_LONGEST]


def _as_seen(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Return what is visible of a text, and for each of its characters where that begins and ends in the text."""
    shown: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    for match in _LETTER.finditer(text):
        part = visible(match.group())
        shown.append(part)
        begins += [match.start()] * len(part)
        ends += [match.end()] * len(part)
    return "".join(shown), begins, ends


class Stemmer:
    """Cuts words down to stems with a Snowball algorithm (M. Porter, snowballstem.org). Thread-safe, with a memory."""

    def __init__(self, algorithm: str) -> None:
        """Take the algorithm's name, such as `turkish`; empty leaves words whole. Raises `KeyError` if unknown."""
        self._lock = Lock()
        self._snowball = snowballstemmer.stemmer(algorithm) if algorithm else None
        self._remembered = lru_cache(_REMEMBERED)(self._stem)

    def stem(self, word: str) -> str:
        """Return the stem of a case-folded word."""
        return self._remembered(word)

    def _stem(self, word: str) -> str:
        if self._snowball is None:
            return word
        with self._lock:  # the algorithms keep their state in themselves
            return str(self._snowball.stemWord(word)) or word


@lru_cache
def stemmer_for(algorithm: str) -> Stemmer:
    """Return the one stemmer of the process for this algorithm, so that all rooms share its memory."""
    return Stemmer(algorithm)
