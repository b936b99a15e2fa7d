"""Who comes most."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.frequent import CountsFrequent, Frequent, FrequentKeys


class Exact:
    """The plain twin: counts everything, and grows."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, key: str, *, times: int = 1) -> None:
        """Count a key."""
        self._counts[key] += times

    def frequent(self, *, share: float) -> tuple[Frequent, ...]:
        """Return the keys beyond `share`."""
        total = self._counts.total()
        ranked = sorted(self._counts.items(), key=lambda one: (-one[1], one[0]))
        return tuple(Frequent(key=key, least=n, most=n) for key, n in ranked if n > share * total)


streams = st.lists(st.tuples(st.integers(0, 30).map(str), st.integers(1, 9)), max_size=200)


@given(streams)
def test_bounds_hold_and_nobody_frequent_is_missing(stream: list[tuple[str, int]]) -> None:
    """The true count lies within what is told, and whoever makes up more than 2 / followed of all is told of."""
    ours, twin = FrequentKeys(8), Exact()
    both: tuple[CountsFrequent, ...] = (ours, twin)
    for key, times in stream:
        for counter in both:
            counter.count(key, times=times)
    true = {one.key: one.least for one in twin.frequent(share=0.0)}
    total = sum(true.values())
    found = {one.key: one for one in ours.frequent(share=2 / 8)}
    assert {one.key for one in twin.frequent(share=2 / 8)} <= set(found)
    for one in found.values():
        assert one.least <= true[one.key] <= one.most
        assert one.most - one.least <= 2 * total / 8
    assert len(ours) <= 8


def test_with_room_for_all_it_is_exact() -> None:
    """Fewer keys than counters are counted as the twin counts them, in the same order."""
    ours, twin = FrequentKeys(8), Exact()
    for key in "aabacbaddd":
        ours.count(key)
        twin.count(key)
    assert ours.frequent(share=0.25) == twin.frequent(share=0.25)


def test_nonsense_is_refused() -> None:
    """One counter finds nobody, and nobody comes less than once."""
    with pytest.raises(ValueError, match="followed"):
        FrequentKeys(1)
    with pytest.raises(ValueError, match="times"):
        FrequentKeys(2).count("a", times=0)
