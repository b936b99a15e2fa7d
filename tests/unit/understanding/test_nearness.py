"""How near readings are to each other in meaning."""

import numpy as np

from doorward.understanding import nearest_reading
from doorward.vocabulary.reading import Reading


def reading(*values: float) -> Reading:
    """Return a reading whose embedding points there."""
    vector = np.array(values, "<f4")
    unit = vector / np.linalg.norm(vector) if vector.any() else vector
    return Reading(language="en", language_score=1.0, words=(), stems=(), embedding=unit.astype("<f4").tobytes())


NOTHING = Reading(language="en", language_score=1.0, words=(), stems=())


def test_the_nearest_is_the_one_that_is_meant() -> None:
    """Wherever it stands."""
    assert nearest_reading(reading(1, 0, 0), [reading(0, 1, 0), reading(1, 0.2, 0), reading(0, 0, 1)]) == 1


def test_of_two_that_are_as_near_neither_is_meant() -> None:
    """Somebody has to say which."""
    assert nearest_reading(reading(1, 0, 0), [reading(1, 0.2, 0), reading(1, 0, 0.25)]) is None


def test_what_is_far_is_not_meant_however_alone_it_is() -> None:
    """A single choice is not taken for want of another."""
    assert nearest_reading(reading(1, 0, 0), [reading(0.4, 1, 0)]) is None
    assert nearest_reading(reading(1, 0, 0), []) is None


def test_without_an_embedding_nothing_is_near() -> None:
    """Nor with one of another length."""
    assert nearest_reading(NOTHING, [reading(1, 0), NOTHING]) is None
    assert nearest_reading(reading(1, 0, 0), [reading(1, 0)]) is None
