"""What is claimed in the end: what the rules found, and what the judge has learned to see. It takes nothing back."""

import sys
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.learned.candidates import (
    FIGURES,
    Suspect,
    chunks,
    figures,
)
from doorward.plugins.detectors.secret_code.learned.features import Claimed, Surroundings, surroundings
from doorward.plugins.detectors.secret_code.learned.model import Model, Thresholds
from doorward.plugins.detectors.secret_code.learned.words import NAMES, Vocabulary
from doorward.protection.ports import Candidate, Certainty, Claim, View
from doorward.protection.standing import figures_of, odd_words

_BEFORE, _BEHIND = 120, 200
"""Characters around a word that gives reason to look."""

_NUMBERS: Final = frozenset({"number", "steps", "lone"})
_MARGIN: Final = 110
"""Characters around a suspect whose words count for what it is."""

SHAPES: Final = frozenset({"number", "steps", "mixed", "signed", "lone"})
"""Patterns that match a suspect itself; all others match a word that gives reason to look around it."""

_MOST_SUSPECTS, _FEWEST_CHARACTERS = 512, 16
"""How many suspects a text may have, and for how many characters one more."""

_SHORTEST_UNNAMED: Final = 4
"""Characters of a secret near which nothing speaks of one: three digits alone may be anything."""

_MOST_OVER: Final = 8
"""Places that may begin before a suspect and still overlap it."""

Window = tuple[int, int]


def suspects(
    vocabulary: Vocabulary, candidates: Sequence[Candidate], view: View, *, taken: Sequence[Window] = ()
) -> Iterator[Surroundings]:
    """Yield all that may be a secret within reach of a text's candidates, each once. Linear in the text.

    What overlaps one of the places in `taken`, which are in order, is left out. Raises `OverflowError` where there is
    more than any message holds: then what the candidates reach is withheld.
    """
    if not _may_hold_any(view):
        return
    left = _MOST_SUSPECTS + len(view.text) // _FEWEST_CHARACTERS
    ordered = sorted(candidates, key=lambda one: one.start)
    told = [one for one in ordered if one.pattern not in SHAPES]
    names = [one for one in told if one.pattern.removesuffix("+") in NAMES]
    chunked = [one for one in ordered if one.pattern not in _NUMBERS]
    said, named, chunky = (_windows(some, len(view.text)) for some in (told, names, chunked))
    for start, end in _windows(ordered, len(view.text)):
        found = dict.fromkeys(figures(view, start, end))
        for part in _inside(chunky, start, end):
            found.update(dict.fromkeys(chunks(view, *part)))
        left -= len(found)
        if left < 0:
            raise OverflowError("more that may be a secret than any message holds")
        for together in _together(sorted(found)):
            free = [one for one in together if not _overlaps(one, taken)]
            if not free:
                continue
            low, high = max(together[0].start - _MARGIN, 0), min(together[-1].end + _MARGIN, len(view.text))
            tokens = vocabulary.tokens(view.text, low, high)
            for suspect in free:
                reason = 2 if _cover(named, suspect) else 1 if _cover(said, suspect) else 0
                yield surroundings(view, tokens, suspect, reason=reason)


def _may_hold_any(view: View) -> bool:
    """Return whether anything in a text may be a suspect; most messages have nothing that looks like one."""
    return bool(figures_of(view).starts) or any(odd_words(view, 0, len(view)))


def _together(found: Sequence[Suspect]) -> Iterator[Sequence[Suspect]]:
    """Yield suspects, which are in order, by those that share words around them: most of a mail is near none."""
    begin = 0
    for place in range(1, len(found) + 1):
        if place == len(found) or found[place].start - found[place - 1].end > 2 * _MARGIN:
            yield found[begin:place]
            begin = place


def _windows(candidates: Sequence[Candidate], length: int) -> list[Window]:
    """Return the parts of a text around candidates, which are in order, joined where they overlap or meet."""
    joined: list[Window] = []
    for one in candidates:
        start, end = max(one.start - _BEFORE, 0), min(one.end + _BEHIND, length)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _cover(windows: Sequence[Window], suspect: Suspect) -> bool:
    """Return whether a suspect stands in one of the windows, which are in order and apart."""
    place = bisect_right(windows, (suspect.start, sys.maxsize)) - 1
    return place >= 0 and suspect.end <= windows[place][1]


def _inside(windows: Sequence[Window], start: int, end: int) -> Sequence[Window]:
    """Return the windows inside of a part of the text; `windows` are in order."""
    first = bisect_left(windows, (start, 0))
    return windows[first : bisect_left(windows, (end, 0))]


class Judged(NamedTuple):
    """A suspect, why it is looked at (see `Surroundings`), and what the judge takes it for."""

    suspect: Suspect
    reason: int
    kind: str
    margin: float


class Judge(NamedTuple):
    """The judge of one set of packs; `is_other` tells of digits in a view that a word beside them calls otherwise."""

    vocabulary: Vocabulary
    model: Model
    thresholds: Thresholds
    is_other: Callable[[View, int, int], bool]

    def conclude(self, candidates: Sequence[Candidate], claims: Sequence[Claim], view: View) -> Sequence[Claim]:
        """Return from a text's candidates and the rules' claims what is claimed in the end."""
        claimed = Claimed(claims)
        taken = sorted({(claim.start, claim.end) for claim in claims})
        judged = [
            Judged(around.suspect, around.reason, *self.model.judge(view, around, claimed))
            for around in suspects(self.vocabulary, candidates, view, taken=taken)
        ]
        return [*claims, *self._learned(judged, view)]

    def _learned(self, judged: Sequence[Judged], view: View) -> Iterator[Claim]:
        """Yield what the judge is sure enough of; of suspects that overlap the surest."""
        sure = [
            one
            for one in judged
            if one.margin > self.thresholds.of(one.suspect.sort, one.reason)
            and (one.reason or one.suspect.end - one.suspect.start >= _SHORTEST_UNNAMED)
        ]
        found: list[Window] = []
        for one in sorted(sure, key=lambda one: (-one.margin, one.suspect)):
            start, end, sort = one.suspect
            if _overlaps(one.suspect, found) or (sort == FIGURES and self.is_other(view, start, end)):
                continue
            insort(found, (start, end))
            rule = "secret_code.learned"
            yield Claim(kind=one.kind, start=start, end=end, certainty=Certainty.SHAPE, score=0.7, rule=rule)


def _overlaps(suspect: Suspect, taken: Sequence[Window]) -> bool:
    """Return whether one of the places, which are in order and short, overlaps a suspect."""
    place = bisect_left(taken, (suspect.end, 0))
    return any(end > suspect.start for _, end in taken[max(place - _MOST_OVER, 0) : place])
