"""The rows that linear heads see."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doorward.understanding.intents.grams import BUCKETS, PARTS, learn_vocabulary, terms_of

WORDS = st.lists(st.text(min_size=1, max_size=12), max_size=12)


@given(WORDS)
def test_terms_are_ascending_and_in_their_parts(words: list[str]) -> None:
    """Any words give terms, the same each time, whose counts add up."""
    terms = terms_of(words, words)
    assert (np.diff(terms.numbers) > 0).all()
    assert not len(terms.numbers) or (terms.numbers[0] >= 0 and terms.numbers[-1] < BUCKETS * PARTS)
    of_words = terms.counts[terms.numbers < BUCKETS].sum()
    assert of_words == len(words) + max(0, len(words) - 1)
    assert (terms_of(words, words).numbers == terms.numbers).all()


@given(st.lists(WORDS.filter(bool), min_size=1, max_size=5), WORDS)
def test_every_part_of_a_row_has_length_one(texts: list[list[str]], other: list[str]) -> None:
    """Words, stems and letters weigh alike, however long the text; unknown terms weigh nothing."""
    vocabulary = learn_vocabulary([terms_of(words, words) for words in texts])
    for words in [*texts, other]:
        places, values = vocabulary.row(terms_of(words, words))
        numbers = vocabulary.numbers[places]
        for part in range(PARTS):
            length = np.linalg.norm(values[(numbers >= part * BUCKETS) & (numbers < (part + 1) * BUCKETS)])
            assert length == 0 or abs(length - 1) < 1e-5


def test_rare_terms_weigh_more() -> None:
    """What every text has tells little."""
    vocabulary = learn_vocabulary([terms_of(["card", word], ()) for word in ("lost", "found", "new")])
    places, values = vocabulary.row(terms_of(["card", "lost"], ()))
    common = vocabulary.rarity[places].argmin()
    assert values[common] < values[vocabulary.rarity[places].argmax()]


def test_a_short_word_is_its_own_piece_once() -> None:
    """'a' between its edges has two letters and an edge: pieces of two, and the whole."""
    letters = terms_of(["a"], ()).counts[1:]
    assert sorted(letters) == [1, 1, 1]
