"""Likelihoods: between 0 and 1, together at most 1, and more evidence is never worse."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from doorward.answering.scoring import Evidence, likelihood

Row = tuple[float, float, float, float, float]
share, cosine = st.floats(0, 1), st.floats(-1, 1)
rows = st.lists(st.tuples(share, share, cosine, cosine, cosine), min_size=1, max_size=12)


def evidence(of: list[Row]) -> Evidence:
    """Return the evidence of sections given as rows of stems, beginnings, question, gist, body."""
    stems, beginnings, question, gist, body = np.array(of, dtype=np.float32).T
    return Evidence(stems=stems, beginnings=beginnings, question=question, gist=gist, body=body)


def chances(of: list[Row]) -> NDArray[np.float64]:
    """Return the sections' likelihoods."""
    return likelihood(evidence(of))


@given(rows)
def test_likelihoods_are_shares_of_one(of: list[Row]) -> None:
    """Each is 0 to 1 and all together leave room for 'none of these'."""
    found = chances(of)
    assert (found >= 0).all()
    assert found.sum() < 1


@given(rows, st.integers(0, 4), st.floats(0.01, 0.5))
def test_more_evidence_is_never_worse(of: list[Row], column: int, more: float) -> None:
    """A section that fits better gets more, and every other one gets less."""
    better = [list(row) for row in of]
    better[0][column] += more
    before, after = chances(of), chances([(row[0], row[1], row[2], row[3], row[4]) for row in better])
    assert after[0] >= before[0]
    assert (after[1:] <= before[1:] + 1e-12).all()


def test_two_that_fit_alike_share() -> None:
    """Where two sections fit equally well, neither is likelier than half."""
    one: Row = (0.8, 0.8, 0.95, 0.8, 0.7)
    assert chances([one])[0] > 0.9
    assert chances([one, one]).max() <= 0.5


def test_what_fits_nowhere_is_likely_nothing() -> None:
    """A message that is far from everything leaves nearly all to 'none of these'."""
    assert chances([(0.05, 0.05, 0.15, 0.1, 0.05)] * 80).sum() < 0.15


def test_words_alone_can_tell() -> None:
    """Without embedding the words' share decides, and full coverage is an answer."""
    words = np.array([0.7, 0.1, 0.0], dtype=np.float32)
    found = likelihood(Evidence(stems=words, beginnings=words))
    assert found[0] > 0.5
    assert found[1] < 0.05


def test_no_sections_no_likelihoods() -> None:
    """An empty index is no error."""
    nothing = np.zeros(0, dtype=np.float32)
    assert likelihood(Evidence(stems=nothing, beginnings=nothing)).shape == (0,)
