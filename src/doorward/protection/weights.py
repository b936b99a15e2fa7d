"""Weights of small models as they are shipped: an npz file without pickles beside a card that names it by its hash."""

import hashlib
import io
import json
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doorward.vocabulary.errors import Misconfigured


def read_weights(folder: Traversable, *, owner: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the card and the arrays of a weights folder, `card.json` and `weights.npz`; `owner` is whose they are.

    Raises `Misconfigured` when the file is not the one that the card names (SHA-256), `ValueError` for an array of
    objects. What is read is what was hashed.
    """
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    content = (folder / "weights.npz").read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise Misconfigured(f"{owner}: weights.npz is not the file that its card names; install Doorward again")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return card, {name: archive[name] for name in archive.files}
