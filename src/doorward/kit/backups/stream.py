"""The sealed file: a head that says who can open it, then chunks that nobody can change, swap, drop or cut.

Layout: 16 bytes `MAGIC`, two bytes version, four bytes length of the head, the head (MessagePack), chunks. A chunk is
256 KiB of plain text (the last one less) sealed with AES-256-GCM under a key of this file alone; its nonce is the
chunk's number (11 bytes) and one byte that is 1 for the last chunk. That is the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (CRYPTO 2015).
The key comes from the lock's by HKDF-SHA256 with the hash of all before the chunks, so a changed head opens none.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doorward.kit.backups.locks import ForRecipient, Lock, Sealer, Secret, close_lock, open_lock
from doorward.kit.backups.unusable import BackupUnusable
from doorward.kit.crypto import KEY_BYTES

MAGIC: Final = b"doorward-backup\n"
VERSION: Final = 1
CHUNK: Final = 256 * 1024
_TAG: Final = 16
_LARGEST_HEAD: Final = 4096
_DAMAGED: Final = "the backup is damaged: what is in it is not what was sealed."
_CUT: Final = "the backup is cut off: its end is missing."

Kind = Literal["database", "keys"]
LockKind = Literal["passphrase", "key"]


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Kind
    lock: Lock


class SealedWriter:
    """Writes plain bytes as sealed chunks; `finish` must be called, or the file is a cut one."""

    def __init__(self, file: IO[bytes], *, kind: Kind, sealer: Sealer) -> None:
        """Write the head at once. For a passphrase that takes about 0.3 s."""
        key, lock = close_lock(sealer)
        head = msgspec.msgpack.encode(_Head(kind=kind, lock=lock))
        front = MAGIC + VERSION.to_bytes(2, "big") + len(head).to_bytes(4, "big") + head
        file.write(front)
        self._file = file
        self._cipher = _cipher(key, front)
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> None:
        """Take bytes; whole chunks are written, never the last one."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Write the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, None))
        self._number += 1


def opened_chunks(file: IO[bytes], *, kind: Kind, secret: Secret) -> Iterator[bytes]:
    """Yield the plain bytes of a sealed file, chunk by chunk; the end is reached only if nothing is missing.

    Raises `BackupUnusable` for a file that is foreign, newer, of another kind, damaged, cut, or sealed otherwise.
    """
    head, front = _read_head(file)
    if head.kind != kind:
        raise BackupUnusable(f"the file holds a backup of the {head.kind}, not of the {kind}.")
    cipher = _cipher(open_lock(head.lock, secret), front)
    number, sealed = 0, file.read(CHUNK + _TAG)
    while True:
        following = file.read(CHUNK + _TAG)
        last = not following
        yield _open_chunk(cipher, sealed, number, last=last)
        if last:
            return
        number, sealed = number + 1, following


def kind_of(path: Path) -> Kind:
    """Return what a file holds, by its head alone. Raises `BackupUnusable`."""
    with path.open("rb") as file:
        return _read_head(file)[0].kind


def lock_of(path: Path) -> LockKind:
    """Return what opens a file: a passphrase or a key. Raises `BackupUnusable`."""
    with path.open("rb") as file:
        return "key" if isinstance(_read_head(file)[0].lock, ForRecipient) else "passphrase"


def _read_head(file: IO[bytes]) -> tuple[_Head, bytes]:
    start = file.read(len(MAGIC) + 6)
    if not start.startswith(MAGIC):
        raise BackupUnusable("that is no backup of Doorward.")
    if len(start) < len(MAGIC) + 6:
        raise BackupUnusable(_CUT)
    version, length = start[len(MAGIC) : len(MAGIC) + 2], int.from_bytes(start[len(MAGIC) + 2 :], "big")
    if int.from_bytes(version, "big") != VERSION:
        raise BackupUnusable("the backup was made by a newer Doorward; install that version, or it is damaged.")
    if length > _LARGEST_HEAD:
        raise BackupUnusable(_DAMAGED)
    rest = file.read(length)
    if len(rest) < length:
        raise BackupUnusable(_CUT)
    try:
        return msgspec.msgpack.decode(rest, type=_Head), start + rest
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupUnusable(_DAMAGED) from error


def _open_chunk(cipher: AESGCM, sealed: bytes, number: int, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), sealed, None)
    except (InvalidTag, ValueError) as error:
        sentence = _CUT if last and _is_inner(cipher, sealed, number) else _DAMAGED
        raise BackupUnusable(sentence) from error


def _is_inner(cipher: AESGCM, sealed: bytes, number: int) -> bool:
    """Return whether the file was cut: what stands at its end is no last chunk, or only a part of one."""
    if len(sealed) < _TAG:
        return True
    try:
        cipher.decrypt(_nonce(number, last=False), sealed, None)
    except InvalidTag:
        return False
    return True


def _cipher(key: bytes, front: bytes) -> AESGCM:
    salt = hashlib.sha256(front).digest()
    own = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"doorward-backup-1/stream").derive(key)
    return AESGCM(own)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
