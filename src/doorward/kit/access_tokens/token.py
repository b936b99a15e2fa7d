"""Access tokens in the profile of RFC 9068, read as RFC 8725 advises.

What a token says before its signature was checked leads to nothing but which of the known issuers to ask for keys. No
key comes out of a token, and no address of one: `jku`, `x5u`, `jwk` and `x5c` are refused rather than passed over.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from doorward.kit.access_tokens.keys import Algorithm, PublicKeys
from doorward.kit.access_tokens.refused import TokenRefused

LONGEST: Final = 4_096
"""Characters of a token."""
SKEW: Final = timedelta(seconds=30)
"""How far an issuer's clock may be off."""
LONGEST_LIFE: Final = timedelta(hours=24)
"""How long after `iat` a token is taken at most: what is good for days is a password."""
_TYPES: Final = {"at+jwt", "application/at+jwt"}
_FOREIGN: Final = ("jku", "x5u", "jwk", "x5c", "crit", "b64", "zip")
_COMPACT: Final = re.compile(r"\A([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\Z")
_NAME: Final = re.compile(r"\A[\x21-\x7e]{1,150}\Z")
"""Names of clients and subjects: visible and without blanks."""
_LATEST: Final = 2**37
"""The year 6325: what lies beyond is no time of anybody's."""


class AccessClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says that holds: for which client and subject it was issued, by whom, for what, and how long."""

    issuer: str
    client: str
    subject: str
    scopes: frozenset[str]
    created: datetime
    expires: datetime


class Unproven(msgspec.Struct, frozen=True, kw_only=True):
    """A token that was read and not yet checked: nothing of it is true before `check`."""

    issuer: str
    algorithm: str
    key_id: str
    _claims: dict[str, Any]
    _token: str

    def __repr__(self) -> str:
        """Show nothing: whoever has a token is who it names."""
        return "<Unproven>"

    def check(
        self, keys: PublicKeys, *, algorithms: Collection[Algorithm], audience: str, now: datetime
    ) -> AccessClaims:
        """Return what the token says, if an issuer's key signed it for `audience` and its time is now.

        Whether the issuer is one to believe is found out by who calls. Raises `TokenRefused`.
        """
        self._check_signature(keys, algorithms)
        named = self._claims.get("aud")
        if audience not in (named if isinstance(named, list) else [named]):
            raise TokenRefused("audience", "aud: not this resource")
        created, expires = self._times(now)
        client, subject, token_id = (self._claims.get(name) for name in ("client_id", "sub", "jti"))
        if not all(isinstance(one, str) and _NAME.match(one) for one in (client, subject, token_id)):
            raise TokenRefused("malformed", "client_id, sub, jti: 1 to 150 visible characters each")
        scope = self._claims.get("scope", "")
        if not isinstance(scope, str):
            raise TokenRefused("malformed", "scope: not a text")
        return AccessClaims(
            issuer=self.issuer,
            client=str(client),
            subject=str(subject),
            scopes=frozenset(scope.split()),
            created=created,
            expires=expires,
        )

    def _check_signature(self, keys: PublicKeys, algorithms: Collection[Algorithm]) -> None:
        algorithm = next((one for one in algorithms if one == self.algorithm), None)
        if algorithm is None:
            raise TokenRefused("algorithm", "alg: not one that is allowed for this issuer")
        key = keys.get(self.key_id, {}).get(algorithm)
        if key is None:
            raise TokenRefused("key", "kid: no key of the issuer's for this algorithm")
        try:
            registry = _Registry(algorithms=[algorithm], strict_check_header=False)
            jws.deserialize_compact(self._token, key, registry=registry)
        except (JoseError, ValueError, TypeError):
            raise TokenRefused("signature", "not signed with the issuer's key") from None

    def _times(self, now: datetime) -> tuple[datetime, datetime]:
        created, expires = _time(self._claims, "iat"), _time(self._claims, "exp")
        starts = _time(self._claims, "nbf") if "nbf" in self._claims else created
        if expires + SKEW <= now or created + LONGEST_LIFE <= now:
            raise TokenRefused("expired", "exp: the token's time is over")
        if max(created, starts) - SKEW > now:
            raise TokenRefused("early", "iat, nbf: the token's time has not come")
        return created, expires


class _Registry(JWSRegistry):
    """Reads the old name of Ed25519 signatures, `EdDSA`, as the new one of RFC 9864: most libraries write the old."""

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


def read_token(token: str) -> Unproven:
    """Return a token taken apart. Raises `TokenRefused` (`malformed`, `algorithm`)."""
    found = _COMPACT.match(token) if len(token) <= LONGEST else None
    if found is None:
        raise TokenRefused("malformed", "not a signed JSON Web Token")
    header, claims = _object(found[1]), _object(found[2])
    kind, algorithm, key_id, issuer = header.get("typ"), header.get("alg"), header.get("kid"), claims.get("iss")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenRefused("malformed", "typ: not at+jwt")
    if any(name in header for name in _FOREIGN):
        raise TokenRefused("malformed", f"{', '.join(_FOREIGN)}: not taken")
    if not isinstance(algorithm, str) or not isinstance(key_id, str) or not isinstance(issuer, str):
        raise TokenRefused("malformed", "alg, kid, iss: missing")
    plain = "Ed25519" if algorithm == "EdDSA" else algorithm
    return Unproven(issuer=issuer, algorithm=plain, key_id=key_id, _claims=claims, _token=token)


def _object(part: str) -> dict[str, Any]:
    try:
        pairs = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise TokenRefused("malformed", "not a signed JSON Web Token") from None
    if not isinstance(pairs, dict):
        raise TokenRefused("malformed", "not a signed JSON Web Token")
    return pairs


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object in which nothing is said twice: two readers would read two things (RFC 8725, 2.6)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _time(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    # True is a number to Python but not to us; the range leaves out infinities and NaN.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _LATEST:
        raise TokenRefused("malformed", f"{name}: missing, or not a time")
    return datetime.fromtimestamp(value, UTC)
