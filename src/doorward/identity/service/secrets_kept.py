"""Secrets that are shown once and kept as hashes."""

import hashlib
import hmac
import secrets
from typing import Final

from doorward.kit.crypto import keyed_hash

_BYTES: Final = 32


def new_secret(prefix: str) -> str:
    """Return `<prefix>_` and 256 random bits in URL-safe base 64; the prefix lets scanners find strays."""
    return f"{prefix}_{secrets.token_urlsafe(_BYTES)}"


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret: its SHA-256. A secret of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def csrf_of(session_token: str) -> str:
    """Return the token that forms and scripts of this session must send along: derived, so nothing is stored."""
    return keyed_hash(session_token.encode("utf-8", "replace"), b"csrf").hex()


def csrf_matches(session_token: str, presented: str) -> bool:
    """Return whether `presented` is this session's; takes the same time wherever they differ."""
    return hmac.compare_digest(csrf_of(session_token).encode(), presented.encode("utf-8", "replace"))
