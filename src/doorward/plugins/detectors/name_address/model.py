"""The small sequence model: scores of every token, and the most likely names and addresses among them."""

import math
from collections.abc import Iterable, Sequence
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from doorward.plugins.detectors.name_address.decoding import Scores, Stretch, decoded, islands
from doorward.plugins.detectors.name_address.features import BUCKETS, DISTANCES, JOINED, LABELS, REACH, SHIFT
from doorward.plugins.detectors.name_address.memory import BIAS, FEATURES, NUMBERS, ROW, Memory, Packed, packed
from doorward.plugins.detectors.name_address.tokens import Tokens
from doorward.plugins.detectors.name_address.words import Lists
from doorward.protection.pieces import pieces_of
from doorward.protection.ports import LanguagePack, View
from doorward.protection.weights import read_weights

_BLOCK: Final = 1_000
"""Tokens that are looked at together: what a very long text takes of memory stays small."""

_OVERLAP: Final = 40
"""Tokens around a block that are looked at with it: names and addresses are shorter."""

_LIKELY: Final = 1 << 15
"""The bit of a label's sum that tells whether its score is above that of the first label."""

ANY_LIKELY: Final = np.uint64(sum(_LIKELY << 16 * label for label in range(LABELS - 1)))
_BYTES: Final = 4


class Model:
    """The weights and the lists. Immutable but for what it remembers of words; thread-safe."""

    def __init__(self, weights: Packed, lists: Lists, *, scale: float, caution: tuple[float, float]) -> None:
        """Take a packed weight for each place and what 1 is worth; `caution` is added to names and to addresses."""
        self._weights = weights
        self._scale, self._caution = scale, caution
        self._zeros = [_LIKELY - 1 - math.floor(-one / scale) for one in caution]
        raised = np.repeat(np.array(self._zeros, np.int64) - BIAS * FEATURES, 2).astype(np.uint16)
        self._memory = Memory(weights, lists, raised.view(np.uint64))

    def tokens_of(self, view: View) -> Tokens:
        """Return the tokens of a text, each with what is known of it."""
        pieces = pieces_of(view)
        return Tokens(pieces, self._memory.rows(pieces))

    def stretches(self, tokens: Tokens) -> list[Stretch]:
        """Return the names and addresses among the tokens of one text, in order. Linear in the tokens."""
        if tokens.count <= _BLOCK:
            return self._in_block(tokens, 0, tokens.count)
        found: list[Stretch] = []
        for begin in range(0, tokens.count, _BLOCK):
            before = max(begin - _OVERLAP, 0)
            block = self._in_block(tokens, before, begin + _BLOCK + _OVERLAP)
            found += [one for one in block if begin <= one.first < begin + _BLOCK]
        return found

    def _in_block(self, tokens: Tokens, first: int, behind: int) -> list[Stretch]:
        rows = tokens.rows[first:behind]
        sums = self._sums(rows)
        likely = (sums & ANY_LIKELY).nonzero()[0]
        if not len(likely) or not any(row[-1] for row in rows):
            return []
        found: list[Stretch] = []
        for start, end in islands(likely.tolist(), len(rows)):
            found += decoded(self._scores(sums[start:end]), first + start)
        return found

    def _scores(self, sums: Packed) -> Sequence[Scores]:
        """Return the scores of tokens whose sums are these."""
        (of_names, of_addresses), (names, addresses), scale = self._zeros, self._caution, self._scale
        return [
            (
                (name - of_names) * scale + names,
                (more_name - of_names) * scale + names,
                (address - of_addresses) * scale + addresses,
                (more_address - of_addresses) * scale + addresses,
            )
            for name, more_name, address, more_address in sums.view(np.uint16).reshape(-1, LABELS - 1).tolist()
        ]

    def _sums(self, rows: Sequence[bytes]) -> Packed:
        """Return the packed sums of the weights of every token, raised such that `_LIKELY` marks what is likely."""
        edge = self._memory.edge * REACH
        around = b"".join([edge, *rows, edge])
        shape, steps = (len(rows), DISTANCES, NUMBERS), (ROW * _BYTES, (ROW + NUMBERS) * _BYTES, _BYTES)
        numbers = np.einsum("tdn->tn", np.ndarray(shape, np.uint32, around, 0, steps))
        joined: Packed = self._weights.take((numbers >> SHIFT)[:, :JOINED]).sum(axis=1)
        joined += numbers.view(np.uint64)[:, JOINED // 2]
        return joined


def read_model(folder: Traversable, packs: Iterable[LanguagePack]) -> Model:
    """Return the model of a weights folder. Raises `Misconfigured` when a file is not the one of its card."""
    card, archive = read_weights(folder, owner="name_address")
    places, values, scale = archive["places"], archive["values"], float(archive["scale"])
    world = dict(zip(bytes(archive["words"]).decode().split("\n"), archive["classes"].tolist(), strict=True))
    weights = packed(np.zeros((BUCKETS, LABELS), np.int8))
    weights[places] = packed(values)
    caution = (float(card["caution"]), float(card["caution_of_addresses"]))
    return Model(weights, Lists(packs, world), scale=scale, caution=caution)
