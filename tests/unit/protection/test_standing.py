"""What stands out of a text is found once, and each window sees of it what lies inside."""

import re

from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.standing import figures_of, odd_words
from doorward.protection.view import View

texts = st.text(alphabet='ab1!?@_ .\n\x1a"', max_size=60)
places = st.integers(min_value=0, max_value=60)


@given(texts, places, places)
def test_a_window_sees_the_odd_words_inside(text: str, low: int, high: int) -> None:
    """They are its words of four characters or more, but for those without digits and signs inside."""
    words = [match.span() for match in re.compile(r"[^\s\x1a]{4,64}").finditer(text, low, min(high, len(text)))]
    found = list(odd_words(View(text), low, high))
    assert [word for word in words if re.search(r"[0-9@_]|[!?]+[^!?]", text[slice(*word)])] == [
        word for word in found if re.search(r"[0-9@_]|[!?]+[^!?]", text[slice(*word)])
    ]
    assert set(found) <= set(words)


def test_a_long_word_comes_in_pieces() -> None:
    """Its beginning counts them, whatever window is asked for."""
    text = "x" * 10 + " " + "a1" * 100
    assert list(odd_words(View(text), 0, 300)) == [(11, 75), (75, 139), (139, 203), (203, 211)]
    assert list(odd_words(View(text), 20, 100)) == [(20, 75), (75, 100)]


def test_runs_of_digits_are_told_by_place() -> None:
    """The last that begins in a stretch, the end of the last that ends there, and whether there is a digit."""
    figures = figures_of(View("my 12 and 345 are 6"))
    assert [figures.last_start(*place) for place in ((0, 19), (0, 18), (6, 10))] == [18, 10, -1]
    assert [figures.last_end(*place) for place in ((0, 17), (0, 12), (6, 9))] == [13, 5, -1]
    assert [figures.are_in(*place) for place in ((0, 3), (0, 4), (4, 5), (5, 10), (12, 13))] == [
        False,
        True,
        True,
        False,
        True,
    ]
