"""What a message is made of, as keyed numbers: its stems, and a sketch of the runs of words that only copies share."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from doorward.vocabulary.reading import Reading

SECRET_BYTES: Final = 32
LONGEST_STEM: Final = 8
"""Letters of a stem that count: where words grow long, as in Turkish, what stands behind says little of the matter."""

RUN: Final = 4
"""Words of a run: two people seldom put the same four in a row."""

MOST_TERMS: Final = 64
MOST_RUNS: Final = 16
"""Stems of a message that are counted, and runs that stand for all of its runs."""

_REMEMBERED: Final = 16_384


class Terms:
    """Makes numbers of a reading's words under a secret, so that nobody can choose words that collide.

    The numbers are kept and shown in place of words: without the secret they tell nothing of what was written.
    """

    def __init__(self, secret: bytes) -> None:
        """Hash under `secret`, 32 bytes. Raises `ValueError` for another length."""
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes")
        self._secret = secret
        self.number_of = lru_cache(maxsize=_REMEMBERED)(self._number_of)

    def terms_of(self, reading: Reading) -> tuple[int, ...]:
        """Return the first different stems of a reading, at most `MOST_TERMS`, told apart by language."""
        stems = dict.fromkeys(stem[:LONGEST_STEM] for stem in reading.stems if len(stem) > 1)
        return tuple(self.number_of(f"{reading.language} {stem}") for stem in islice(stems, MOST_TERMS))

    def runs_of(self, reading: Reading) -> tuple[int, ...]:
        """Return the smallest numbers of a reading's runs of four words, at most `MOST_RUNS`; of fewer words the whole.

        A bottom-k sketch (A. Broder, On the resemblance and containment of documents, 1997): copies have the same one,
        whatever they begin or end with, as far as it is theirs.
        """
        return tuple(sorted({self._number_of(run) for run in _runs(reading.words)})[:MOST_RUNS])

    def _number_of(self, text: str) -> int:
        """Keyed BLAKE2b (RFC 7693), 63 bits; half a surrogate pair is a character like another."""
        data = text.encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(data, key=self._secret, digest_size=8).digest(), "little") >> 1


def _runs(words: tuple[str, ...]) -> Iterator[str]:
    if words:
        for start in range(max(1, len(words) - RUN + 1)):
            yield " ".join(words[start : start + RUN])
