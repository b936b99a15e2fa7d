"""What stands out of a text: runs of digits, words with digits or signs inside. Found once for all who look around.

A name such as 'password' means something where a value may belong to it. Most are said without one, so whoever looks
for a value by its looks asks here what there is in reach, and pays nothing where there is nothing.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.protection.view import View

_RUN: Final = re.compile("[0-9]+")
_ODD: Final = re.compile(r"[0-9!?@#$%^&*+=~_]+")
_ENDS_SENTENCES: Final = frozenset("!?")
_REST: Final = re.compile(r"[^\s\x1a]*")
_LONGEST: Final = 64
_SHORTEST: Final = 4

Span = tuple[int, int]


class Figures(NamedTuple):
    """Where the runs of digits of a text begin and end, in order."""

    starts: Sequence[int]
    ends: Sequence[int]

    def last_start(self, low: int, high: int) -> int:
        """Return where the last run begins that begins in `text[low:high]`; -1 if there is none."""
        place = bisect_left(self.starts, high) - 1
        return self.starts[place] if place >= 0 and self.starts[place] >= low else -1

    def last_end(self, low: int, high: int) -> int:
        """Return where the last run ends of those that end in `text[low:high]` with a digit; -1 if there is none."""
        place = bisect_right(self.ends, high) - 1
        return self.ends[place] if place >= 0 and self.ends[place] > low else -1

    def are_in(self, low: int, high: int) -> bool:
        """Return whether a digit stands in `text[low:high]`."""
        place = bisect_right(self.ends, low)
        return place < len(self.ends) and self.starts[place] < high


def figures_of(view: View) -> Figures:
    """Return the runs of digits of a text; looked for once."""
    found: Figures | None = view.noted.get(Figures)
    if found is None:
        spans = [match.span() for match in _RUN.finditer(view.text)]
        found = view.noted[Figures] = Figures([start for start, _ in spans], [end for _, end in spans])
    return found


def odd_words(view: View, low: int, high: int) -> Iterator[Span]:
    """Yield the words with digits or signs inside as far as they stand in `text[low:high]`, four characters or longer.

    Only those can be passwords by their looks. Longer ones than 64 characters come in pieces.
    """
    words, ends = _all_odd(view)
    for place in range(bisect_right(ends, low), len(words)):
        start, end = words[place]
        if start >= high:
            return
        for begin in range(start, end, _LONGEST):
            piece = max(begin, low), min(begin + _LONGEST, end, high)
            if piece[1] - piece[0] >= _SHORTEST:
                yield piece


def _all_odd(view: View) -> tuple[list[Span], list[int]]:
    """Return the odd words of a text, and where they end; looked for once."""
    found: tuple[list[Span], list[int]] | None = view.noted.get(odd_words)
    if found is None:
        words = list(_found(view.text))
        found = view.noted[odd_words] = words, [end for _, end in words]
    return found


def _found(text: str) -> Iterator[Span]:
    behind = 0
    for signs in _ODD.finditer(text):
        start, end = signs.span()
        if start < behind:
            continue
        rest = _REST.match(text, end).end()  # type: ignore[union-attr]  # nothing at all matches as well
        if rest == end and _ENDS_SENTENCES.issuperset(signs[0]):
            continue
        while start > behind and not (text[start - 1].isspace() or text[start - 1] == "\x1a"):
            start -= 1
        behind = rest
        yield start, rest
