"""What answers to a scorecard come to. Pure."""

from collections.abc import Mapping

import msgspec

from doorward.vocabulary.errors import Malformed
from doorward.workspace.pieces import Question, Scorecard

Answers = Mapping[str, int | None]
"""By the key of the question: points, 1 for yes and 0 for no; None where it does not apply."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A share in percent, 0 to 100; 0 where a critical question failed all."""

    percent: float
    failed: bool


def require_questions(scorecard: Scorecard) -> None:
    """Raise `Malformed` where two questions of a scorecard have the same key."""
    keys = [one.key for one in scorecard.questions]
    if len(set(keys)) != len(keys):
        raise Malformed("questions: a key comes twice")


def score_of(scorecard: Scorecard, answers: Answers) -> Score:
    """Return what answers come to: the mean of what each question got of what it could get, by weight.

    For question `i` with weight `w`, `a` points of `most` (yes is 1 of 1): `100 * sum(w * a / most) / sum(w)` over the
    questions that apply. Raises `Malformed` (fact `question`) for an answer that there cannot be, a question that is
    left out, and where nothing applies.
    """
    known = {one.key for one in scorecard.questions}
    for key in answers:
        if key not in known:
            raise Malformed("answers: there is no such question", question=key)
    shares = [(one, _share(one, answers)) for one in scorecard.questions]
    counted = [(one, share) for one, share in shares if share is not None]
    if not counted:
        raise Malformed("answers: nothing applies", question=scorecard.questions[0].key)
    failed = any(one.critical and share == 0 for one, share in counted)
    reached = sum(one.weight * share for one, share in counted) / sum(one.weight for one, _ in counted)
    return Score(percent=0.0 if failed else round(100 * reached, 1), failed=failed)


def _share(question: Question, answers: Answers) -> float | None:
    if question.key not in answers:
        raise Malformed("answers: a question is left out", question=question.key)
    points = answers[question.key]
    most = question.most if question.answer == "points" else 1
    if points is not None and (isinstance(points, bool) or not 0 <= points <= most):
        raise Malformed(f"answers: 0 to {most}", question=question.key)
    return None if points is None else points / most
