"""Scorecards: what answers come to, and which there cannot be."""

import pytest

from doorward.vocabulary.errors import Malformed
from doorward.workspace import Question, Scorecard, score_of
from doorward.workspace.scoring import Answers, require_questions

CARD = Scorecard(
    name="Service",
    questions=(
        Question(key="greeting", asks="Was the greeting kind?"),
        Question(key="solution", asks="How good was the solution?", answer="points", most=4, weight=3),
        Question(key="data", asks="Was the customer's identity checked?", critical=True),
    ),
)


@pytest.mark.parametrize(
    ("answers", "percent", "failed"),
    [
        ({"greeting": 1, "solution": 4, "data": 1}, 100.0, False),
        ({"greeting": 0, "solution": 2, "data": 1}, 50.0, False),
        ({"greeting": None, "solution": 2, "data": None}, 50.0, False),
        ({"greeting": 1, "solution": 4, "data": 0}, 0.0, True),
        ({"greeting": 1, "solution": 3, "data": None}, 81.2, False),
    ],
)
def test_the_score_is_a_mean_by_weight(answers: Answers, percent: float, failed: bool) -> None:  # noqa: FBT001 - a parameter of the cases
    """What does not apply does not count, and a critical question fails all."""
    score = score_of(CARD, answers)
    assert (score.percent, score.failed) == (percent, failed)


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ({"greeting": 1, "solution": 4}, "data"),
        ({"greeting": 2, "solution": 4, "data": 1}, "greeting"),
        ({"greeting": 1, "solution": 5, "data": 1}, "solution"),
        ({"greeting": True, "solution": 4, "data": 1}, "greeting"),
        ({"greeting": 1, "solution": 4, "data": 1, "more": 1}, "more"),
        ({"greeting": None, "solution": None, "data": None}, "greeting"),
    ],
)
def test_an_answer_that_cannot_be_is_named(answers: Answers, question: str) -> None:
    """Left out, out of bounds, of no question, or nothing at all."""
    with pytest.raises(Malformed) as refused:
        score_of(CARD, answers)
    assert refused.value.facts["question"] == question


def test_questions_have_keys_of_their_own() -> None:
    """Two questions of one key could not be told apart."""
    twice = Scorecard(name="Twice", questions=(CARD.questions[0], CARD.questions[0]))
    with pytest.raises(Malformed):
        require_questions(twice)
