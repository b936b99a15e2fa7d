import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.characters import is_ignorable, normal_form
from doorward.protection.folding import fold, fold_thoroughly
from doorward.protection.view import View

ANY_TEXT = st.text(st.characters(), max_size=80)
EVERYDAY = st.text(alphabet="abcABC 019çğıöşüÇĞİÖŞÜäéАБВгдеёЁ’“–€ß…😀\u200be\u0301½", max_size=80)


@given(st.one_of(ANY_TEXT, EVERYDAY))
def test_every_character_knows_where_it_came_from(text: str) -> None:
    """Places lie in the original, are never empty, and follow each other in its order."""
    view = View(text)
    places = [view.origin(place, place + 1) for place in range(len(view))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(st.one_of(ANY_TEXT, EVERYDAY))
def test_what_is_left_out_was_invisible_or_an_accent(text: str) -> None:
    """No character that people see gets lost between the original and the normal form."""
    view = View(text)
    kept = {place for n in range(len(view)) for place in range(*view.origin(n, n + 1))}
    lost = [text[place] for place in range(len(text)) if place not in kept]
    assert [sign for sign in lost if not is_ignorable(sign) and unicodedata.category(sign) not in {"Mn", "Me"}] == []


@given(st.one_of(ANY_TEXT, EVERYDAY))
def test_the_fast_way_and_the_thorough_way_agree(text: str) -> None:
    """Folding by tables in C gives what folding character by character gives."""
    fast, thorough = fold(text), fold_thoroughly(text)
    assert fast.text == thorough.text
    places = range(len(fast.text))
    assert [fast.origin(one, one + 1) for one in places] == [thorough.origin(one, one + 1) for one in places]


@given(st.text(alphabet="abßüяeЕ .,1", max_size=30))
def test_words_that_mix_alphabets_may_mix_them(text: str) -> None:
    """The look at codes finds what the look at letters finds."""
    normal = fold(text).text
    assert fold(text).may_mix == bool(re.search(r"[a-z](?=[а-я])|[а-я](?=[a-z])", normal))


@given(ANY_TEXT)
def test_outside_of_ascii_only_letters_are_left(text: str) -> None:
    """In normal form a character that is not ASCII is a letter, a numeral or a spacing mark: ASCII ends words."""
    categories = {unicodedata.category(sign) for sign in View(text).text if not sign.isascii()}
    assert categories <= {"Lu", "Ll", "Lt", "Lm", "Lo", "Mc", "Nl", "No"}


@given(st.text(st.characters(), max_size=20))
def test_folding_again_changes_nothing(text: str) -> None:
    """A normal form is its own normal form."""
    once = View(text).text
    assert View(once).text == once


def test_digits_of_all_scripts_are_digits() -> None:
    """Whatever Unicode calls a decimal digit is an ASCII digit afterwards."""
    signs = [chr(point) for point in range(0x110000) if unicodedata.decimal(chr(point), None) is not None]
    assert [sign for sign in signs if normal_form(sign) != str(unicodedata.decimal(sign))] == []


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ŞİFREM", "sifrem"),
        ("şifrem", "sifrem"),
        ("Iğdır IĞDIR", "igdir igdir"),
        ("Straße STRASSE", "strasse strasse"),
        ("Ёлка", "елка"),
        ("ｔｅｓｔ＠ｅｘ．ｃｏｍ", "test@ex.com"),
        ("𝟒𝟏𝟏𝟏", "4111"),
        ("٤١١١ ४१११", "4111 4111"),
        ("1️⃣2️⃣", "12"),
        ("41\u200b11\u00ad11", "411111"),
        ("a\u00a0b\u2003c", "a b c"),
        ("12–34—56−78", "12-34-56-78"),
        ("“x” ‘y’", "\"x\" 'y'"),
        ("e\u0301", "e"),
        ("🅿🅸🅽", "pin"),
        ("№ 5", "no 5"),
        ("€5 £5 ₺5", "$5 $5 $5"),
        ("ﬁne ½", "fine 1/2"),
        ("пароль", "пароль"),
        ("пaроль", "napoль"),
        ("\ud800x", "\x1ax"),
        ("a→b", "a>b"),
        ("한국", "한국"),
    ],
)
def test_the_normal_form(written: str, normal: str) -> None:
    """Case, accents, widths, scripts of digits and disguises disappear; ordinary words of other alphabets stay."""
    assert View(written).text == normal


def test_an_accent_belongs_to_its_letter() -> None:
    """The place of a letter takes in the combining marks that were taken off it."""
    view = View("1\ufe0f\u20e32\ufe0f\u20e3")
    assert (view.origin(0, 1), view.origin(1, 2)) == ((0, 3), (3, 6))


def test_an_invisible_character_at_the_end_belongs_to_nobody() -> None:
    """The place of a letter ends before a zero-width character behind it."""
    assert View("a\u200b").origin(0, 1) == (0, 1)


def test_several_characters_from_one_share_its_place() -> None:
    """A ligature's letters all come from the ligature."""
    view = View("xﬁy")
    assert [view.origin(place, place + 1) for place in range(4)] == [(0, 1), (1, 2), (1, 2), (2, 3)]


def test_words_of_mixed_alphabets_are_reported() -> None:
    """A word that mixes alphabets is folded to Latin, and its place is known."""
    view = View("my pаsswоrd")
    assert (view.text, view.mixed) == ("my password", ((3, 11),))


def test_a_view_does_not_print_what_it_holds() -> None:
    """The representation shows lengths only."""
    assert repr(View("secret ß")) == "<View 9 of 8 chars>"
