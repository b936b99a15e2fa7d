"""Folding a whole text into normal form, with a fast way for everyday letters."""

import codecs
import re
import threading
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from doorward.protection.characters import is_ignorable, normal_form


class Folded(NamedTuple):
    """A text in normal form. `starts[i]:ends[i]` is where its character `i` came from; None when nothing moved.

    Where letters became two and nothing else moved, `doubled` has the places of the second ones instead. `everyday`
    tells that the text holds nothing but ASCII and the everyday letters below: nothing can hide in it. `may_mix` tells
    that letters of different alphabets may stand beside each other.
    """

    text: str
    starts: "array[int] | None" = None
    ends: "array[int] | None" = None
    doubled: Sequence[int] = ()
    everyday: bool = False
    may_mix: bool = True

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original that `text[start:end]` came from; `start < end`."""
        if self.starts is not None and self.ends is not None:
            return self.starts[start], self.ends[end - 1]
        if self.doubled:
            return start - bisect_right(self.doubled, start), end - bisect_right(self.doubled, end - 1)
        return start, end


class _Forms(dict[int, str]):
    """Normal forms by code point, filled on demand (at most the assigned characters, some 15 MB).

    `irregular` are the characters met so far whose form is not one character; `pattern` matches any of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._growing = threading.Lock()
        self.irregular: set[str] = set()
        self.pattern: re.Pattern[str] = re.compile("(?!)")

    def __missing__(self, point: int) -> str:
        form = normal_form(chr(point))
        if len(form) != 1:
            with self._growing:  # a pattern that lacks a character would put everything behind it out of place
                self.irregular.add(chr(point))
                self.pattern = re.compile(f"[{''.join(map(re.escape, sorted(self.irregular)))}]")
        self[point] = form
        return form


_FORMS: Final = _Forms()

_EVERYDAY: Final = "çğıöşüÇĞİÖŞÜâîûÂÎÛäÄéèêáàñÉôó" + "".join(map(chr, range(0x410, 0x450))) + "ёЁ’‘“”„–—€£₺₽°·•\u00a0»«"
"""The letters and signs of everyday Turkish, German and Russian whose normal form is one character; at most 128."""

_NOWHERE: Final = "\ufffe"  # what charmaps understand as 'no such character'
_ENCODE: Final = codecs.charmap_build(("".join(map(chr, range(128))) + _EVERYDAY).ljust(256, _NOWHERE))
_DECODE: Final = ("".join(map(chr, range(128))).lower() + "".join(map(normal_form, _EVERYDAY))).ljust(256, _NOWHERE)
_ALPHABETS: Final = bytes(
    ord("l") if "a" <= form <= "z" else ord("c") if "\u0370" <= form <= "\u058f" else ord(" ") for form in _DECODE
)
"""For each code of the charmap: a Latin letter, one of another alphabet that looks alike, or neither."""

DOUBLED: Final = "ß"
"""The one everyday letter whose normal form is two: `ss`."""


def fold(original: str) -> Folded:
    """Return the normal form of a text that is not ASCII; any string, lone surrogates included.

    Texts of everyday letters alone go through three table look-ups in C (1 µs a message, against 6 to 30 µs).
    """
    pieces = original.split(DOUBLED)
    try:
        coded, _ = codecs.charmap_encode("ss".join(pieces), "strict", _ENCODE)
    except UnicodeEncodeError:
        return fold_thoroughly(original)
    alphabets = coded.translate(_ALPHABETS)
    return Folded(
        codecs.charmap_decode(coded, "strict", _DECODE)[0],
        doubled=[behind - 1 for behind in accumulate(len(piece) + 2 for piece in pieces[:-1])],
        everyday=True,
        may_mix=b"lc" in alphabets or b"cl" in alphabets,
    )


def fold_thoroughly(original: str) -> Folded:
    """Return the same as `fold`, for all characters there are, without a word on whether they are everyday ones."""
    text = original.translate(_FORMS)
    if _FORMS.irregular.isdisjoint(original):
        return Folded(text)
    starts, ends = array("L"), array("L")
    done = 0
    for irregular in _FORMS.pattern.finditer(original):
        place, character = irregular.start(), irregular[0]
        starts.extend(range(done, place))
        ends.extend(range(done + 1, place + 1))
        done = place + 1
        form = _FORMS[ord(character)]
        if form:
            starts.extend([place] * len(form))
            ends.extend([place + 1] * len(form))
        elif ends and not is_ignorable(character):
            # An accent that was taken off still belongs to the letter before; an invisible character to nobody.
            _stretch(starts, ends, to=place + 1)
    starts.extend(range(done, len(original)))
    ends.extend(range(done + 1, len(original) + 1))
    return Folded(text, starts, ends)


def _stretch(starts: "array[int]", ends: "array[int]", *, to: int) -> None:
    """Let all characters that came from the last original character end at `to`."""
    last, origin = len(ends), starts[-1]
    while last and starts[last - 1] == origin:
        last -= 1
        ends[last] = to
