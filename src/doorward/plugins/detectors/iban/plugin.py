"""Bank accounts as IBAN: by country, length and check digits; and by the words before them when one was mistyped."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from doorward.protection.dialect import WORD_BEFORE
from doorward.protection.domains import names
from doorward.protection.phrases import words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_LENGTHS: Final = {
    # Characters of an IBAN by country (ISO 13616, the registry's structures).
    country: int(length)
    for country, length in re.findall(
        r"(\w\w)(\d\d)",
        "ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 eg29 "
        "es24 fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 "
        "lb28 lc32 li21 lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 "
        "pt25 qa29 ro24 rs22 ru33 sa24 sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 "
        "ye30",
    )
}
_FIGURES_ALONE: Final = names("at ba be cz de dk ee es fi hr hu is lt me no pl pt rs se si sk tr xk")
"""Countries whose accounts have no letters behind the country code (registry of ISO 13616; Turkey: in practice)."""

_BREAK: Final = r"[\s.\-_/]"
_CHARACTER: Final = re.compile(rf"{_BREAK}{{0,2}}([0-9a-z])")
_FEWEST_DIGITS: Final = 8
_WIDTH: Final = 32  # characters before an account number that may say what it is
_LONGEST: Final = 3 * max(_LENGTHS.values())


class IbanDetector:
    """Finds IBANs, however they are grouped."""

    id = "iban"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("IBAN",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look where a country code and two digits begin something; `iban` holds the words before an account."""
        says_iban = compile_phrases(words_of(packs, "iban"), before=WORD_BEFORE, after=r"[^0-9]{0,16}\Z")
        countries = "|".join(f"{country[0]}{_BREAK}?{country[1]}" for country in sorted(_LENGTHS))
        head = rf"(?:{countries}){_BREAK}?\d{_BREAK}?\d{_BREAK}{{0,2}}\w"
        return Watch(
            (Pattern(name="head", expression=head, before=_WIDTH, after=_LONGEST),), partial(_examine, says_iban)
        )


def _examine(says_iban: Wording, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the IBAN that begins at the candidate, if it does."""
    characters, end, length = "", candidate.start, 2
    while len(characters) < length:
        match = _CHARACTER.match(view.text, end)
        if match is None:
            return ()
        characters += match[1]
        end = match.end()
        if len(characters) == 2:
            length = _LENGTHS[characters]
    if _is_words(characters, view.text[end : end + 1]):
        return ()
    if _passes_mod_97(characters):
        return (_claim(candidate.start, end, characters, rule="mod97"),)
    start = candidate.start
    if not view.text[max(start - 1, 0) : start].isalnum() and says_iban.is_in(view, max(start - _WIDTH, 0), start):
        return (_claim(candidate.start, end, characters, rule="context"),)
    return ()


def _is_words(characters: str, following: str) -> bool:
    """Return whether characters are words beside a number: 'is 55108723 and the s|ort', or a number goes on."""
    cut = following.isdecimal() or (following.isalpha() and characters[-1].isalpha())
    few = sum(character.isdecimal() for character in characters) < _FEWEST_DIGITS
    return cut or few or (characters[:2] in _FIGURES_ALONE and not characters[2:].isdecimal())


def _claim(start: int, end: int, characters: str, *, rule: str) -> Claim:
    valid = rule == "mod97"
    return Claim(
        kind="IBAN",
        start=start,
        end=end,
        certainty=Certainty.VALIDATED if valid else Certainty.CONTEXT,
        score=0.99 if valid else 0.8,
        rule=f"iban.{rule}",
        tail=characters[-4:].upper(),
        canonical=f"iban:{characters}",
    )


def _passes_mod_97(characters: str) -> bool:
    """Return whether the check digits are right (ISO 7064, MOD 97-10, letters as 10 to 35)."""
    return int("".join(str(int(character, 36)) for character in characters[4:] + characters[:4])) % 97 == 1


def build(_kit: object) -> Detector:
    """Return the detector."""
    return IbanDetector()
