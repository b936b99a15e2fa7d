"""The encoder's forward pass: convolutions over 2, 3 and 5 neighbouring pieces, averaged, then a small dense network.

Architecture: Y. Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval" (2019), the convolutional
variant. All in float32; numpy lets go of the interpreter's lock inside every matrix product.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.models.sentence_encoder.weights import PARTS, Arrays, unpack

Matrix = NDArray[np.float32]

WIDTH, CHANNELS = 512, 256
GAP = 2
"""Empty rows before, between and after texts: the widest window looks two pieces to each side."""
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Size of a window and how many pieces of it lie to the left."""
BATCH = 384
"""Pieces that are computed together: so many that the weights are read once for many texts, so few that they stay in
the processor's cache."""


class Network:
    """The trained network. Immutable and thread-safe."""

    def __init__(self, table: NDArray[np.uint8], arrays: Arrays) -> None:
        """Take the piece table and the arrays as `weights.load_arrays` returns them."""
        self._table = table
        self._scale, self._low = arrays["scale"], arrays["lo"]
        self._project = np.concatenate([arrays[f"proj{order}"] for order, _ in ORDERS], axis=1)
        self._project_bias = np.concatenate([arrays[f"proj_b{order}"] for order, _ in ORDERS])
        self._project_norm = tuple(np.concatenate([arrays[f"ln_{p}{order}"] for order, _ in ORDERS]) for p in "gb")
        self._layers = [[(arrays[f"w{n}_{order}"], arrays[f"b{n}_{order}"]) for n in (1, 2)] for order, _ in ORDERS]
        self._norm = (arrays["ln_g"], arrays["ln_b"])
        self._join, self._join_bias = arrays["cnn_W"], arrays["cnn_b"]
        self._dense = {name: arrays[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")}
        self._epsilon = float(arrays["eps"])

    def embed(self, texts: Sequence[Sequence[int]]) -> Matrix:
        """Return one unit row of 512 a text, each a non-empty list of piece ids. Few are computed at a time."""
        rows = np.empty((len(texts), WIDTH), dtype=np.float32)
        first, pieces = 0, 0
        for index, text in enumerate(texts):
            if pieces and pieces + len(text) > BATCH:
                rows[first:index] = self._embed_batch(texts[first:index])
                first, pieces = index, 0
            pieces += len(text)
        if first < len(texts):
            rows[first:] = self._embed_batch(texts[first:])
        return rows

    def _embed_batch(self, texts: Sequence[Sequence[int]]) -> Matrix:
        """Embed texts that are computed together."""
        lengths = np.array([len(text) for text in texts])
        pieces = np.array([piece for text in texts for piece in text])
        starts = np.cumsum(lengths) - lengths
        live = np.arange(len(pieces)) + np.repeat(GAP * np.arange(1, len(texts) + 1), lengths)
        rows = len(pieces) + GAP * (len(texts) + 1)
        features = self._features(self._look_up(pieces), live, rows=rows)
        return self._finish(np.add.reduceat(features, starts, axis=0), lengths.astype(np.float32)[:, None])

    def _look_up(self, pieces: NDArray[np.int64]) -> Matrix:
        """Return the pieces' vectors: the table holds steps of `scale` above `low`, both per part."""
        part = pieces % PARTS
        vectors = unpack(self._table[pieces]).astype(np.float32)
        vectors *= self._scale[part, None]
        vectors += self._low[part, None]
        return vectors

    def _features(self, vectors: Matrix, live: NDArray[np.int64], *, rows: int) -> Matrix:
        """Return what is summed over a text: the pieces' vectors beside the three convolutions, normalised.

        `live` says in which of `rows` rows each piece stands; the others stay zero, so that no window of one text sees
        a piece of its neighbour.
        """
        features = np.empty((len(vectors), WIDTH + CHANNELS * len(ORDERS)), dtype=np.float32)
        features[:, :WIDTH] = vectors
        start = vectors @ self._project
        start += self._project_bias
        self._normalize(start, self._project_norm)
        padded = np.zeros((rows, CHANNELS), dtype=np.float32)
        for branch, (order, left) in enumerate(ORDERS):
            windows = (live - left)[:, None] + np.arange(order)
            signal = start[:, branch * CHANNELS : (branch + 1) * CHANNELS]
            for weight, bias in self._layers[branch]:
                padded[live] = signal
                convolved = padded[windows].reshape(len(live), order * CHANNELS) @ weight
                convolved += bias
                np.maximum(convolved, 0, out=convolved)
                convolved += signal
                signal = convolved
            features[:, WIDTH + branch * CHANNELS : WIDTH + (branch + 1) * CHANNELS] = signal
        self._normalize(features, self._norm)
        return features

    def _normalize(self, rows: Matrix, norm: Sequence[Matrix]) -> None:
        """Layer normalisation in place (Ba, Kiros and Hinton 2016)."""
        gain, bias = norm
        rows -= rows.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
        rows *= (gain / np.sqrt(variance + self._epsilon)[:, None]).astype(np.float32)
        rows += bias

    def _finish(self, sums: Matrix, lengths: Matrix) -> Matrix:
        """Return unit rows from the sums over each text: divided by the root of the length, then the dense network."""
        dense = self._dense
        average = (sums @ self._join + lengths * self._join_bias) / np.sqrt(lengths)
        lower = np.maximum(average @ dense["p1"] + np.maximum(average @ dense["d0"], 0) @ dense["d1"], 0)
        upper: Matrix = np.tanh(lower @ dense["p3"] + np.maximum(lower @ dense["d2"], 0) @ dense["d3"])
        upper /= np.maximum(np.linalg.norm(upper, axis=1, keepdims=True), np.float32(np.sqrt(self._epsilon)))
        return upper
