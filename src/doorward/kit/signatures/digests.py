"""Whether a body is the one that a message's `Content-Digest` speaks of (RFC 9530)."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

from doorward.kit.signatures.refused import SignatureRefused
from doorward.kit.signatures.structured import Item, StructuredFieldError, parse_dictionary, serialize_item

_ALGORITHMS: Final[Mapping[str, Callable[[bytes], Any]]] = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
"""The active ones of the registry; the others are broken (RFC 9530, 5)."""
_MOST: Final = 8


def check_digest(field: str | None, body: bytes) -> None:
    """Raise `SignatureRefused` unless the field has a digest of a known kind and all such are those of `body`."""
    try:
        named = parse_dictionary(field or "", most=_MOST)
    except StructuredFieldError as error:
        raise SignatureRefused("digest", f"Content-Digest: {error}") from None
    known = {name: member for name, member in named.items() if name in _ALGORITHMS}
    if not known:
        raise SignatureRefused("digest", "Content-Digest: neither sha-256 nor sha-512")
    for name, member in known.items():
        value = member.value if isinstance(member, Item) else None
        if not isinstance(value, bytes) or not hmac.compare_digest(value, _ALGORITHMS[name](body).digest()):
            raise SignatureRefused("digest", "Content-Digest: not that of the body")


def content_digest(body: bytes) -> str:
    """Return the field for a body, with SHA-256."""
    return f"sha-256={serialize_item(Item(hashlib.sha256(body).digest()))}"
