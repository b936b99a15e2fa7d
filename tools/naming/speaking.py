"""Numbers as people say them, for messages that speech recognition wrote."""

import re
from random import Random
from typing import Final

_WORDS: Final = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn",
    "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz on",
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
}
_TENS: Final = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "tr": "yirmi otuz kırk elli altmış yetmiş seksen doksan",
    "id": "dua_puluh tiga_puluh empat_puluh lima_puluh enam_puluh tujuh_puluh delapan_puluh sembilan_puluh",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
}
_NUMBER: Final = re.compile(r"\d+")
_SIGN: Final = re.compile(r"[^\w\s]+")


def spoken(text: str, language: str, random: Random) -> str:
    """Return an address as it is said: numbers in words, nothing but words and blanks, small letters."""
    said = _NUMBER.sub(lambda number: f" {_number(number[0], language, random)} ", text)
    return " ".join(_SIGN.sub(" ", said).lower().split())


def _number(digits: str, language: str, random: Random) -> str:
    units = _WORDS[language].split()
    value = int(digits)
    if len(digits) > 2 or digits[0] == "0" or random.random() < 0.2:
        if len(digits) in (4, 6) and random.random() < 0.4:
            return " ".join(_number(digits[place : place + 2], language, random) for place in range(0, len(digits), 2))
        return " ".join(units[int(digit)] for digit in digits)
    if value < len(units):
        return units[value]
    tens, unit = divmod(value, 10)
    if tens == 1:  # Turkish 'on bir', Indonesian 'dua belas'
        return f"on {units[unit]}" if language == "tr" else f"{units[unit]} belas"
    word = _TENS[language].split()[tens - 2].replace("_", " ")
    if unit == 0:
        return word
    one = "ein" if unit == 1 else units[unit]
    return f"{one}und{word}" if language == "de" else f"{word} {units[unit]}"
