"""The cheap questions about phrases have the same answers as the expression over all of them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.expressions import Expression
from doorward.protection.view import View
from doorward.protection.wording import Wording, compile_phrases

PHRASES = ("pin", "pi", "e-mail", "e-p no", "card*", "ca", "c*", "no", "a b", "code-word*", "х", "po ... in", "и-с")
ENDINGS = (
    WORD_AFTER,
    r"[^0-9]{0,4}\Z",
    r"[\s:]{0,3}\Z",
    rf"{WORD_AFTER}[^0-9a-z]{{0,6}}\Z",
    rf"{WORD_AFTER}(?!-[a-z])",
)

phrases = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=6)
texts = st.text(alphabet="pincaredmobxeu -.:'\n1хиcsв", max_size=40)
places = st.integers(min_value=0, max_value=40)


def worded(chosen: list[str], after: str) -> tuple[Wording, re.Pattern[str]]:
    """Return phrases between word edges, and the same as the one expression that says what is meant."""
    wording = Wording(chosen, before=WORD_BEFORE, after=after)
    return wording, re.compile(wording.pattern)


@given(phrases, st.sampled_from(ENDINGS), texts, places, places)
def test_a_window_is_judged_as_if_it_were_cut_out(
    chosen: list[str], after: str, text: str, low: int, high: int
) -> None:
    """Also where the window's edges cut words in two."""
    wording, whole = worded(chosen, after)
    view = View(text)
    low, high = min(low, len(view)), min(high, len(view))
    assert wording.is_in(view, low, high) == (whole.search(view.text[low:high]) is not None)


@given(phrases, st.sampled_from(ENDINGS), texts, places, places)
def test_a_stretch_is_judged_as_a_part_of_the_text(
    chosen: list[str], after: str, text: str, low: int, high: int
) -> None:
    """A word that began before the stretch is not begun again; the first phrase is where the expression finds it."""
    wording, whole = worded(chosen, after)
    view = View(text)
    low, high = min(low, len(view)), min(high, len(view))
    match = whole.search(view.text, low, high)
    assert wording.is_between(view, low, high) == (match is not None)
    assert wording.first(view, low, high) == (match.start() if match else None)


@given(phrases, texts, st.integers(min_value=1, max_value=3))
def test_what_is_there_may_be_there(chosen: list[str], text: str, count: int) -> None:
    """The first letters of words rule nothing out that the expression would find, so many times in a row."""
    wording, whole = worded(chosen, WORD_AFTER)
    view = View(text)
    row = r"[\s,\-]{1,3}".join([rf"(?:{whole.pattern})"] * count)
    assert wording.may_be_in(view, in_a_row=count) or not re.search(row, view.text)


@given(phrases, texts, places, places)
def test_a_whole_word_is_told_from_a_part(chosen: list[str], text: str, low: int, high: int) -> None:
    """What is asked of a place is answered for exactly that place."""
    wording = Wording(chosen)
    normal = View(text).text
    low, high = sorted((min(low, len(normal)), min(high, len(normal))))
    assert wording.is_all(normal, low, high) == (re.compile(wording.pattern).fullmatch(normal, low, high) is not None)


def test_a_phrase_that_begins_with_a_sign_is_looked_for_as_a_whole() -> None:
    """No word begins there, so the shortcut does not know it."""
    wording = Wording(["-straße"], before="", after=WORD_AFTER)
    assert wording.is_in(View("Lange -Straße"), 0, 14)


def test_the_same_phrases_are_compiled_once() -> None:
    """Whoever asks for the same gets the same."""
    assert compile_phrases(["pin"], before=WORD_BEFORE) is compile_phrases(["pin"], before=WORD_BEFORE)


def test_an_expression_is_written_and_compiled_when_it_is_needed() -> None:
    """Until then nothing is done."""
    asked: list[str] = []

    def write() -> str:
        asked.append("once")
        return "a+"

    expression = Expression(write)
    assert asked == []
    assert [expression.search("caab") is not None, expression.match("x")] == [True, None]
    assert expression.pattern == "a+"
    assert asked == ["once"]
