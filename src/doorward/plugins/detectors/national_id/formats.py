"""How personal numbers are written, and what proves them."""

import re
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from doorward.plugins.detectors.national_id import checks
from doorward.protection.beside import FAR, NEAR, VALUE_BEGINS, VALUE_ENDS, Shape
from doorward.protection.numbers import is_money

BREAK: Final = r"[\s.\-/_]{0,3}"
"""What may stand between the characters of a number, however it is grouped."""

_BREAKS: Final = re.compile(r"[\s.\-/_]+")
_MORE_DIGITS: Final = re.compile(r"(?:[\s.\-/_]?\d){1,8}(?![\s.\-/_]?\d)")
_CARD_LETTER: Final = "[cfghjklmnprtvwxyz0-9]"


Alone = Literal["always", "unnamed"] | None


class Format(NamedTuple):
    """A number of one country: its subkind, the purposes of the packs' words that name it, its check.

    `sizes` are its digits; `lettered` is its pattern if it has letters. `alone` says whether its check is strong enough
    to stand without words: always, or unless the words before it call it something else. `proves` says that beside its
    words it needs no closer look, `grouped` that people write it in groups without words as well.
    """

    subkind: str
    purposes: tuple[str, ...]
    check: Callable[[str], bool]
    sizes: tuple[int, ...] = ()
    lettered: str = ""
    alone: Alone = None
    proves: bool = True
    grouped: bool = True


_TAX, _SOCIAL, _CARD, _HEALTH = "tax_number", "social_security", "identity_card", "health_number"
_INTERNAL: Final = "internal_passport"


def _row(*parts: str) -> str:
    """Return a pattern for characters that may be grouped in any way."""
    return BREAK.join(parts)


NINO: Final = _row("[a-z]", "[a-z]", *[r"\d"] * 6, "[a-d]")
PPS: Final = _row(*[r"\d"] * 7, "[a-w]") + r"[\s\-]?[abhtwx]?"
SOZIALVERSICHERUNG: Final = _row(*[r"\d"] * 8, "[a-z]", *[r"\d"] * 3)
_PERSONALAUSWEIS: Final = _row("[lmnprtvwxyz]", *[_CARD_LETTER] * 8) + rf"(?:{BREAK}\d)?"


_SERIES: Final = r"\d\d[\s\-]?\d\d[\s,;:\-]{0,3}(?:[^\W\d_]{1,6}[\s.:]{1,2})?\d(?:[\s\-]?\d){5}"
"""Series and number of Russia's passport, perhaps with a word between them."""


def _is_personalausweis(characters: str) -> bool:
    """Return whether nine characters could be a German identity card's; with a tenth it has to be the check digit."""
    digits = sum(character.isdecimal() for character in characters)
    return digits >= 2 and (len(characters) == 9 or checks.is_identity_card(characters))


def _any(_digits: str) -> bool:
    return True


FORMATS: Final = (
    # The strictest first: the first that passes names a number.
    Format(
        "de.sozialversicherung", (_SOCIAL,), checks.is_sozialversicherung, lettered=SOZIALVERSICHERUNG, alone="unnamed"
    ),
    Format("gb.nino", (_SOCIAL, _TAX), checks.is_nino, lettered=NINO),
    Format("ie.pps", (_SOCIAL, _TAX), checks.is_pps, lettered=PPS),
    Format("de.personalausweis", (_CARD,), _is_personalausweis, lettered=_PERSONALAUSWEIS),
    Format("id.nik", (_CARD, _TAX), checks.is_nik, (16,), alone="unnamed"),
    Format("id.npwp", (_TAX,), checks.is_npwp, (15, 16)),
    Format("de.steuer_id", (_TAX,), checks.is_steuer_id, (11,), alone="always"),
    Format("tr.tckn", (_CARD, _TAX), checks.is_tckn, (11,), alone="unnamed"),
    Format("ru.snils", (_SOCIAL,), checks.is_snils, (11,), alone="unnamed"),
    Format("ru.inn", (_TAX,), checks.is_inn, (12, 10), alone="unnamed", grouped=False),
    Format("ch.ahv", (_SOCIAL,), checks.is_ahv, (13,), alone="always"),
    Format("tr.vkn", (_TAX,), checks.is_vkn, (10,)),
    Format("gb.nhs", (_HEALTH,), checks.is_nhs, (10,)),
    Format("us.itin", (_TAX, _SOCIAL), checks.is_itin, (9,)),
    Format("au.tfn", (_TAX,), checks.is_tfn, (9, 8)),
    Format("us.ssn", (_SOCIAL, _TAX), checks.is_ssn, (9,)),
    Format("ru.passport", (_INTERNAL,), _any, lettered=_SERIES, proves=False),
)

_ALONE_SIZES: Final = {"ru.inn": (12,)}
ALONE: Final = {
    size: [one for one in FORMATS if one.alone and size in _ALONE_SIZES.get(one.subkind, one.sizes)]
    for size in (11, 12, 13, 16)
}
"""By how many digits they have, the formats whose check is strong enough: one in a hundred numbers passes or fewer."""

ANY_NUMBER: Final = re.compile(rf"{VALUE_BEGINS}[a-z]{{0,2}}\d(?:[\s.\-/_]?\d){{5,15}}[a-z]{{0,2}}{VALUE_ENDS}")
"""A number of 6 to 16 digits, perhaps with a few letters around it: for what no format fits, beside its words."""


def plain(value: str) -> str:
    """Return a value without its breaks."""
    return _BREAKS.sub("", value)


def shapes_of(purpose: str) -> list[Shape]:
    """Return the shapes of a purpose: those with right check digits, then the same with wrong ones, then any number."""
    formats = [one for one in FORMATS if purpose in one.purposes]
    proven = [_shape(one, size, check=one.check) for one in formats for size in one.sizes or (0,)]
    return proven if purpose == _INTERNAL else [*proven, Shape("", ANY_NUMBER, _is_no_amount, 40)]


def _shape(form: Format, size: int, *, check: Callable[[str], bool]) -> Shape:
    inner = form.lettered or _row(*[r"\d"] * size)
    pattern = re.compile(rf"{VALUE_BEGINS}{inner}{VALUE_ENDS}")

    def is_one(match: re.Match[str]) -> bool:
        return check(plain(match[0])) and not (size and _goes_on(match, form.purposes))

    return Shape(form.subkind, pattern, is_one, FAR if form.proves else NEAR)


def _goes_on(match: re.Match[str], purposes: Sequence[str]) -> bool:
    """Return whether the digits go on to the size of a longer number of these purposes: nine of a SNILS are no SSN."""
    digits = len(plain(match[0]))
    more = _MORE_DIGITS.match(match.string, match.end())
    longer = digits + len(plain(more[0])) if more else digits
    return longer > digits and any(longer in one.sizes for one in FORMATS if not set(purposes).isdisjoint(one.purposes))


def _is_no_amount(match: re.Match[str]) -> bool:
    return not is_money(match.string, *match.span())


def alone_format(digits: str) -> Format | None:
    """Return the format that digits without any words belong to."""
    return next((one for one in ALONE.get(len(digits), ()) if one.check(digits)), None)


def subkind_by_size(purpose: str, value: str) -> str | None:
    """Return the subkind of a number whose check digits are wrong, if only one of the purpose is as long."""
    size = len(plain(value))
    fitting: Sequence[str] = [one.subkind for one in FORMATS if purpose in one.purposes and size in one.sizes]
    return fitting[0] if len(fitting) == 1 else None
