"""Companies' own patterns: what is taken means the same to both matchers and costs little; what is not, says why."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.protection.dialect import to_python
from doorward.protection.matchers import make_matcher
from doorward.protection.own_patterns import PatternRefused, read_pattern
from doorward.protection.view import View


@pytest.mark.parametrize(
    ("pattern", "reason", "position"),
    [
        ("ab.", "any", 3),
        ("^a", "edge", 1),
        ("a$", "edge", 2),
        (r"\bab", "edge", 1),
        ("(?=a)b", "look", 1),
        ("a(?<!b)c", "look", 2),
        ("(?i)a", "group", 1),
        ("(?P<x>a)", "group", 1),
        (r"(a)\1", "reference", 4),
        (r"\p{L}", "escape", 1),
        ("(ab", "open", 1),
        ("a[bc", "open", 2),
        ("ab)", "closing", 3),
        ("*a", "repeat_nothing", 1),
        ("a+?", "repeat_twice", 3),
        ("a{2}{3}", "repeat_twice", 5),
        ("a{2,500}", "repeat_large", 2),
        ("a{3,2}", "repeat_order", 2),
        ("(ab)+", "repeat_group", 5),
        ("(a+)+b", "repeat_group", 5),
        ("(a?){2}", "repeat_empty", 1),
        ("a{x}", "braces", 2),
        ("[z-a]", "range", 3),
        ("[a[b]]", "class_open", 3),
        ("[^ж]", "class_letter", 1),
        ("a\u200b", "sign", 2),
        ("((((((((((a))))))))))", "deep", 9),
        ("a*", "empty", 1),
        ("a||b", "empty_part", 3),
        ("a" * 201, "size", 201),
        (r"(?:\d{100}){3}", "long", 1),
        (r"(?:a|b|ab){1,20}c", "ways", 1),
        (r"\w{1,50}\w{1,50}\w{1,50}!", "ways", 1),
        (r"(?:\d{1,3}x?){1,20}y", "ways", 1),
    ],
)
def test_what_could_hurt_is_refused_at_its_place(pattern: str, reason: str, position: int) -> None:
    """Each refusal names what is wrong and the character at which it stands."""
    with pytest.raises(PatternRefused) as refused:
        read_pattern(pattern)
    assert (refused.value.reason, refused.value.position) == (reason, position)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"MB-\d{6}[A-Z]", "my number is mb-123456x.", "mb-123456x"),
        (r"MB-\d{6}", "mb-1234567", None),
        (r"İŞ-\d{3}", "iş-123 ve IŞ-12", "is-123"),
        (r"straße \d+", "STRASSE 12", "strasse 12"),
        (r"[АБВ]\d{4}", "код б1234", "б1234"),
        (r"(?:HAL|BRI)-\d{4}(?:-\d{2})?", "hal-1234-56", "hal-1234-56"),
        (r"(?:\d{3}[ -]?){3}\d", "123 456-7890", "123 456-7890"),
        (r"№\d{5}", "№12345", "no12345"),
        (r"a\.b\|c", "a.b|c", "a.b|c"),
    ],
)
def test_a_pattern_finds_whole_words_whatever_their_case(pattern: str, text: str, found: str | None) -> None:
    """Case, accents and ligatures do not matter; nothing is found inside of a longer word."""
    match = re.search(to_python(read_pattern(pattern)), View(text).text)
    assert (match[0] if match else None) == found


ATOMS = st.sampled_from(["a", "b", "ж", "7", "-", r"\d", r"\w", r"\s", "[ab]", "[^a7]", "[a-c7ж]", "ß", " ", r"\."])
BOUNDS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}"])
SIMPLE = st.tuples(ATOMS, BOUNDS).map("".join)
ROWS = st.lists(SIMPLE, min_size=1, max_size=4).map("".join)
GROUPS = st.tuples(st.lists(ROWS, min_size=1, max_size=3).map("|".join), st.sampled_from(["", "?", "{1,3}"])).map(
    lambda parts: f"({parts[0]}){parts[1]}"
)
PATTERNS = st.lists(st.one_of(ROWS, GROUPS), min_size=1, max_size=3).map("".join)
TEXTS = st.text(alphabet="abcABжЖ7 -.\nßİ", max_size=40)


@settings(deadline=None, max_examples=60)
@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=5))
def test_both_matchers_find_the_same_places(pattern: str, texts: list[str]) -> None:
    """Whatever pattern is taken, Hyperscan and the plain matcher agree on every text."""
    try:
        expression = read_pattern(pattern)
    except PatternRefused:
        return
    fast, plain = make_matcher([expression], "hyperscan"), make_matcher([expression], "re")
    for text in texts:
        normal = View(text).text
        assert fast.find(normal) == plain.find(normal)


@settings(deadline=None, max_examples=60)
@given(PATTERNS, st.sampled_from(["a", "b", "7", "ab", "a7", "a ", "7-", "aж", "ab7-"]))
def test_whatever_is_taken_is_quick_on_the_worst_text(pattern: str, piece: str) -> None:
    """A pattern that is taken needs time in proportion to the text: repeats of its own letters take no longer."""
    try:
        compiled = re.compile(to_python(read_pattern(pattern)))
    except PatternRefused:
        return
    text = (piece * 2000)[:4000] + "!"
    began = time.thread_time()
    for _ in compiled.finditer(text):
        pass
    assert time.thread_time() - began < 2.0
