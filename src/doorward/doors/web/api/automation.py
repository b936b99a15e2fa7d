"""Rules by program: what they are, and what they would have done."""

from datetime import timedelta
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post, put
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward import automation
from doorward.automation import Rehearsal, Rule, RuleBook, RuleRun
from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, Limit, etag, problems
from doorward.doors.web.api.conditions import SEEN, edition_of, tag_header
from doorward.flow.reading import read_noted
from doorward.flow.views.rehearsal import rehearsed
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent

IfMatch = Annotated[str, tag_header("The `ETag` of the rules that are to be replaced.")]
Cursor = Annotated[
    str | None,
    QueryParameter(pattern=ID_PATTERN, description="The `next_cursor` of the page before: what comes after."),
]
OfRule = Annotated[str | None, QueryParameter(pattern=ID_PATTERN, description="The id of a rule, for what it did.")]
_Rules = Annotated[tuple[Rule, ...], Meta(max_length=200)]


class RulesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules, in the order in which they are asked."""

    rules: _Rules


class RehearsalBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules that need not hold yet, and over what: the latest conversations of so many days."""

    rules: _Rules
    days: Annotated[int, Meta(ge=1, le=366)] = 30
    conversations: Annotated[int, Meta(ge=1, le=1000)] = 200


class RuleRunList(msgspec.Struct, frozen=True, kw_only=True):
    """What rules did, the newest first; `next_cursor` continues the list, null at its end."""

    items: tuple[RuleRun, ...]
    next_cursor: str | None


@get("/automation/runs", responses=problems(), security=ANY_OF, operation_id="list_rule_runs")
async def list_rule_runs(call: ACall, limit: Limit = 100, cursor: Cursor = None, rule_id: OfRule = None) -> RuleRunList:
    """List what rules did in the last 90 days, one of them or all: when, where, for what, and what came of it."""
    scope = call.scope("settings:read")
    found = await call.house.transactions.read_async(
        lambda tx: automation.runs_of(tx, scope, rule_id, before=cursor, limit=limit + 1)
    )
    return RuleRunList(items=found[:limit], next_cursor=found[limit - 1].id if len(found) > limit else None)


@get("/automation/rules", responses=problems() | SEEN, security=ANY_OF, operation_id="get_automation_rules")
async def get_automation_rules(call: ACall) -> Response[RuleBook]:
    """Show the rules. Their `ETag` is their number, 0 before the first."""
    scope = call.scope("settings:read")
    found = await call.house.transactions.read_async(lambda tx: automation.read_rules(tx, scope))
    return call.shown(found, tag=etag(found.number))


@put(
    "/automation/rules",
    status_code=200,
    responses=problems(412, 413, 415, 422),
    security=ANY_OF,
    operation_id="put_automation_rules",
)
async def put_automation_rules(call: ACall, data: JSONBody[RulesBody], if_match: IfMatch) -> Response[RuleBook]:
    """Put all rules into the place of those before; such as trigger each other for ever are refused, and named."""
    scope, expected = call.scope("settings:write"), edition_of(if_match)

    async def act(_key: str) -> RuleBook:
        return await call.house.transactions.write_async(
            scope, lambda tx: call.house.rule_work.save(tx, scope, data.rules, expected=expected)
        )

    return await call.answer_once(scope, act, tagged=True)


@post(
    "/automation/rehearsals",
    status_code=200,
    responses=problems(413, 415),
    security=ANY_OF,
    operation_id="rehearse_automation",
)
async def rehearse_automation(call: ACall, data: JSONBody[RehearsalBody]) -> Rehearsal:
    """Say what rules would have done in conversations of before. Nothing is done; that somebody looked is noted."""
    call.scope("conversations:read")
    scope = call.scope("settings:read")
    automation.check_rules(data.rules)

    def read(tx: Tx) -> Rehearsal:
        since = tx.now - timedelta(days=data.days)
        return rehearsed(tx, scope, data.rules, since=since, limit=data.conversations)

    noted = AuditEvent(action="automation.rehearsed", object_kind="tenant", object_id=scope.tenant_id)
    return await read_noted(call.house.transactions, scope, read, event=noted)


HANDLERS: Final = [list_rule_runs, get_automation_rules, put_automation_rules, rehearse_automation]
