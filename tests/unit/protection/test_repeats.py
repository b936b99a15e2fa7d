"""The same value again in the same text."""

import re

import pytest

from doorward.protection import repeats
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.ports import Certainty, Claim
from doorward.protection.repeats import repeated
from doorward.protection.view import View


def claim(start: int, end: int) -> Claim:
    """Return a claim by context."""
    return Claim(kind="PIN", start=start, end=end, certainty=Certainty.CONTEXT, score=0.9, rule="secret_code.behind")


@pytest.mark.parametrize(
    ("text", "value", "again"),
    [
        ("pin 4711, yes 4711", "4711", [(14, 18)]),
        ("pin 4711, yes 47 11", "4711", [(14, 19)]),
        ("pin 4711, not 14711 or 47110", "4711", []),
        ("pin 1111, not 11111", "1111", []),
        ("pin 12 12, that is 12 12 12", "12 12", [(19, 24)]),
        ("pin 1,2,3,4 or 1234", "1,2,3,4", [(15, 19)]),
        ("word zima77 and zima77", "zima77", [(16, 22)]),
        ("word zima77 and zima77x", "zima77", []),
    ],
)
def test_a_value_is_found_again_however_it_is_grouped(text: str, value: str, again: list[tuple[int, int]]) -> None:
    """Codes are known by their digits, words by their letters, and parts of longer ones are something else."""
    start = text.index(value)
    found = repeated([claim(start, start + len(value))], View(text))
    assert [(one.start, one.end) for one in found] == again


@pytest.mark.parametrize("value", ["1212", "12 12", "4711", "-4711", "1,2,3,4", "47  11", "zima77"])
@pytest.mark.parametrize(
    "text", ["a {} b", "{} 12 1212", "x12 12 {} 1 2", "{}. 4711", "-{}-", "1 {}", "{}{}", "{} {}", "zima77 {} zima 77"]
)
def test_what_stands_alone_is_not_looked_for(text: str, value: str) -> None:
    """A value that is taken to stand just once is what an expression for it would find just once, in its own place."""
    text = text.replace("{}", value)
    expression = WORD_BEFORE + repeats._written(value) + WORD_AFTER
    elsewhere = [match.start() for match in re.finditer(expression, text) if match.start() != text.index(value)]
    assert not (repeats._is_alone(value, View(text)) and elsewhere)
