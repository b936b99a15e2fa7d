"""API tokens: what programs show instead of a session. Shown once, kept as hashes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from doorward.identity.repository import sessions as repository
from doorward.identity.service.secrets_kept import digest_of, new_secret
from doorward.identity.service.staff import PERMISSIONS, Permission, Principal
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound, NotSignedIn
from doorward.vocabulary.ids import TenantId, TokenId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope

ALL: Final = "admin"
"""A token's permission that stands for every other one."""
TOUCH_AFTER: Final = timedelta(hours=1)
"""The last use of a token is noted this coarsely: it shows which tokens are forgotten, not who works when."""


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a token. `used_at` is coarse: good to the hour."""

    id: TokenId
    name: str
    permissions: tuple[str, ...]
    created_at: datetime
    created_by: str
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class NewToken(Discreet, frozen=True, kw_only=True):
    """A token just made: `secret` is shown now and never again."""

    token: ApiToken
    secret: str


class TokenUse(Discreet, frozen=True, kw_only=True):
    """A good token shown. When `stale`, the door calls `touch`."""

    principal: Principal
    token_id: TokenId
    stale: bool


class Tokens:
    """Makes, reads and revokes API tokens."""

    def make(self, tx: Tx, scope: Scope, *, name: str, permissions: Sequence[str]) -> Outcome[NewToken]:
        """Make a token that may do what `permissions` name, or everything with `admin`. Raises `Malformed`."""
        if not name.strip() or len(name) > 80 or not name.isprintable():
            raise Malformed("name: 1 to 80 printable characters")
        wanted = tuple(dict.fromkeys(permissions))
        if not wanted or not set(wanted) <= PERMISSIONS | {ALL}:
            raise Malformed(f"permissions: some of {', '.join(sorted(PERMISSIONS))}, or {ALL}")
        secret = new_secret("dwt")
        token = ApiToken(
            id=TokenId(new_id()),
            name=name.strip(),
            permissions=wanted,
            created_at=tx.now,
            created_by=scope.actor.id,
        )
        values = {
            "id": token.id,
            "name": token.name,
            "token_hash": digest_of(secret),
            "permissions": wanted,
            "created_at": token.created_at,
            "created_by": token.created_by,
        }
        repository.insert_token(tx, scope, values)
        event = AuditEvent(
            action="token.made",
            object_kind="token",
            object_id=token.id,
            fields=("name", "permissions"),
            reason=" ".join(wanted),
        )
        return Outcome(NewToken(token=token, secret=secret), entries=(event,))

    def read(self, tx: Tx, secret: str) -> TokenUse:
        """Return what a token entitles to, and with it the tenant. Raises `NotSignedIn`."""
        row = repository.find_token(tx, digest_of(secret))
        if row is None:
            raise NotSignedIn("no such token")
        token_id = TokenId(row.id)
        principal = Principal(
            scope=Scope(tenant_id=TenantId(row.tenant_id), actor=Actor(kind="machine", id=token_id)),
            permissions=_permissions(row.permissions),
            name=row.name,
            token_id=token_id,
        )
        stale = row.used_at is None or row.used_at <= tx.now - TOUCH_AFTER
        return TokenUse(principal=principal, token_id=token_id, stale=stale)

    def touch(self, tx: Tx, scope: Scope, token_id: TokenId) -> Outcome[None]:
        """Note that a token is in use."""
        repository.touch_token(tx, scope, token_id)
        return Outcome(None)

    def revoke(self, tx: Tx, scope: Scope, token_id: TokenId) -> Outcome[None]:
        """End a token at once. Raises `NotFound` when there is none that is good."""
        if not repository.revoke_token(tx, scope, token_id):
            raise NotFound("no such token")
        return Outcome(None, entries=(AuditEvent(action="token.revoked", object_kind="token", object_id=token_id),))

    def all_tokens(self, tx: Tx, scope: Scope) -> tuple[ApiToken, ...]:
        """Return all tokens, revoked ones too, the newest first."""
        return tuple(_token(row) for row in repository.list_tokens(tx, scope))


def _permissions(granted: Sequence[str]) -> frozenset[Permission]:
    return PERMISSIONS if ALL in granted else frozenset(name for name in PERMISSIONS if name in granted)


def _token(row: Any) -> ApiToken:
    return ApiToken(
        id=TokenId(row.id),
        name=row.name,
        permissions=tuple(row.permissions),
        created_at=row.created_at,
        created_by=row.created_by,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
