"""The word of a host site for who its user is: a JWT signed with a key that only the company and we have.

Checked as RFC 8725 advises: every key has one algorithm, the audience is this tenant, the time is short, and every
token is good once.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey
from joserfc.jws import JWSRegistry

from doorward.identity.repository import tenants as repository
from doorward.identity.service.parties import Parties
from doorward.identity.service.secrets_kept import new_secret
from doorward.identity.service.tenants import Tenant, Tenants
from doorward.kit.crypto import derive_key, keyed_hash, open_sealed, seal
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, NotSignedIn, TokenExpired, TokenReplayed
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel, Party
from doorward.vocabulary.scope import Scope

Algorithm = Literal["HS256", "ES256", "Ed25519"]

FACTOR: Final = "host_token"
LONGEST_LIFE: Final = timedelta(minutes=5)
CLOCK_SKEW: Final = timedelta(seconds=60)
"""How far a host's clock may be ahead of ours when it says when a token was made."""
MOST_KEYS: Final = 5
_LONGEST_TOKEN: Final = 4096
_ID: Final = re.compile(r"\A[\x21-\x7e]{8,200}\Z")
_SUBJECT: Final = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}\Z")
_EMAIL: Final = re.compile(r"\A[^\s@\x00-\x1f\x7f\ud800-\udfff]{1,64}@[^\s@\x00-\x1f\x7f\ud800-\udfff]{1,255}\Z")


class HostKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that tokens may be signed with, without what is secret of it."""

    key_id: str
    algorithm: Algorithm
    created_at: datetime
    ends_at: datetime | None = None


class HostSecret(Discreet, frozen=True, kw_only=True):
    """A shared secret just made: shown now and never again. The signing key is the UTF-8 of `secret`."""

    key_id: str
    secret: str


class HostClaims(Discreet, frozen=True, kw_only=True):
    """What a good token says: the company's customer number, and a mail address if it says one."""

    subject: str
    email: str | None = None


class _Registry(JWSRegistry):
    """Reads the old name of Ed25519 signatures, `EdDSA`, as the new one of RFC 9864: most libraries write the old."""

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


class HostTokens:
    """Keeps host sites' keys and checks the tokens that they sign."""

    def __init__(self, keys: Keys, *, parties: Parties, tenants: Tenants) -> None:
        """Seal shared secrets with `keys`."""
        self._keys = keys
        self._parties = parties
        self._tenants = tenants

    # -- keys --------------------------------------------------------------------------------------------------------

    def rotate_host_secret(self, tx: Tx, scope: Scope, *, overlap: timedelta = timedelta(0)) -> Outcome[HostSecret]:
        """Make a new shared secret (HS256) and end the ones before it, after `overlap`."""
        before = [row.key_id for row in repository.host_keys(tx, scope) if row.algorithm == "HS256"]
        repository.end_host_keys(tx, scope, before, at=tx.now + overlap)
        made = HostSecret(key_id=new_id(), secret=new_secret("dwh"))
        sealed = seal(self._sealing_key(scope), made.secret.encode(), context=_context(made.key_id))
        self._add(tx, scope, {"key_id": made.key_id, "algorithm": "HS256", "sealed_secret": sealed})
        return Outcome(made, entries=(_event("host_key.made", made.key_id),))

    def add_public_key(self, tx: Tx, scope: Scope, *, pem: str) -> Outcome[HostKey]:
        """Accept tokens signed with the private half of a public key: Ed25519 or P-256, as PEM. Raises `Malformed`."""
        algorithm = _algorithm_of(pem)
        key_id = new_id()
        self._add(tx, scope, {"key_id": key_id, "algorithm": algorithm, "public_key": pem})
        key = HostKey(key_id=key_id, algorithm=algorithm, created_at=tx.now)
        return Outcome(key, entries=(_event("host_key.made", key_id),))

    def end_host_key(self, tx: Tx, scope: Scope, key_id: str) -> Outcome[None]:
        """Accept a key no longer. Raises `NotFound`."""
        if key_id not in {row.key_id for row in repository.host_keys(tx, scope)}:
            raise NotFound("no such key")
        repository.end_host_keys(tx, scope, (key_id,), at=tx.now)
        return Outcome(None, entries=(_event("host_key.ended", key_id),))

    def host_keys(self, tx: Tx, scope: Scope) -> tuple[HostKey, ...]:
        """Return the keys that are good now, the newest first."""
        return tuple(
            HostKey(key_id=row.key_id, algorithm=row.algorithm, created_at=row.created_at, ends_at=row.ends_at)
            for row in repository.host_keys(tx, scope)
        )

    def _add(self, tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
        if len(repository.host_keys(tx, scope)) >= MOST_KEYS:
            raise Conflict(f"there are {MOST_KEYS} keys already: end one first")
        repository.insert_host_key(tx, scope, {"created_at": tx.now, **values})

    # -- tokens ------------------------------------------------------------------------------------------------------

    def accept(
        self, tx: Tx, scope: Scope, token: str, *, language: str | None = None, visitor_id: PartyId | None = None
    ) -> Outcome[Party]:
        """Take a host site's word and return the acting party: a visitor linked to the customer, at level CLAIMED.

        That is `visitor_id` if given, or a new visitor when none is given or that one is another customer already:
        then a conversation of its own must begin, for the old one is not this customer's to read. A customer number
        that is new here is registered; the token's mail address is kept only where none is known. Raises as `verify`.
        """
        verified = self.verify(tx, scope, token)
        claims = verified.value
        customer = self._parties.known_customer(tx, scope, claims.subject, language=language)
        filled = self._parties.fill_email(tx, scope, customer.value.id, email=claims.email or "")
        acting = self._acting(tx, scope, customer.value, visitor_id=visitor_id, language=language)
        acting_id = acting.value.id
        linked = self._parties.link(tx, scope, acting_id, customer_id=customer.value.id)
        raised = self._parties.raise_assurance(tx, scope, acting_id, level=AssuranceLevel.CLAIMED, factor=FACTOR)
        entries = (*verified.entries, *customer.entries, *filled.entries, *acting.entries, *linked.entries)
        return Outcome(self._parties.find(tx, scope, acting_id), entries=(*entries, *raised.entries))

    def _acting(
        self, tx: Tx, scope: Scope, customer: Party, *, visitor_id: PartyId | None, language: str | None
    ) -> Outcome[Party]:
        if visitor_id is not None:
            known = self._parties.recognise(tx, scope, visitor_id)
            if known.kind == "visitor" or known.id == customer.id:
                return Outcome(self._parties.find(tx, scope, visitor_id))
        return self._parties.new_visitor(tx, scope, language=language)

    def verify(self, tx: Tx, scope: Scope, token: str) -> Outcome[HostClaims]:
        """Return what a token says, and use it up.

        Wanted: `sub`, `aud` (the tenant's slug or widget key), `exp` at most 5 minutes ahead, `iat`, `jti` (8 to 200
        printable characters). Raises `TokenExpired`, `TokenReplayed`, or `NotSignedIn` for everything else.
        """
        claims = self._claims(tx, scope, token)
        _check_audience(claims, self._tenants.tenant(tx, scope))
        expires_at = _check_times(claims, tx.now)
        subject, token_id = claims.get("sub"), claims.get("jti")
        if not isinstance(subject, str) or not _SUBJECT.match(subject):
            raise NotSignedIn("user token: sub is missing or not a customer number")
        if not isinstance(token_id, str) or not _ID.match(token_id):
            raise NotSignedIn("user token: jti is missing or not 8 to 200 printable characters")
        email = claims.get("email")
        if email is not None and not (isinstance(email, str) and _EMAIL.match(email)):
            raise NotSignedIn("user token: email is not an address")
        digest = keyed_hash(self._keys.tenant_secret(scope.tenant_id, "identity.host_token"), token_id.encode())
        if not repository.insert_host_token(tx, scope, digest, expires_at=expires_at + CLOCK_SKEW):
            raise TokenReplayed("user token: used before")
        return Outcome(HostClaims(subject=subject, email=email))

    def _claims(self, tx: Tx, scope: Scope, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST_TOKEN:
            raise NotSignedIn("user token: too long")
        for row in repository.host_keys(tx, scope):
            try:
                algorithms = [row.algorithm]
                read = jwt.decode(token, self._key(scope, row), registry=_Registry(algorithms=algorithms))
            except (JoseError, ValueError, RecursionError):
                continue  # not signed with this key, or no token at all; the next key may know it
            return read.claims
        raise NotSignedIn("user token: not signed with a key of this tenant")

    def _key(self, scope: Scope, row: Any) -> OctKey | ECKey | OKPKey:
        if row.algorithm == "HS256":
            secret = open_sealed(self._sealing_key(scope), bytes(row.sealed_secret), context=_context(row.key_id))
            return OctKey.import_key(secret)
        return (ECKey if row.algorithm == "ES256" else OKPKey).import_key(row.public_key)

    def _sealing_key(self, scope: Scope) -> bytes:
        return derive_key(self._keys.tenant_secret(scope.tenant_id, "identity.host_key"), "seal")


def _algorithm_of(pem: str) -> Algorithm:
    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise Malformed("public key: not a PEM file of one") from None
    match key:
        case Ed25519PublicKey():
            return "Ed25519"
        case EllipticCurvePublicKey() if isinstance(key.curve, SECP256R1):
            return "ES256"
        case _:
            raise Malformed("public key: neither Ed25519 nor P-256")


def _check_audience(claims: dict[str, Any], tenant: Tenant) -> None:
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if tenant.slug not in named and tenant.widget_key not in named:
        raise NotSignedIn("user token: aud is not this tenant")


def _check_times(claims: dict[str, Any], now: datetime) -> datetime:
    """Return when the token ends. Raises `TokenExpired`, or `NotSignedIn` when it says too much or nothing."""
    expires_at, issued_at = _time(claims, "exp"), _time(claims, "iat")
    if expires_at <= now:
        raise TokenExpired("user token: its time has run out")
    if issued_at > now + CLOCK_SKEW:
        raise NotSignedIn("user token: iat is in the future")
    if expires_at > now + LONGEST_LIFE or expires_at > issued_at + LONGEST_LIFE:
        raise NotSignedIn("user token: exp is more than 5 minutes ahead")
    if "nbf" in claims and _time(claims, "nbf") > now + CLOCK_SKEW:
        raise NotSignedIn("user token: nbf is in the future")
    return expires_at


def _time(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    # True is a number to Python but not to us. The range leaves out infinities and NaN, and dates beyond the year 6000.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 2**37:
        raise NotSignedIn(f"user token: {name} is missing or not a time")
    return datetime.fromtimestamp(value, UTC)


def _context(key_id: str) -> bytes:
    return f"identity.host_key\x1f{key_id}".encode()


def _event(action: str, key_id: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="host_key", object_id=key_id)
