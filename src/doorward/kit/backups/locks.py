"""Who can open a backup: whoever knows its passphrase, or holds the private half of the key that it was sealed for.

Each backup has a random key of its own. It is wrapped (AES-256-GCM) by 32 bytes that come from a passphrase by scrypt
(`kit.crypto.key_from_passphrase`), or from an X25519 agreement (RFC 7748) between a key made for this backup alone and
the recipient's, by HKDF-SHA256 (RFC 5869) over both public halves: what seals backups cannot open one.
"""

import base64
import binascii
import hashlib
import secrets
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doorward.kit import crypto
from doorward.kit.backups.unusable import BackupUnusable

_RECIPIENT: Final = "doorward-recipient-"
_KEY: Final = "doorward-backup-key-"
_CHECK_BYTES: Final = 4
_WRAP: Final = b"doorward-backup-1/key"
_SALT_BYTES: Final = 16


class Passphrase(msgspec.Struct, frozen=True):
    """A secret that somebody keeps in mind; it seals and opens."""

    words: str


class Recipient(msgspec.Struct, frozen=True):
    """The public half of a backup key: it seals and opens nothing."""

    public: bytes

    @classmethod
    def read(cls, text: str) -> "Recipient":
        """Return what `str` wrote. Raises `BackupUnusable` for a text that is none, or that has a slip in it."""
        return cls(_read(text, _RECIPIENT, "recipient"))

    def __str__(self) -> str:
        """Return it as a word that ends with a check, since a slip would make backups that nobody opens."""
        return _write(self.public, _RECIPIENT)


class BackupKey(msgspec.Struct, frozen=True):
    """The private half: it opens what was sealed for its recipient."""

    private: bytes

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "BackupKey(…)"

    @classmethod
    def read(cls, text: str) -> "BackupKey":
        """Return what `written` wrote. Raises `BackupUnusable`."""
        return cls(_read(text, _KEY, "backup key"))

    def written(self) -> str:
        """Return it as a word, for a file that only its owner can read."""
        return _write(self.private, _KEY)

    @property
    def recipient(self) -> Recipient:
        """Return the public half."""
        return Recipient(X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw())


Secret = Passphrase | BackupKey
Sealer = Passphrase | Recipient


def new_backup_key() -> BackupKey:
    """Return a fresh key for backups."""
    return BackupKey(X25519PrivateKey.generate().private_bytes_raw())


class ByPassphrase(msgspec.Struct, frozen=True, tag="passphrase", forbid_unknown_fields=True):
    """A lock that a passphrase opens."""

    salt: bytes
    wrapped: bytes


class ForRecipient(msgspec.Struct, frozen=True, tag="recipient", forbid_unknown_fields=True):
    """A lock that the recipient's key opens; `public` is the half of the key that was made for this backup."""

    public: bytes
    wrapped: bytes


Lock = ByPassphrase | ForRecipient


def close_lock(sealer: Sealer) -> tuple[bytes, Lock]:
    """Return a fresh key of 32 bytes and the lock that it lies in."""
    key = crypto.new_key()
    if isinstance(sealer, Passphrase):
        salt = secrets.token_bytes(_SALT_BYTES)
        wrapping = crypto.key_from_passphrase(sealer.words, salt)
        return key, ByPassphrase(salt, crypto.seal(wrapping, key, context=_WRAP))
    once = X25519PrivateKey.generate()
    public = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(sealer.public))
    return key, ForRecipient(public, crypto.seal(_agreed(shared, public, sealer.public), key, context=_WRAP))


def open_lock(lock: Lock, secret: Secret) -> bytes:
    """Return the key in the lock. Raises `BackupUnusable` when the secret is another one or of another kind."""
    try:
        wrapping = _wrapping(lock, secret)
        return crypto.open_sealed(wrapping, lock.wrapped, context=_WRAP)
    except (crypto.SealBroken, ValueError) as error:
        words = "passphrase" if isinstance(secret, Passphrase) else "key"
        raise BackupUnusable(
            f"the backup cannot be opened: the {words} is another one, or the file was changed at its beginning."
        ) from error


def _wrapping(lock: Lock, secret: Secret) -> bytes:
    match lock, secret:
        case ByPassphrase(), Passphrase():
            return crypto.key_from_passphrase(secret.words, lock.salt)
        case ForRecipient(), BackupKey():
            mine = X25519PrivateKey.from_private_bytes(secret.private)
            shared = mine.exchange(X25519PublicKey.from_public_bytes(lock.public))
            return _agreed(shared, lock.public, secret.recipient.public)
        case ByPassphrase(), _:
            raise BackupUnusable("the backup was sealed with a passphrase, not for a key.")
    raise BackupUnusable("the backup was sealed for a key, not with a passphrase: name the key's file.")


def _agreed(shared: bytes, once: bytes, recipient: bytes) -> bytes:
    """Return the wrapping key of an agreement; both public halves are bound to it."""
    return HKDF(algorithm=SHA256(), length=crypto.KEY_BYTES, salt=once + recipient, info=_WRAP).derive(shared)


def _write(key: bytes, prefix: str) -> str:
    check = hashlib.sha256(prefix.encode() + key).digest()[:_CHECK_BYTES]
    return prefix + base64.b32encode(key + check).decode().rstrip("=").lower()


def _read(text: str, prefix: str, name: str) -> bytes:
    word = text.strip()
    try:
        letters = word.removeprefix(prefix).upper()
        found = base64.b32decode(letters + "=" * (-len(letters) % 8)) if word.startswith(prefix) else b""
    except (binascii.Error, ValueError):
        found = b""
    key = found[: crypto.KEY_BYTES]
    if len(found) != crypto.KEY_BYTES + _CHECK_BYTES or _write(key, prefix) != word:
        raise BackupUnusable(f"that is no {name}: one begins with {prefix} and was not typed without a slip.")
    return key
