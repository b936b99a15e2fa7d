"""Base64 (RFC 4648, both alphabets) and URL encoding (RFC 3986): encoded text found in a text, and decoded.

Linear in the text. What is more than may be decoded is not taken for clean: it comes back as `too_big`.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from doorward.protection.rewriting import Replacement

MOST_CHARACTERS: Final = 65_536
"""Characters in base64 that are decoded of one text, altogether."""

DEPTH: Final = 2
"""How often what was decoded is decoded again."""

ENCODED_CUES: Final = (r"%[0-9a-f][0-9a-f]", r"[0-9a-z+/_\-]{6,}==?", r"[0-9a-z+/_\-]{16,}")
"""Expressions of the dialect that match wherever there may be something encoded."""

_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_BASE64: Final = re.compile(r"(?<![0-9A-Za-z+/_-])(?:[0-9A-Za-z+/_-]{16,}|[0-9A-Za-z+/_-]{6,}(?==))={0,2}")
_STANDARD: Final = str.maketrans("-_", "+/")
_INNER: Final = re.compile(r"[0-9+/_-]|[a-z][A-Z]")
_FEWEST_CHARACTERS: Final = 3


class Decoded(NamedTuple):
    """What to write instead of the encoded places, and the places that were too big to be decoded."""

    replacements: list[Replacement]
    too_big: list[tuple[int, int]]


def decode(text: str) -> Decoded:
    """Return the encoded places of a text, decoded once. What is decoded from base64 is text, never mere bytes."""
    found = list(_percent(text)) if "%" in text else []
    too_big: list[tuple[int, int]] = []
    left = MOST_CHARACTERS
    for match in _BASE64.finditer(text):
        if not is_likely_base64(match[0]):
            continue
        left -= len(match[0])
        if left < 0:
            too_big.append(match.span())
        else:
            plain = _from_base64(match[0])
            found += [Replacement(*match.span(), plain)] if plain else []
    return Decoded(found, too_big)


def is_likely_base64(word: str) -> bool:
    """Return whether a word has what base64 of a text has and ordinary words do not: an inner capital, a digit."""
    return _INNER.search(word) is not None


def _percent(text: str) -> Iterator[Replacement]:
    """Yield a replacement for every character, so that each knows where it came from."""
    for match in _PERCENT.finditer(text):
        try:
            characters = bytes.fromhex(match[0].replace("%", "")).decode()
        except UnicodeDecodeError:
            continue
        place = match.start()
        for character in characters:
            end = place + 3 * len(character.encode())
            yield Replacement(place, end, character)
            place = end


def _from_base64(word: str) -> str:
    """Return the text that is encoded, or nothing if it is no text."""
    bare = word.rstrip("=").translate(_STANDARD)
    try:
        plain = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    readable = all(sign.isprintable() or sign in "\r\n\t" for sign in plain)
    return plain if readable and len(plain) >= _FEWEST_CHARACTERS else ""
