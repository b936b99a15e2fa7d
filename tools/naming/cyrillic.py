"""Names of neighbouring peoples as Russian writes them, letter by letter after the practical transcriptions."""

from typing import Final

_LETTERS: Final = {
    **dict(zip("abdefghijklmnoprstuvxyz", "абдефгхижклмнопрстувхйз", strict=True)),
    "ə": "а",
    "ı": "ы",
    "ö": "ё",
    "ü": "ю",
    "ç": "ч",
    "ş": "ш",
    "ğ": "г",
    "q": "к",
    "c": "дж",
    "w": "в",
    "sh": "ш",
    "ch": "ч",
    "g'": "г",
    "o'": "у",
    "ya": "я",
    "yu": "ю",
    "yo": "ё",
    "ye": "е",
    "zh": "ж",
    "kh": "х",
    "\u2018": "",
    "\u2019": "",
    "'": "",
}
_LONGEST: Final = 2


def in_cyrillic(name: str) -> str:
    """Return a name of Turkish, Azerbaijani or Uzbek spelling in Cyrillic letters; what has none there is left out."""
    written, place, small = "", 0, name.lower().replace("i\u0307", "i")
    while place < len(small):
        length = next((one for one in range(_LONGEST, 0, -1) if small[place : place + one] in _LETTERS), 0)
        written += _LETTERS[small[place : place + length]] if length else "-" * (small[place] == "-")
        place += length or 1
    return "-".join(part.capitalize() for part in written.split("-"))
