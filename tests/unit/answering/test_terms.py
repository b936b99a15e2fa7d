"""Terms as arrays: what a dictionary of dictionaries would say, and BM25 as it is defined."""

from collections import Counter
from math import log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.articles import PassageKind
from doorward.answering.terms import Postings, Terms, numbers_of
from doorward.answering.words import FIELDS, LENGTH, SATURATION, WordIndex, weighed

WORDS = ("card", "lost", "fee", "abroad", "pin", "Ünlü", "карта")
texts = st.lists(st.sampled_from(WORDS), max_size=12)
KINDS: tuple[PassageKind, ...] = ("heading", "question", "body", "keywords")
sections = st.lists(st.lists(st.tuples(st.sampled_from(KINDS), texts), max_size=3), max_size=6)


@given(texts)
def test_terms_are_counted(words: list[str]) -> None:
    """Every different word once, ascending by its number, with how often it is there or what its amounts add up to."""
    counts = Counter(words)
    found = Terms.of(numbers_of(words))
    assert dict(zip(found.numbers.tolist(), found.amounts.tolist(), strict=True)) == {
        int(numbers_of([word])[0]): count for word, count in counts.items()
    }
    assert (np.diff(found.numbers.astype(np.int64)) > 0).all()
    halves = Terms.of(numbers_of(words), np.full(len(words), 0.5))
    assert halves.amounts.tolist() == (found.amounts / 2).tolist()


@given(st.lists(texts, max_size=6), texts)
def test_postings_add_up_what_each_text_has(many: list[list[str]], asked: list[str]) -> None:
    """For any texts, empty ones among them, and any question, unknown words in it too."""
    postings = Postings.of([Terms.of(numbers_of(words)) for words in many])
    wanted = [*dict.fromkeys(asked), "nobody said this"]
    places, known = postings.places(numbers_of(wanted))
    assert postings.sums(places).tolist() == [sum(words.count(word) for word in wanted) for words in many]
    assert known.tolist() == [any(word in words for words in many) for word in wanted]
    found = [word for word, is_known in zip(wanted, known, strict=True) if is_known]
    assert postings.shared()[places].tolist() == [sum(word in words for words in many) for word in found]


def coverage(sections: list[list[tuple[PassageKind, list[str]]]], asked: list[str]) -> list[float]:
    """Return the share of a message's words that each section covers, by the definition."""
    counts: list[Counter[str]] = []
    for passages in sections:
        count: Counter[str] = Counter()
        for kind, words in passages:
            for word in words:
                count[word] += FIELDS[kind]  # type: ignore[assignment]  # counts are fractions here
        counts.append(count)
    lengths = [sum(count.values()) for count in counts]
    average = sum(lengths) / max(len(lengths), 1) or 1.0

    def rarity(word: str) -> float:
        shared = sum(word in count for count in counts)
        return log1p((len(counts) - shared + 0.5) / (shared + 0.5))

    most = sum(rarity(word) for word in set(asked))
    return [
        sum(
            rarity(word) * count[word] / (count[word] + SATURATION * (1 - LENGTH + LENGTH * length / average))
            for word in set(asked) & set(count)
        )
        / (most or 1.0)
        for count, length in zip(counts, lengths, strict=True)
    ]


@given(sections, texts)
def test_coverage_is_bm25_as_defined(many: list[list[tuple[PassageKind, list[str]]]], asked: list[str]) -> None:
    """For any sections and any message, word by word."""
    index = WordIndex([weighed(passages) for passages in many])
    assert index.coverage(numbers_of([*asked, "unheard"])) == pytest.approx(
        np.array(coverage(many, [*asked, "unheard"])), abs=1e-5
    )
    assert index.coverage(numbers_of([])).tolist() == [0.0] * len(many)
