"""Authorization servers whose access tokens a company takes from machines."""

from typing import Annotated, Any, Final

import msgspec
from litestar import delete, get, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, problems
from doorward.identity import IssuerWish, TokenIssuer
from doorward.kit.access_tokens import ALGORITHMS, Algorithm

IssuerName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Address = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^https?://[!-~]+$")]


class TokenIssuerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An authorization server: its issuer identifier, where it shows its keys, and how it may sign."""

    issuer: Address
    jwks_uri: Address
    algorithms: Annotated[tuple[Algorithm, ...], Meta(min_length=1, max_length=len(ALGORITHMS))]


class TokenIssuerList(msgspec.Struct, frozen=True, kw_only=True):
    """The authorization servers whose tokens are taken, in the order of their names."""

    items: tuple[TokenIssuer, ...]


@get("/token-issuers", responses=problems(), security=ANY_OF, operation_id="list_token_issuers")
async def list_token_issuers(call: ACall) -> TokenIssuerList:
    """List the authorization servers whose access tokens are taken from machines."""
    scope, issuers = call.scope("settings:read"), call.house.identity.issuers
    return TokenIssuerList(items=await call.house.transactions.read_async(lambda tx: issuers.issuers(tx, scope)))


@put("/token-issuers/{name:str}", responses=problems(409, 415), security=ANY_OF, operation_id="trust_token_issuer")
async def trust_token_issuer(call: ACall, name: FromPath[IssuerName], data: JSONBody[TokenIssuerBody]) -> TokenIssuer:
    """Take access tokens of an authorization server; it holds from the next request on."""
    scope, issuers = call.scope("settings:write"), call.house.identity.issuers
    wish = IssuerWish(issuer=data.issuer, jwks_uri=data.jwks_uri, algorithms=data.algorithms)
    return await call.house.transactions.write_async(scope, lambda tx: issuers.trust(tx, scope, name, wish=wish))


@delete(
    "/token-issuers/{name:str}",
    status_code=204,
    responses=problems(404),
    security=ANY_OF,
    operation_id="forget_token_issuer",
)
async def forget_token_issuer(call: ACall, name: FromPath[IssuerName]) -> None:
    """Take tokens of an authorization server no more, from the next request on."""
    scope, issuers = call.scope("settings:write"), call.house.identity.issuers
    await call.house.transactions.write_async(scope, lambda tx: issuers.forget(tx, scope, name))


HANDLERS: Final[list[Any]] = [list_token_issuers, trust_token_issuer, forget_token_issuer]
