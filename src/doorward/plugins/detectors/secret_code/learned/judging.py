"""What is claimed in the end: what the rules found, less what hardly can be, and what the judge has learned to see."""

from collections.abc import Callable, Iterator, Sequence
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
from doorward.plugins.detectors.secret_code.learned.features import Surroundings, surroundings
from doorward.plugins.detectors.secret_code.learned.model import Model, Thresholds, Verdict
from doorward.plugins.detectors.secret_code.learned.words import PURPOSE_KEYS, Token, Vocabulary, place_among
from doorward.protection.ports import Candidate, Certainty, Claim, View

_BEFORE, _BEHIND = 120, 200
"""Characters around a word that gives reason to look."""

_WORDS_BEFORE, _WORDS_BEHIND = 48, 90
"""Characters around a password's name in which ordinary words are looked at."""

_MARGIN: Final = 110
"""Characters around a part of the text whose words count for what is in it."""

_PASSWORDS: Final = frozenset({"password", "bare_password", "login"})
_ANNOUNCING: Final = frozenset(PURPOSE_KEYS[purpose] for purpose in ("connective", "password"))
_NUMBERS: Final = frozenset({"number", "steps", "lone"})
_WEAK: Final = ("around", "near", "typed", "lone", "further", "before")

Window = tuple[int, int]


class Seen(NamedTuple):
    """A suspect in its surroundings, as the judge sees it."""

    around: Surroundings

    @property
    def suspect(self) -> Suspect:
        """Return the suspect itself."""
        return self.around.suspect


def suspects(vocabulary: Vocabulary, candidates: Sequence[Candidate], view: View) -> Iterator[Surroundings]:
    """Yield all that may be a secret within reach of a text's candidates, each once. Linear in the text."""
    length = len(view.text)
    every = _joined([(max(one.start - _BEFORE, 0), min(one.end + _BEHIND, length)) for one in candidates])
    spoken = _joined(
        [
            (max(one.start - _WORDS_BEFORE, 0), min(one.end + _WORDS_BEHIND, length))
            for one in candidates
            if one.pattern in _PASSWORDS
        ]
    )
    for start, end in every:
        found = {suspect: None for suspect in figures(view, start, end)}
        if any(one.pattern not in _NUMBERS and start <= one.start < end for one in candidates):
            found.update((suspect, None) for suspect in chunks(view, start, end))
        inside = [part for part in spoken if start <= part[0] and part[1] <= end]
        if not found and not inside:
            continue
        tokens = vocabulary.tokens(view.text, max(start - _MARGIN, 0), min(end + _MARGIN, length))
        for part in inside:
            found.update((suspect, None) for suspect in _spoken(view, tokens, part))
        for suspect in found:
            yield surroundings(view, tokens, suspect)


def _spoken(view: View, tokens: Sequence[Token], part: Window) -> Iterator[Suspect]:
    """Yield the words of a part of the text in which a password is spoken of, and the phrases that something sets off."""
    yield from words(view, tokens, *part)
    for place in range(place_among(tokens, part[0]), place_among(tokens, part[1])):
        told = place > 0 and not _ANNOUNCING.isdisjoint(tokens[place - 1].known.purposes)
        if told or is_set_off(view.text, tokens[place].start):
            yield from phrases(view, tokens, place)


def _joined(windows: Sequence[Window]) -> list[Window]:
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def concluding(
    vocabulary: Vocabulary, model: Model, thresholds: Thresholds
) -> Callable[[Sequence[Candidate], Sequence[Claim], View], Sequence[Claim]]:
    """Return what concludes from a text's candidates and the rules' claims what is claimed in the end."""

    def conclude(candidates: Sequence[Candidate], claims: Sequence[Claim], view: View) -> Sequence[Claim]:
        judged = [
            (around.suspect, model.judge(view, around, claims)) for around in suspects(vocabulary, candidates, view)
        ]
        kept = [claim for claim in claims if not _is_doubted(claim, judged, thresholds)]
        return [*kept, *_learned(judged, kept, thresholds)]

    return conclude


def _is_doubted(claim: Claim, judged: Sequence[tuple[Suspect, Verdict]], thresholds: Thresholds) -> bool:
    """Return whether the judge holds a rule's weaker guess for nothing."""
    margins = [verdict.margin for suspect, verdict in judged if _is_same(suspect, claim)]
    weak = claim.rule.rpartition(".")[2] in _WEAK
    return weak and bool(margins) and max(margins) < thresholds.veto


def _is_same(suspect: Suspect, claim: Claim) -> bool:
    both = min(suspect.end, claim.end) - max(suspect.start, claim.start)
    return 2 * both >= max(suspect.end, claim.end) - min(suspect.start, claim.start)


def _learned(
    judged: Sequence[tuple[Suspect, Verdict]], claims: Sequence[Claim], thresholds: Thresholds
) -> Iterator[Claim]:
    """Yield what the judge is sure enough of; of suspects that overlap the surest."""
    taken = [(claim.start, claim.end) for claim in claims]
    for suspect, verdict in sorted(judged, key=lambda one: (-one[1].margin, one[0])):
        if verdict.margin <= thresholds[suspect.sort]:
            continue
        if any(start < suspect.end and suspect.start < end for start, end in taken):
            continue
        taken.append((suspect.start, suspect.end))
        yield Claim(
            kind=verdict.kind,
            start=suspect.start,
            end=suspect.end,
            certainty=Certainty.LEARNED if verdict.margin > thresholds.sure else Certainty.SHAPE,
            score=0.7 if suspect.sort in (FIGURES, SIGNS) else 0.6,
            rule="secret_code.learned",
        )
