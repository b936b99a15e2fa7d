"""Sealing, signing and hashing, all of it from `cryptography`; nothing here is invented."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from doorward.kit.clock import Clock

_NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(Exception):
    """What was to be opened is not what was sealed: another key, another context, or changed bytes."""


def new_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """Return nonce (12 bytes), ciphertext and tag of AES-256-GCM; `context` is authenticated, not stored."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def open_sealed(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Return what `seal` was given. Raises `SealBroken` when key, context or bytes are not the same."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the seal is broken or the key is another") from error


def derive_key(key: bytes, purpose: str) -> bytes:
    """Return 32 bytes for one purpose from a key (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def key_from_passphrase(passphrase: str, salt: bytes) -> bytes:
    """Return 32 bytes from a passphrase (scrypt, n=2^17, r=8, p=1: the OWASP minimum of 2024). Takes about 0.3 s."""
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**17, r=8, p=1).derive(passphrase.encode())


def keyed_hash(key: bytes, *parts: bytes) -> bytes:
    """Return HMAC-SHA256 over the parts, each preceded by its length, so that parts cannot run into each other."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()


class TokenInvalid(Exception):
    """A token that was not signed by this key for this purpose, or is damaged."""


class TokenTooOld(TokenInvalid):
    """A token that was good until its time ran out."""


class SignedTokens:
    """Small signed tokens for one purpose: `<claims>.<mac>` in URL-safe base 64. Claims are readable, so ids only."""

    def __init__(self, key: bytes, *, purpose: str, clock: Clock) -> None:
        """Derive the signing key for `purpose` from `key`; tokens of one purpose are no good for another."""
        self._key = derive_key(key, f"token.{purpose}")
        self._clock = clock

    def issue(self, claims: dict[str, Any], *, lifetime: timedelta) -> str:
        """Return a token that carries JSON `claims` for `lifetime`."""
        expires = int((self._clock.now() + lifetime).timestamp())
        body = _encode(msgspec.json.encode({**claims, "exp": expires}))
        return f"{body}.{_encode(keyed_hash(self._key, body.encode()))}"

    def read(self, token: str, *, grace: timedelta = timedelta(0)) -> dict[str, Any]:
        """Return the claims. Raises `TokenTooOld` when older than lifetime plus `grace`, `TokenInvalid` otherwise."""
        body, dot, mac = token.partition(".")
        try:
            # Decoding and encoding again makes the text canonical: two spellings of one token are not both good.
            good = dot and hmac.compare_digest(_encode(keyed_hash(self._key, body.encode())).encode(), mac.encode())
            claims = msgspec.json.decode(_decode(body), type=dict[str, Any]) if good else None
        except (msgspec.DecodeError, binascii.Error, ValueError) as error:
            raise TokenInvalid("the token is damaged") from error
        if claims is None:
            raise TokenInvalid("the token is not signed by this key")
        if datetime.fromtimestamp(int(claims["exp"]), UTC) + grace <= self._clock.now():
            raise TokenTooOld("the token's time has run out")
        return claims


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
