"""Values written so as not to be found are found: drawn at random, disguised by rule, in five languages.

The generators know how numbers are said and what signs look alike, and nothing of any set of messages.
"""

import base64
import urllib.parse
from collections.abc import Callable
from random import Random
from typing import Final

import pytest

from doorward.vocabulary.text import WildText
from tests.support.evading import LANGUAGES, account, card, in_hundreds, in_pairs, in_words, mixed, tckn
from tests.support.screening import screen, screener

VALUES: Final = 12
SENTENCES: Final = {
    "en": ("my card is {} thanks", "{}", "here you go {} can you check"),
    "de": ("meine karte ist {} danke", "{}", "bitte schön {} können sie prüfen"),
    "tr": ("kartım {} teşekkürler", "{}", "buyrun {} bakar mısınız"),
    "id": ("kartu saya {} makasih", "{}", "ini ya {} tolong cek"),
    "ru": ("моя карта {} спасибо", "{}", "вот {} проверьте"),
}
INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
ALIKE: Final = {"0": "OoОо", "1": "lIі", "3": "Зз", "5": "Ss", "2": "Zz"}


def grouped(value: str, random: Random) -> str:
    """Return a value in groups of four."""
    return random.choice((" ", "-", ".")).join(value[place : place + 4] for place in range(0, len(value), 4))


def with_invisible(value: str, random: Random) -> str:
    """Return a value with characters between that nobody sees."""
    return "".join(sign + random.choice(("", *INVISIBLE)) for sign in grouped(value, random))


def in_full_width(value: str, random: Random) -> str:
    """Return a value in the wide forms of East Asian typography."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign > " " else "\u3000" for sign in grouped(value, random))


def with_letters(value: str, random: Random) -> str:
    """Return a value in which letters stand for some of the digits that they look like, one at least."""
    held = [place for place, digit in enumerate(value[:-1]) if digit in ALIKE]
    chosen = {random.choice(held), *(place for place in held if random.random() < 0.4)} if held else set()
    return "".join(random.choice(ALIKE[digit]) if place in chosen else digit for place, digit in enumerate(value))


def spaced(value: str, random: Random) -> str:
    """Return a value sign by sign."""
    return random.choice((" ", "  ", " - ", "-", ".", " . ", "·")).join(value)


def in_base64(value: str, random: Random) -> str:
    """Return a value in base64, with or without padding."""
    coded = base64.b64encode(grouped(value, random).encode()).decode()
    return random.choice((coded, coded.rstrip("=")))


def in_a_url(value: str, random: Random) -> str:
    """Return a value as browsers send it, all signs or those that must be encoded."""
    every = "".join(f"%{ord(sign):02x}" for sign in value)
    return random.choice((every, urllib.parse.quote(grouped(value, random))))


SIGNS: Final = (with_invisible, in_full_width, spaced, in_base64, in_a_url)
WORDS: Final = (in_words, in_pairs, in_hundreds, mixed)


def found(kind: str, text: str, value: str) -> bool:
    """Return whether the findings of a kind cover a value's place by half or more of both together."""
    place = set(range(text.index(value), text.index(value) + len(value)))
    findings = [one for one in screen(text).findings if one.kind == kind]
    covered = {sign for one in findings for sign in range(one.start, one.end)}
    return bool(covered) and 2 * len(covered & place) >= len(covered | place)


def assert_found(kind: str, make: Callable[[Random], str], disguise: Callable[[str, Random], str], seed: str) -> None:
    """Assert that values of a kind are found in a sentence under a disguise."""
    random = Random(seed)
    for _ in range(VALUES):
        value = disguise(make(random), random)
        text = random.choice([one for some in SENTENCES.values() for one in some]).format(value)
        assert found(kind, text, value), text


@pytest.mark.parametrize("disguise", [*SIGNS, with_letters])
def test_cards_are_found_in_disguise(disguise: Callable[[str, Random], str]) -> None:
    """Cards with their check digit, whatever their digits are written with."""
    assert_found("CARD", card, disguise, f"card {disguise.__name__}")


@pytest.mark.parametrize("disguise", SIGNS)
def test_accounts_are_found_in_disguise(disguise: Callable[[str, Random], str]) -> None:
    """Accounts of countries whose letters look like digits too."""
    assert_found("IBAN", account, disguise, f"account {disguise.__name__}")


@pytest.mark.parametrize(("kind", "make"), [("CARD", card), ("IBAN", account)])
def test_numbers_are_found_within_links(kind: str, make: Callable[[Random], str]) -> None:
    """A link that carries a number is a link and a number."""
    random = Random(kind)
    for _ in range(VALUES):
        value = urllib.parse.quote(grouped(make(random), random))
        text = f"see https://pay.shop.example/form?step=1&nr={value}&lang=en please"
        assert found(kind, text, value), text
        assert "URL" in {one.kind for one in screen(text).findings}


@pytest.mark.parametrize("disguise", [with_invisible, in_full_width, with_letters, in_a_url])
def test_personal_numbers_are_found_in_disguise(disguise: Callable[[str, Random], str]) -> None:
    """Turkish identity numbers beside their name."""
    random = Random(disguise.__name__)
    for _ in range(VALUES):
        value = disguise(tckn(random), random)
        assert found("NATIONAL_ID", f"T.C. kimlik no {value} buyrun", value), value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("say", WORDS)
def test_cards_are_found_when_they_are_said(say: Callable[[str, str, Random], str], language: str) -> None:
    """Digit by digit, in pairs, in hundreds, and words mixed with digits, in the words of each language."""
    random = Random(f"{say.__name__} {language}")
    for _ in range(VALUES):
        value = say(card(random), language, random)
        text = random.choice(SENTENCES[language]).format(value)
        assert found("CARD", text, value), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_are_found_in_two_messages(language: str) -> None:
    """The second half is masked when the first was said just before, and both kinds of halves are."""
    random = Random(language)
    for _ in range(VALUES):
        value = grouped(card(random), Random(1))
        cut = random.choice((5, 10))
        before = WildText(SENTENCES[language][0].split("{")[0] + value[:cut].strip())
        first = screener().screen(before)
        second = screener().after(screener().tail(before, first)).screen(WildText(value[cut:]))
        assert [one.kind for one in second.findings] == ["CARD"], value


BIRTHS: Final = (
    "my date of birth is the twenty third of april nineteen fifty eight",
    "born on june the second seventy four",
    "ich bin am elften september neunzehnhundertfünfundachtzig geboren",
    "geboren am dreiundzwanzigsten vierten neunzehnhundertachtundsechzig",
    "doğum tarihim yirmi üç nisan bin dokuz yüz altmış sekiz",
    "tanggal lahir saya sebelas februari delapan delapan",
    "tanggal lahirnya tiga januari dua ribu sebelas",
    "дата рождения двенадцатое июля тысяча девятьсот шестьдесят восьмого года",
    "родилась третьего марта шестьдесят первого",
)


@pytest.mark.parametrize("text", BIRTHS)
def test_dates_of_birth_are_found_when_they_are_said(text: str) -> None:
    """Day, month and year in words, ordinals among them."""
    assert [one.kind for one in screen(text).findings] == ["DATE_OF_BIRTH"]


@pytest.mark.parametrize(
    "text",
    [
        "the second of may three people came",
        "am ersten dritten haben wir zu",
        "bir mart iki kişi geldik",
        "первого мая два раза звонил",
        "tiga januari dua orang datang",
    ],
)
def test_days_of_which_nobody_was_born_stay(text: str) -> None:
    """A day that is said is no date of birth by itself."""
    assert screen(text).findings == ()


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("EMAIL", "my email is k_mueller@", "post.example"),
        ("EMAIL", "email saya jane.doe@mailbox", ".org"),
        ("EMAIL", "моя почта ivan.petrov", "@post.example"),
        ("PHONE", "meine nummer ist 0151", "2345 6789"),
        ("PHONE", "мой телефон 8 916", "123-45-67"),
        ("PHONE", "telefonum 0532", "123 45 67"),
    ],
)
def test_both_halves_of_a_value_are_found(kind: str, first: str, second: str) -> None:
    """The half that ends a message by itself, the one that begins the next with the first in mind."""
    before = screener().screen(WildText(first))
    after = screener().after(screener().tail(WildText(first), before)).screen(WildText(second))
    assert kind in {one.kind for one in before.findings}
    assert after.findings


def test_wide_signs_part_an_address_as_others_do() -> None:
    """Where a part of an address ends does not depend on how wide its comma or full stop is."""
    texts = ("Kirim ke Jalan Melati No. 33, Semarang ya", "Kirim ke Jalan Melati No\uff0e 33\uff0c Semarang ya")
    first, second = ([(one.kind, one.start, one.end) for one in screen(text).findings] for text in texts)
    assert first == second != []
