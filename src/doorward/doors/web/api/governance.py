"""What is looked after: the audit, and the tenant's settings."""

from typing import Annotated, Any

import msgspec
from litestar import get, patch
from litestar.params import JSONBody, QueryParameter

from doorward import record
from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, Limit, problems
from doorward.kit.settings import TenantSettings, leaves
from doorward.record import AuditLine
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.outcome import Outcome

_KNOWN = frozenset(leaf.name for leaf in leaves(TenantSettings))

ObjectId = Annotated[str | None, QueryParameter(pattern=ID_PATTERN, description="Only what was done to this object.")]


class AuditList(msgspec.Struct, frozen=True, kw_only=True):
    """Audit lines, newest first: who did what to which object, without any content."""

    items: tuple[AuditLine, ...]


@get("/audit", responses=problems(), security=ANY_OF, operation_id="list_audit")
async def list_audit(
    call: ACall,
    limit: Limit = 100,
    object_id: ObjectId = None,
) -> AuditList:
    """List the newest audit lines."""
    scope = call.scope("audit:read")
    lines = await call.house.transactions.read_async(
        lambda tx: record.latest_audit(tx, scope, limit=limit, object_id=object_id)
    )
    return AuditList(items=lines)


@get("/settings", responses=problems(), security=ANY_OF, operation_id="get_settings")
async def get_settings(
    call: ACall,
) -> TenantSettings:
    """Show the tenant's settings, defaults included."""
    scope = call.scope("settings:read")
    return await call.house.transactions.read_async(lambda tx: call.house.identity.tenants.settings_of(tx, scope))


@patch("/settings", status_code=200, responses=problems(413, 415), security=ANY_OF, operation_id="change_settings")
async def change_settings(
    call: ACall,
    data: JSONBody[dict[str, Any]],
) -> TenantSettings:
    """Change some of the tenant's settings: all of those given, or none if one of them is impossible."""
    scope = call.scope("settings:write")
    unknown = [name for name in data if name not in _KNOWN]
    if unknown or not data:
        raise Malformed(f"an unknown setting, or none; known are {', '.join(sorted(_KNOWN))}")

    def work(tx: Any) -> Outcome[TenantSettings]:
        lines: list[Any] = []
        for name, value in data.items():
            lines += call.house.identity.tenants.change_setting(tx, scope, name=name, value=value).entries
        return Outcome(call.house.identity.tenants.settings_of(tx, scope), tuple(lines))

    changed = await call.house.transactions.write_async(scope, work)
    call.house.settings_book.forget(scope.tenant_id)
    return changed
