"""What answering asks of the outside: readings of the company's own texts, and the sentences of the languages."""

from collections.abc import Sequence
from typing import Protocol

from doorward.vocabulary.reading import Reading


class TextReader(Protocol):
    """Reads texts that the company wrote; `understanding.Reader` is one."""

    @property
    def encoder_id(self) -> str:
        """Return which encoder the embeddings come from."""

    def read_own(self, texts: Sequence[str], *, language: str) -> tuple[Reading, ...]:
        """Return the readings of texts in `language`, in order. Raises `Unavailable` or `Misconfigured`."""


class Sentences(Protocol):
    """Says the sentences of the language packs; `kit.i18n.Translator` is one."""

    def say(self, language: str | None, key: str, /, *, count: int | None = None, **values: object) -> str:
        """Return the sentence for `key` in `language` with its places filled; never raises."""
