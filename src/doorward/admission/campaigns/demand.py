"""Whether a message demands something of the company, or is about a matter of the writer's own.

One logistic regression over the embedding, learnt by `tools/campaigns` from messages of our own. Alone it is wrong too
often to do anything by; of many messages about one thing the mean tells a campaign from a crowd.
"""

import hashlib
import io
import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.vocabulary.errors import Misconfigured

WEIGHTS: Final = files("doorward.admission.campaigns") / "weights"

USUAL_DEMAND: Final = -1.0
"""What an ordinary message sounds like; what is said of a message that nothing is known of."""


class DemandHead:
    """Weights over embeddings of one encoder. Immutable and thread-safe."""

    def __init__(self, weights: NDArray[np.float32], *, encoder_id: str) -> None:
        """Take weights of shape (dimensions + 1,), the last one being the bias."""
        self._weights = weights
        self.encoder_id = encoder_id

    def hear(self, vector: NDArray[np.float32] | None) -> float:
        """Return the log odds that a message demands; `USUAL_DEMAND` without a vector, or for one of another length."""
        if vector is None or len(vector) != len(self._weights) - 1:
            return USUAL_DEMAND
        return float(self._weights[:-1] @ vector + self._weights[-1])


def read_demand_head(folder: Traversable = WEIGHTS) -> DemandHead:
    """Return the head of a weights folder. Raises `Misconfigured` when a file is not the one of its card."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    content = (folder / "weights.npz").read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise Misconfigured("campaigns: weights.npz is not the file that its card names; install Doorward again")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        weights = archive["weights"].astype(np.float32)
    if weights.ndim != 1:
        raise Misconfigured("campaigns: the weights have not the shape that this version of Doorward reads")
    return DemandHead(weights, encoder_id=card["encoder"])
