"""The word of a host site."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

from doorward.vocabulary.errors import (
    Conflict,
    DoorwardError,
    Malformed,
    NotFound,
    NotSignedIn,
    TokenExpired,
    TokenReplayed,
)
from doorward.vocabulary.party import AssuranceLevel, Party
from doorward.vocabulary.scope import Scope
from tests.support.identities import AYSE, BORIS, Office, on_one_database

Claims = dict[str, Any]


class Host:
    """A company's web site that signs tokens."""

    def __init__(self, office: Office) -> None:
        """Have a shared secret made."""
        self.office = office
        self.secret = office.write(lambda tx: office.identity.host_tokens.rotate_host_secret(tx, office.scope)).secret
        self.number = 0

    def claims(self, **changes: Any) -> Claims:
        """Return good claims with `changes`; a change to None takes a claim away."""
        self.number += 1
        now = int(self.office.clock.now().timestamp())
        claims = {
            "sub": AYSE.reference,
            "aud": "halden",
            "iat": now,
            "exp": now + 120,
            "jti": f"token-{self.number:08d}",
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, claims: Claims | None = None, **changes: Any) -> str:
        """Return a token signed with the shared secret."""
        return jwt.encode({"alg": "HS256"}, claims or self.claims(**changes), OctKey.import_key(self.secret))

    def accept(self, token: str, *, scope: Scope | None = None, **options: Any) -> Party:
        """Hand a token in."""
        where, office = scope or self.office.scope, self.office
        return office.write(lambda tx: office.identity.host_tokens.accept(tx, where, token, **options), where)

    def refused(self, token: str) -> DoorwardError:
        """Hand a token in that is refused, and return the refusal."""
        with pytest.raises(NotSignedIn) as refusal:
            self.accept(token)
        return refusal.value


@pytest.fixture
def host(office: Office) -> Host:
    """A web site of the tenant `halden`."""
    return Host(office)


def _pem(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_good_token_makes_a_claimed_customer(host: Host) -> None:
    """A new visitor stands for the customer whom the site names, claimed and not verified."""
    office = host.office
    ayse = office.a_customer(AYSE)
    acting = host.accept(host.token(), language="tr")
    assert (acting.kind, acting.language) == ("visitor", "tr")
    assert (acting.assurance.level, acting.assurance.factor) == (AssuranceLevel.CLAIMED, "host_token")
    behind = office.read(lambda tx: office.identity.parties.recognise(tx, office.scope, acting.id))
    assert (behind.id, behind.reference) == (ayse.id, AYSE.reference)
    assert office.actions()[-3:] == ["party.made", "party.linked", "identity.raised"]


@on_one_database
def test_a_visitor_goes_on_as_the_customer(host: Host) -> None:
    """Somebody who signs in on the host site in the middle of a chat stays the same visitor, with a customer behind."""
    visitor = host.office.a_visitor()
    assert host.accept(host.token(), visitor_id=visitor).id == visitor
    assert host.accept(host.token(), visitor_id=visitor).id == visitor


def test_another_customer_in_the_same_browser_is_another_visitor(host: Host) -> None:
    """After Ayşe, Boris signs in on the same computer: he gets a visitor of his own and so cannot read on in hers."""
    office = host.office
    first = host.accept(host.token(), visitor_id=office.a_visitor())
    second = host.accept(host.token(sub=BORIS.reference), visitor_id=first.id)
    assert second.id != first.id
    behind = [
        office.read(lambda tx, one=one: office.identity.parties.recognise(tx, office.scope, one.id)).reference  # type: ignore[misc]
        for one in (first, second)
    ]
    assert behind == [AYSE.reference, BORIS.reference]


def test_an_unknown_number_is_registered_with_its_address(host: Host) -> None:
    """A customer whom only the site knows yet is registered; the address is found, but lies sealed."""
    office = host.office
    host.accept(host.token(sub="HB-new", email="new@example.org"))
    parties = office.identity.parties
    found = office.read(lambda tx: parties.find_by_email(tx, office.scope, "new@example.org"))
    assert found is not None
    assert found.reference == "HB-new"
    assert b"new@example.org" not in office.everything_stored()


@on_one_database
def test_a_token_does_not_change_a_known_address(host: Host) -> None:
    """Codes go to the address that the company registered; a token cannot lead them elsewhere."""
    office = host.office
    ayse = office.a_customer(AYSE)
    host.accept(host.token(email="eve@example.org"))
    assert office.read(lambda tx: office.identity.parties.email_of(tx, office.scope, ayse.id)) == AYSE.email


@on_one_database
def test_the_widget_key_and_a_list_are_audiences_too(host: Host) -> None:
    """The audience is the tenant's slug or its widget key, alone or among others."""
    office = host.office
    key = office.read(lambda tx: office.identity.tenants.tenant(tx, office.scope)).widget_key
    for audience in ("halden", key, ["elsewhere", "halden"], [key]):
        host.accept(host.token(aud=audience))


def test_a_token_is_good_once(host: Host) -> None:
    """The same token again is a replay, as long as it would be good at all."""
    token = host.token()
    host.accept(token)
    for _ in range(2):
        with pytest.raises(TokenReplayed):
            host.accept(token)
        host.office.clock.advance(timedelta(seconds=59))
    host.office.clock.advance(timedelta(seconds=2))
    assert isinstance(host.refused(token), TokenExpired)


@on_one_database
def test_a_refused_token_is_not_used_up(host: Host) -> None:
    """When something about a token is wrong, its id is not spent: nobody can spend another's by sending nonsense."""
    claims = host.claims()
    host.refused(host.token({**claims, "aud": "elsewhere"}))
    host.accept(host.token(claims))


def test_ids_are_each_tenants_own(host: Host) -> None:
    """Two tenants' sites may use the same token id."""
    other = Host(host.office)
    office = host.office
    secret = office.write(
        lambda tx: office.identity.host_tokens.rotate_host_secret(tx, office.other), office.other
    ).secret
    claims = host.claims()
    host_secret = other.secret
    host.accept(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(host_secret)))
    other.secret = secret
    host.accept(other.token({**claims, "aud": "other"}), scope=office.other)


@on_one_database
def test_a_token_runs_out_to_the_second(host: Host) -> None:
    """A token is good until its `exp` and not a moment longer."""
    token = host.token()
    host.office.clock.advance(timedelta(seconds=120))
    assert isinstance(host.refused(token), TokenExpired)


def _now(host: Host, seconds: float = 0) -> Any:
    return int(host.office.clock.now().timestamp()) + seconds


BAD_CLAIMS: dict[str, Claims] = {
    "no audience": {"aud": None},
    "another audience": {"aud": "other"},
    "an audience that contains ours": {"aud": "halden.evil"},
    "an audience that is an object": {"aud": {"halden": 1}},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 100234},
    "a subject with a line feed": {"sub": "HB-1\n"},
    "no id": {"jti": None},
    "a short id": {"jti": "1"},
    "a long id": {"jti": "1" * 201},
    "an id that is a number": {"jti": 12345678},
    "no end": {"exp": None},
    "an end that is text": {"exp": "1772452860"},
    "an end that is true": {"exp": True},
    "an end that is endless": {"exp": 10**400},
    "an end in the year 40,000": {"exp": 2**40},
    "an end before the beginning of time": {"exp": -1},
    "no beginning": {"iat": None},
    "a mail address that is none": {"email": "nobody"},
    "a mail address with a line feed": {"email": "a@b.example\nBcc: c@d.example"},
    "a mail address that is a list": {"email": ["a@b.example"]},
}
BAD_TIMES: dict[str, dict[str, int]] = {
    "a short life that ends too late, by a clock that is ahead": {"iat": 45, "exp": 330},
    "an end six minutes ahead": {"exp": 360},
    "an end five minutes and a second ahead": {"exp": 301},
    "five minutes since it was made": {"iat": -200, "exp": 101},
    "a beginning in two minutes": {"iat": 120, "exp": 200},
    "not before in two minutes": {"nbf": 120},
}


@on_one_database
@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_bad_claims_are_refused(host: Host, name: str) -> None:
    """A token of our key that says the wrong thing is refused like a forged one, without quoting it."""
    refusal = host.refused(host.token(**BAD_CLAIMS[name]))
    assert refusal.detail.startswith("user token: ")
    assert "Bcc" not in refusal.detail


@on_one_database
@pytest.mark.parametrize("name", BAD_TIMES)
def test_bad_times_are_refused(host: Host, name: str) -> None:
    """Times, in seconds from now, that are too far ahead or too far apart are refused."""
    refusal = host.refused(host.token(**{claim: _now(host, seconds) for claim, seconds in BAD_TIMES[name].items()}))
    assert re.match(r"user token: (iat|exp|nbf) is", refusal.detail)


@on_one_database
def test_five_minutes_is_not_too_long(host: Host) -> None:
    """A token for exactly five minutes is good, and so is one of a clock that is half a minute ahead."""
    host.accept(host.token(exp=_now(host, 300)))
    host.accept(host.token(iat=_now(host, 30), exp=_now(host, 300)))
    host.accept(host.token(exp=_now(host, 60.5)))


@on_one_database
def test_another_key_is_no_key(host: Host) -> None:
    """A token signed with anything but this tenant's key is refused, the other tenant's key included."""
    office = host.office
    theirs = office.write(
        lambda tx: office.identity.host_tokens.rotate_host_secret(tx, office.other), office.other
    ).secret
    for secret in (theirs, host.secret[:-1], host.secret.upper(), "dwh_" + "A" * 43):
        host.refused(jwt.encode({"alg": "HS256"}, host.claims(), OctKey.import_key(secret)))


@on_one_database
def test_a_tenant_without_keys_takes_nobodys_word(host: Host) -> None:
    """Where no key was made, no token is good."""
    with pytest.raises(NotSignedIn):
        host.accept(host.token(aud="other"), scope=host.office.other)


def test_a_new_secret_ends_the_old_one(host: Host) -> None:
    """After a rotation the old secret is worth nothing, or is good for the overlap that was asked for."""
    office, tokens = host.office, host.office.identity.host_tokens
    first = host.secret
    second = office.write(lambda tx: tokens.rotate_host_secret(tx, office.scope)).secret
    host.refused(host.token())
    host.secret = second
    host.accept(host.token())
    third = office.write(lambda tx: tokens.rotate_host_secret(tx, office.scope, overlap=timedelta(hours=1))).secret
    host.accept(host.token())
    office.clock.advance(timedelta(hours=1))
    host.refused(host.token())
    host.secret = third
    host.accept(host.token())
    assert len({first, second, third}) == 3


@on_one_database
def test_a_secret_is_shown_once(host: Host) -> None:
    """The shared secret lies sealed, and neither the list of keys nor a repr shows it."""
    office = host.office
    assert host.secret.encode() not in office.everything_stored()
    keys = office.read(lambda tx: office.identity.host_tokens.host_keys(tx, office.scope))
    assert [key.algorithm for key in keys] == ["HS256"]
    assert host.secret not in repr(keys)
    assert office.actions()[-1] == "host_key.made"


@on_one_database
@pytest.mark.parametrize("name", ["EdDSA", "Ed25519", "ES256"])
def test_public_keys_do_as_well(host: Host, name: str) -> None:
    """A site that keeps its private key to itself signs with Ed25519, under its old or new name, or with P-256."""
    office = host.office
    if name == "ES256":
        private: Any = ec.generate_private_key(ec.SECP256R1())
        key: Any = ECKey.import_key(private)
    else:
        private = ed25519.Ed25519PrivateKey.generate()
        key = OKPKey.import_key(private)
    office.write(lambda tx: office.identity.host_tokens.add_public_key(tx, office.scope, pem=_pem(private)))
    signer = "Ed25519" if name == "EdDSA" else name
    token = jwt.encode({"alg": signer}, host.claims(), key, algorithms=[signer])
    if name == "EdDSA":
        header, payload = _part({"alg": "EdDSA", "typ": "JWT"}), token.split(".")[1]
        signature = private.sign(f"{header}.{payload}".encode())
        token = f"{header}.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    host.accept(token)
    host.accept(host.token())


@on_one_database
def test_a_public_key_is_no_shared_secret(host: Host) -> None:
    """A token signed by HMAC with the public key's text as the secret is refused, whatever its header says."""
    office = host.office
    private = ed25519.Ed25519PrivateKey.generate()
    pem = _pem(private)
    office.write(lambda tx: office.identity.host_tokens.add_public_key(tx, office.scope, pem=pem))
    for algorithm in ("HS256", "EdDSA", "Ed25519", "ES256", "none"):
        signed = f"{_part({'alg': algorithm})}.{_part(host.claims())}"
        mac = hmac.new(pem.encode(), signed.encode(), hashlib.sha256).digest()
        host.refused(f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


@on_one_database
@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "None"}, {"alg": ""}, {}, {"alg": "HS512"}, {"alg": None}])
def test_no_algorithm_but_the_keys_own(host: Host, header: dict[str, Any]) -> None:
    """Unsigned tokens and algorithms that a key is not for are refused."""
    body = f"{_part(header)}.{_part(host.claims())}"
    host.refused(f"{body}.")
    host.refused(f"{body}.AAAA")


@on_one_database
@pytest.mark.parametrize("kind", ["rsa", "p384", "private", "nonsense", "empty"])
def test_other_keys_are_refused(host: Host, kind: str) -> None:
    """Keys of other kinds, private keys and nonsense are refused with a sentence."""
    pems: dict[str, Callable[[], str]] = {
        "rsa": lambda: _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        "p384": lambda: _pem(ec.generate_private_key(ec.SECP384R1())),
        "private": lambda: str(OKPKey.generate_key("Ed25519").as_pem(private=True).decode()),
        "nonsense": lambda: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "empty": lambda: "ключ",
    }
    office = host.office
    with pytest.raises(Malformed):
        office.write(lambda tx: office.identity.host_tokens.add_public_key(tx, office.scope, pem=pems[kind]()))


@on_one_database
def test_keys_are_few_and_can_be_ended(host: Host) -> None:
    """Five keys at most, so that no token costs more than five checks; an ended key is worth nothing."""
    office, tokens = host.office, host.office.identity.host_tokens
    privates = [ed25519.Ed25519PrivateKey.generate() for _ in range(5)]
    made = [
        office.write(lambda tx, private=private: tokens.add_public_key(tx, office.scope, pem=_pem(private)))  # type: ignore[misc]
        for private in privates[:4]
    ]
    with pytest.raises(Conflict):
        office.write(lambda tx: tokens.add_public_key(tx, office.scope, pem=_pem(privates[4])))
    key = OKPKey.import_key(privates[0])
    host.accept(jwt.encode({"alg": "Ed25519"}, host.claims(), key, algorithms=["Ed25519"]))
    with pytest.raises(NotFound):
        office.write(lambda tx: tokens.end_host_key(tx, office.other, made[0].key_id), office.other)
    office.write(lambda tx: tokens.end_host_key(tx, office.scope, made[0].key_id))
    host.refused(jwt.encode({"alg": "Ed25519"}, host.claims(), key, algorithms=["Ed25519"]))


@on_one_database
@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "\ud800.a.b", "é.a.b", "A" * 5000, _part([]) + ".e30.AA"]
)
def test_nonsense_is_refused(host: Host, token: str) -> None:
    """What is no token at all is refused like a forged one."""
    host.refused(token)


@on_one_database
def test_deeply_nested_claims_are_refused(host: Host) -> None:
    """Even the company's own site cannot exhaust the stack with nested claims."""
    signed = f"{_part({'alg': 'HS256'})}.{base64.urlsafe_b64encode(b'[' * 2500).decode().rstrip('=')}"
    signature = OctKey.import_key(host.secret)
    mac = hmac.new(bytes(signature.raw_value), signed.encode(), hashlib.sha256).digest()
    host.refused(f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@on_one_database
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(["sub", "aud", "iat", "exp", "jti", "nbf", "email"]), json_values))
def test_any_claims_are_taken_or_refused(host: Host, changes: Claims) -> None:
    """Whatever our own key signs is either good or refused, without any other error."""
    claims = {**host.claims(), **changes}
    try:
        host.accept(host.token(claims))
    except NotSignedIn as refusal:
        assert refusal.detail.startswith("user token: ")  # noqa: PT017 - either way is fine
