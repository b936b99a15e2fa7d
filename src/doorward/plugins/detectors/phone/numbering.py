"""Telephone numbering: country calling codes with the lengths behind them, and how numbers look at home.

Facts of ITU-T E.164 and its national numbering plans, written down generously: a mask too many is better than a number
left standing, and plans change.
"""

import re
from typing import Final

LONGEST: Final = 15  # digits of an international number, E.164
SHORTEST: Final = 7

_LENGTHS: Final = {
    # Calling codes by the shortest and longest national number behind them.
    "1": (10, 10),
    "7": (10, 10),
    "20": (8, 10), "27": (9, 9), "30": (10, 10), "31": (9, 9), "32": (8, 9), "33": (9, 9), "34": (9, 9), "36": (8, 9),
    "39": (6, 11), "40": (9, 9), "41": (9, 9), "43": (5, 13), "44": (9, 10), "45": (8, 8), "46": (7, 9), "47": (8, 8),
    "48": (9, 9), "49": (6, 11), "51": (8, 9), "52": (10, 11), "53": (8, 8), "54": (10, 11), "55": (10, 11),
    "56": (9, 9), "57": (8, 10), "58": (10, 10), "60": (8, 10), "61": (9, 9), "62": (7, 12), "63": (8, 10),
    "64": (8, 10), "65": (8, 8), "66": (8, 9), "81": (9, 10), "82": (8, 11), "84": (9, 10), "86": (9, 11),
    "90": (7, 10), "91": (10, 10), "92": (9, 10), "93": (9, 9), "94": (9, 9), "95": (7, 10), "98": (8, 10),
}  # fmt: skip
_OTHERS: Final = re.compile(
    # Three-digit codes in use; seven to twelve digits behind them.
    r"2(?:1[1-36-8]|[2-6]\d|9[0-17-9])|3(?:5\d|7[0-9]|8[0-35-79])|42[0-13]|5(?:0\d|9\d)|6(?:7[02-9]|8[0-35-9]|9[0-2])"
    r"|8(?:00|08|5[02356]|7[08]|8[0-368])|9(?:6[0-8]|7[0-9]|9[2-68])"
)

NATIONAL: Final = (
    # Groups are joined by '-' before these are tried, whatever stood between them.
    (
        "tr",
        r"0?-?5\d\d-\d{3}-\d\d-\d\d|0?-?5\d\d-\d{3}-\d{4}|0-?5\d{9}|0-?[2-4]\d\d-?\d{3}-?\d\d-?\d\d|0850-?\d{3}-?\d{4}",
    ),
    ("tr", r"0?-?5\d\d-\d{7}|05\d\d-\d{3}-\d\d-\d\d|05\d\d-\d{3}-\d{4}|05\d\d-\d{7}|0[2-4]\d\d-\d{3}-\d{4}"),
    (
        "ru",
        r"8-?[3-589]\d\d-?\d{3}-?\d\d-?\d\d|8-?[3-589]\d\d-\d{3}-\d{4}|9\d\d-\d{3}-\d\d-\d\d|8-[3-589]\d\d-\d{7}",
    ),
    ("ru", r"8-[348]\d{3}-\d\d-\d\d-\d\d|8-[348]\d{4}-\d-\d\d-\d\d"),
    (
        "id",
        r"08[1-9]\d{7,10}|08[1-9]\d-?\d{3,4}-?\d{3,5}|08[1-9]\d-\d\d-\d\d-\d\d-\d\d|08\d\d-\d{2,4}-\d{2,4}-\d{2,4}",
    ),
    ("id", r"0(?:21|22|24|31|61)-?\d{3,4}-?\d{3,4}|0[2-9]\d\d-\d{3}-?\d{3,4}"),
    (
        "de",
        r"01[567]\d{8,9}|01[567]\d{1,2}-\d{3,4}-?\d{3,5}|01[567]\d{1,2}(?:-\d{2,3}){3,4}|01[567]\d{1,2}-\d{6,9}",
    ),
    ("de", r"0[2-9]\d{1,4}-\d{4,9}|0[2-9]\d{1,4}(?:-\d{2,4}){2,4}|0800-?\d{3}-?\d{4}|0180\d-?\d{3,8}"),
    ("us", r"1?-?[2-9]\d\d-[2-9]\d\d-\d{4}|1-[2-9]\d{9}"),
    ("gb", r"07\d{9}|07\d{3}-\d{6}|07\d{3}-\d{3}-\d{3}|0[1-3]\d{8,9}|0\d{2,4}-\d{3,4}-\d{3,4}|0\d{3,4}-\d{6}"),
    ("fr", r"0[1-79](?:-\d\d){4}|0[67]\d{8}"),
    ("it", r"3[2-9]\d-\d{3}-?\d{4}|3[2-9]\d-\d{6,7}"),
    ("es", r"[67]\d\d-\d{3}-\d{3}|[67]\d\d(?:-\d\d){3}"),
    ("au", r"04\d\d-\d{3}-\d{3}|0[2378]-\d{4}-\d{4}|1[38]00-\d{3}-\d{3}"),
    ("ch", r"07[5-9]-\d{3}-\d\d-\d\d|0[2-6]\d-\d{3}-\d\d-\d\d"),
    # Mobile numbers, grouped as people please.
    ("de", r"0-?1[567]\d{1,2}(?:-\d{1,7}){1,5}"),
    ("tr", r"0-?5\d\d(?:-\d{1,7}){1,5}"),
    ("id", r"08[1-9]\d{0,2}(?:-\d{1,7}){1,5}"),
    ("any", r"0\d{1,4}(?:-\d{2,4}){2,5}"),
)
"""How whole numbers look when they are dialled within a country, with the country or `any`."""

_ANY_OF_THEM: Final = re.compile("|".join(f"({shape})" for _, shape in NATIONAL))
"""All of them at once, the first that fits the whole number first; which one it was tells the group."""


def is_international(digits: str) -> bool:
    """Return whether digits without `+` or `00` are a number of some country: its code, and as many as it has."""
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    for size in (1, 2):
        lengths = _LENGTHS.get(digits[:size])
        if lengths:
            # A trunk zero is often left in: +49 (0)30 ...
            rest = digits[size:].removeprefix("0") if digits[size:].startswith("0") else digits[size:]
            return lengths[0] <= len(rest) <= lengths[1]
    return bool(_OTHERS.match(digits))


def written_at_home(digits: str) -> tuple[str, ...]:
    """Return an international number without a trunk zero that was left in, and then as it is dialled at home.

    Home dials 0 before it, 8 in Russia and Kazakhstan, 1 or nothing in North America; nothing is known of others.
    """
    for size in (1, 2):
        code, rest = digits[:size], digits[size:]
        if code not in _LENGTHS:
            continue
        if code == "1":
            return digits, digits, rest
        if code == "7":
            return digits, f"8{rest}", rest
        if code == "39":  # Italy's zero belongs to the number
            return digits, rest
        rest = rest.removeprefix("0")
        return f"{code}{rest}", f"0{rest}"
    return (digits,)


def national_shape(groups: str) -> str | None:
    """Return the country whose numbers look like these groups, joined by `-`; None if there is none."""
    size = len(groups) - groups.count("-")
    if not 9 <= size <= 13:
        return None
    match = _ANY_OF_THEM.fullmatch(groups)
    return NATIONAL[match.lastindex - 1][0] if match and match.lastindex else None
