"""Sessions of staff and tokens of programs."""

from datetime import timedelta

import pytest

from doorward.identity import PERMISSIONS, SignedIn, csrf_matches, csrf_of
from doorward.vocabulary.errors import Malformed, NotFound, NotSignedIn
from doorward.vocabulary.scope import Actor
from tests.support.identities import Office


def _signed_in(office: Office) -> SignedIn:
    signed_in = office.sign_in()
    assert signed_in is not None
    return signed_in


def _is_good(office: Office, token: str) -> bool:
    try:
        office.read(lambda tx: office.identity.sessions.read(tx, token))
    except NotSignedIn:
        return False
    return True


def test_a_session_ends_when_it_is_not_used(office: Office) -> None:
    """An hour without use ends a session; use keeps it, noted at most once a minute."""
    office.a_member()
    token = _signed_in(office).token
    session = office.read(lambda tx: office.identity.sessions.read(tx, token))
    assert not session.stale
    office.clock.advance(timedelta(minutes=59))
    session = office.read(lambda tx: office.identity.sessions.read(tx, token))
    assert session.stale
    office.write(lambda tx: office.identity.sessions.touch(tx, office.scope, session.session_id))
    office.clock.advance(timedelta(minutes=59))
    assert _is_good(office, token)
    office.clock.advance(timedelta(minutes=1))
    assert not _is_good(office, token)


def test_a_session_ends_after_twelve_hours_in_any_case(office: Office) -> None:
    """However busy, a session ends when its day is over."""
    office.a_member()
    signed_in = _signed_in(office)
    for _ in range(24):
        assert _is_good(office, signed_in.token)
        office.write(lambda tx: office.identity.sessions.touch(tx, office.scope, signed_in.session_id))
        office.clock.advance(timedelta(minutes=30))
    assert not _is_good(office, signed_in.token)


def test_signing_out_ends_it(office: Office) -> None:
    """After signing out a session's cookie is worth nothing, and signing out again finds nothing."""
    office.a_member()
    signed_in, sessions = _signed_in(office), office.identity.sessions
    office.write(lambda tx: sessions.sign_out(tx, office.scope, signed_in.session_id))
    assert not _is_good(office, signed_in.token)
    with pytest.raises(NotFound):
        office.write(lambda tx: sessions.sign_out(tx, office.scope, signed_in.session_id))
    assert office.actions()[-1] == "staff.signed_out"


def test_signing_out_everywhere_may_spare_one(office: Office) -> None:
    """All sessions of one member end but the one at hand; other members' stay."""
    staff_id = office.a_member()
    office.a_member("cem")
    here, there = _signed_in(office), _signed_in(office)
    cem = office.sign_in("cem")
    assert cem is not None
    sessions = office.identity.sessions
    ended = office.write(lambda tx: sessions.sign_out_everywhere(tx, office.scope, staff_id, but=here.session_id))
    assert ended == 1
    assert [_is_good(office, token) for token in (here.token, there.token, cem.token)] == [True, False, True]


def test_a_new_password_ends_the_other_sessions(office: Office) -> None:
    """Whoever was signed in with the old password is out; the one who changed it stays."""
    staff_id = office.a_member()
    here, there = _signed_in(office), _signed_in(office)
    office.write(
        lambda tx: office.identity.staff.set_password(
            tx, office.scope, staff_id, password_hash="x", keep=here.session_id
        )
    )
    assert [_is_good(office, token) for token in (here.token, there.token)] == [True, False]


def test_whoever_is_shut_out_is_out_at_once(office: Office) -> None:
    """Disabling an account or suspending its tenant ends what its sessions may do, from the next request on."""
    staff_id = office.a_member()
    first = _signed_in(office)
    office.write(lambda tx: office.identity.tenants.change_state(tx, office.scope, "suspended"))
    assert not _is_good(office, first.token)
    office.write(lambda tx: office.identity.tenants.change_state(tx, office.scope, "active"))
    assert _is_good(office, first.token)
    office.write(lambda tx: office.identity.staff.disable(tx, office.scope, staff_id))
    office.write(lambda tx: office.identity.staff.disable(tx, office.scope, staff_id, disabled=False))
    assert not _is_good(office, first.token)


def test_a_new_role_counts_from_the_next_request(office: Office) -> None:
    """What a session may do follows the role that its holder has now."""
    staff_id = office.a_member(role="supervisor")
    token = _signed_in(office).token
    office.write(lambda tx: office.identity.staff.change_role(tx, office.scope, staff_id, role="agent"))
    session = office.read(lambda tx: office.identity.sessions.read(tx, token))
    assert "measure:read" not in session.principal.permissions


@pytest.mark.parametrize("token", ["", "dws_", "dws_" + "A" * 43, "\ud800", "' OR 1=1 --"])
def test_what_was_never_given_out_is_no_session(office: Office, token: str) -> None:
    """A made-up cookie or token is refused, whatever it looks like."""
    office.a_member()
    _signed_in(office)
    assert not _is_good(office, token)
    with pytest.raises(NotSignedIn):
        office.read(lambda tx: office.identity.tokens.read(tx, token))


def test_another_tenant_cannot_end_a_session(office: Office) -> None:
    """A session's id is worth nothing at another tenant."""
    staff_id = office.a_member()
    signed_in, sessions = _signed_in(office), office.identity.sessions
    with pytest.raises(NotFound):
        office.write(lambda tx: sessions.sign_out(tx, office.other, signed_in.session_id), office.other)
    assert office.write(lambda tx: sessions.sign_out_everywhere(tx, office.other, staff_id), office.other) == 0
    assert _is_good(office, signed_in.token)


def test_a_form_token_belongs_to_its_session(office: Office) -> None:
    """The form token of a session is its own: another session's, a part of it, and none are refused."""
    office.a_member()
    first, second = _signed_in(office), _signed_in(office)
    assert first.csrf == csrf_of(first.token)
    assert csrf_matches(first.token, first.csrf)
    for presented in (second.csrf, first.csrf[:-1], first.csrf.upper(), "", "\ud800"):
        assert not csrf_matches(first.token, presented)


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_hash(office: Office) -> None:
    """The secret of a token is nowhere in the database; what it may do comes back with its tenant."""
    tokens = office.identity.tokens
    made = office.write(lambda tx: tokens.make(tx, office.scope, name="CRM", permissions=("messages:write",)))
    assert made.secret.startswith("dwt_")
    assert made.secret.encode() not in office.everything_stored()
    assert repr(made) == "<NewToken>"
    use = office.read(lambda tx: tokens.read(tx, made.secret))
    assert use.principal.permissions == frozenset({"messages:write"})
    assert use.principal.scope.tenant_id == office.scope.tenant_id
    assert use.principal.scope.actor == Actor(kind="machine", id=made.token.id)
    assert office.audit()[-1] == ("token.made", made.token.id, ("name", "permissions"))


def test_admin_means_everything(office: Office) -> None:
    """A token with `admin` may do all that there is, also what is added later."""
    tokens = office.identity.tokens
    made = office.write(lambda tx: tokens.make(tx, office.scope, name="ops", permissions=("admin",)))
    assert office.read(lambda tx: tokens.read(tx, made.secret)).principal.permissions == PERMISSIONS


@pytest.mark.parametrize(
    ("name", "permissions"), [("", ("admin",)), ("x\n", ("admin",)), ("x", ()), ("x", ("everything",))]
)
def test_impossible_tokens_are_refused(office: Office, name: str, permissions: tuple[str, ...]) -> None:
    """A token needs a name and permissions that exist."""
    with pytest.raises(Malformed):
        office.write(lambda tx: office.identity.tokens.make(tx, office.scope, name=name, permissions=permissions))


def test_a_revoked_token_is_worth_nothing(office: Office) -> None:
    """Revoked, a token is refused at once; another tenant cannot revoke it; the list still shows it."""
    tokens = office.identity.tokens
    made = office.write(lambda tx: tokens.make(tx, office.scope, name="CRM", permissions=("admin",)))
    with pytest.raises(NotFound):
        office.write(lambda tx: tokens.revoke(tx, office.other, made.token.id), office.other)
    office.read(lambda tx: tokens.read(tx, made.secret))
    office.write(lambda tx: tokens.revoke(tx, office.scope, made.token.id))
    with pytest.raises(NotSignedIn):
        office.read(lambda tx: tokens.read(tx, made.secret))
    with pytest.raises(NotFound):
        office.write(lambda tx: tokens.revoke(tx, office.scope, made.token.id))
    listed = office.read(lambda tx: tokens.all_tokens(tx, office.scope))
    assert [(token.name, token.revoked_at) for token in listed] == [("CRM", office.clock.now())]
    assert office.read(lambda tx: tokens.all_tokens(tx, office.other)) == ()


def test_a_token_of_a_suspended_tenant_is_refused(office: Office) -> None:
    """Suspending a tenant shuts its programs out as well."""
    tokens = office.identity.tokens
    made = office.write(lambda tx: tokens.make(tx, office.scope, name="CRM", permissions=("admin",)))
    office.write(lambda tx: office.identity.tenants.change_state(tx, office.scope, "suspended"))
    with pytest.raises(NotSignedIn):
        office.read(lambda tx: tokens.read(tx, made.secret))


def test_the_last_use_is_known_to_the_hour(office: Office) -> None:
    """A token's use is noted when the last note is an hour old, so that reading costs no write."""
    tokens = office.identity.tokens
    made = office.write(lambda tx: tokens.make(tx, office.scope, name="CRM", permissions=("admin",)))
    assert office.read(lambda tx: tokens.read(tx, made.secret)).stale
    office.write(lambda tx: tokens.touch(tx, office.scope, made.token.id))
    assert not office.read(lambda tx: tokens.read(tx, made.secret)).stale
    office.clock.advance(timedelta(hours=1))
    assert office.read(lambda tx: tokens.read(tx, made.secret)).stale
    assert office.read(lambda tx: tokens.all_tokens(tx, office.scope))[0].used_at is not None
