"""Weights of small heads as they are kept: an array, and a card with its hash and where it comes from."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write_weights(weights: NDArray[np.float64], facts: dict[str, Any], target: Path) -> None:
    """Write `weights.npz` (float32) and `card.json` into a folder, which is made if need be."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, weights=weights.astype(np.float32))
    target.mkdir(exist_ok=True)
    (target / "weights.npz").write_bytes(buffer.getvalue())
    card = {"sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), **facts}
    (target / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
