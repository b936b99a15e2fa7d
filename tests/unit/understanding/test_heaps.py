"""Messages that mean alike lie in one heap."""

import numpy as np

from doorward.understanding.heaps import alike_to_any, heaps_of, typical_first, vectors_of

EAST, NORTH, EASTISH = (1.0, 0.0), (0.0, 1.0), (0.8, 0.6)


def rows(*vectors: tuple[float, float]) -> np.ndarray:
    """Return vectors as rows."""
    return vectors_of([np.array(one, dtype="<f4").tobytes() for one in vectors])


def test_the_one_with_most_alike_gathers_the_others() -> None:
    """Each message lies in one heap, and the largest comes first."""
    assert heaps_of(rows(EAST, EASTISH, EAST, (-1.0, 0.0))) == [[0, 1, 2], [3]]
    assert heaps_of(rows()) == []


def test_the_middle_of_a_heap_comes_first() -> None:
    """What lies between the others says best what they mean."""
    assert typical_first(rows(EAST, NORTH, (0.7, 0.7)), [0, 1, 2])[0] == 2


def test_what_is_alike_to_nothing_known_is_new() -> None:
    """Without anything known, all are."""
    assert alike_to_any(rows(EAST, NORTH), rows(EASTISH, EAST)).tolist() == [True, True]
    assert alike_to_any(rows(EAST, NORTH), rows(EAST)).tolist() == [True, False]
    assert alike_to_any(rows(EAST), rows()).tolist() == [False]
