"""Public keys of those who sign: Ed25519, known by the thumbprint of their JSON Web Key (RFC 8037, RFC 7638)."""

import base64
import binascii
import hashlib
import re
from typing import Annotated, Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta

from doorward.kit.signatures.refused import SignatureRefused

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
MOST_KEYS: Final = 100
"""Keys of one directory."""
KEY_ID: Final = re.compile(r"\A[A-Za-z0-9_-]{43}\Z")
"""A thumbprint with SHA-256, as it is written."""
_LATEST: Final = 2**40


class _Jwk(msgspec.Struct, frozen=True):
    """A JSON Web Key as far as it matters; members that nobody here reads may be anything."""

    kty: str = ""
    crv: str = ""
    x: Annotated[str, Meta(max_length=64)] = ""
    d: Any = None
    nbf: int | float = 0
    exp: int | float = _LATEST


class _Directory(msgspec.Struct, frozen=True):
    keys: Annotated[list[msgspec.Raw], Meta(max_length=MOST_KEYS)]


class VerifyingKey:
    """A public key that signatures are checked with. Made once and used often: making one costs as much as a check."""

    def __init__(self, public: bytes) -> None:
        """Take the key's 32 bytes. Raises `ValueError`."""
        self.public = public
        self.key_id = thumbprint_of(public)
        self._key = Ed25519PublicKey.from_public_bytes(public)

    def check(self, signature: bytes, base: bytes) -> None:
        """Raise `SignatureRefused` (`forged`) unless the signature was made over `base` with this key."""
        try:
            self._key.verify(signature, base)
        except InvalidSignature:
            raise SignatureRefused("forged", "Signature: not made over this message with this key") from None


def thumbprint_of(public: bytes) -> str:
    """Return an Ed25519 key's thumbprint: SHA-256 over its required members in order (RFC 7638, 3; RFC 8037, 2)."""
    members = f'{{"crv":"Ed25519","kty":"OKP","x":"{_written(public)}"}}'
    return _written(hashlib.sha256(members.encode("ascii")).digest())


def public_of(x: str) -> bytes:
    """Return the bytes of a key's member `x`. Raises `ValueError` unless it is just a key, written canonically."""
    try:
        public = base64.b64decode(x + "=" * (-len(x) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("x: not base 64 for addresses") from None
    if len(public) != KEY_BYTES or _written(public) != x:
        raise ValueError("x: not a key of 32 bytes")
    return public


def read_keys(body: bytes, *, now: float) -> tuple[VerifyingKey, ...]:
    """Return the Ed25519 keys of a key set (RFC 7517, 5) that are good at `now`, in seconds since 1970.

    Keys of other kinds, not begun or ended (`nbf`, `exp`), unreadable or printed with their private half are passed by.
    Raises `ValueError` for what is no key set, or one of more than `MOST_KEYS`.
    """
    try:
        listed = msgspec.json.decode(body, type=_Directory).keys
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("not a set of keys") from error
    found: dict[str, VerifyingKey] = {}
    for raw in listed:
        key = _key_of(raw, now)
        if key is not None:
            found.setdefault(key.key_id, key)
    return tuple(found.values())


def _key_of(raw: msgspec.Raw, now: float) -> VerifyingKey | None:
    try:
        jwk = msgspec.json.decode(raw, type=_Jwk)
        if (jwk.kty, jwk.crv) != ("OKP", "Ed25519") or jwk.d is not None or not jwk.nbf <= now < jwk.exp:
            return None
        return VerifyingKey(public_of(jwk.x))
    except (ValueError, RecursionError):
        return None


def _written(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")
