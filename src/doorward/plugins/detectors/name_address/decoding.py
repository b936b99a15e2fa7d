"""From scores to names and addresses: the most likely labels that may follow each other, where any may be needed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import exp
from typing import Final, NamedTuple

OUTSIDE, NAME, MORE_NAME, ADDRESS, MORE_ADDRESS = range(5)
_NEVER: Final = float("-inf")

Scores = Sequence[float]
"""The scores of a token for each label; that of `OUTSIDE` is 0."""


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
    chances = [_chances(one) for one in scores]
    for start, end, is_address in _runs(_best_labels(scores)):
        sure = sum(chance[is_address] for chance in chances[start:end]) / (end - start)
        yield Stretch(first + start, first + end, is_address, sure)


def _chances(scores: Scores) -> tuple[float, float]:
    """Return the probability of a token to belong to a name, and to an address."""
    highest = max(scores)
    outside, name, more_name, address, more_address = (exp(score - highest) for score in scores)
    whole = outside + name + more_name + address + more_address
    return (name + more_name) / whole, (address + more_address) / whole


def _best_labels(scores: Sequence[Scores]) -> list[int]:
    """Return the labels of the highest sum among those that may follow each other (A. J. Viterbi, 1967).

    What goes on with a name comes behind a name, and so with an address; anything else may follow anything.
    """
    outside, name, _, address, _ = scores[0]
    best = [outside, name, _NEVER, address, _NEVER]
    back = []
    for row in scores[1:]:
        after = best.index(max(best))
        name = NAME if best[NAME] >= best[MORE_NAME] else MORE_NAME
        address = ADDRESS if best[ADDRESS] >= best[MORE_ADDRESS] else MORE_ADDRESS
        ways = (after, after, name, after, address)
        back.append(ways)
        best = [best[way] + score for way, score in zip(ways, row, strict=True)]
    labels = [best.index(max(best))]
    for ways in reversed(back):
        labels.append(ways[labels[-1]])
    return labels[::-1]


def _runs(labels: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
    begun = [place for place, label in enumerate(labels) if label in (OUTSIDE, NAME, ADDRESS)]
    for start, end in pairwise([*begun, len(labels)]):
        if labels[start] != OUTSIDE:
            yield start, end, labels[start] == ADDRESS
