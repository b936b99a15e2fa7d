"""Likeness of wording: a cosine that forgives slips, counts what is rare more, and ignores what nobody said."""

from collections import Counter
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.likeness import LikenessIndex, pieces_of
from doorward.answering.terms import Terms, numbers_of

terms = st.lists(st.integers(0, 12), max_size=20)


def terms_of(numbers: list[int]) -> Terms:
    """Return the terms of numbers."""
    return Terms.of(np.array(numbers, dtype=np.uint32))


def cosine(text: list[int], asked: list[int], texts: list[list[int]]) -> float:
    """Return the cosine by the definition, text by text."""
    known = {term for one in texts for term in one}
    shared = Counter(term for one in texts for term in set(one))

    def row(of: list[int]) -> dict[int, float]:
        return {
            term: (1 + log(count)) * (log((1 + len(texts)) / (1 + shared[term])) + 1)
            for term, count in Counter(of).items()
            if term in known
        }

    one, other = row(text), row(asked)
    lengths = sqrt(sum(value**2 for value in one.values())) * sqrt(sum(value**2 for value in other.values()))
    return sum(value * other.get(term, 0.0) for term, value in one.items()) / lengths if lengths else 0.0


@given(st.lists(terms, max_size=5), terms)
def test_it_is_the_cosine_of_the_definition(texts: list[list[int]], asked: list[int]) -> None:
    """For any texts and any message, empty ones among them, every value is the cosine, from 0 to 1."""
    found = LikenessIndex([terms_of(one) for one in texts]).cosines(terms_of(asked))
    assert found.shape == (len(texts),)
    assert ((found >= 0) & (found <= 1)).all()
    assert found == pytest.approx(np.array([cosine(one, asked, texts) for one in texts]), abs=1e-5)


def test_a_slip_is_forgiven_by_pieces_and_not_by_words() -> None:
    """A misspelt word shares pieces with the right one, and is no word that is known."""
    words = [["replacement", "card"], ["standing", "order"]]
    by_pieces = LikenessIndex([Terms.of(pieces_of(each)) for each in words]).cosines(
        Terms.of(pieces_of(["replacment"]))
    )
    by_words = LikenessIndex([Terms.of(numbers_of(each)) for each in words]).cosines(
        Terms.of(numbers_of(["replacment"]))
    )
    assert by_pieces[0] > 0.3 > by_pieces[1]
    assert not by_words.any()


def test_pieces_know_where_words_begin_and_end() -> None:
    """What is within a word is not taken for its beginning, and a short word has its own piece."""
    assert not set(pieces_of(["art"])) <= set(pieces_of(["cart"]))
    assert len(list(pieces_of(["a"]))) == 1
    assert list(pieces_of([])) == []
