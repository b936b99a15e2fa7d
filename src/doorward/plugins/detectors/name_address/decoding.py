"""From scores to names and addresses: the most likely labels that may follow each other, where any may be needed."""

from collections.abc import Iterable, Iterator, Sequence
from math import exp
from typing import Final, NamedTuple

OUTSIDE, NAME, MORE_NAME, ADDRESS, MORE_ADDRESS = range(5)
_BEGINS: Final = (NAME, ADDRESS)
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


def decoded(scores: Sequence[Scores], first: int) -> list[Stretch]:
    """Return the most likely stretches among tokens with these scores, in order; the first is token `first`."""
    labels = _best_labels(scores)
    found: list[Stretch] = []
    for start in [place for place, label in enumerate(labels) if label in _BEGINS]:
        is_address = labels[start] == ADDRESS
        more, end = MORE_ADDRESS if is_address else MORE_NAME, start + 1
        while end < len(labels) and labels[end] == more:
            end += 1
        sure = sum([_chance(one, is_address=is_address) for one in scores[start:end]]) / (end - start)
        found.append(Stretch(first + start, first + end, is_address, sure))
    return found


def _chance(scores: Scores, *, is_address: bool) -> float:
    """Return the probability of a token to belong to a name, or to an address."""
    highest = max(0.0, *scores)
    name, more_name, address, more_address = scores
    name, more_name = exp(name - highest), exp(more_name - highest)
    address, more_address = exp(address - highest), exp(more_address - highest)
    whole = exp(-highest) + name + more_name + address + more_address
    return (address + more_address if is_address else name + more_name) / whole


def _best_labels(scores: Sequence[Scores]) -> list[int]:
    """Return the labels of the highest sum among those that may follow each other (A. J. Viterbi, 1967).

    What goes on with a name comes behind a name, and so with an address; anything else may follow anything.
    """
    outside, more_name, more_address = 0.0, _NEVER, _NEVER
    name, _, address, _ = scores[0]
    back = []
    for next_name, next_more_name, next_address, next_more_address in scores[1:]:
        highest = max(outside, name, more_name, address, more_address)
        after = OUTSIDE if highest == outside else (name, more_name, address, more_address).index(highest) + NAME
        on, of_name = (NAME, name) if name >= more_name else (MORE_NAME, more_name)
        further, of_address = (ADDRESS, address) if address >= more_address else (MORE_ADDRESS, more_address)
        back.append((after, after, on, after, further))
        outside, name, address = highest, highest + next_name, highest + next_address
        more_name, more_address = of_name + next_more_name, of_address + next_more_address
    best = (outside, name, more_name, address, more_address)
    labels = [best.index(max(best))]
    for ways in reversed(back):
        labels.append(ways[labels[-1]])
    return labels[::-1]
