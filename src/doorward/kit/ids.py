"""Identifiers: sortable by time where they are new, reproducible where they are derived."""

import hashlib
import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_lock = threading.Lock()
_last = 0


def _encode(number: int, length: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(length - 1, -1, -1))


def new_id() -> str:
    """Return a fresh id of 26 characters (Crockford base 32 in lower case): 48 bits of milliseconds, 80 random bits.

    Ids made by one process sort in the order in which they were made; the layout is that of the ULID specification.
    """
    global _last  # noqa: PLW0603 - one counter a process is the point
    with _lock:
        value = ((time.time_ns() // 1_000_000) << 80) | secrets.randbits(80)
        if value <= _last:
            value = _last + 1 + secrets.randbits(16)
        _last = value
    return _encode(value, 26)


def derive_id(*parts: str) -> str:
    """Return the id that belongs to `parts`: the same parts always give the same 26 characters (130 bits of SHA-256).

    Used for effects that must not happen twice: the reply to a message has an id derived from the message's.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return _encode(int.from_bytes(digest[:17], "big") >> 6, 26)
