"""From scores to names and addresses: the most likely labels that may follow each other, where any may be needed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import exp
from typing import Final, NamedTuple

OUTSIDE, NAME, MORE_NAME, ADDRESS, MORE_ADDRESS = range(5)
_NEVER: Final = float("-inf")

Scores = Sequence[float]
"""The scores of a token for each label but `OUTSIDE`, whose score is 0."""


class Stretch(NamedTuple):
    """Tokens that are a name or an address: the first, the one behind the last, whether an address, how sure (0..1)."""

    first: int
    behind: int
    is_address: bool
    sure: float


def islands(places: Iterable[int], count: int) -> Iterator[tuple[int, int]]:
    """Yield where these tokens of a text stand, in order, with one token around them on each side."""
    first = behind = 0
    for place in places:
        if place - 1 > behind:
            if behind:
                yield first, behind
            first = place - 1
        behind = min(place + 2, count)
    if behind:
        yield first, behind


def decoded(scores: Sequence[Scores], first: int) -> Iterator[Stretch]:
    """Yield the most likely stretches among tokens with these scores, the first of which is token `first`."""
    for start, end, is_address in _runs(_best_labels(scores)):
        sure = sum([_chance(one, is_address=is_address) for one in scores[start:end]]) / (end - start)
        yield Stretch(first + start, first + end, is_address, sure)


def _chance(scores: Scores, *, is_address: bool) -> float:
    """Return the probability of a token to belong to a name, or to an address."""
    highest = max(0.0, *scores)
    name, more_name, address, more_address = [exp(score - highest) for score in scores]
    whole = exp(-highest) + name + more_name + address + more_address
    return (address + more_address if is_address else name + more_name) / whole


def _best_labels(scores: Sequence[Scores]) -> list[int]:
    """Return the labels of the highest sum among those that may follow each other (A. J. Viterbi, 1967).

    What goes on with a name comes behind a name, and so with an address; anything else may follow anything.
    """
    name, _, address, _ = scores[0]
    best = [0.0, name, _NEVER, address, _NEVER]
    back = []
    for name, more_name, address, more_address in scores[1:]:
        highest = max(best)
        after = best.index(highest)
        on = NAME if best[NAME] >= best[MORE_NAME] else MORE_NAME
        further = ADDRESS if best[ADDRESS] >= best[MORE_ADDRESS] else MORE_ADDRESS
        back.append((after, after, on, after, further))
        best = [highest, highest + name, best[on] + more_name, highest + address, best[further] + more_address]
    labels = [best.index(max(best))]
    for ways in reversed(back):
        labels.append(ways[labels[-1]])
    return labels[::-1]


def _runs(labels: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
    begun = [place for place, label in enumerate(labels) if label in (OUTSIDE, NAME, ADDRESS)]
    for start, end in pairwise([*begun, len(labels)]):
        if labels[start] != OUTSIDE:
            yield start, end, labels[start] == ADDRESS
