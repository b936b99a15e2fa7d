"""Unit vectors in two bytes a number: as near as the exact ones, for any of them, in any number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.unit_rows import BLOCK, UnitRows


def drawn(seed: int, count: int, dimensions: int = 512) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return unit vectors."""
    rows = np.random.default_rng(seed).normal(size=(count, dimensions))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@given(st.integers(0, 2**32 - 1), st.integers(1, 2 * BLOCK + 3))
def test_cosines_are_off_by_less_than_a_ten_thousandth(seed: int, count: int) -> None:
    """Of whatever vectors, across the edges of blocks, in their order; and a vector is nearest to itself."""
    rows = drawn(seed, count)
    found = UnitRows.of(rows).cosines(rows[-1])
    assert np.abs(found - rows @ rows[-1]).max() < 1e-4
    assert found.argmax() == count - 1


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1])
def test_zeros_are_near_to_nothing(count: int) -> None:
    """A section that was not embedded has a row of zeros; no rows have no cosines."""
    packed = UnitRows.of(np.zeros((count, 8), dtype=np.float32))
    assert packed.cosines(drawn(0, 1, 8)[0]).tolist() == [0.0] * count


def test_the_largest_numbers_fit() -> None:
    """A vector along one axis, either way, is exact."""
    rows = np.vstack([np.eye(4, dtype=np.float32), -np.eye(4, dtype=np.float32)])
    assert UnitRows.of(rows).cosines(rows[0]).tolist() == pytest.approx([1, 0, 0, 0, -1, 0, 0, 0])
