"""Addresses that only their flat, their field post office or their corner gives away."""

import pytest

from tests.support.screening import screen

WHOLE = [
    ("Please send it to 4411 Vestre Kvernlia 18 Apt. 902, thank you", "4411 Vestre Kvernlia 18 Apt. 902"),
    ("My address:\n5120 Ondrovka 77\nSuite 31\nVlkolin\nSlovakia 99017\nThanks", "5120 Ondrovka 77\nSuite 31\nVlkolin"),
    ("> Quoted below\n> 7 Zelenkova 12\n> Apt. 5\n> Brezany\n> Slovenia 51234", "7 Zelenkova 12\n> Apt. 5\n> Brezany"),
    ("Ship it to Box 1187\nFPO AE 09421 please", "FPO AE 09421"),
    ("We are at the corner of Tarvastu 12 and Elm Rise", "Tarvastu 12 and Elm Rise"),
]


@pytest.mark.parametrize(("text", "address"), WHOLE)
def test_the_lines_around_an_anchor_are_an_address(text: str, address: str) -> None:
    """Streets that nobody knows are masked with what stands around them."""
    start = text.index(address)
    masked = {place for one in screen(text).findings for place in range(one.start, one.end)}
    letters = {place for place in range(start, start + len(address)) if text[place].isalnum()}
    assert letters <= masked


@pytest.mark.parametrize(
    "text",
    [
        "the suite 3 of tests failed again",
        "Your apartment is lovely and the corner of the page is torn",
        "the corner of the desk and a chair",
        "the fpo ae 2023 report is out",
        "apt install 5 packages",
        "Suite",
        "corner of",
        "fpo ae",
    ],
)
def test_words_alone_are_none(text: str) -> None:
    """Without a number, or without words of a street before it, nothing is masked."""
    assert not [one for one in screen(text).findings if one.kind == "ADDRESS"]
