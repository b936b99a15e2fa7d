"""Codes in figures: where they stand in a text, found in one walk over its runs of digits and asked by every name."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.values import DIGITS
from doorward.protection.ports import View
from doorward.protection.standing import figures_of

Span = tuple[int, int]

_CODE: Final = re.compile(DIGITS)
_FIGURE: Final = re.compile("[0-9]")
_PREFIX: Final = re.compile(r"[a-z]{1,3}-\Z")
_LONGEST_PREFIX: Final = 4
_SEEN_BEHIND: Final = 2  # characters behind a code that may say that it is none


class _Codes(NamedTuple):
    """The codes in figures of a text, in order, and where they end."""

    spans: Sequence[Span]
    ends: Sequence[int]


def figures_between(view: View, low: int, high: int) -> Sequence[Span] | None:
    """Return the codes that `DIGITS` finds in `text[low:high]`; None where an edge cuts through one."""
    text, known = view.text, _known(view)
    codes = known.spans[bisect_right(known.ends, low) : bisect_left(known.spans, (high,))]
    if codes and (codes[0][0] < low or codes[-1][1] > high):
        return None
    cut = high < len(text) and _FIGURE.search(text, max(high - _SEEN_BEHIND, low), high)
    return None if cut else codes


def _known(view: View) -> _Codes:
    known: _Codes | None = view.noted.get(_Codes)
    if known is None:
        spans = list(_codes(view.text, figures_of(view).starts))
        known = view.noted[_Codes] = _Codes(spans, [end for _, end in spans])
    return known


def _codes(text: str, runs: Sequence[int]) -> Iterator[Span]:
    """Yield what `DIGITS` finds in a text: no code begins but with a run of digits, or with the letters before one."""
    behind = 0
    for start in runs:
        if start < behind:
            continue
        low = max(start - _LONGEST_PREFIX, behind)
        prefix = _PREFIX.search(text, low, start) if text[start - 1 : start] == "-" else None
        match = (_CODE.match(text, prefix.start()) if prefix else None) or _CODE.match(text, start)
        if match:
            behind = match.end()
            yield match.span()
