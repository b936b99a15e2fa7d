"""Values with right check digits, drawn at random, and how each language says their digits."""

from random import Random
from typing import Final

LANGUAGES: Final = ("en", "de", "tr", "id", "ru")

_UNITS: Final = {
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan",
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
}
_TEENS: Final = {
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "ru": "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать "
    "девятнадцать",
}
_TENS: Final = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "tr": "yirmi otuz kırk elli altmış yetmiş seksen doksan",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
}
_HUNDREDS: Final = ["сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"]
_PREFIXES: Final = ("4", "51", "53", "55", "2204", "9792", "6011", "3530")
_ACCOUNTS: Final = {
    "DE": (22, ""),
    "TR": (26, ""),
    "PL": (28, ""),
    "KZ": (20, ""),
    "LV": (21, "HABA"),
    "NL": (18, "INGB"),
}


def _digits(random: Random, count: int) -> str:
    return "".join(str(random.randrange(10)) for _ in range(count))


def card(random: Random) -> str:
    """Return the number of a payment card of 16 digits (check digit after ISO/IEC 7812-1, annex B)."""
    prefix = random.choice(_PREFIXES)
    body = prefix + _digits(random, 15 - len(prefix))
    doubled = [int(digit) * 2 for digit in body[-1::-2]]
    total = sum(map(int, body[-2::-2])) + sum(one - 9 if one > 9 else one for one in doubled)
    return body + str(-total % 10)


def account(random: Random) -> str:
    """Return an IBAN (check digits after ISO 7064, MOD 97-10)."""
    country, (size, bank) = random.choice(sorted(_ACCOUNTS.items()))
    body = bank + _digits(random, size - 4 - len(bank))
    rest = int("".join(str(int(sign, 36)) for sign in f"{body}{country}00")) % 97
    return f"{country}{98 - rest:02}{body}"


def tckn(random: Random) -> str:
    """Return a Turkish identity number (its two check digits after the General Directorate of Civil Registration)."""
    digits = [random.randrange(1, 10), *(random.randrange(10) for _ in range(8))]
    digits.append((7 * sum(digits[0::2]) - sum(digits[1::2])) % 10)
    return "".join(map(str, [*digits, sum(digits) % 10]))


def in_words(value: str, language: str, _random: Random) -> str:
    """Return digits as they are said one by one."""
    units = _UNITS[language].split()
    return " ".join(units[int(digit)] for digit in value)


def in_pairs(value: str, language: str, _random: Random) -> str:
    """Return digits as they are said in pairs."""
    return " ".join(_pair(value[place : place + 2], language) for place in range(0, len(value), 2))


def in_hundreds(value: str, language: str, random: Random) -> str:
    """Return digits as they are said in numbers of one to three digits, which commas keep apart."""
    parts, place = [], 0
    while place < len(value):
        size = random.choice((1, 2, 3))
        parts.append(_number(value[place : place + size], language))
        place += size
    return ", ".join(parts)


def mixed(value: str, language: str, random: Random) -> str:
    """Return digits of which some are said."""
    return " ".join(digit if random.random() < 0.5 else in_words(digit, language, random) for digit in value)


def _number(digits: str, language: str) -> str:
    if len(digits) == 1 or digits[0] == "0":
        return in_words(digits, language, Random(0))
    return _pair(digits, language) if len(digits) == 2 else _hundred(digits, language)


def _pair(digits: str, language: str) -> str:
    """Return two digits as one number; with a nought before, one by one."""
    ten, unit = map(int, digits)
    units = _UNITS[language].split()
    if ten == 0:
        return f"{units[0]} {units[unit]}"
    if language == "id":
        return _indonesian(ten, unit, units)
    if ten == 1:
        return (
            _TEENS[language].split()[unit]
            if language in _TEENS
            else " ".join(["on", *units[unit : unit + 1 if unit else 0]])
        )
    word = _TENS[language].split()[ten - 2]
    if unit == 0:
        return word
    if language == "de":
        return f"{'ein' if unit == 1 else units[unit]}und{word}"
    return f"{word}{'-' if language == 'en' else ' '}{units[unit]}"


def _indonesian(ten: int, unit: int, units: list[str]) -> str:
    if ten == 1:
        return ("sepuluh", "sebelas")[unit] if unit < 2 else f"{units[unit]} belas"
    return f"{units[ten]} puluh" + (f" {units[unit]}" if unit else "")


def _hundred(digits: str, language: str) -> str:
    hundred, rest = int(digits[0]), digits[1:].lstrip("0")
    units = _UNITS[language].split()
    said = {
        "en": f"{units[hundred]} hundred",
        "de": f"{'ein' if hundred == 1 else units[hundred]}hundert",
        "tr": "yüz" if hundred == 1 else f"{units[hundred]} yüz",
        "id": "seratus" if hundred == 1 else f"{units[hundred]} ratus",
        "ru": _HUNDREDS[hundred - 1],
    }[language]
    if not rest:
        return said
    behind = _pair(rest, language) if len(rest) == 2 else units[int(rest)]
    return f"{said}{'' if language == 'de' else ' '}{behind}"
