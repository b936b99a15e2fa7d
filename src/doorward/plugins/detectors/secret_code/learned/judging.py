"""What is claimed in the end: what the rules found, less what hardly can be, and what the judge has learned to see."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from doorward.plugins.detectors.secret_code.learned.candidates import (
    FIGURES,
    SIGNS,
    Suspect,
    chunks,
    figures,
    is_set_off,
    phrases,
    words,
)
from doorward.plugins.detectors.secret_code.learned.features import Claimed, Surroundings, surroundings
from doorward.plugins.detectors.secret_code.learned.model import Model, Thresholds
from doorward.plugins.detectors.secret_code.learned.words import NAMES, PURPOSE_KEYS, Token, Vocabulary, place_among
from doorward.protection.ports import Candidate, Certainty, Claim, View

_BEFORE, _BEHIND = 120, 200
"""Characters around a word that gives reason to look."""

_WORDS_BEFORE, _WORDS_BEHIND = 48, 90
"""Characters around a password's name in which ordinary words are looked at."""

_NUMBERS: Final = frozenset({"number", "steps", "lone"})
_MARGIN: Final = 110
"""Characters around a part of the text whose words count for what is in it."""

_PASSWORDS: Final = frozenset({"password", "bare_password", "login"})
_ANNOUNCING: Final = frozenset(PURPOSE_KEYS[purpose] for purpose in ("connective", "password"))
SHAPES: Final = frozenset({"number", "steps", "mixed", "signed", "lone"})
"""Patterns that match a suspect itself; all others match a word that gives reason to look around it."""

_MOST_SUSPECTS, _FEWEST_CHARACTERS = 512, 16
"""How many suspects a text may have, and for how many characters one more."""

_MOST_OVER: Final = 8
"""Places that may begin before a suspect and still overlap it."""

Window = tuple[int, int]


def suspects(vocabulary: Vocabulary, candidates: Sequence[Candidate], view: View) -> Iterator[Surroundings]:
    """Yield all that may be a secret within reach of a text's candidates, each once. Linear in the text.

    Raises `OverflowError` where there is more than any message holds: then what the candidates reach is withheld.
    """
    left = _MOST_SUSPECTS + len(view.text) // _FEWEST_CHARACTERS
    told = [one for one in candidates if one.pattern not in SHAPES]
    chunked = [one for one in candidates if one.pattern not in _NUMBERS]
    passwords = [one for one in told if one.pattern in _PASSWORDS]
    names = [one for one in told if one.pattern.removesuffix("+") in NAMES]
    said, named, chunky = (_windows(some, view, _BEFORE, _BEHIND) for some in (told, names, chunked))
    spoken = _windows(passwords, view, _WORDS_BEFORE, _WORDS_BEHIND)
    for start, end in _windows(candidates, view, _BEFORE, _BEHIND):
        found = dict.fromkeys(figures(view, start, end))
        for part in _inside(chunky, start, end):
            found.update(dict.fromkeys(chunks(view, *part)))
        words_here = _inside(spoken, start, end)
        if not found and not words_here:
            continue
        tokens = vocabulary.tokens(view.text, max(start - _MARGIN, 0), min(end + _MARGIN, len(view.text)))
        for part in words_here:
            found.update(dict.fromkeys(islice(_spoken(view, tokens, part), left + 1)))
        left -= len(found)
        if left < 0:
            raise OverflowError("more that may be a secret than any message holds")
        near = _inside(said, start, end), _inside(named, start, end)
        for suspect in found:
            reason = 2 if _covers(near[1], suspect) else 1 if _covers(near[0], suspect) else 0
            yield surroundings(view, tokens, suspect, reason=reason)


def _windows(candidates: Sequence[Candidate], view: View, before: int, behind: int) -> list[Window]:
    """Return the parts of a text around candidates, joined where they overlap, in order."""
    joined: list[Window] = []
    for one in sorted(candidates, key=lambda one: one.start):
        start, end = max(one.start - before, 0), min(one.end + behind, len(view.text))
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _covers(windows: Sequence[Window], suspect: Suspect) -> bool:
    return any(low <= suspect.start and suspect.end <= high for low, high in windows)


def _inside(windows: Sequence[Window], start: int, end: int) -> Sequence[Window]:
    """Return the windows inside of a part of the text; `windows` are in order."""
    first = bisect_left(windows, (start, 0))
    return windows[first : bisect_left(windows, (end, 0))]


def _spoken(view: View, tokens: Sequence[Token], part: Window) -> Iterator[Suspect]:
    """Yield the words of a part of the text in which a password is spoken of, and phrases that something sets off."""
    yield from words(view, tokens, *part)
    for place in range(place_among(tokens, part[0]), place_among(tokens, part[1])):
        told = place > 0 and not _ANNOUNCING.isdisjoint(tokens[place - 1].known.purposes)
        if told or is_set_off(view.text, tokens[place].start):
            yield from phrases(view, tokens, place)


class Judged(NamedTuple):
    """A suspect, why it is looked at (see `Surroundings`), and what the judge takes it for."""

    suspect: Suspect
    reason: int
    kind: str
    margin: float


def concluding(
    vocabulary: Vocabulary, model: Model, thresholds: Thresholds
) -> Callable[[Sequence[Candidate], Sequence[Claim], View], Sequence[Claim]]:
    """Return what concludes from a text's candidates and the rules' claims what is claimed in the end."""

    def conclude(candidates: Sequence[Candidate], claims: Sequence[Claim], view: View) -> Sequence[Claim]:
        claimed = Claimed(claims)
        judged = [
            Judged(around.suspect, around.reason, *model.judge(view, around, claimed))
            for around in suspects(vocabulary, candidates, view)
        ]
        doubted = _doubted(judged, claimed, thresholds)
        kept = [claim for claim in claims if (claim.start, claim.end) not in doubted]
        return [*kept, *_learned(judged, kept, thresholds)]

    return conclude


def _doubted(judged: Sequence[Judged], claimed: Claimed, thresholds: Thresholds) -> set[Window]:
    """Return the places that rules claim and the judge holds for nothing."""
    margins: dict[Window, float] = {}
    for one in judged:
        for claim in claimed.over(one.suspect.start, one.suspect.end):
            if _is_same(one.suspect, claim):
                place = claim.start, claim.end
                margins[place] = max(margins.get(place, one.margin), one.margin)
    return {place for place, margin in margins.items() if margin < thresholds.veto}


def _is_same(suspect: Suspect, claim: Claim) -> bool:
    both = min(suspect.end, claim.end) - max(suspect.start, claim.start)
    return 2 * both >= max(suspect.end, claim.end) - min(suspect.start, claim.start)


def _learned(judged: Sequence[Judged], claims: Sequence[Claim], thresholds: Thresholds) -> Iterator[Claim]:
    """Yield what the judge is sure enough of; of suspects that overlap the surest."""
    sure = [one for one in judged if one.margin > thresholds.of(one.suspect.sort, one.reason)]
    taken = sorted({(claim.start, claim.end) for claim in claims})
    free = [one for one in sure if not _overlaps(one.suspect, taken)]
    found: list[Window] = []
    for one in sorted(free, key=lambda one: (-one.margin, one.suspect)):
        suspect = one.suspect
        if _overlaps(suspect, found):
            continue
        insort(found, (suspect.start, suspect.end))
        yield Claim(
            kind=one.kind,
            start=suspect.start,
            end=suspect.end,
            certainty=Certainty.LEARNED if one.margin > thresholds.sure else Certainty.SHAPE,
            score=0.7 if suspect.sort in (FIGURES, SIGNS) else 0.6,
            rule="secret_code.learned",
        )


def _overlaps(suspect: Suspect, taken: Sequence[Window]) -> bool:
    """Return whether one of the places, which are in order and short, overlaps a suspect."""
    place = bisect_left(taken, (suspect.end, 0))
    return any(end > suspect.start for _, end in taken[max(place - _MOST_OVER, 0) : place])
