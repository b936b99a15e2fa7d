"""The built-in sentence encoder: the multilingual universal sentence encoder in numpy, from pinned weights."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from doorward.plugins.models.sentence_encoder.network import WIDTH, Network
from doorward.plugins.models.sentence_encoder.pieces import Pieces
from doorward.plugins.models.sentence_encoder.weights import (
    PIECES,
    PIECES_SHA256,
    WEIGHTS,
    WEIGHTS_SHA256,
    find,
    load_arrays,
    read_checked,
)
from doorward.understanding.ports import Encoder, Vectors

PIECE_LIMIT = 256
"""Pieces of a text that are looked at, from its beginning: about 200 English words. Longer texts are cut, so that the
largest message that the door takes costs no more than 40 ms."""


class SentenceEncoder:
    """512 values a text, five and more languages in one space. Loads at first use; thread-safe."""

    id = f"use-multilingual-3/{WEIGHTS_SHA256[:8]}"
    dimensions = WIDTH

    def __init__(self) -> None:
        """Remember nothing but that nothing is loaded yet."""
        self._lock = Lock()
        self._loaded: tuple[Pieces, Network] | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, from its first PIECE_LIMIT pieces. Raises `Misconfigured` as `load` does."""
        pieces, network = self.load()
        return network.embed([pieces.ids(text, limit=PIECE_LIMIT) for text in texts])

    def load(self) -> tuple[Pieces, Network]:
        """Read the weights, once. Raises `Misconfigured` if a file is missing or not as reviewed."""
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = _load()
        return self._loaded

    def ping(self) -> None:
        """Embed one word. Raises what `encode` raises."""
        self.encode(["ping"])


def _load() -> tuple[Pieces, Network]:
    weights = find(WEIGHTS)
    read_checked(weights, sha256=WEIGHTS_SHA256)
    with ThreadPoolExecutor(1) as beside:  # inflating lets go of the interpreter's lock, reading the pieces does not
        arrays = beside.submit(load_arrays, weights)
        pieces = Pieces(read_checked(find(PIECES), sha256=PIECES_SHA256))
        return pieces, Network(*arrays.result())


def build(_kit: object) -> Encoder:
    """Return the encoder; nothing is read before its first use."""
    return SentenceEncoder()
