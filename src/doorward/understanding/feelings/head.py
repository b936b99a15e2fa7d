"""The head that hears feelings in an embedding: one logistic regression a feeling, learnt by `tools/feelings`."""

import hashlib
import io
import json
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.vocabulary.errors import Misconfigured

WEIGHTS: Final = files("doorward.understanding.feelings") / "weights"


class Head:
    """Weights over embeddings of one encoder. Immutable and thread-safe."""

    def __init__(self, weights: NDArray[np.float32], *, thresholds: Mapping[str, float], encoder_id: str) -> None:
        """Take weights (labels, dimensions + 1), the last column being the bias; labels as in `thresholds`."""
        self._weights = weights
        self._thresholds = dict(thresholds)
        self.encoder_id = encoder_id

    def hear(self, embedding: bytes) -> dict[str, float]:
        """Return for each feeling its probability by its threshold: 1 and more is heard. None for another length."""
        values = np.frombuffer(embedding, "<f4")
        if len(values) != self._weights.shape[1] - 1:
            return {}
        scores = self._weights[:, :-1] @ values + self._weights[:, -1]
        chances = 1.0 / (1.0 + np.exp(-scores))
        return {
            label: float(chance) / threshold
            for (label, threshold), chance in zip(self._thresholds.items(), chances, strict=True)
        }


def read_head(folder: Traversable = WEIGHTS) -> Head:
    """Return the head of a weights folder. Raises `Misconfigured` when a file is not the one of its card."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    content = (folder / "weights.npz").read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise Misconfigured("feelings: weights.npz is not the file that its card names; install Doorward again")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        weights = archive["weights"].astype(np.float32)
    if weights.ndim != 2 or len(weights) != len(card["thresholds"]):
        raise Misconfigured("feelings: the weights have not the shape that this version of Doorward reads")
    return Head(weights, thresholds=card["thresholds"], encoder_id=card["encoder"])
