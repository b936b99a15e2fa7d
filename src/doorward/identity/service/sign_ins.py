"""Signing in: guessing gets slow, but whoever signed in from here before is never kept waiting for others' guesses.

Three steps, because checking a password takes long and must not hold a transaction:

1. `begin` in a write transaction counts the attempt before it is checked, so that attempts at once do not come free;
2. `Passwords.check` outside;
3. `finish` in a write transaction opens a session, or leaves the attempt counted.

Two counters slow things down. One belongs to the account and the place (a device that signed in before and shows its
cookie, else a network): it grows with every wrong password from there. The other belongs to the account: it makes all
strangers together wait when many of them try, and does not concern places from which this account signed in before. So
an attacker can neither try fast from many addresses nor lock the owner out (the idea of OWASP's device cookies).
"""

import math
from datetime import timedelta
from typing import Final

from doorward.identity.repository import sessions
from doorward.identity.repository import staff as repository
from doorward.identity.service.passwords import PasswordCheck
from doorward.identity.service.secrets_kept import csrf_of, digest_of, new_secret
from doorward.identity.service.staff import normal_username, possible_username
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.settings import Sessions as SessionSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.channel import network_of
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import RateLimited
from doorward.vocabulary.ids import SessionId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

FREE_TRIES: Final = 5
"""Wrong passwords from one place before the next one has to wait: 1 s, then twice as long each time."""
FREE_TRIES_OF_STRANGERS: Final = 20
"""Wrong passwords for one account from anywhere before strangers have to wait."""
LONGEST_WAIT: Final = timedelta(minutes=15)
LONGEST_WAIT_WHERE_KNOWN: Final = timedelta(minutes=1)
LONGEST_WAIT_OF_STRANGERS: Final = timedelta(minutes=1)
FORGET_AFTER: Final = timedelta(hours=24)
"""Failures older than this do not count."""
FORGET_PLACES_AFTER: Final = timedelta(days=180)


class SignInRequest(Discreet, frozen=True, kw_only=True):
    """What somebody showed at the door, without the password.

    `address` is the network address, `device` the cookie of a device that signed in before, `session` the cookie of a
    session that is there already; it ends when a new one begins.
    """

    username: str
    address: str
    device: str | None = None
    session: str | None = None


class SignInAttempt(Discreet, frozen=True, kw_only=True):
    """A counted attempt: what to check the password against, and what to settle afterwards."""

    request: SignInRequest
    staff_id: StaffId | None
    password_hash: str | None
    place: bytes
    account_counter: bytes
    place_counter: bytes
    device_known: bool


class SignedIn(Discreet, frozen=True, kw_only=True):
    """A new session: its cookie, its CSRF token, and the cookie that makes the device a known one."""

    staff_id: StaffId
    session_id: SessionId
    token: str
    csrf: str
    device: str


class SignIns:
    """Counts attempts and opens sessions."""

    def __init__(self, keys: Keys, *, settings: SessionSettings) -> None:
        """Hash names and places with `keys`; sessions last as `settings` say."""
        self._keys = keys
        self._settings = settings

    def begin(self, tx: Tx, scope: Scope, request: SignInRequest) -> Outcome[SignInAttempt]:
        """Count an attempt and return what its password is to be checked against.

        An unknown user name takes the same way. Raises `RateLimited` when it is too early; that is not counted.
        """
        name = normal_username(request.username)
        row = repository.find_staff_by_username(tx, scope, possible_username(name))
        staff_id = StaffId(row.id) if row is not None else None
        network = self._hash(scope, "network", network_of(request.address))
        device = self._hash(scope, "device", request.device or "")
        known = repository.familiar_marks(tx, scope, staff_id or StaffId(""), (network, device))
        device_known = request.device is not None and device in known
        place = device if device_known else network
        attempt = SignInAttempt(
            request=request,
            staff_id=staff_id,
            password_hash=row.password_hash if row is not None else None,
            place=place,
            account_counter=self._hash(scope, "account", name),
            place_counter=self._hash(scope, "place", f"{name}\x1f{place.hex()}"),
            device_known=device_known,
        )
        self._count(tx, scope, attempt, known=place in known)
        return Outcome(attempt)

    def finish(self, tx: Tx, scope: Scope, attempt: SignInAttempt, *, check: PasswordCheck) -> Outcome[SignedIn | None]:
        """Open a session if the password was right and the account may, else return None; the door says no more."""
        row = repository.find_staff(tx, scope, attempt.staff_id) if attempt.staff_id is not None else None
        good = row is not None and check.right and not row.disabled and row.password_hash == attempt.password_hash
        if attempt.staff_id is None or not good:
            event = AuditEvent(
                action="staff.sign_in_refused", object_kind="staff", object_id=attempt.staff_id or "unknown"
            )
            return Outcome(None, entries=(event,))
        if check.better_hash is not None:
            repository.update_staff(tx, scope, attempt.staff_id, {"password_hash": check.better_hash})
        repository.delete_attempts(tx, scope, (attempt.place_counter,))
        repository.forgive_attempt(tx, scope, attempt.account_counter)
        if attempt.request.session is not None:
            sessions.delete_session_by_hash(tx, scope, digest_of(attempt.request.session))
        signed_in = self._open(tx, scope, attempt, staff_id=attempt.staff_id)
        event = AuditEvent(action="staff.signed_in", object_kind="staff", object_id=attempt.staff_id)
        return Outcome(signed_in, entries=(event,))

    def forgive(self, tx: Tx, scope: Scope, username: str) -> Outcome[None]:
        """Forget the failures that make strangers wait for an account; for the operator."""
        repository.delete_attempts(tx, scope, (self._hash(scope, "account", normal_username(username)),))
        return Outcome(None, entries=(AuditEvent(action="staff.forgiven", object_kind="staff", object_id="attempts"),))

    def _count(self, tx: Tx, scope: Scope, attempt: SignInAttempt, *, known: bool) -> None:
        place = repository.lock_attempt(tx, scope, attempt.place_counter)
        account = repository.lock_attempt(tx, scope, attempt.account_counter)
        fresh = tx.now - FORGET_AFTER
        place_failures = place.failures if place.last_at > fresh else 0
        account_failures = account.failures if account.last_at > fresh else 0
        longest = LONGEST_WAIT_WHERE_KNOWN if known else LONGEST_WAIT
        open_at = place.last_at + _wait(place_failures - FREE_TRIES, longest=longest)
        if not known:
            wait = _wait(account_failures - FREE_TRIES_OF_STRANGERS, longest=LONGEST_WAIT_OF_STRANGERS)
            open_at = max(open_at, account.last_at + wait)
        if open_at > tx.now:
            seconds = math.ceil((open_at - tx.now).total_seconds())
            raise RateLimited("too many wrong passwords", retry_after=max(1, seconds))
        repository.write_attempt(tx, scope, attempt.place_counter, failures=place_failures + 1)
        repository.write_attempt(tx, scope, attempt.account_counter, failures=account_failures + 1)

    def _open(self, tx: Tx, scope: Scope, attempt: SignInAttempt, *, staff_id: StaffId) -> SignedIn:
        token, session_id = new_secret("dws"), SessionId(new_id())
        values = {
            "id": session_id,
            "token_hash": digest_of(token),
            "staff_id": staff_id,
            "created_at": tx.now,
            "seen_at": tx.now,
            "ends_at": tx.now + timedelta(hours=self._settings.staff_hours),
        }
        sessions.insert_session(tx, scope, values)
        presented = attempt.request.device
        device = presented if presented is not None and attempt.device_known else new_secret("dwd")
        repository.remember_mark(tx, scope, staff_id, self._hash(scope, "device", device))
        repository.remember_mark(tx, scope, staff_id, self._hash(scope, "network", network_of(attempt.request.address)))
        return SignedIn(staff_id=staff_id, session_id=session_id, token=token, csrf=csrf_of(token), device=device)

    def _hash(self, scope: Scope, purpose: str, data: str) -> bytes:
        return self._keys.mac(scope.tenant_id, f"identity.sign_in.{purpose}", data.encode("utf-8", "replace"))


def _wait(failures_over: int, *, longest: timedelta) -> timedelta:
    """Return how long to wait after a failure: nothing below the free ones, then 1 s, 2 s, 4 s up to `longest`."""
    if failures_over < 0:
        return timedelta(0)
    return min(longest, timedelta(seconds=2 ** min(failures_over, 20)))
