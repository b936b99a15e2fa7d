"""Which machine a request is from that carries an access token: whose token it is, and for what it was issued.

A company says whose tokens it takes. A token of theirs names a client and a subject: together they are the machine, as
a platform and its machine's name are elsewhere. What it may do for anybody is its owner's mandate, never the token.
"""

from typing import Final

import msgspec

from doorward.flow.signing.issuer_keys import IssuerKeys
from doorward.identity import TokenIssuer, TokenIssuers
from doorward.kit.access_tokens import TokenRefused, Unproven, read_token
from doorward.kit.clock import Clock
from doorward.kit.tx import Transactions
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import AccessTokenInvalid, ScopeMissing
from doorward.vocabulary.machines import MachineIdentity, Signed
from doorward.vocabulary.scope import Scope

_LONGEST_NAME: Final = 200
_NOT_TAKEN: Final = "no token of an issuer that is taken here"


class Bearer(Discreet, frozen=True, kw_only=True):
    """A token that came with a request to the address `resource`, which it must have been issued for.

    `scope` is what it must allow, if anything is named.
    """

    token: str
    resource: str
    scope: str = ""


class TokenRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What recognising takes."""

    issuers: TokenIssuers
    keys: IssuerKeys
    clock: Clock


class AccessTokens:
    """Recognises who a token was issued to."""

    def __init__(self, transactions: Transactions, rooms: TokenRooms) -> None:
        """Take the rooms."""
        self._transactions, self._rooms = transactions, rooms

    async def recognise(self, scope: Scope, bearer: Bearer) -> Signed:
        """Return which machine a token was issued to.

        Raises `AccessTokenInvalid`, with one sentence for all whose issuer or key is not taken here, and
        `ScopeMissing`.
        """
        try:
            read = read_token(bearer.token)
            issuer = await self._issuer(scope, read)
            keys = await self._rooms.keys.keys_of(issuer.jwks_uri, read.key_id)
            claims = read.check(
                keys, algorithms=issuer.algorithms, audience=bearer.resource, now=self._rooms.clock.now()
            )
        except TokenRefused as refusal:
            told = _NOT_TAKEN if refusal.fault in {"issuer", "key", "signature"} else refusal.reason
            raise AccessTokenInvalid(told) from None
        name = f"{claims.client} {claims.subject}"  # neither holds a blank: no other two make the same name
        if len(name) > _LONGEST_NAME:
            raise AccessTokenInvalid(f"client_id, sub: more than {_LONGEST_NAME} characters")
        if bearer.scope and bearer.scope not in claims.scopes:
            raise ScopeMissing(f"scope: {bearer.scope} is needed", scope=bearer.scope)
        machine = MachineIdentity(platform=claims.issuer, key_id="", agent_id=name)
        return Signed(machine=machine, known=True, created=claims.created, expires=claims.expires)

    async def _issuer(self, scope: Scope, read: Unproven) -> TokenIssuer:
        issuers = self._rooms.issuers
        found = await self._transactions.read_async(lambda tx: issuers.find(tx, scope, read.issuer))
        if found is None:
            raise TokenRefused("issuer", _NOT_TAKEN)
        return found
