"""What both matchers promise: the same candidates, for every text."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.dialect import PatternUnsupported, to_hyperscan, to_python
from doorward.protection.matchers import make_matcher
from doorward.protection.matching import Matcher
from doorward.protection.ports import Detector
from doorward.protection.view import View
from doorward.vocabulary.text import WildText
from tests.support.screening import all_detectors, all_packs, generated_texts, screener

TRICKY = (
    r"\d(?:[ .\-]{0,3}\d){5,}",
    r"\mpin(?:'?\w{0,12})\M",
    r"\w\.(?:com|de|рф)\M",
    r"\mа\w?б+\M",
    r"[^\w\s]{2,4}x",
    r"[^a]\w{2}[^\s]?z",
    r"(?:ab|a(?:bc)?)(?:cd)?",
    r"@",
    r"\ma[ ]?(?:bc)?\M",
    r"ы\w{3,5}я?",
)


def twins(expressions: Sequence[str]) -> tuple[Matcher, Matcher]:
    """Return both matchers for the same expressions."""
    return make_matcher(expressions, "hyperscan"), make_matcher(expressions, "re")


@pytest.fixture(scope="module")
def tricky() -> tuple[Matcher, Matcher]:
    """Both matchers over expressions that are hard to translate."""
    return twins(TRICKY)


@pytest.mark.slow
def test_the_twins_agree_on_generated_texts() -> None:
    """Both find the same for all patterns of all detectors, on 20,000 texts made to be difficult."""
    fast, plain = screener("hyperscan")._matcher, screener("re")._matcher
    different = []
    for text in generated_texts(20_000):
        normal = View(text).text
        if fast.find(normal) != plain.find(normal):
            different.append(text)
    assert different == []


def test_the_twins_mask_alike() -> None:
    """What comes out of screening does not depend on the matcher."""
    fast, plain = screener("hyperscan"), screener("re")
    assert [
        text for text in generated_texts(1_000, seed=7) if fast.screen(WildText(text)) != plain.screen(WildText(text))
    ] == []


@given(st.text(alphabet="ab bcd.z'-x@1234567 \n.аб.ыя№ü😀", max_size=60))
def test_the_twins_agree_on_tricky_patterns(tricky: tuple[Matcher, Matcher], text: str) -> None:
    """Edges, wide letters, negated classes and alternatives mean the same to both."""
    fast, plain = tricky
    normal = View(text).text
    assert fast.find(normal) == plain.find(normal)


REACHES = (None, (3, 6), (0, 4), (2, 2), None, (9, 0), (4, 4), None, (0, 0), (1, 30))


@pytest.fixture(scope="module")
def reaching() -> tuple[Matcher, Matcher]:
    """Both matchers over the same expressions, most of which want a digit near."""
    return make_matcher(TRICKY, "hyperscan", reaches=REACHES), make_matcher(TRICKY, "re", reaches=REACHES)


@given(text=st.text(alphabet="ab bcd.z'-x@12 pin\n.аб.ыя№ü😀", max_size=60))
def test_what_needs_a_digit_is_found_where_one_is_near(
    tricky: tuple[Matcher, Matcher], reaching: tuple[Matcher, Matcher], text: str
) -> None:
    """No more is left out than what has no digit within its reach, and both leave out the same."""
    normal = View(text).text
    near = [
        (number, start, end)
        for number, start, end in tricky[1].find(normal)
        for before, after in [REACHES[number] or (len(normal), len(normal))]
        if REACHES[number] is None or re.search("[0-9]", normal[max(start - before, 0) : end + after])
    ]
    assert [matcher.find(normal) for matcher in reaching] == [near, near]


def test_every_pattern_of_every_detector_is_in_the_dialect() -> None:
    """No detector brings a pattern that one of the matchers would refuse or that matches nothing at all."""
    for detector in all_detectors():
        if isinstance(detector, Detector):
            for pattern in detector.watch(all_packs()).patterns:
                assert re.compile(to_python(pattern.expression)).fullmatch("") is None
                assert to_hyperscan(pattern.expression)


@pytest.mark.parametrize(
    "expression",
    [
        "a(?=b)",
        "(?<!a)b",
        r"(a)\1",
        "a+?",
        "a++",
        "a.",
        "^a",
        "a$",
        r"\bword",
        "a{1,500}",
        r"a\Mb",
        r"a\mb",
        "*",
        "[",
        "(?i)a",
        "[é]x",
    ],
)
def test_what_the_matchers_read_differently_is_refused(expression: str) -> None:
    """Whatever is outside of the dialect is refused when it is compiled, not misunderstood when it runs."""
    with pytest.raises(PatternUnsupported):
        to_hyperscan(expression)


@pytest.mark.parametrize("matcher", ["hyperscan", "re"])
def test_a_pattern_may_not_match_the_empty_text(matcher: str) -> None:
    """A pattern that would match everywhere is refused."""
    with pytest.raises(PatternUnsupported):
        make_matcher(["a*"], "hyperscan" if matcher == "hyperscan" else "re")


def test_offsets_are_characters() -> None:
    """Letters of several bytes do not move what is found behind them."""
    for matcher in twins([r"\d{4}"]):
        assert matcher.find("ключ 한국어 1234 ж 5678") == [(0, 9, 13), (0, 16, 20)]
