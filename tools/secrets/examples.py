"""From marked messages to examples: the suspects of each, the places of what surrounds them, and what they are."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final, Literal, NamedTuple

from doorward.plugins.detectors.secret_code.learned.features import Claimed, Surroundings, joint_places, word_places
from doorward.plugins.detectors.secret_code.learned.judging import suspects
from doorward.plugins.detectors.secret_code.learned.model import LABELS
from doorward.plugins.detectors.secret_code.learned.words import Vocabulary
from doorward.plugins.detectors.secret_code.plugin import rules_watch
from doorward.protection import Screener
from doorward.protection.disguises import Disguises
from doorward.protection.ports import Candidate, Claim, LanguagePack, View, Watch
from doorward.protection.rewriting import Rewritten
from doorward.vocabulary.finding import Family
from doorward.vocabulary.text import WildText
from tools.secrets.material import Marked

_BESIDES: Final = frozenset({"API_SECRET", "SECURITY_ANSWER"})
"""Kinds that belong to other detectors: what they cover teaches nothing here."""

_ALIKE: Final = 0.5
"""Share of what two places cover together that they must have in common to be the same value."""


class Look(NamedTuple):
    """One look at a text: where the rules looked, what they claim, what they saw."""

    candidates: Sequence[Candidate]
    claims: Sequence[Claim]
    view: View


class Recorder:
    """The rules of the detector for secrets, which conclude nothing and keep what they saw."""

    id = "secret_code"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("ONE_TIME_CODE", "PIN", "CARD_SECURITY_CODE", "PASSWORD")

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.looks: list[Look] = []

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Return the rules' watch."""
        watch = rules_watch(packs)
        return Watch(watch.patterns, watch.examine, self._note)

    def _note(self, candidates: Sequence[Candidate], claims: Sequence[Claim], view: View) -> Sequence[Claim]:
        self.looks.append(Look(candidates, list(claims), view))
        return claims


class Example(NamedTuple):
    """A suspect: its message's number, sort, label (-1: teaches nothing), places of features, place in the text.

    `ruled` says that the rules claim something in its message; `worth` is what it counts in training.
    """

    message: int
    sort: int
    label: int
    places: tuple[int, ...]
    start: int
    end: int
    ruled: bool = False
    worth: float = 1.0


class Reader:
    """Reads messages as the detector will."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        """Compile the rules for the packs."""
        self._recorder = Recorder()
        folder = Path(tempfile.gettempdir()) / "doorward-training-patterns"
        self._screener = Screener([self._recorder], packs, cache_folder=folder)
        self._disguises = Disguises(packs)
        self.vocabulary = Vocabulary(packs)

    def looks(self, text: str) -> Iterator[tuple[Look, Rewritten]]:
        """Yield the looks at a text, each with the way back from the view's original to the text."""
        self._recorder.looks.clear()
        self._screener.screen(WildText(text), guards=["sensitive"])
        for look in list(self._recorder.looks):
            same = look.view.original == text
            yield look, Rewritten(text) if same else self._disguises.undisguise(text).rewritten

    def examples(self, marked: Marked, number: int, hide: float = 0.0, random: Random | None = None) -> list[Example]:
        """Return the examples of a message; of its words so many in one are hidden."""
        random = random or Random(0)
        found = []
        for look, back in self.looks(marked.text):
            around = list(suspects(self.vocabulary, look.candidates, look.view))
            places = [back.origin(*look.view.origin(one.suspect.start, one.suspect.end)) for one in around]
            labels = labels_of(places, marked)
            for one, place, label in zip(around, places, labels, strict=True):
                found.append(
                    Example(
                        number, one.suspect.sort, label, _places(look, one, hide, random), *place, bool(look.claims)
                    )
                )
        return found


def _places(look: Look, around: Surroundings, hide: float, random: Random) -> tuple[int, ...]:
    hidden = [random.random() < hide for _ in range(1 + len(around.before) + len(around.behind))]
    places = joint_places(look.view, around, Claimed(look.claims), hidden=hidden[0])
    words, slots = [*around.before, *around.behind], [*around.slots[0], *around.slots[1]]
    for known, slot, hide_it in zip(words, slots, hidden[1:], strict=True):
        places += word_places(known, slot, hidden=hide_it)
    return tuple(sorted(places))  # sets come in any order, and sums of floats depend on it


def labels_of(places: Sequence[tuple[int, int]], marked: Marked) -> list[int]:
    """Return what each place is: a kind's number, 0 for nothing, -1 where that cannot be said."""
    labels = [0] * len(places)
    for start, end, kind in marked.places:
        shares = [_share(place, (start, end)) for place in places]
        best = max(shares, default=0.0)
        for number, share in enumerate(shares):
            if not share:
                continue
            if kind not in LABELS or best < _ALIKE:
                labels[number] = -1 if kind in _BESIDES or kind in LABELS else 0
            elif share == best:
                labels[number] = LABELS.index(kind)
            elif share >= _ALIKE:
                labels[number] = -1
            elif labels[number] <= 0:
                labels[number] = 0
    return labels


def _share(one: tuple[int, int], other: tuple[int, int]) -> float:
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both / (max(one[1], other[1]) - min(one[0], other[0])) if both > 0 else 0.0
