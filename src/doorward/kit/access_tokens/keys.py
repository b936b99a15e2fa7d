"""The public keys of an authorization server: a set of JSON Web Keys (RFC 7517), read within bounds.

A key has one algorithm, by what it is: so no token chooses one (RFC 8725, 3.1), and no public key is ever taken for a
shared secret. Private and symmetric keys, weak ones, and what is not known are left out.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

Algorithm = Literal["ES256", "Ed25519", "PS256", "RS256"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = get_args(Algorithm)
"""What may be allowed; RFC 9068 (2.1) asks for RS256, and forbids `none`."""

Key = ECKey | OKPKey | RSAKey
PublicKeys = Mapping[str, Mapping[Algorithm, Key]]
"""Keys by their `kid` and the algorithm with which they sign."""

LARGEST: Final = 65_536
"""Bytes of a set."""
MOST_KEYS: Final = 100
MEDIA_TYPES: Final = "application/jwk-set+json, application/json"
_LONGEST_ID: Final = 200
_RSA_BITS: Final = range(2048, 8193)
_LONGEST_NUMBER: Final = 1400
"""Characters of an RSA key's modulus, written in base64: 8,192 bits."""
_EXPONENT: Final = {"AQAB", "Aw"}
"""65537 and 3: what else is there is a mistake, or made to be slow."""
_NUMBER: Final = re.compile(r"\A[A-Za-z0-9_-]+\Z")


def read_key_set(body: bytes) -> PublicKeys:
    """Return the keys of a set that can check tokens. None may be left. Raises `ValueError` for what is no set."""
    if len(body) > LARGEST:
        raise ValueError("keys: more than 64 KiB")
    try:
        keys = json.loads(body.decode("utf-8"))["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError("keys: not a set of JSON Web Keys") from None
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise ValueError(f"keys: not a list of at most {MOST_KEYS}")
    found: dict[str, dict[Algorithm, Key]] = {}
    for one in keys:
        if not isinstance(one, dict) or not _is_for_signatures(one):
            continue
        for algorithm, key in _read(one).items():
            found.setdefault(one["kid"], {}).setdefault(algorithm, key)
    return found


def _is_for_signatures(one: Mapping[str, Any]) -> bool:
    key_id, operations = one.get("kid"), one.get("key_ops", ["verify"])
    named = isinstance(key_id, str) and 0 < len(key_id) <= _LONGEST_ID
    return named and one.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def _read(one: Mapping[str, Any]) -> dict[Algorithm, Key]:
    """Return a key by each algorithm that it may be used with: the one it names, or those that its kind has."""
    try:
        key, fitting = _key_of(one)
    except (JoseError, ValueError, TypeError, OverflowError):
        return {}
    named = one.get("alg")
    if named is None:
        return dict.fromkeys(fitting, key)
    plain = "Ed25519" if named == "EdDSA" else named
    return {algorithm: key for algorithm in fitting if algorithm == plain}


def _key_of(one: Mapping[str, Any]) -> tuple[Key, tuple[Algorithm, ...]]:
    match one.get("kty"), one.get("crv"):
        case "RSA", _:
            modulus, exponent = one.get("n"), one.get("e")
            if not (isinstance(modulus, str) and len(modulus) <= _LONGEST_NUMBER and _NUMBER.match(modulus)):
                raise ValueError("no modulus")
            number = int.from_bytes(urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4)), "big")
            if exponent not in _EXPONENT or number.bit_length() not in _RSA_BITS or not number % 2:
                raise ValueError("a weak key")
            return RSAKey.import_key({"kty": "RSA", "n": modulus, "e": str(exponent)}), ("RS256", "PS256")
        case "EC", "P-256":
            return ECKey.import_key({"kty": "EC", "crv": "P-256", **_texts(one, "x", "y")}), ("ES256",)
        case "OKP", "Ed25519":
            return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", **_texts(one, "x")}), ("Ed25519",)
        case _:
            raise ValueError("a kind of key that is not taken")


def _texts(one: Mapping[str, Any], *names: str) -> dict[str, str]:
    found = {name: one.get(name) for name in names}
    if not all(isinstance(value, str) and len(value) == 43 and _NUMBER.match(value) for value in found.values()):
        raise ValueError("a coordinate is missing")
    return {name: str(value) for name, value in found.items()}
