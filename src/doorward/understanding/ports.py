"""What understanding asks of the outside: something that turns text into vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Rows of little-endian float32, one a text, each of length 1 (a text without content may be all zeros)."""


class Encoder(Protocol):
    """A sentence encoder: texts that mean the same lie close together, whatever their language.

    Implementations are thread-safe and deterministic: the same text gives the same vector. Vectors of different `id`s
    must never be compared.
    """

    @property
    def id(self) -> str:
        """Name the weights and their version, such as `use-multilingual-3/0db566fd`; stored beside every vector."""

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, shape (len(texts), dimensions).

        Text beyond the encoder's own limit is not looked at. Raises `Unavailable` when vectors cannot be had now and
        `Misconfigured` when they never will (a missing or changed weight file, a refused key).
        """
