"""What one character becomes before detectors see it: folded case, plain digits, no accents, no disguise.

Everything is derived from the Unicode properties that Python ships, except for small tables of letters and signs that
merely look like others.
"""

import re
import unicodedata
from typing import Final

SUBSTITUTE: Final = "\x1a"
"""Stands for any sign that no detector asks for (an emoji, a lone surrogate): one ASCII character, never in a word."""

IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Inside of a character class: characters without a glyph (Default_Ignorable_Code_Point of Unicode 16)."""

_IGNORABLE: Final = re.compile(f"[{IGNORABLE}]")
_LETTER_NAME: Final = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|.*(?:CIRCLED|SQUARED|PARENTHESIZED) LATIN (?:CAPITAL|SMALL) LETTER"
    r"|REGIONAL INDICATOR SYMBOL LETTER) ([A-Z])"
)


def _pairs(table: str) -> dict[str, str]:
    return {pair[0]: pair[1:] for pair in table.split()}


_SIGNS: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u055a\ua78c", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u2039\u203a\u300c\u300d", '"'),
    **dict.fromkeys("\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u3002\u2024\u06d4\u0701\u0702", "."),
    **dict.fromkeys("\u2044\u2215\u29f8\u2571", "/"),
    **dict.fromkeys("\u2212\u02d7\u2796\u30fc\u23af\u2500", "-"),
    **dict.fromkeys("\u2236\ua789\u02d0\u05c3", ":"),
    **dict.fromkeys("\u0085\u2028\u2029", "\n"),
    **dict.fromkeys("\u2800\u303f", " "),  # Braille without a dot, half of an ideograph's width
    "\u0345": "",  # an iota below a letter, which only case folding makes a letter
    "\u2116": "no",
    "\u3008": "<",
    "\u3009": ">",
    "\u2795": "+",
}

_PLAIN_LETTERS: Final = _pairs("ıi łl øo đd ħh ŧt ɑa ɡg ɩi ʟl æae œoe þth ðd ŋn")
"""Letters that Unicode does not decompose, though people type them without the stroke, or read them as the other."""

LOOKALIKES: Final = str.maketrans(
    _pairs(
        "аa вb еe зz кk мm нh оo рp сc тt уy хx ѕs іi јj ԁd һh ԛq ԝw ѵv ӏl ґr пn иu "  # Cyrillic
        "αa βb γy εe ζz ηh ιi κk μm νv οo ρp σo τt υu χx ωw "  # Greek
        "աw ոn ս\u0075 օo ց\u0067"  # Armenian
    )
)
"""Lower-case letters of other alphabets to the Latin letter that they or their capital look like. Only for words that
mix alphabets: a wholly Cyrillic word is Russian, not a disguise."""


def normal_form(character: str) -> str:
    """Return what detectors see instead of `character` (one code point): nothing, one or several characters.

    The result is case-folded; its decimal digits are ASCII; all its other non-ASCII characters are letters, numerals or
    spacing marks, so that ASCII alone decides where words end.
    """
    if "\uac00" <= character <= "\ud7a3":  # Hangul syllables would fall apart into their parts
        return character
    if character in _SIGNS or _IGNORABLE.match(character):
        return _SIGNS.get(character, "")
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(_plain(part) for part in folded)


def is_ignorable(character: str) -> bool:
    """Return whether people see nothing where this character stands."""
    return _IGNORABLE.match(character) is not None


def _plain(character: str) -> str:
    """Return the last step for one character of a compatibility decomposition in lower case."""
    if character.isascii():
        return character
    known = _SIGNS.get(character) or _PLAIN_LETTERS.get(character)
    if known:
        return known
    digit = unicodedata.digit(character, -1)
    if digit >= 0:
        return str(digit)
    named = _LETTER_NAME.fullmatch(unicodedata.name(character, ""))
    if named:
        return named[1].lower()
    return _by_category(character)


def _by_category(character: str) -> str:
    match unicodedata.category(character):
        case "Mn" | "Me":
            return ""
        case "Mc" | "Nl" | "No" | "Lu" | "Ll" | "Lt" | "Lm" | "Lo":
            return "" if _IGNORABLE.match(character) else character
        case "Zs" | "Zl" | "Zp":
            return " "
        case "Pd":
            return "-"
        case "Pc":
            return "_"
        case "Sc":
            return "$"
        case _:
            return ">" if "ARROW" in unicodedata.name(character, "") else SUBSTITUTE
