"""The nearest phrase of each class, in words and in meaning."""

import numpy as np
import pytest

from doorward.understanding.intents import neighbours
from doorward.understanding.intents.grams import Vocabulary, learn_vocabulary, terms_of
from doorward.understanding.intents.neighbours import Kept, Neighbours, learn_neighbours

TEXTS = ("lamp is broken", "broken bulb", "new lamp please", "open on sunday", "when open")
CLASSES = (1, 1, 0, 2, 2)
"""Not in the order of the classes: whoever learns them sorts them."""


def learnt(texts: tuple[str, ...] = TEXTS, classes: tuple[int, ...] = CLASSES) -> tuple[Vocabulary, Neighbours]:
    """Return what is kept of texts, each with an embedding of its own."""
    terms = [terms_of(text.split(), text.split()) for text in texts]
    vocabulary = learn_vocabulary(terms)
    vectors = np.eye(len(texts), 24, dtype=np.float32)
    return vocabulary, learn_neighbours(Kept(np.array(classes), terms, vectors), vocabulary)


def nearest(text: str) -> list[float]:
    """Return how near the nearest phrase of each class comes in words."""
    vocabulary, kept = learnt()
    row = vocabulary.row(terms_of(text.split(), text.split()))
    return [float(one) for one in kept.nearest_in_words(vocabulary, *row)]


@pytest.mark.parametrize(("text", "number"), [*zip(TEXTS, CLASSES, strict=True)])
def test_a_known_phrase_is_its_own_nearest(text: str, number: int) -> None:
    """Its class comes with a cosine of 1, and no other does."""
    found = nearest(text)
    assert found[number] == pytest.approx(1.0, abs=1e-5)
    assert all(one < 0.9 for place, one in enumerate(found) if place != number)


def test_a_class_is_as_near_as_its_nearest_phrase() -> None:
    """Not as near as its phrases are on average: the second phrase of the class has no word in common."""
    assert nearest("new lamp")[0] > nearest("new lamp")[1] > 0


def test_letters_alone_bring_nothing_near() -> None:
    """A word that only looks like a known one is no neighbour."""
    assert nearest("brokenly") == [0.0, 0.0, 0.0]
    assert nearest("") == [0.0, 0.0, 0.0]


def test_meaning_is_the_nearest_embedding_of_a_class() -> None:
    """Cut to fewer dimensions, what the phrases have themselves is kept whole."""
    _, kept = learnt()
    third = np.eye(24, dtype=np.float32)[2]
    found = kept.nearest_in_meaning(kept.cosines(third))
    assert found == pytest.approx([1.0, 0.0, 0.0], abs=1e-5)
    nothing = kept.nearest_in_meaning(kept.cosines(np.zeros(24, dtype=np.float32)))
    assert not nothing.any()


def test_only_so_many_are_kept_and_some_of_every_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class with one phrase keeps it, a large one keeps some from its beginning to its end."""
    monkeypatch.setattr(neighbours, "MOST", 6)
    texts = tuple(f"word{number} other{number}" for number in range(20))
    _, kept = learnt(texts, (0,) + (1,) * 19)
    assert len(kept.known) == 4
    assert list(kept.starts) == [0, 1]
    vectors = kept.known @ kept.turn.T
    assert [int(row.argmax()) for row in vectors] == [0, 1, 10, 19]
