"""Authorization servers whose access tokens a company takes from machines, and with which algorithms they sign."""

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from doorward.identity.repository import issuers as repository
from doorward.kit.access_tokens import ALGORITHMS, Algorithm
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

MOST_ISSUERS: Final = 20
_LONGEST: Final = 200
_NAME: Final = re.compile(r"\A[a-z0-9][a-z0-9-]{0,39}\Z")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class TokenIssuer(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization server: what the company calls it, its issuer identifier (RFC 8414), its keys' address."""

    name: str
    issuer: str
    jwks_uri: str
    algorithms: tuple[Algorithm, ...]
    changed_at: datetime


class IssuerWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a company says of an authorization server."""

    issuer: str
    jwks_uri: str
    algorithms: tuple[Algorithm, ...]


class TokenIssuers:
    """Keeps who issues tokens, for each company apart. What is changed holds from the next request on."""

    def trust(self, tx: Tx, scope: Scope, name: str, *, wish: IssuerWish) -> Outcome[TokenIssuer]:
        """Take tokens of an authorization server, known under `name`; what the name meant before is replaced.

        The address of the keys is the company's word: none is ever taken out of a token. Raises `Malformed`, and
        `Conflict` for an issuer that has another name already, or when there are too many.
        """
        if not _NAME.match(name):
            raise Malformed("name: 1 to 40 of a-z, 0-9 and -")
        allowed = tuple(one for one in ALGORITHMS if one in wish.algorithms)
        if not allowed or len(allowed) != len(wish.algorithms):
            raise Malformed(f"algorithms: some of {', '.join(ALGORITHMS)}, each once")
        made = TokenIssuer(
            name=name,
            issuer=_address("issuer", wish.issuer, query=False),
            jwks_uri=_address("jwks_uri", wish.jwks_uri, query=True),
            algorithms=allowed,
            changed_at=tx.now,
        )
        before = self.issuers(tx, scope)
        if any(one.issuer == made.issuer and one.name != name for one in before):
            raise Conflict("the issuer is known under another name")
        if len(before) >= MOST_ISSUERS and all(one.name != name for one in before):
            raise Conflict(f"there are {MOST_ISSUERS} issuers already: forget one first")
        repository.replace_issuer(tx, scope, msgspec.structs.asdict(made) | {"algorithms": list(allowed)})
        return Outcome(made, (_event("token_issuer.trusted", name),))

    def forget(self, tx: Tx, scope: Scope, name: str) -> Outcome[None]:
        """Take tokens of an issuer no more. Raises `NotFound`."""
        if not repository.delete_issuer(tx, scope, name):
            raise NotFound("no such issuer")
        return Outcome(None, (_event("token_issuer.forgotten", name),))

    def issuers(self, tx: Tx, scope: Scope) -> tuple[TokenIssuer, ...]:
        """Return the issuers whose tokens are taken, in the order of their names."""
        return tuple(_issuer(row) for row in repository.issuers(tx, scope))

    def find(self, tx: Tx, scope: Scope, issuer: str) -> TokenIssuer | None:
        """Return an issuer by its identifier, compared character by character (RFC 8414, 4); None for any other."""
        row = repository.find_issuer(tx, scope, issuer) if len(issuer) <= _LONGEST and "\x00" not in issuer else None
        return None if row is None else _issuer(row)


def _address(field: str, value: str, *, query: bool) -> str:
    """Return an address as it was given. Plain http is good for a server on the same machine alone."""
    try:
        parts = urlsplit(value)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Malformed(f"{field}: not an https address") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    plain = value.isascii() and value.isprintable() and " " not in value and "#" not in value and "@" not in value
    if not (secure and host and plain and len(value) <= _LONGEST and (query or "?" not in value)):
        raise Malformed(f"{field}: not an https address of at most {_LONGEST} characters")
    return value


def _issuer(row: Any) -> TokenIssuer:
    return TokenIssuer(
        name=row.name,
        issuer=row.issuer,
        jwks_uri=row.jwks_uri,
        algorithms=tuple(row.algorithms),
        changed_at=row.changed_at,
    )


def _event(action: str, name: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="token_issuer", object_id=name)
