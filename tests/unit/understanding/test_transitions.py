"""A table whose like parts are held once still says the same at every place."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.understanding import transitions
from doorward.understanding.transitions import WIDTH, Transitions

parts = st.lists(st.sampled_from([array("I", [n] * WIDTH) for n in (0, 7, 2**32 - 1)] + [array("I", range(WIDTH))]))


@given(parts)
def test_every_place_says_what_it_said(some: list["array[int]"]) -> None:
    """For any table, and its memory grows with what differs."""
    table = array("I", [number for part in some for number in part])
    found = Transitions(table)
    assert [found[place] for place in range(len(table))] == table.tolist()
    assert found.size == 4 * WIDTH * len({part.tobytes() for part in some}) + 4 * len(some)


def test_parts_that_are_not_alike_are_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should two of them have one sum by chance, loading ends instead of reading wrong languages."""
    monkeypatch.setattr(transitions, "_sums", lambda rows: np.zeros(len(rows), dtype=np.uint64))
    with pytest.raises(ValueError, match="one sum"):
        Transitions(array("I", range(2 * WIDTH)))
