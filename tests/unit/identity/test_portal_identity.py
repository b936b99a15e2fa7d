"""Customers' sessions, begun sign-ins, consents and passkeys, on each kind of database."""

import json
from datetime import timedelta

import pytest

from doorward.identity import Challenge, OpenedSession, Site, browser_of, ceremonies
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound, NotSignedIn, StepUpRequired
from doorward.vocabulary.ids import PartyId, SessionId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from tests.support.identities import AYSE, BORIS, Office
from tests.support.portal import Authenticator

SITE = Site(rp_id="acme.example", origin="https://acme.example")


def open_session(office: Office, customer_id: PartyId) -> OpenedSession:
    """Open a session for a customer."""
    acting = office.a_visitor()
    sessions = office.identity.customer_sessions
    return office.write(
        lambda tx: sessions.open(tx, office.scope, acting, customer_id=customer_id, how=("passkey", "firefox/linux"))
    )


def registered(office: Office, customer_id: PartyId, key: Authenticator) -> None:
    """Register an authenticator's passkey."""
    challenge = Challenge(site=SITE, value=b"c" * 32)
    passkeys = office.identity.passkeys
    options = json.loads(
        office.read(
            lambda tx: passkeys.creation_options(
                tx, office.scope, customer_id, names=("Acme", "ayse"), challenge=challenge
            )
        )
    )
    made = passkeys.check_new(key.create(options, origin=SITE.origin), challenge=challenge)
    office.write(lambda tx: passkeys.register(tx, office.scope, customer_id, made=made, browser="other/other"))


def test_a_session_ends_by_idleness_and_by_time(office: Office) -> None:
    """Unused for half an hour it is over; used all the time, it is over after twelve hours."""
    customer = office.a_customer().id
    sessions = office.identity.customer_sessions
    idle, busy = open_session(office, customer), open_session(office, customer)
    for _ in range(12 * 3 - 1):
        office.clock.advance(timedelta(minutes=20))
        office.write(lambda tx: sessions.touch(tx, office.scope, busy.session_id))
    assert office.read(lambda tx: sessions.read(tx, office.scope, busy.token)).customer_id == customer
    with pytest.raises(NotSignedIn):
        office.read(lambda tx: sessions.read(tx, office.scope, idle.token))
    office.clock.advance(timedelta(minutes=20))
    with pytest.raises(NotSignedIn):
        office.read(lambda tx: sessions.read(tx, office.scope, busy.token))


def test_a_session_is_of_one_tenant_and_one_customer(office: Office) -> None:
    """Another tenant does not know the cookie, and nobody ends somebody else's session."""
    sessions = office.identity.customer_sessions
    ayse, boris = office.a_customer(AYSE).id, office.a_customer(BORIS).id
    opened = open_session(office, ayse)
    with pytest.raises(NotSignedIn):
        office.read(lambda tx: sessions.read(tx, office.other, opened.token))
    with pytest.raises(NotFound):
        office.write(lambda tx: sessions.end(tx, office.scope, boris, session_id=opened.session_id))
    office.write(lambda tx: sessions.end_all(tx, office.scope, boris))
    assert [one.session_id for one in office.read(lambda tx: sessions.sessions_of(tx, office.scope, ayse))] == [
        opened.session_id
    ]
    office.write(lambda tx: sessions.end_all(tx, office.scope, ayse, but=SessionId("another")))
    assert office.read(lambda tx: sessions.sessions_of(tx, office.scope, ayse)) == ()


def test_no_session_token_is_stored(office: Office) -> None:
    """What the browser holds is nowhere in the database."""
    opened = open_session(office, office.a_customer().id)
    assert opened.token.encode() not in office.everything_stored()
    assert opened.token not in repr(opened)


def test_a_begun_step_is_good_once_for_its_holder_and_for_minutes(office: Office) -> None:
    """Nobody takes a challenge twice, with another secret, for another purpose, at another tenant, or late."""
    acting = office.a_visitor()

    def begin() -> bytes:
        return office.write(
            lambda tx: Outcome(ceremonies.begin(tx, office.scope, "holder", purpose="passkey", acting_id=acting))
        )

    def take(holder: str = "holder", purpose: ceremonies.Purpose = "passkey", **where: object) -> bool:
        scope = office.other if where else office.scope
        return office.write(lambda tx: Outcome(ceremonies.take(tx, scope, holder, purpose=purpose) is not None), scope)

    assert begin() != begin()
    assert not take(holder="somebody else")
    assert not take(purpose="code")
    assert not take(other=True)
    assert take()
    assert not take()
    begin()
    office.clock.advance(ceremonies.CHALLENGE_LIFETIME)
    assert not take()


def test_consents_are_a_ledger(office: Office) -> None:
    """Silence is no; granting and withdrawing are lines with a time; saying the same again adds none."""
    customer, consents = office.a_customer().id, office.identity.consents

    def decide(*, granted: bool) -> bool:
        return office.write(
            lambda tx: consents.decide(tx, office.scope, customer, purpose="feedback", answer=(granted, "tr"))
        )

    assert not office.read(lambda tx: consents.has(tx, office.scope, customer, "feedback"))
    assert decide(granted=True)
    assert not decide(granted=True)
    assert office.read(lambda tx: consents.has(tx, office.scope, customer, "feedback"))
    assert not office.read(lambda tx: consents.has(tx, office.scope, customer, "outreach"))
    office.clock.advance(timedelta(minutes=1))
    assert decide(granted=False)
    lines = office.read(lambda tx: consents.history(tx, office.scope, customer))
    assert [(line.granted, line.language) for line in lines] == [(False, "tr"), (True, "tr")]
    assert {"consent.granted", "consent.withdrawn"} <= set(office.actions())
    with pytest.raises(Malformed):
        office.write(lambda tx: consents.decide(tx, office.scope, customer, purpose="everything", answer=(True, "en")))


def test_a_passkey_is_found_checked_and_counted(office: Office) -> None:
    """An answer to our challenge at our site holds and moves the counter; one that another moved does not move."""
    customer, key, passkeys = office.a_customer().id, Authenticator(), office.identity.passkeys
    registered(office, customer, key)
    challenge = Challenge(site=SITE, value=b"d" * 32)
    answer = key.get(json.loads(passkeys.request_options(challenge)), origin=SITE.origin)
    known = office.read(lambda tx: passkeys.find(tx, office.scope, answer))
    assert known is not None
    assert known.customer_id == customer
    assert office.read(lambda tx: passkeys.find(tx, office.other, answer)) is None
    assert passkeys.check(answer, passkey=known, challenge=challenge) == key.counter
    assert passkeys.check(answer, passkey=known, challenge=Challenge(site=SITE, value=b"e" * 32)) is None
    elsewhere = Challenge(site=Site(rp_id="evil.example", origin="https://evil.example"), value=b"d" * 32)
    assert passkeys.check(answer, passkey=known, challenge=elsewhere) is None
    assert office.write(lambda tx: Outcome(passkeys.note_use(tx, office.scope, known, counter=key.counter)))
    assert not office.write(lambda tx: Outcome(passkeys.note_use(tx, office.scope, known, counter=key.counter)))


def test_a_passkey_is_registered_once_and_removed_by_its_owner_alone(office: Office) -> None:
    """The same credential cannot become a second passkey, and another customer cannot remove it."""
    ayse, boris = office.a_customer(AYSE).id, office.a_customer(BORIS).id
    key, passkeys = Authenticator(), office.identity.passkeys
    registered(office, ayse, key)
    with pytest.raises(Conflict):
        registered(office, boris, key)
    (passkey,) = office.read(lambda tx: passkeys.passkeys_of(tx, office.scope, ayse))
    with pytest.raises(NotFound):
        office.write(lambda tx: passkeys.remove(tx, office.scope, boris, passkey_id=passkey.id))
    office.write(lambda tx: passkeys.remove(tx, office.scope, ayse, passkey_id=passkey.id))
    assert office.read(lambda tx: passkeys.passkeys_of(tx, office.scope, ayse)) == ()


def test_an_unverified_user_makes_no_passkey(office: Office) -> None:
    """Without user verification a passkey would be one factor only; it is refused."""
    key = Authenticator()
    key.verified = False
    with pytest.raises(NotAllowed):
        registered(office, office.a_customer().id, key)


def test_adding_a_passkey_asks_for_the_mailed_code(office: Office) -> None:
    """The strongest level is not enough when the passkey is what reached it."""
    customer, acting, identity = office.a_customer().id, office.a_visitor(), office.identity
    office.write(lambda tx: identity.parties.link(tx, office.scope, acting, customer_id=customer))
    office.write(
        lambda tx: identity.parties.raise_assurance(
            tx, office.scope, acting, level=AssuranceLevel.STRONG, factor="passkey"
        )
    )
    assert office.read(lambda tx: identity.require(tx, office.scope, acting, action="data.export")).level == 3
    with pytest.raises(StepUpRequired) as refused:
        office.read(lambda tx: identity.require(tx, office.scope, acting, action="passkey.add"))
    assert refused.value.facts["factors"] == "mailed_code"


@pytest.mark.parametrize(
    ("user_agent", "code"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "chrome/linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "safari/ios"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox/windows"),
        ("<script>alert(1)</script>" * 1000, "other/other"),
        ("", "other/other"),
    ],
)
def test_of_a_browser_only_family_and_system_are_kept(user_agent: str, code: str) -> None:
    """What is kept to tell sessions apart is one of a few codes, whatever a browser says."""
    assert browser_of(user_agent) == code
