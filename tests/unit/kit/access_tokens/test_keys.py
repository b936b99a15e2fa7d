"""Sets of keys: what can check tokens is read, and nothing that is weak, secret or meant for something else."""

import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError

from doorward.kit.access_tokens import Algorithm, PublicKeys, read_key_set
from doorward.kit.access_tokens.keys import LARGEST, MOST_KEYS

# RFC 7515, A.3: a signature with ES256, and its public key.
EC = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
EC_SIGNED = (
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
    "cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
# RFC 8037, A.2: a public key with Ed25519.
OKP = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
# RFC 7517, A.1: a public RSA key.
RSA = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n"
    "3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu"
    "6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awap"
    "JzKnqDKgw",
    "e": "AQAB",
}


def _read(*keys: dict[str, Any]) -> PublicKeys:
    return read_key_set(json.dumps({"keys": [{"kid": "k", **key} for key in keys]}).encode())


def _algorithms(*keys: dict[str, Any]) -> set[Algorithm]:
    return set(_read(*keys).get("k", {}))


def test_the_standards_keys_are_read_for_their_one_use() -> None:
    """Each kind of key has the algorithms that fit it, or the one that it names."""
    assert _algorithms(EC) == {"ES256"}
    assert _algorithms(OKP) == {"Ed25519"}
    assert _algorithms(RSA) == {"RS256", "PS256"}
    assert _algorithms({**RSA, "alg": "PS256"}) == {"PS256"}
    assert _algorithms({**OKP, "alg": "EdDSA"}) == {"Ed25519"}
    assert _algorithms(EC, OKP) == {"ES256", "Ed25519"}


def test_the_standards_signature_is_checked_with_the_key_that_was_read() -> None:
    """RFC 7515, A.3 holds with its key, and does not with one bit changed."""
    key = _read(EC)["k"]["ES256"]
    assert jws.deserialize_compact(EC_SIGNED, key, algorithms=["ES256"]).payload.startswith(b'{"iss":"joe"')
    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(EC_SIGNED.replace(".eyJpc3", ".eyJpc2"), key, algorithms=["ES256"])


@pytest.mark.parametrize(
    "key",
    [
        {**EC, "kid": ""},
        {**EC, "kid": 7},
        {**EC, "use": "enc"},
        {**EC, "key_ops": ["encrypt"]},
        {**EC, "alg": "RS256"},
        {**EC, "alg": "HS256"},
        {**EC, "y": EC["x"]},
        {**EC, "x": None},
        {**EC, "crv": "P-192"},
        {**OKP, "crv": "X25519"},
        {**OKP, "x": "AAAA"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {**RSA, "n": RSA["n"][:200]},
        {**RSA, "n": "A" * 3000},
        {**RSA, "e": "AAAAAAAA" * 40},
        {**RSA, "n": RSA["n"][:-1] + "A"},
        {"kty": ["EC"]},
    ],
)
def test_what_cannot_or_must_not_check_tokens_is_left_out(key: dict[str, Any]) -> None:
    """Secrets, weak or endless keys, and those for something else are no keys here; the others are read beside them."""
    assert _algorithms(key) == set()
    assert set(_read(key, {**EC, "kid": "good"})) == {"good"}


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"keys": {}}', b"\xff", b"[" * 60_000, json.dumps({"keys": [{}] * (MOST_KEYS + 1)}).encode()],
)
def test_what_is_no_set_is_refused(body: bytes) -> None:
    """As a whole, and within bounds."""
    with pytest.raises(ValueError, match="keys"):
        read_key_set(body)
    with pytest.raises(ValueError, match="64 KiB"):
        read_key_set(b" " * (LARGEST + 1))
