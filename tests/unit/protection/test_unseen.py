"""Characters that show nothing hide no value, and join none."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.characters import is_ignorable
from doorward.protection.unseen import STAND_IN, without_unseen
from tests.support.screening import screen

CARD = "4242424242424242"
SIGNS = (
    "\0", "\x01", "\x1a", "\x1b", "\x1f", "\x7f", "\x80", "\x9f", "\ud800", "\udfff", "\ue000", "\uf8ff", "\ufdd0",
    "\ufff9", "\ufffe", "\uffff", "\U0001bca0", "\U000f0000", "\U0010ffff", "\u0345", "\u2800", "\u303f",
)  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_value_is_found_whatever_stands_unseen_between_its_digits(sign: str) -> None:
    """The place of the value is from its first digit to its last, with all that is between them."""
    text = f"my card number is {sign.join(CARD)} ok"
    screened = screen(text)
    assert screened.masked.text == "my card number is [CARD·4242] ok"
    assert [(one.start, one.end) for one in screened.findings if one.kind == "CARD"] == [(18, len(text) - 3)]


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x1e", "\x1f", "\x1a"], ids=ascii)
def test_what_programs_part_with_controls_stays_apart(sign: str) -> None:
    """A value between two fields of a record is found, and its neighbours are not masked with it."""
    shown = screen(f"8=FIX{sign}a{sign}{CARD}{sign}b").masked.text
    assert re.fullmatch("8=FIX.a.\\[CARD·4242\\].b", shown)


@given(st.text(st.characters(), max_size=80))
def test_places_stay(text: str) -> None:
    """One character for one, and only for what nobody reads."""
    other = without_unseen(text)
    assert len(other) == len(text)
    changed = {before for before, now in zip(text, other, strict=True) if before != now}
    assert {unicodedata.category(sign) for sign in changed} <= {"Cc", "Cs", "Co", "Cn", "Cf", "So"}
    assert not changed & set("\t\n\v\f\r\x85")
    assert is_ignorable(STAND_IN)
