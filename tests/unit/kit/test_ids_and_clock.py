"""Ids and clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from doorward.kit.clock import FixedClock, SystemClock
from doorward.kit.ids import derive_id, new_id


def test_new_ids_are_unique_and_sort_in_the_order_of_their_making() -> None:
    """Ten thousand ids are different, 26 characters long, and sorted."""
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {26}


def test_derived_ids_depend_on_every_part_and_its_place() -> None:
    """The same parts give the same id; other parts, orders or borders give another."""
    assert derive_id("a", "b") == derive_id("a", "b")
    assert len({derive_id("a", "b"), derive_id("b", "a"), derive_id("ab"), derive_id("a", "b", "")}) == 4


def test_clocks_are_aware_and_never_go_back() -> None:
    """Naive starts and steps back are refused."""
    assert SystemClock().now().tzinfo is UTC
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ValueError, match="back"):
        FixedClock(datetime(2026, 1, 1, tzinfo=UTC)).advance(timedelta(seconds=-1))
