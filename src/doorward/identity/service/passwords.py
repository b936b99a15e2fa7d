"""Passwords: slow to check on purpose, so never in a transaction and never more than two at once."""

import asyncio
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from doorward.vocabulary.errors import Malformed

LEAST_CHARACTERS: Final = 12
MOST_CHARACTERS: Final = 256
_AT_ONCE: Final = 2

_OBVIOUS: Final = (
    "password", "passwort", "passwd", "kennwort", "parola", "sifre", "şifre", "sandi", "пароль", "qwertyuiop",
    "qwertz", "qwerty", "azerty", "asdfghjkl", "asdf", "йцукен", "letmein", "welcome", "willkommen", "iloveyou",
    "administrator", "admin", "doorward", "secret", "geheim", "rahasia", "changeme", "default", "summer", "winter",
    "spring", "autumn", "login", "user", "test", "demo", "abc",
)  # fmt: skip
_RUNS: Final = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz")


class PasswordCheck(msgspec.Struct, frozen=True):
    """Whether a password was right, and its hash by today's parameters where the kept one is older."""

    right: bool
    better_hash: str | None = None


def require_good(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raise `Malformed` unless the password has at least 12 characters and is not one of the first to be tried.

    The length is that of NIST SP 800-63B-4 and its wish for more; there is no rule about kinds of characters, as it
    says. What is left after taking away names (`about`), obvious words, runs and repetitions must be 6 characters long.
    """
    if len(password) < LEAST_CHARACTERS:
        raise Malformed(f"password: at least {LEAST_CHARACTERS} characters")
    if len(password) > MOST_CHARACTERS:
        raise Malformed(f"password: at most {MOST_CHARACTERS} characters")
    rest = _normal(password).casefold()
    words = sorted({word.casefold() for word in (*about, *_OBVIOUS) if len(word) >= 3}, key=len, reverse=True)
    for word in words:
        rest = rest.replace(word, "")
    for run in _RUNS:
        for length in range(len(run), 2, -1):
            for start in range(len(run) - length + 1):
                rest = rest.replace(run[start : start + length], "")
    rest = re.sub(r"(.)\1{2,}", r"\1", rest)
    if len(rest) < 6 or len(set(rest)) < 4:
        raise Malformed("password: too easy to guess")


class Passwords:
    """Hashes and checks passwords with argon2id in two threads of its own."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Use `hasher`, or the parameters that the library recommends (RFC 9106: 64 MiB, 3 passes, 4 lanes)."""
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")
        # Checked when there is no such user, so that it takes as long to be told nothing.
        self._nobody = self._hasher.hash("nobody knows this one")

    def hash(self, password: str) -> str:
        """Return the hash of a password; takes a tenth of a second or more. Check it with `require_good` before."""
        return self._threads.submit(self._hash, password).result()

    async def hash_async(self, password: str) -> str:
        """Do as `hash`, without blocking the event loop."""
        return await asyncio.wrap_future(self._threads.submit(self._hash, password))

    def check(self, password_hash: str | None, password: str) -> PasswordCheck:
        """Return whether the password is that of the hash; without a hash it takes as long and is wrong."""
        return self._threads.submit(self._check, password_hash, password).result()

    async def check_async(self, password_hash: str | None, password: str) -> PasswordCheck:
        """Do as `check`, without blocking the event loop."""
        return await asyncio.wrap_future(self._threads.submit(self._check, password_hash, password))

    def close(self) -> None:
        """Stop the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password).encode("utf-8", "replace"))

    def _check(self, password_hash: str | None, password: str) -> PasswordCheck:
        # Longer ones were never accepted; cutting them keeps the time from growing with what is sent.
        given = _normal(password[: MOST_CHARACTERS + 1]).encode("utf-8", "replace")
        try:
            self._hasher.verify(password_hash or self._nobody, given)
        except (VerificationError, InvalidHashError):
            return PasswordCheck(right=False)
        if password_hash is None:
            return PasswordCheck(right=False)
        better = self._hasher.hash(given) if self._hasher.check_needs_rehash(password_hash) else None
        return PasswordCheck(right=True, better_hash=better)


def _normal(password: str) -> str:
    # The same letters typed on another keyboard may come as other code points (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFKC", password)
