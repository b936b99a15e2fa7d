"""Keyed fingerprints: what is counted is never what came in, and nobody can choose keys that collide."""

import hashlib
from collections.abc import Iterable
from typing import Final

SECRET_BYTES: Final = 32
"""Length of the secret; a new one at every start will do where nothing is shared with other processes."""


class Fingerprints:
    """Makes 128 bits of any key, under a secret that whoever sends keys does not know."""

    def __init__(self, secret: bytes) -> None:
        """Hash under `secret`, 32 bytes. Raises `ValueError` for another length."""
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes")
        self._begun = hashlib.blake2b(key=secret, digest_size=16)

    def of(self, parts: Iterable[str]) -> tuple[int, int]:
        """Return two whole numbers of 64 bits, neither of them 0; equal for equal parts alone, but for chance.

        Keyed BLAKE2b (RFC 7693). Each part is preceded by its length, so that parts cannot run into each other. Text
        that is no valid Unicode counts too: half a surrogate pair is a character like another.
        """
        mac = self._begun.copy()
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            mac.update(len(data).to_bytes(8, "little"))
            mac.update(data)
        digest = mac.digest()
        return int.from_bytes(digest[:8], "little") or 1, int.from_bytes(digest[8:], "little") or 1
