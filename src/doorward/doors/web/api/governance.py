"""What is looked after: the audit, and the tenant's settings."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch
from litestar.params import JSONBody, QueryParameter

from doorward import record
from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, Limit, etag, problems
from doorward.doors.web.api.conditions import SEEN, edition_of, tag_header
from doorward.identity import Tenant, Tenants
from doorward.kit.settings import leaves
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.record import AuditQuery, FoundLine
from doorward.vocabulary.errors import Conflict, Malformed, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

_KNOWN = frozenset(leaf.name for leaf in leaves(TenantSettings))

ObjectId = Annotated[str | None, QueryParameter(pattern=ID_PATTERN, description="Only what was done to this object.")]


Cursor = Annotated[
    str | None, QueryParameter(pattern=ID_PATTERN, description="The `next_cursor` of the page before: what is older.")
]
MayMatch = Annotated[
    str | None,
    tag_header("The `ETag` that the change rests upon; without it the settings are changed whatever they are."),
]


class AuditLine(FoundLine, frozen=True, kw_only=True):
    """One audit line; `seq` is null until it is sealed."""


class AuditList(msgspec.Struct, frozen=True, kw_only=True):
    """Audit lines, newest first: who did what to which object, without any content.

    `next_cursor` continues the list, and is null at its end.
    """

    items: tuple[AuditLine, ...]
    next_cursor: str | None = None


@get("/audit", responses=problems(), security=ANY_OF, operation_id="list_audit")
async def list_audit(
    call: ACall,
    limit: Limit = 100,
    object_id: ObjectId = None,
    cursor: Cursor = None,
) -> AuditList:
    """List audit lines, the newest first."""
    scope = call.scope("audit:read")
    wanted = AuditQuery(object=object_id or "", before=cursor, limit=limit + 1)
    lines = await call.house.transactions.read_async(lambda tx: record.find_audit(tx, scope, wanted))
    items = tuple(AuditLine(**msgspec.structs.asdict(line)) for line in lines[:limit])
    return AuditList(items=items, next_cursor=lines[limit - 1].id if len(lines) > limit else None)


@get("/settings", responses=problems() | SEEN, security=ANY_OF, operation_id="get_settings")
async def get_settings(
    call: ACall,
) -> Response[TenantSettings]:
    """Show the tenant's settings, defaults included. Their `ETag` counts their changes."""
    scope = call.scope("settings:read")
    tenant = await call.house.transactions.read_async(lambda tx: call.house.identity.tenants.tenant(tx, scope))
    return call.shown(tenant.settings, tag=etag(tenant.revision))


@patch("/settings", status_code=200, responses=problems(412, 413, 415), security=ANY_OF, operation_id="change_settings")
async def change_settings(
    call: ACall,
    data: JSONBody[dict[str, Any]],
    if_match: MayMatch = None,
) -> Response[TenantSettings]:
    """Change some of the tenant's settings: all of those given, or none if one of them is impossible."""
    scope = call.scope("settings:write")
    unknown = [name for name in data if name not in _KNOWN]
    if unknown or not data:
        raise Malformed(f"an unknown setting, or none; known are {', '.join(sorted(_KNOWN))}")

    tenants = call.house.identity.tenants

    def work(tx: Any) -> Outcome[Tenant]:
        lines: list[Any] = []
        if if_match is not None:
            lines += _change_seen(tenants, tx, scope, data, edition_of(if_match))
        for name, value in data.items() if if_match is None else ():
            lines += tenants.change_setting(tx, scope, name=name, value=value).entries
        return Outcome(tenants.tenant(tx, scope), tuple(lines))

    changed = await call.house.transactions.write_async(scope, work)
    call.house.settings_book.forget(scope.tenant_id)
    return Response(changed.settings, headers={"etag": etag(changed.revision)})


def _change_seen(tenants: Tenants, tx: Tx, scope: Scope, data: dict[str, Any], seen: int) -> Sequence[Any]:
    """Change settings if they are still those that the caller has seen. Raises `Outdated`, `Malformed`."""
    try:
        return tenants.change_settings(tx, scope, data, expected=seen).entries
    except Conflict as error:
        raise Outdated(f"the settings are at edition {tenants.tenant(tx, scope).revision}") from error
