"""Signing in, and keeping guessers slow without locking anybody out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from doorward.identity import SignInRequest
from doorward.identity.service.sign_ins import FREE_TRIES, FREE_TRIES_OF_STRANGERS
from doorward.vocabulary.errors import NotSignedIn, RateLimited
from tests.support.identities import GOOD_PASSWORD, Office, on_one_database

HOME, AWAY = "192.0.2.1", "198.51.100.7"


def _wait_after(office: Office, sign_in: Callable[[], object]) -> int:
    """Return for how long signing in is refused right now, 0 when it is not."""
    try:
        sign_in()
    except RateLimited as refusal:
        return refusal.retry_after
    return 0


def test_the_right_password_opens_a_session(office: Office) -> None:
    """Signing in gives a session of the tenant's own, with the role's permissions, and is audited."""
    staff_id = office.a_member(role="supervisor")
    signed_in = office.sign_in("Selin")
    assert signed_in is not None
    session = office.read(lambda tx: office.identity.sessions.read(tx, signed_in.token))
    assert (session.staff_id, session.principal.role) == (staff_id, "supervisor")
    assert session.principal.scope.tenant_id == office.scope.tenant_id
    assert session.principal.scope.actor.id == staff_id
    assert "measure:read" in session.principal.permissions
    assert office.audit()[-1] == ("staff.signed_in", staff_id, ())


@pytest.mark.parametrize("username", ["selin", "nobody", "", "selin\x00", "x" * 10_000, "\ud800"])
def test_a_wrong_password_opens_nothing(office: Office, username: str) -> None:
    """A wrong password and an unknown name end the same way, whatever the name looks like."""
    office.a_member()
    assert office.sign_in(username, "wrong password") is None
    assert office.audit()[-1][0] == "staff.sign_in_refused"
    assert office.rows("identity_session") == []


@on_one_database
def test_somebody_disabled_or_without_a_password_cannot_sign_in(office: Office) -> None:
    """The right password of a disabled account is wrong; an account without a password has none that is right."""
    staff_id = office.a_member()
    office.a_member("fresh", password=None)
    office.write(lambda tx: office.identity.staff.disable(tx, office.scope, staff_id))
    assert office.sign_in() is None
    assert office.sign_in("fresh", "") is None


@on_one_database
def test_a_password_that_changes_while_it_is_checked_does_not_open(office: Office) -> None:
    """A check against the old password is worth nothing once a new one is set."""
    staff_id = office.a_member()
    attempt = office.begin(SignInRequest(username="selin", address=HOME))
    check = office.identity.passwords.check(attempt.password_hash, GOOD_PASSWORD)
    other = office.identity.passwords.hash("another-good-one-99")
    office.write(lambda tx: office.identity.staff.set_password(tx, office.scope, staff_id, password_hash=other))
    assert check.right
    assert office.write(lambda tx: office.identity.sign_ins.finish(tx, office.scope, attempt, check=check)) is None


def test_a_wrong_password_costs_more_every_time(office: Office) -> None:
    """After five free tries the wait is 1, 2, 4 ... seconds, told in whole seconds, up to a quarter of an hour."""
    office.a_member()
    for _ in range(FREE_TRIES):
        assert office.sign_in(password="wrong") is None
    waits = []
    for _ in range(12):
        wait = _wait_after(office, lambda: office.sign_in(password="wrong"))
        waits.append(wait)
        office.clock.advance(timedelta(seconds=wait))
        assert office.sign_in(password="wrong") is None
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


@on_one_database
def test_the_wait_is_the_same_for_a_name_that_nobody_has(office: Office) -> None:
    """Unknown names are slowed down like known ones: the wait does not tell who works here."""
    office.a_member()
    for name in ("selin", "nobody"):
        for _ in range(FREE_TRIES):
            office.sign_in(name, "wrong")
        assert _wait_after(office, lambda name=name: office.sign_in(name, "wrong")) == 1  # type: ignore[misc]


@on_one_database
def test_waiting_is_not_counted_and_success_clears(office: Office) -> None:
    """Knocking too early costs nothing; after a good sign-in all tries are free again."""
    office.a_member()
    for _ in range(FREE_TRIES):
        office.sign_in(password="wrong")
    for _ in range(20):
        assert _wait_after(office, office.sign_in) == 1
    office.clock.advance(timedelta(seconds=1))
    assert office.sign_in() is not None
    for _ in range(FREE_TRIES):
        assert office.sign_in(password="wrong") is None


def test_attempts_at_once_do_not_come_for_free(office: Office) -> None:
    """An attempt counts before its password is checked: a hundred at once get no more than five."""
    office.a_member()
    request = SignInRequest(username="selin", address=AWAY)

    def begin(_number: int) -> bool:
        try:
            office.begin(request)
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(8) as attackers:
        assert sum(attackers.map(begin, range(100))) == FREE_TRIES


@on_one_database
def test_failures_of_yesterday_do_not_count(office: Office) -> None:
    """A day later nobody waits for what happened yesterday."""
    office.a_member()
    for _ in range(FREE_TRIES):
        office.sign_in(password="wrong")
    office.clock.advance(timedelta(hours=24))
    for _ in range(FREE_TRIES):
        assert _wait_after(office, lambda: office.sign_in(password="wrong")) == 0


def _besiege(office: Office) -> None:
    """Have strangers at many addresses try wrong passwords until strangers have to wait long."""
    for number in range(FREE_TRIES_OF_STRANGERS + 10):
        address = f"203.0.113.{number}"
        wait = _wait_after(office, lambda address=address: office.sign_in(password="wrong", address=address))  # type: ignore[misc]
        if wait:
            office.clock.advance(timedelta(seconds=wait))
            office.sign_in(password="wrong", address=address)


@on_one_database
def test_many_addresses_are_slowed_down_together(office: Office) -> None:
    """Strangers who take turns share a wait, of a minute at most, however many addresses they have."""
    office.a_member()
    _besiege(office)
    assert _wait_after(office, lambda: office.sign_in(password="wrong", address="203.0.113.250")) == 60
    assert _wait_after(office, lambda: office.sign_in("somebody.else", "wrong", address="203.0.113.250")) == 0


def test_the_owner_is_never_locked_out_at_home(office: Office) -> None:
    """While an account is under siege, its owner signs in at once where they signed in before."""
    office.a_member()
    assert office.sign_in(address=HOME) is not None
    _besiege(office)
    assert office.sign_in(address=HOME) is not None


@on_one_database
def test_the_owners_device_is_known_anywhere(office: Office) -> None:
    """A device that signed in before is known by its cookie, even where strangers have tried from the same network."""
    office.a_member()
    first = office.sign_in(address=HOME)
    assert first is not None
    for _ in range(100):
        wait = _wait_after(office, lambda: office.sign_in(password="wrong", address=AWAY))
        if wait > 60:
            break
        office.clock.advance(timedelta(seconds=wait))
    assert _wait_after(office, lambda: office.sign_in(address=AWAY)) > 60
    again = office.sign_in(address=AWAY, device=first.device)
    assert again is not None
    assert again.device == first.device


@on_one_database
def test_a_stolen_or_made_up_device_cookie_is_no_free_pass(office: Office) -> None:
    """A device's cookie has its own count; a made-up one is a stranger's."""
    office.a_member()
    office.a_member("cem")
    first = office.sign_in(address=HOME)
    assert first is not None
    for _ in range(FREE_TRIES):
        office.sign_in(password="wrong", address=AWAY, device=first.device)
    assert _wait_after(office, lambda: office.sign_in(password="wrong", address=AWAY, device=first.device)) == 1
    _besiege(office)
    assert _wait_after(office, lambda: office.sign_in(password="wrong", address=AWAY, device="dwd_made-up")) > 0
    for number in range(FREE_TRIES):
        # Selin's cookie is a stranger's where Cem signs in: a new made-up cookie each time gives no new tries either.
        office.sign_in("cem", "wrong", address=AWAY, device=f"{first.device}{number}")
    assert _wait_after(office, lambda: office.sign_in("cem", "wrong", address=AWAY, device=first.device)) == 1


@on_one_database
def test_known_places_wait_a_minute_at_most(office: Office) -> None:
    """Where somebody signed in before, even many wrong passwords never mean more than a minute."""
    office.a_member()
    office.sign_in(address=HOME)
    for _ in range(30):
        wait = _wait_after(office, lambda: office.sign_in(password="wrong", address=HOME))
        assert wait <= 60
        office.clock.advance(timedelta(seconds=wait))
    assert wait == 60


@on_one_database
def test_the_operator_can_forgive(office: Office) -> None:
    """An operator lets strangers to an account try again at once, as for an owner on a journey."""
    office.a_member()
    _besiege(office)
    office.write(lambda tx: office.identity.sign_ins.forgive(tx, office.scope, "selin"))
    assert office.sign_in(address=AWAY) is not None


@on_one_database
def test_signing_in_ends_the_session_before(office: Office) -> None:
    """A browser that signs in again gets a new session, and the cookie that it had is worth nothing."""
    office.a_member()
    first = office.sign_in()
    assert first is not None
    second = office.sign_in(session=first.token)
    assert second is not None
    assert second.token != first.token
    with pytest.raises(NotSignedIn):
        office.read(lambda tx: office.identity.sessions.read(tx, first.token))


@on_one_database
def test_an_older_hash_is_replaced_on_the_way(office: Office) -> None:
    """Signing in with a password kept by weaker parameters keeps it by better ones."""
    staff_id = office.a_member(password=None)
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2).hash(GOOD_PASSWORD)
    office.write(lambda tx: office.identity.staff.set_password(tx, office.scope, staff_id, password_hash=weak))
    assert office.sign_in() is not None
    assert [row.password_hash != weak for row in office.rows("identity_staff")] == [True]
    assert office.sign_in() is not None


def test_nothing_that_opens_a_door_is_stored(office: Office) -> None:
    """Neither password, session, device cookie, user name tried, nor address can be found in the database."""
    office.a_member()
    signed_in = office.sign_in(address="203.0.113.77")
    office.sign_in("trial.name", "wrong", address="203.0.113.77")
    assert signed_in is not None
    stored = office.everything_stored()
    for secret in (GOOD_PASSWORD, signed_in.token, signed_in.device, signed_in.csrf, "trial.name", "203.0.113.77"):
        assert secret.encode() not in stored
    assert repr(signed_in) == "<SignedIn>"
