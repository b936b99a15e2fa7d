"""What is computed once of a message and shared by all later stages."""

import msgspec


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Language, words and embedding of a masked text.

    `language` is one of the tenant's languages; `language_score` is 0..1. `words` are the case-folded words in order,
    `stems` their stems in the same order. `embedding` is a unit vector of little-endian float32 as bytes (512 values,
    2,048 bytes, for the built-in encoder), empty when no encoder could be reached.
    """

    language: str
    language_score: float
    words: tuple[str, ...]
    stems: tuple[str, ...]
    embedding: bytes = b""
