"""What understanding asks of the outside: something that turns text into vectors, or into another language."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class TextTranslator(Protocol):
    """Something that says a text in another language. Thread-safe; keeps and logs nothing of what it translates.

    Texts are masked. What nobody may see stands in them as numbered tokens between U+27E6 and U+27E7, such as `⟦1⟧`; in
    the translation every token stands once, unchanged, where its place is in that language. A translation of which that
    does not hold is refused by the house, so that nothing masked is lost, doubled or made up.
    """

    @property
    def id(self) -> str:
        """Name what translates and its version, not empty, 64 characters at most."""

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Return `text` in the language `target`; both languages are ISO 639-1 codes, `source` is empty if unknown.

        Signs of form (`**`, lists, addresses) and lines stay as they are. Returns within twenty seconds. Raises
        `Unavailable` when there is no translation now, or none between these languages, and `Misconfigured` when there
        never will be one (a refused key).
        """
