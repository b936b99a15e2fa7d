import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.numerals import Piece, read_numbers
from doorward.protection.disguises import Disguises
from doorward.protection.encodings import MOST_CHARACTERS
from doorward.protection.rewriting import Replacement, Rewritten
from doorward.vocabulary.finding import GUARD_UNAVAILABLE
from tests.support.screening import all_packs, generated_texts, screen

DISGUISES = Disguises(all_packs())
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(generated_texts(300, seed=5)), max_size=3).map(" ".join),
)


def plain(text: str) -> str:
    """Return a text without its disguises."""
    return DISGUISES.undisguise(text).rewritten.text


@pytest.mark.parametrize(
    ("meanings", "digits"),
    [
        ("40+ 2 40+ 2", "4242"),
        ("20+ 20+ 6", "2026"),
        ("2 +10 3", "123"),
        ("9 x10 1 4", "914"),
        ("4 x1000 9 x100 30+ 8 3 x1000 70+ 2", "49383072"),
        ("0 57 300+ 26 7 0", "05732670"),
        ("*2 7 *3 0 5", "770005"),
        ("4 & &20 7", "247"),
        ("19 x100 5 & &80", "1985"),
        ("&20 3 & &50", "2053"),
        ("&80 5", "805"),
        ("x100 3 & &50", "153"),
        ("4 x10 2 +10", "4012"),
        ("9 x10 2 x10", "9020"),
        ("100+ 2 +10 4", "1124"),
        ("20+ 3 x100 5", "20305"),
        ("20+ 3 x1000", "23000"),
        ("x1000 900+ 60+ 8", "1968"),
        ("30+ 0", "300"),
        ("& *2", ""),
    ],
)
def test_number_words_are_read_as_people_say_them(meanings: str, digits: str) -> None:
    """Tens take a digit, multipliers multiply what is before them, what does not fit begins a new number."""
    pieces = [Piece(place, place + 1, meaning) for place, meaning in enumerate(meanings.split())]
    assert "".join(number.digits for number in read_numbers(pieces)) == digits


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("code double seven oh four one two", "code 770412"),
        ("it is four uh five um three oh", "it is 4530"),
        ("vierundzwanzig siebzehn drei", "24173"),
        ("kırk iki kırk iki on bir", "424211"),
        ("nomor dua belas tiga puluh satu", "nomor 1231"),
        ("двадцать пять сорок два ноль", "25420"),
        ("plus four nine one seven oh", "+49170"),
        ("four 1 two", "412"),
        ("9 1 punkt 14", "9 1 punkt 14"),
        ("91 punkt 14 punkt 203 punkt 77", "91.14.203.77"),
        ("shop-x dot example slash login", "shop-x.example/login"),
        ("p i n : 4 - 7 - 1 - 1", "pin : 4711"),
        ("a n n @ x . d e", "ann@x.de"),
        ("O532 l23 45 67", "0532 123 45 67"),
        ("%2B49%20170", "+49 170"),
        ("%252B49", "+49"),
        ("NDExMSAxMTEx", "NDExMSAxMTEx"),
        ("NDExMSAxMTExIDExMTE=", "4111 1111 1111"),
    ],
)
def test_a_disguise_is_taken_off(text: str, typed: str) -> None:
    """What people write to get past a filter, or speech recognition writes, becomes what they would have typed."""
    assert plain(text) == typed


@pytest.mark.parametrize(
    "text",
    [
        "I need one or two, maybe three cards",
        "ich bin ein Kunde",
        "у меня три карты и две бабушки",
        "bu nokta net değil",
        "5l or 10l of oil, 123 in all",
        "Kreditkartennummernverwaltung",
        "100% in 50 cases",
        "twenty-five euros",
    ],
)
def test_prose_stays_as_it_is(text: str) -> None:
    """Numbers, dots and single letters of ordinary sentences are nobody's disguise."""
    assert plain(text) == text


def test_only_what_is_suspected_is_looked_for() -> None:
    """A disguise that nothing hints at costs nothing; one that was found may have any other below it."""
    assert DISGUISES.undisguise("four one two", {"encoded", "alike"}).rewritten.text == "four one two"
    encoded = base64.b64encode(b"four one two seven").decode()
    assert DISGUISES.undisguise(encoded, {"encoded"}).rewritten.text == "4127"


@pytest.mark.parametrize("written", ["0532 123 45s 67", "0532 123 45 6l", "O532 123 45 67", "0532l234567"])
def test_letters_for_digits_are_suspected_wherever_they_stand(written: str) -> None:
    """Before digits, behind them, in the last group: the one pass tells."""
    masked = screen(f"Please call {written}").masked
    assert re.fullmatch(r"Please call \[PHONE·\d\d\]", masked.text)


@given(TEXTS)
def test_every_character_knows_where_it_came_from(text: str) -> None:
    """Places lead back into the first text, in order, and what was not rewritten leads to itself."""
    rewritten = DISGUISES.undisguise(text).rewritten
    places = [rewritten.origin(place, place + 1) for place in range(len(rewritten.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)
    if rewritten.text == text and rewritten.starts is None:
        assert places == [(place, place + 1) for place in range(len(text))]


@given(
    st.text("abc", max_size=20), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.text("xy", max_size=3)))
)
def test_rewriting_keeps_the_rest(text: str, places: list[tuple[int, int, str]]) -> None:
    """Outside of what was replaced every character is the one that it came from."""
    wanted = [Replacement(start, min(end, len(text)), new) for start, end, new in places if start < min(end, len(text))]
    rewritten = Rewritten(text).replaced(wanted)
    for place, character in enumerate(rewritten.text):
        start, end = rewritten.origin(place, place + 1)
        assert text[start:end] == character or any(one.start <= start and end <= one.end for one in wanted)


def test_an_encoded_value_is_masked_as_a_whole() -> None:
    """The finding covers the encoded characters, and nothing of them is left."""
    encoded = base64.b64encode(b"4111 1111 1111 1111").decode()
    text = f"field pan={encoded} in the log"
    screened = screen(text)
    assert [(one.kind, text[one.start : one.end]) for one in screened.findings] == [("CARD", encoded)]
    assert encoded not in screened.masked.text


def test_what_is_encoded_twice_is_found() -> None:
    """Two layers are looked through."""
    inner = base64.b64encode(b"4111 1111 1111 1111").decode()
    twice = base64.b64encode(inner.encode()).decode()
    assert [one.kind for one in screen(twice).findings] == ["CARD"]


def test_what_is_too_big_to_be_decoded_is_not_clean() -> None:
    """It is withheld, and a finding of the guard says so for that place alone."""
    text = "see " + base64.b64encode(b"words and words " * (MOST_CHARACTERS // 16)).decode() + " there"
    screened = screen(text)
    guards = [one for one in screened.findings if one.kind == GUARD_UNAVAILABLE]
    assert [(one.start, one.end) for one in guards] == [(4, len(text) - 6)]
    assert screened.masked.text == "see [WITHHELD] there"


def test_what_is_encoded_too_often_is_not_clean() -> None:
    """A third layer is not decoded, so it is withheld."""
    data = b"4111 1111 1111 1111"
    for _ in range(3):
        data = base64.b64encode(data)
    screened = screen(data.decode())
    assert screened.masked.text == "[WITHHELD]"
    assert GUARD_UNAVAILABLE in {one.kind for one in screened.findings}
