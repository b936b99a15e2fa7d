"""Visitor tokens: signed, limited in time, and made of ids only."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from doorward.kit.clock import Clock
from doorward.kit.crypto import SignedTokens, TokenInvalid, TokenTooOld
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.vocabulary.errors import NotSignedIn, TokenExpired
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.scope import Actor, Scope

RENEWAL_GRACE: Final = timedelta(days=30)
"""How long after its end a token can still be exchanged for a new one, so that a conversation survives a holiday."""

_SHAPE: Final = re.compile(r"\A([0-9a-z]{1,40})\.([A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,100})\Z")


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """What a good token says: who speaks, in which conversation, of which tenant."""

    scope: Scope
    party_id: PartyId
    conversation_id: ConversationId
    effort_until: datetime | None = None

    def has_effort(self, now: datetime) -> bool:
        """Return whether their device did a piece of work that still counts; see `admission.effort`."""
        return self.effort_until is not None and now < self.effort_until


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token for the visitor's browser, and when its time runs out."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        """Show the time only."""
        return f"<IssuedToken until {self.expires_at:%Y-%m-%dT%H:%MZ}>"


class VisitorTokens:
    """Issues and reads visitor tokens: `<tenant>.<claims>.<mac>`, signed under a secret of that tenant."""

    def __init__(self, keys: Keys, *, clock: Clock, lifetime: timedelta) -> None:
        """Sign with `keys`; tokens are good for `lifetime`."""
        self._keys = keys
        self._clock = clock
        self._lifetime = lifetime

    def issue(self, tenant_id: TenantId, *, party_id: PartyId, conversation_id: ConversationId) -> IssuedToken:
        """Return a new token."""
        scope = Scope(tenant_id=tenant_id, actor=Actor(kind="customer", id=party_id))
        return self.issue_for(Visitor(scope=scope, party_id=party_id, conversation_id=conversation_id))

    def issue_for(self, visitor: Visitor) -> IssuedToken:
        """Return a new token for a visitor, with the work that their device did."""
        tenant_id = visitor.scope.tenant_id
        # The token's own time has whole seconds; so has the one that is told.
        now = datetime.fromtimestamp(int(self._clock.now().timestamp()), UTC)
        claims: dict[str, Any] = {
            "tenant": tenant_id,
            "party": visitor.party_id,
            "conversation": visitor.conversation_id,
        }
        if visitor.effort_until is not None:
            claims["effort"] = int(visitor.effort_until.timestamp())
        signed = self._signed(tenant_id).issue(claims, lifetime=self._lifetime)
        return IssuedToken(token=f"{tenant_id}.{signed}", expires_at=now + self._lifetime)

    def read(self, token: str) -> Visitor:
        """Return who holds the token. Raises `TokenExpired` when its time has run out, `NotSignedIn` otherwise."""
        return self._read(token, grace=timedelta(0))

    def renew(self, token: str, *, tenant_id: TenantId) -> Visitor:
        """Return who held the token, up to `RENEWAL_GRACE` after its end, so that a new one can be issued.

        Raises `TokenExpired` when that is over as well, `NotSignedIn` when the token is another tenant's or none.
        """
        visitor = self._read(token, grace=RENEWAL_GRACE)
        if visitor.scope.tenant_id != tenant_id:
            raise NotSignedIn("the visitor token is another tenant's")
        return visitor

    def _read(self, token: str, *, grace: timedelta) -> Visitor:
        shape = _SHAPE.match(token)
        if shape is None:
            raise NotSignedIn("not a visitor token")
        tenant_id = TenantId(shape[1])
        try:
            claims = self._signed(tenant_id).read(shape[2], grace=grace)
        except TokenTooOld:
            raise TokenExpired("the visitor token's time has run out") from None
        except (TokenInvalid, KeyDestroyed):
            raise NotSignedIn("not a visitor token of ours") from None
        return _visitor(tenant_id, claims)

    def _signed(self, tenant_id: TenantId) -> SignedTokens:
        return SignedTokens(self._keys.tenant_secret(tenant_id, "visitor"), purpose="visitor", clock=self._clock)


def _visitor(tenant_id: TenantId, claims: dict[str, Any]) -> Visitor:
    # Which key was used came from outside; what it signed must say the same.
    if claims.get("tenant") != tenant_id:
        raise NotSignedIn("the visitor token is another tenant's")
    party_id, effort = PartyId(claims["party"]), claims.get("effort")
    return Visitor(
        scope=Scope(tenant_id=tenant_id, actor=Actor(kind="customer", id=party_id)),
        party_id=party_id,
        conversation_id=ConversationId(claims["conversation"]),
        effort_until=None if effort is None else datetime.fromtimestamp(int(effort), UTC),
    )
