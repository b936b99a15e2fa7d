"""Access tokens hold for who they were issued to, where and when they are meant to, and for nothing else."""

import json
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey, RSAKey

from doorward.kit.access_tokens import (
    ALGORITHMS,
    LONGEST,
    SKEW,
    AccessClaims,
    Algorithm,
    TokenRefused,
    read_key_set,
    read_token,
)
from tests.support.authorization import AuthorizationServer

RS256: tuple[Algorithm, ...] = ("RS256",)
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
AUDIENCE = "https://support.halden.example/c/mcp/rpc"
ISSUER = AuthorizationServer()
KEYS = read_key_set(json.dumps(ISSUER.keys).encode())


def _check(token: str, *, now: datetime = NOW, audience: str = AUDIENCE) -> AccessClaims:
    return read_token(token).check(KEYS, algorithms=ALGORITHMS, audience=audience, now=now)


def _fault(token: str, **more: Any) -> str:
    with pytest.raises(TokenRefused) as refused:
        _check(token, **more)
    return refused.value.fault


def test_a_good_token_says_whose_it_is() -> None:
    """Client, subject, scopes and times come out as they went in."""
    found = _check(ISSUER.token(AUDIENCE, now=NOW, scope="help order.place"))
    assert (found.issuer, found.client, found.subject) == (ISSUER.url, "printer-7", "user-1")
    assert found.scopes == {"help", "order.place"}
    assert found.expires - found.created == timedelta(minutes=5)
    assert _check(ISSUER.token([AUDIENCE, "https://b.example"], now=NOW)).client == "printer-7"  # type: ignore[arg-type]


def test_the_example_of_the_profile_is_read() -> None:
    """The header and claims of RFC 9068, 2.2 and 3 (its example token), signed anew, as its type is written there."""
    key = RSAKey.generate_key(2048)
    shown = {"keys": [{**key.as_dict(private=False), "kid": "RjEwOwOA"}]}
    made = int(NOW.timestamp())
    claims = {
        "iss": "https://authorization-server.example.com/",
        "sub": "5ba552d67",
        "aud": "https://rs.example.com/",
        "exp": made + 600,
        "iat": made,
        "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
        "client_id": "s6BhdRkqt3",
        "scope": "openid profile reademail",
    }
    token = jws.serialize_compact({"typ": "at+JWT", "alg": "RS256", "kid": "RjEwOwOA"}, json.dumps(claims), key)
    read = read_token(token)
    keys = read_key_set(json.dumps(shown).encode())
    found = read.check(keys, algorithms=RS256, audience="https://rs.example.com/", now=NOW)
    assert (found.client, found.subject, len(found.scopes)) == ("s6BhdRkqt3", "5ba552d67", 3)
    with pytest.raises(TokenRefused, match="alg"):
        read.check(keys, algorithms=("ES256", "PS256"), audience="https://rs.example.com/", now=NOW)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"aud": None}, "audience"),
        ({"aud": AUDIENCE + "/"}, "audience"),
        ({"aud": {"a": 1}}, "audience"),
        ({"exp": None}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"exp": "soon"}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"iat": None}, "malformed"),
        ({"sub": None}, "malformed"),
        ({"client_id": ""}, "malformed"),
        ({"client_id": "two words"}, "malformed"),
        ({"jti": 7}, "malformed"),
        ({"scope": ["help"]}, "malformed"),
        ({"nbf": NOW.timestamp() + 60}, "early"),
        ({"iat": NOW.timestamp() + 60}, "early"),
        ({"exp": NOW.timestamp() - 31}, "expired"),
        ({"iat": NOW.timestamp() - 86_400, "exp": NOW.timestamp() + 60}, "expired"),
    ],
)
def test_claims_that_cannot_be_are_refused(changes: dict[str, Any], fault: str) -> None:
    """What is missing, of another kind, out of time or for somebody else is told by its own code."""
    assert _fault(ISSUER.token(AUDIENCE, now=NOW, **changes)) == fault


def test_clocks_may_be_off_a_little() -> None:
    """Half a minute of difference is nobody's fault, at both ends."""
    token = ISSUER.token(AUDIENCE, now=NOW)
    assert _check(token, now=NOW - SKEW).created == NOW
    assert _check(token, now=NOW + timedelta(minutes=5) + SKEW - timedelta(seconds=1)).created == NOW


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ({"typ": "JWT"}, "malformed"),
        ({"typ": None}, "malformed"),
        ({"alg": "none"}, "algorithm"),
        ({"alg": "HS256"}, "algorithm"),
        ({"alg": "RS256"}, "key"),
        ({"kid": "k2"}, "key"),
        ({"kid": None}, "malformed"),
        ({"jku": "https://login.example/keys"}, "malformed"),
        ({"x5u": "https://login.example/chain"}, "malformed"),
        ({"x5c": []}, "malformed"),
        ({"jwk": {}}, "malformed"),
        ({"crit": ["exp"]}, "malformed"),
        ({"zip": "DEF"}, "malformed"),
    ],
)
def test_heads_that_would_choose_the_key_are_refused(header: dict[str, Any], fault: str) -> None:
    """A token names a key of its issuer's and nothing else: no algorithm of its own, no address, no key it brings."""
    head, claims, signature = ISSUER.token(AUDIENCE, now=NOW).split(".")
    said = {"alg": "ES256", "typ": "at+jwt", "kid": "k1", **header}
    bent = urlsafe_b64encode(json.dumps({k: v for k, v in said.items() if v is not None}).encode()).decode().rstrip("=")
    assert _fault(f"{bent}.{claims}.{signature}") == fault
    assert head != bent


def test_a_changed_token_is_not_signed() -> None:
    """One other bit, another key of the same name, or no signature at all: not signed with the issuer's key."""
    token = ISSUER.token(AUDIENCE, now=NOW)
    head, claims, signature = token.split(".")
    other = ISSUER.token(AUDIENCE, now=NOW, sub="user-2").split(".")[1]
    assert _fault(f"{head}.{other}.{signature}") == "signature"
    assert _fault(AuthorizationServer().token(AUDIENCE, now=NOW)) == "signature"
    assert _fault(f"{head}.{claims}.") == "malformed"
    assert _fault(f"{head}.{claims}.AAAA") == "signature"


def test_names_said_twice_are_refused() -> None:
    """Two readers of an object with a name twice would read two things."""
    key = OKPKey.generate_key("Ed25519")
    twice = f'{{"iss":"a","iss":"{ISSUER.url}"}}'
    token = jws.serialize_compact({"alg": "Ed25519", "typ": "at+jwt", "kid": "k1"}, twice, key, ["Ed25519"])
    assert _fault(token) == "malformed"


@given(st.text(alphabet="abcAB0-_.=\x00é", max_size=60))
def test_any_text_is_refused_and_not_quoted(text: str) -> None:
    """Whatever comes is refused by a sentence of ours."""
    with pytest.raises(TokenRefused) as refused:
        read_token(text)
    assert refused.value.reason.isascii()


def test_an_endless_token_costs_nothing() -> None:
    """What is longer than tokens are is not taken apart; deep nesting ends where it is read."""
    began = time.process_time()
    for token in ("a." * 10**6, f"{'a' * LONGEST}.b.c"):
        assert _fault(token) == "malformed"
    assert time.process_time() - began < 1
