"""Passwords."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from doorward.identity import Passwords, require_good
from doorward.vocabulary.errors import Malformed
from tests.support.identities import GOOD_PASSWORD

FAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    """A fast hasher."""
    return Passwords(FAST)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "aaaaaaaaaaaaaaaa",
        "123456789012345",
        "password1234",
        "Password1234!",
        "qwertyuiop123456",
        "Doorward-2026",
        "selin.kaya.selin",
        "Halden Bank 123",
        "abcdefghijkl",
        "парольпароль12",
        "x" * 257,
        " " * 20,
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    """Short, obvious and repeated passwords, and those made of one's own names, are refused without being quoted."""
    with pytest.raises(Malformed) as refusal:
        require_good(password, about=("selin.kaya", "selin", "kaya", "halden", "Halden Bank"))
    assert refusal.value.detail.startswith("password: ")
    assert password not in refusal.value.detail


@pytest.mark.parametrize(
    "password",
    [
        GOOD_PASSWORD,
        "correct horse battery staple",
        "güvercin kanadı 9",
        "Jw4%kd!0Qz-p",
        "наш кот любит сыр",
        "密碼很長真的很長喔一二三",
    ],
)
def test_a_good_password_needs_no_signs_or_numbers(password: str) -> None:
    """Length and not being obvious are all that is asked for, in any script."""
    require_good(password, about=("selin", "halden"))


def test_a_password_is_right_or_wrong(passwords: Passwords) -> None:
    """The right password is right, in any Unicode spelling; everything else is wrong."""
    hashed = passwords.hash("güvercin kanadı 9")
    assert hashed.startswith("$argon2id$")
    assert passwords.check(hashed, "güvercin kanadı 9").right
    assert not passwords.check(hashed, "güvercin kanadı 8").right
    assert not passwords.check(hashed, "").right
    assert not passwords.check(hashed, "güvercin kanadı 9" + "x" * 5000).right
    assert not passwords.check(hashed, "\ud800").right
    assert not passwords.check("not a hash", "güvercin kanadı 9").right


def test_nobody_has_no_password(passwords: Passwords) -> None:
    """Without a hash even the password that nobody has is wrong."""
    assert not passwords.check(None, "nobody knows this one").right


def test_nobody_is_checked_as_carefully_as_somebody() -> None:
    """Without a hash the same work is done as with one, so that the time tells nothing."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002 - the library's name
            verified.append(str(hash).split("$")[3])
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    hashed = passwords.hash(GOOD_PASSWORD)
    passwords.check(hashed, "wrong")
    passwords.check(None, "wrong")
    assert verified == ["m=8,t=1,p=1", "m=8,t=1,p=1"]


def test_an_older_hash_is_replaced_when_the_password_is_right(passwords: Passwords) -> None:
    """A hash with weaker parameters still opens, and comes with a better one; a good one comes with none."""
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2).hash(GOOD_PASSWORD)
    check = passwords.check(weak, GOOD_PASSWORD)
    assert check.right
    assert check.better_hash is not None
    assert passwords.check(check.better_hash, GOOD_PASSWORD).better_hash is None
    assert passwords.check(weak, "wrong").better_hash is None


def test_at_most_two_are_hashed_at_once() -> None:
    """However many sign in together, two hashes are worked on at a time: memory and processors are kept for others."""
    lock = threading.Lock()
    now, most = 0, 0
    both = threading.Barrier(2)

    class Watching(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal now, most
            if b"x" not in (password if isinstance(password, bytes) else password.encode()):
                return super().hash(password, salt=salt)
            with lock:
                now += 1
                most = max(most, now)
            both.wait(timeout=30)
            with lock:
                now -= 1
            return super().hash(password, salt=salt)

    passwords = Passwords(Watching(time_cost=1, memory_cost=8, parallelism=1))
    with ThreadPoolExecutor(8) as callers:
        hashes = list(callers.map(passwords.hash, ["x"] * 8))
    passwords.close()
    assert len(set(hashes)) == 8
    assert most == 2


async def test_the_event_loop_is_not_held_up(passwords: Passwords) -> None:
    """The asynchronous twins do the same."""
    hashed = await passwords.hash_async(GOOD_PASSWORD)
    assert (await passwords.check_async(hashed, GOOD_PASSWORD)).right
    assert not (await passwords.check_async(hashed, "wrong")).right


@given(st.text(max_size=300))
def test_any_text_is_judged(password: str) -> None:
    """Whatever is typed is either good or refused, without any other error."""
    try:
        require_good(password, about=("selin", ""))
    except Malformed:
        good = False
    else:
        good = True
    assert not good or 12 <= len(password) <= 256
