"""How well feelings are told apart: floors on the half of the set that nobody looks at, which may only rise."""

from functools import cache

import pytest

from doorward.understanding.feelings import Heard
from tests.evals.feelings.sets import LANGUAGES, Felt, felt
from tests.support.words import feelings, reader

pytestmark = pytest.mark.slow

CARED_FOR = {"distress", "bereavement", "self_harm"}
"""What hands over (`policies/first_line`)."""

FLOORS = {"self_harm": 0.87, "bereavement": 0.87, "distress": 0.77, "vulnerable": 0.8}
"""Share of the messages of a label that reach a person for what they sound like."""

HEARD = {"anger": 0.77, "confusion": 0.75}
"""Share of those whose hint alone hands nothing over."""

DISTURBED = 0.07
"""Share of ordinary messages that may be handed over for nothing; many of the set are worded to be mistaken."""


@cache
def heard() -> tuple[tuple[Felt, Heard], ...]:
    """Return every message of the unseen half with what was heard."""
    rows = felt("test")
    readings = reader().read_all([one.text for one in rows], languages=LANGUAGES)
    return tuple((row, feelings().hear(reading)) for row, reading in zip(rows, readings, strict=True))


def share(label: str, right: set[str], *, care: bool) -> float:
    """Return the share of a label's messages that sound right, or with `care` like somebody to be cared for."""
    found = [
        one.emotion in right or (care and (one.vulnerable or one.emotion in CARED_FOR))
        for row, one in heard()
        if row.label == label
    ]
    return sum(found) / len(found)


@pytest.mark.parametrize("label", sorted(FLOORS))
def test_who_needs_a_person_reaches_one(label: str) -> None:
    """Whatever it is taken for: what counts is that somebody sees it."""
    assert share(label, {label}, care=True) >= FLOORS[label]


@pytest.mark.parametrize("label", sorted(HEARD))
def test_anger_and_confusion_are_told_apart(label: str) -> None:
    """They change words and order, so the right one counts."""
    assert share(label, {label}, care=False) >= HEARD[label]


def test_ordinary_messages_are_left_alone() -> None:
    """Nobody with a dead link or a lost card meets condolences."""
    assert share("", set(), care=True) <= DISTURBED
