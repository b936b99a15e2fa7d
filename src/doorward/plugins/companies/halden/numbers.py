"""Numbers that pass every check and belong to nobody: accounts, cards, telephones."""

from random import Random

BANK_CODE = "99912340"
"""An invented German bank code: none begins with 9, since the first digit names one of eight clearing areas."""

CARD_PREFIX = "40000099"
"""Payment processors keep numbers that begin with 400000 for tests; no bank issues them."""

_PHONE_RANGES = {
    # Numbers for film and television: Ofcom for the United Kingdom, the Bundesnetzagentur for Germany.
    "en": ("+44 7700 900", 3),
    "de": ("+49 69 90009 ", 3),
    "tr": ("+49 40 66969 ", 3),
    "id": ("+49 221 4710 ", 3),
    "ru": ("+49 89 99998 ", 3),
}


def iban(account: int) -> str:
    """Return the German IBAN of an account number at the invented bank, check digits by ISO 13616 (mod 97)."""
    domestic = f"{BANK_CODE}{account:010d}"
    # The country's letters count as 13 (D) and 14 (E), followed by two zeros in place of the check digits.
    return f"DE{98 - int(domestic + '131400') % 97:02d}{domestic}"


def is_iban(value: str) -> bool:
    """Tell whether the check digits of an IBAN without spaces are right (ISO 13616)."""
    turned = value[4:] + value[:4]
    return turned.isalnum() and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def card_number(serial: int) -> str:
    """Return the card number of 16 digits with this serial (up to 7 digits), check digit by ISO 7812 (Luhn)."""
    digits = f"{CARD_PREFIX}{serial:07d}"
    return f"{digits}{(-_luhn_sum(digits + '0')) % 10}"


def is_card_number(value: str) -> bool:
    """Tell whether the check digit of a card number without spaces is right (ISO 7812)."""
    return value.isdigit() and _luhn_sum(value) % 10 == 0


def _luhn_sum(digits: str) -> int:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled)


def phones(language: str, *, count: int, random: Random) -> list[str]:
    """Return `count` different telephone numbers from the range that a language's customers have."""
    prefix, length = _PHONE_RANGES[language]
    return [f"{prefix}{number:0{length}d}" for number in random.sample(range(10**length), count)]
