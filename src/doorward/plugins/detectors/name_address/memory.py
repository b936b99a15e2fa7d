"""What is known of a word, reckoned once: its class, and what it adds to its own score and to its neighbours'.

A row is a run of 32-bit numbers as bytes: for each distance the parts of the joined features' sums and, packed, the
weights of what the word decides alone, and at the end its class and whether it tells (`TELLS`).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.detectors.name_address.features import (
    ALONE,
    DISTANCES,
    EDGE,
    JOINED,
    OWN,
    REACH,
    hash_of,
    own_places,
    parts_of_sums,
    places_alone,
    word_of,
)
from doorward.plugins.detectors.name_address.words import Known, Lists, shape_of
from doorward.protection.pieces import Pieces, Remembered

Packed = NDArray[np.uint64]
"""Scores of the labels but the first, less that of the first, 16 bits each. Weights are whole numbers, to which `BIAS`
is added so that none is negative: sums of them carry nothing from one to the next."""

BIAS: Final = 256
FEATURES: Final = OWN + ALONE + JOINED
"""Weights that a token's score is the sum of."""

NUMBERS: Final = JOINED + 2
"""Numbers of a row for one distance."""

ROW: Final = DISTANCES * NUMBERS + 2
TELLS: Final = 1 << 56
"""Marks, in the last byte of a row, a token that gives reason to look at its text."""

_TELLING: Final = int(Known.STREET | Known.UNIT | Known.FORM | Known.KIN)
_NAMES: Final = int(Known.GIVEN | Known.SURNAME)
_ORDINARY: Final = int(Known.COMMON | Known.FREQUENT | Known.LIKE_COMMON)
_UNKNOWN: Final = int(Known.UPPER | Known.LIKE_NAME)


def packed(weights: NDArray[np.int8]) -> Packed:
    """Return weights (places, labels) as packed scores, one for each place."""
    differences = weights[:, 1:].astype(np.int16) - weights[:, :1] + np.int16(BIAS)
    return np.ascontiguousarray(differences).view(np.uint64).ravel()


class Memory:
    """Makes rows and remembers the latest of them (13 MB at most); see `Remembered`."""

    def __init__(self, weights: Packed, lists: Lists, raised: Packed) -> None:
        """Take one packed weight for each place, and one that is added to what every token says by itself."""
        self._weights, self._lists, self._raised = weights, lists, raised
        self._remembered = Remembered(self._row_at)
        self._numbers: dict[tuple[str, int, str], bytes] = {}
        self.edge = self._row(EDGE, [], 0)

    def rows(self, pieces: Pieces) -> Sequence[bytes]:
        """Return the row of each piece of a text."""
        return self._remembered.of(pieces)

    def _row_at(self, pieces: Pieces, place: int) -> bytes:
        return self.row_of(*pieces.said(*pieces.span(place)))

    def row_of(self, word: str, written: str) -> bytes:
        """Return the row of a word in normal form that was written so; longer numbers of one length share theirs."""
        known, shape, word = self._lists.class_of(word), shape_of(written), word_of(word)
        told = known | TELLS if _tells(known, written) else known
        number = (word, told, shape) if word.isdecimal() else None
        row = self._numbers.get(number) if number else None
        if row is None:
            row = self._row(ids_of(word, known, shape), own_places(word, known, shape), told)
            if number:
                self._numbers[number] = row
        return row

    def _row(self, ids: Sequence[int], own: Sequence[int], told: int) -> bytes:
        numbers = np.zeros((DISTANCES, NUMBERS), np.uint32)
        numbers[:, :JOINED] = parts_of_sums(ids)
        for distance, places in enumerate(places_alone(ids)):
            mine = [*own, *places] if distance == REACH else places
            alone = self._weights[mine].sum(keepdims=True) + (self._raised if distance == REACH else 0)
            numbers[distance, JOINED:] = alone.view(np.uint32)
        return numbers.tobytes() + told.to_bytes(8, "little")


def ids_of(word: str, known: int, shape: str) -> tuple[int, int, int]:
    """Return the numbers by which a token's neighbours know it: its word, its class, its shape."""
    return hash_of(word), hash_of(f"c{known}"), hash_of(f"s{shape}")


def _tells(known: int, written: str) -> bool:
    """Return whether a token alone gives reason to look at its text: a name, a street, a title, a word nobody knows."""
    if known & _TELLING:
        return True
    if not written[0].isalpha() or len(written) == 1:
        return False
    return (
        bool(known & _NAMES and not known & _ORDINARY)
        or (known & ~_UNKNOWN == 0)
        or (bool(known & _NAMES) and written[0].isupper())
    )
