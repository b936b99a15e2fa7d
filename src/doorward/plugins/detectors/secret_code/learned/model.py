"""The weights of the judge, and what a suspect scores. Sums are whole numbers, and so exact and equal everywhere."""

from collections.abc import Iterable, Sequence
from importlib.resources.abc import Traversable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.detectors.secret_code.learned.features import (
    BUCKETS,
    Claimed,
    Facet,
    Surroundings,
    facets_of,
    places_of,
    word_places,
)
from doorward.plugins.detectors.secret_code.learned.words import Known
from doorward.protection.ports import View
from doorward.protection.weights import read_weights
from doorward.vocabulary.errors import Misconfigured

LABELS: Final = ("", "ONE_TIME_CODE", "PIN", "PASSWORD", "CARD_SECURITY_CODE")
"""What a suspect may be; the first is nothing."""

_REMEMBERED: Final = 16_384
_FIELD: Final = 32
_SIGN: Final = 1 << (_FIELD - 1)
_SPAN: Final = 1 << _FIELD


class Verdict(NamedTuple):
    """The likeliest kind of secret, and by how much its score exceeds that of nothing, in nats."""

    kind: str
    margin: float


class _Facets(dict[Facet, int]):
    """What facets add to the scores, found out when they are first asked for; of the latest ones."""

    def __init__(self, packed: Sequence[int]) -> None:
        super().__init__()
        self._packed = packed

    def __missing__(self, facet: Facet) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        added = self[facet] = sum([self._packed[place] for place in places_of(facet)])
        return added


class Model:
    """One packed number for each place: the weights of all labels but the first, less the first's, 32 bits each.

    Immutable but for what it remembers of sums, which has no letters of any text; thread-safe.
    """

    def __init__(self, weights: NDArray[np.int16], scale: float) -> None:
        """Take weights (BUCKETS, labels) and what 1 is worth."""
        differences = weights[:, 1:].astype(np.int64) - weights[:, :1]
        packed = [0] * len(weights)
        for place in np.flatnonzero(differences.any(axis=1)).tolist():
            packed[place] = sum(one << (_FIELD * field) for field, one in enumerate(differences[place].tolist()))
        self._packed = packed
        self._scale = scale
        self._facets = _Facets(packed)

    def judge(self, view: View, around: Surroundings, claimed: Claimed) -> Verdict:
        """Return what a suspect is most likely, and how sure."""
        total = sum(map(self._facets.__getitem__, facets_of(view, around, claimed)))
        for words, slots in ((around.before, around.slots[0]), (around.behind, around.slots[1])):
            total += self._of_words(words, slots)
        return self._verdict(total)

    def _of_words(self, words: Iterable[Known], slots: Iterable[int]) -> int:
        total = 0
        for known, slot in zip(words, slots, strict=True):
            added = known.sums.get(slot)
            if added is None:
                added = known.sums[slot] = sum([self._packed[place] for place in word_places(known, slot)])
            total += added
        return total

    def _verdict(self, total: int) -> Verdict:
        best, kind = -_SPAN, 0
        for field in range(1, len(LABELS)):
            low = total & (_SPAN - 1)
            score = low - _SPAN if low & _SIGN else low
            if score > best:
                best, kind = score, field
            total = (total - score) >> _FIELD
        return Verdict(LABELS[kind], best * self._scale)


def read_model(folder: Traversable) -> tuple[Model, "Thresholds"]:
    """Return the model of a weights folder. Raises `Misconfigured` when a file is not the one of its card."""
    card, archive = read_weights(folder, owner="secret_code")
    places, values, scale = archive["places"], archive["values"], float(archive["scale"])
    if values.shape != (len(places), len(LABELS)) or card["buckets"] != BUCKETS or places.max(initial=0) >= BUCKETS:
        raise Misconfigured("secret_code: the weights have not the shape that this version of Doorward reads")
    weights = np.zeros((BUCKETS, len(LABELS)), np.int16)
    weights[places] = values
    return Model(weights, scale), Thresholds(*(float(card[name]) for name in Thresholds._fields))


class Thresholds(NamedTuple):
    """From which margin a suspect of each sort is claimed.

    Where no name of a secret is near but a word of typing, `typed` counts if it is higher; where no word gives reason
    to look, `unnamed`.
    """

    figures: float
    signs: float
    typed: float
    unnamed: float

    def of(self, sort: int, reason: int) -> float:
        """Return the margin that a suspect of a sort has to exceed; `reason` as in `Surroundings`."""
        own = (self.figures, self.signs)[sort]
        return max(own, (self.unnamed, self.typed, own)[reason])
