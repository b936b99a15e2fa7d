"""Which of several overlapping claims stands: better reason, then longer, then fixed order."""

import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from doorward.protection.ports import Certainty, Claim
from doorward.vocabulary.finding import Family

_BETWEEN_PARTS: Final = re.compile(r"[\s,.;:/>|\-]{0,8}")
"""What may stand between two parts that are masked as one."""


class Placed(NamedTuple):
    """A claim with its place in the original text, end exclusive, and the family of who made it."""

    start: int
    end: int
    claim: Claim
    family: Family


def resolve(claims: Iterable[Placed], text: str) -> list[Placed]:
    """Return claims that do not overlap, in order of their place, such that nothing that counts stays uncovered.

    `text` is the original. Validated beats context beats learned (what a model takes something for) beats shape; then
    the longer claim, the earlier, the one that is longer in what was decoded, the one whose kind and rule come first in
    the alphabet. What a better claim leaves
    over of a claim by more than its shape stays claimed by it, if there is a letter or digit in it: half a password is
    still half a password. So does what is left over of a part among parts of the same thing, whatever its reason: half
    a postcode is still half an address.
    """
    taken: list[Placed] = []
    for placed in sorted(claims, key=_rank):
        free = _free(placed, taken)
        whole = free == [(placed.start, placed.end)]
        if not whole and placed.claim.certainty is Certainty.SHAPE and not _is_among_its_own(placed, taken):
            continue
        for start, end in free:
            if whole or any(character.isalnum() for character in text[start:end]):
                insort(taken, placed._replace(start=start, end=end), key=_start)
    return taken


def whole(claims: Sequence[Placed], text: str) -> list[Placed]:
    """Return the claims with neighbouring parts of one thing joined; `claims` as `resolve` returns them."""
    joined: list[Placed] = []
    for placed in claims:
        if joined and placed.claim.part and joined[-1].claim.part and joined[-1].claim.kind == placed.claim.kind:
            before = joined[-1]
            if _BETWEEN_PARTS.fullmatch(text, before.end, placed.start):
                claim = msgspec.structs.replace(before.claim, subkind=None, tail=None)
                joined[-1] = before._replace(end=placed.end, claim=claim)
                continue
        joined.append(placed)
    return joined


def distinct(claims: Iterable[Placed]) -> list[Placed]:
    """Return the claims without those that overlap a better one of the same kind and subkind; in order of place."""
    kept: dict[tuple[str, str | None], list[Placed]] = {}
    for placed in sorted(claims, key=_rank):
        same = kept.setdefault((placed.claim.kind, placed.claim.subkind), [])
        if _free(placed, same) == [(placed.start, placed.end)]:
            insort(same, placed, key=_start)
    return sorted((placed for same in kept.values() for placed in same), key=_start)


def _rank(placed: Placed) -> tuple[int, int, int, int, str, str]:
    claim = placed.claim
    place = (placed.start - placed.end, placed.start, claim.start - claim.end)
    return (-claim.certainty, *place, claim.kind, claim.rule)


def _start(placed: Placed) -> int:
    return placed.start


def _is_among_its_own(placed: Placed, taken: list[Placed]) -> bool:
    """Return whether a claim and all that lie over it are parts of one sort of thing; see `_free` for `taken`."""
    over = (other for other in taken if other.start < placed.end and placed.start < other.end)
    return placed.claim.part and all(other.claim.part and other.claim.kind == placed.claim.kind for other in over)


def _free(placed: Placed, taken: list[Placed]) -> list[tuple[int, int]]:
    """Return the parts of `placed` that nobody has taken, in order; `taken` is in order without overlaps."""
    start, end = placed.start, placed.end
    free = []
    for index in range(max(bisect_right(taken, start, key=_start) - 1, 0), len(taken)):
        other = taken[index]
        if other.start >= end:
            break
        if start < other.start:
            free.append((start, other.start))
        start = max(start, other.end)
    if start < end:
        free.append((start, end))
    return free
