import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.dialect import to_python
from doorward.protection.phrases import any_of, normal_phrases, phrase_set, whole
from doorward.protection.view import View
from doorward.protection.wording import compile_phrases


def finds(phrases: list[str], text: str) -> list[str]:
    """Return what of the text the phrases match, in normal form."""
    return re.findall(to_python(whole(any_of(phrases))), View(text).text)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("PIN code", "my pin-code", ["pin-code"]),
        ("PIN-code", "my pin code and PINCODE", ["pin code", "pincode"]),
        ("one time", "One_time, one  time, onetime", ["one_time", "one  time"]),
        ("şifre*", "Şifremi, sifre, ŞİFREM'DEN", ["sifremi", "sifre", "sifrem"]),
        ("парол*", "ПАРОЛЬ пaроль", ["пароль", "napoль"]),
        ("pin", "pinning spin pin. PIN", ["pin", "pin"]),
        ("ignor* ... rules", "ignoring all of your rules", ["ignoring all of your rules"]),
        ("ignor* ... rules", "ignore. My rules", []),
        ("ignor* ... rules", "ignore one two three four five rules", []),
        ("wifi (new)", "the wifi (new) one", ["wifi (new)"]),
    ],
)
def test_phrases_are_found_as_people_write_them(phrase: str, text: str, found: list[str]) -> None:
    """Case, accents, breaks and disguises do not matter; `*` and ` ... ` mean what they say."""
    assert finds([phrase], text) == found


def test_the_longer_phrase_is_preferred() -> None:
    """Where one phrase begins another the longer one is taken."""
    assert finds(["pin", "pin code", "pin code number"], "pin code number") == ["pin code number"]


@given(st.lists(st.text(alphabet="abc dё", min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=8))
def test_every_phrase_finds_itself(phrases: list[str]) -> None:
    """Putting phrases together into one expression loses none of them."""
    expression = re.compile(to_python(whole(any_of(phrases))))
    assert [phrase for phrase in normal_phrases(phrases) if not expression.search(f"x {phrase} x")] == []


def test_no_phrases_are_refused_or_never_match() -> None:
    """An empty list is an error where it would match everywhere, and no match where it is allowed."""
    with pytest.raises(ValueError, match="no phrases"):
        any_of([])
    assert compile_phrases([]).search("anything") is None


def test_a_phrase_with_a_gap_is_looked_for_by_its_beginning() -> None:
    """The scanner finds the beginning; the rest is confirmed from there."""
    phrases = phrase_set(["you are now ... dan"])
    text = "you are now called dan"
    assert re.search(to_python(phrases.expression), text)
    assert phrases.end(text, 0) == len(text)
    assert phrases.end("you are now welcome", 0) is None
