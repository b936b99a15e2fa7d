"""Check digits of personal numbers over digits alone. Every function takes the digits (or, where said, letters in lower
case) without breaks, of any length, and returns whether they are such a number.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from doorward.protection.numbers import passes_luhn

_INN_WEIGHTS: Final = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_TFN_WEIGHTS: Final = (1, 4, 3, 7, 5, 8, 6, 9, 10)
_FIRST_SNILS_WITH_CHECK: Final = 1001998
_PROVINCES: Final = frozenset(
    f"{number}"
    for numbers in (
        range(11, 20),
        (21,),
        range(31, 37),
        range(51, 54),
        range(61, 66),
        range(71, 77),
        (81, 82),
        range(91, 98),
    )
    for number in numbers
)
"""The first two digits of Indonesia's area codes (Permendagri 72/2019, and the Papuan provinces of 2022)."""
_ITIN_GROUPS: Final = frozenset({*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)})


def is_steuer_id(digits: str) -> bool:
    """Germany's tax identification number: ISO 7064 MOD 11,10, and of the first ten digits exactly one stands twice or
    thrice (section 139b AO; the numbering of the Federal Central Tax Office).
    """
    if len(digits) != 11 or digits[0] == "0":
        return False
    repeated = [count for count in Counter(digits[:10]).values() if count > 1]
    if len(repeated) != 1 or repeated[0] > 3:
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def is_tckn(digits: str) -> bool:
    """Turkey's identity number: two check digits (Nüfus ve Vatandaşlık İşleri)."""
    if len(digits) != 11 or digits[0] == "0":
        return False
    values = [int(digit) for digit in digits]
    tenth = (7 * sum(values[0:9:2]) - sum(values[1:8:2])) % 10
    return values[9] == tenth and values[10] == sum(values[:10]) % 10


def is_vkn(digits: str) -> bool:
    """Turkey's tax number: one check digit (Gelir İdaresi Başkanlığı)."""
    if len(digits) != 10:
        return False
    total = 0
    for place, digit in enumerate(digits[:9]):
        moved = (int(digit) + 9 - place) % 10
        total += moved and (moved * 2 ** (9 - place) % 9 or 9)
    return -total % 10 == int(digits[9])


def is_nik(digits: str) -> bool:
    """Indonesia's identity number: province, regency, district, date of birth (women's days are 40 higher), serial."""
    if len(digits) != 16 or digits[:2] not in _PROVINCES or "00" in (digits[2:4], digits[4:6]) or digits[12:] == "0000":
        return False
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    return _is_date(day - 40 if day > 40 else day, month, year)


def is_npwp(digits: str) -> bool:
    """Indonesia's tax number in 15 digits (the ninth is Luhn's over the first eight) or in 16: 0 before the former, or
    a citizen's identity number (PMK 112/2022).
    """
    if len(digits) == 16:
        return is_npwp(digits[1:]) if digits[0] == "0" else is_nik(digits)
    return len(digits) == 15 and passes_luhn(digits[:9])


def is_inn(digits: str) -> bool:
    """Russia's tax number: of organisations with 10 digits and one check digit, of people with 12 and two."""
    if len(digits) == 12:
        return _inn_digit(digits[:10]) == digits[10] and _inn_digit(digits[:11]) == digits[11]
    return len(digits) == 10 and _inn_digit(digits[:9]) == digits[9]


def is_snils(digits: str) -> bool:
    """Russia's pension insurance number: two check digits, modulo 101, from 001-001-998 on."""
    if len(digits) != 11 or int(digits[:9]) < _FIRST_SNILS_WITH_CHECK:
        return False
    total = _weighed(digits[:9], range(9, 0, -1))
    return total % 101 % 100 == int(digits[9:])


def is_nhs(digits: str) -> bool:
    """The number of the National Health Service of England: modulo 11 (NHS Data Dictionary)."""
    return len(digits) == 10 and _weighed(digits, range(10, 0, -1)) % 11 == 0


def is_ssn(digits: str) -> bool:
    """The United States' social security number: no check digit, but parts that were never issued (20 CFR 422.103)."""
    never = digits[:3] in {"000", "666"} or digits[:1] == "9" or digits[3:5] == "00" or digits[5:] == "0000"
    return len(digits) == 9 and not never


def is_itin(digits: str) -> bool:
    """The United States' taxpayer number for those without a social security number (IRS, publication 1915)."""
    return len(digits) == 9 and digits[0] == "9" and int(digits[3:5]) in _ITIN_GROUPS


def is_tfn(digits: str) -> bool:
    """Australia's tax file number of eight or nine digits: modulo 11."""
    return len(digits) in {8, 9} and _weighed(digits, _TFN_WEIGHTS[: len(digits)]) % 11 == 0


def is_ahv(digits: str) -> bool:
    """Switzerland's social insurance number: 756, and the check digit of EAN-13."""
    return len(digits) == 13 and digits.startswith("756") and _weighed(digits, (1, 3) * 6 + (1,)) % 10 == 0


def is_pps(characters: str) -> bool:
    """Ireland's personal public service number: seven digits, a check letter (modulo 23), perhaps a second letter that
    counts nine times since 2013 (A, B, H) and not at all before (T, W, X).
    """
    if len(characters) not in {8, 9} or not characters[:7].isdecimal() or not "a" <= characters[7] <= "w":
        return False
    second = characters[8:]
    if second and second not in "abhtwx":
        return False
    counted = 9 * _letter(second) if second and second in "abh" else 0
    return "wabcdefghijklmnopqrstuv"[(_weighed(characters[:7], range(8, 1, -1)) + counted) % 23] == characters[7]


def is_nino(characters: str) -> bool:
    """Britain's national insurance number: letters that were issued, six digits, A to D (HMRC, NIM39110)."""
    first, second, digits, last = characters[:1], characters[1:2], characters[2:8], characters[8:]
    shaped = len(characters) == 9 and (first + second).isalpha() and digits.isdecimal() and last in "abcd"
    issued = first not in "dfiquv" and second not in "dfiquvo"
    return shaped and issued and first + second not in {"bg", "gb", "kn", "nk", "nt", "tn", "zz"}


def is_sozialversicherung(characters: str) -> bool:
    """Germany's pension insurance number: area, date of birth, initial, serial, check digit (VKVV, section 4)."""
    if len(characters) != 12 or not (characters[:8] + characters[9:]).isdecimal() or not "a" <= characters[8] <= "z":
        return False
    if not _is_date(int(characters[2:4]) % 50 or 1, int(characters[4:6]), int(characters[6:8])):
        return False
    digits = f"{characters[:8]}{_letter(characters[8]):02d}{characters[9:11]}"
    products = [int(digit) * weight for digit, weight in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)]
    return sum(product // 10 + product % 10 for product in products) % 10 == int(characters[11])


def is_identity_card(characters: str) -> bool:
    """Germany's identity card or passport with its check digit: ICAO Doc 9303, weights 7, 3, 1, letters from 10 on."""
    if len(characters) != 10 or not characters[9].isdecimal():
        return False
    values = [int(character, 36) for character in characters[:9]]
    return sum(value * weight for value, weight in zip(values, (7, 3, 1) * 3, strict=True)) % 10 == int(characters[9])


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _inn_digit(digits: str) -> str:
    return str(_weighed(digits, _INN_WEIGHTS[-len(digits) :]) % 11 % 10)


def _letter(letter: str) -> int:
    return ord(letter) - ord("a") + 1


def _is_date(day: int, month: int, year: int) -> bool:
    """Return whether there was such a day in this year of the last or of this century."""
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True
