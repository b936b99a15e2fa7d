"""The audit and the access log: filtered, page by page, as a table to download, with the state of the chain."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get

from doorward import automation, record
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.spreadsheets import as_csv
from doorward.kit.tx import Tx
from doorward.record import AuditQuery, FoundLine

_HERE: Final = "audit"
_PAGE: Final = 50
_DOWNLOADED: Final = 10_000
"""Lines in one download: what a spreadsheet still opens at once; the filters lead to the others."""

_READ: Final = ".read"
"""How further actions end that open what belongs to a customer."""

_LONGEST: Final = 80
_CONTROLS: Final = re.compile(r"[\x00-\x1f\ud800-\udfff]")


class _Sieve(msgspec.Struct, frozen=True, kw_only=True):
    """The filters as they stand in the form."""

    action: str = ""
    object: str = ""
    actor: str = ""
    since: str = ""
    until: str = ""
    before: str = ""


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    lines: tuple[FoundLine, ...]
    actions: tuple[str, ...]
    rules: Mapping[str, str] = {}


@get("/desk/audit", include_in_schema=False)
async def show_audit(desk: ADeskCall) -> Response[str]:
    """Show who did what, the newest first."""
    return await _show(desk, access=False)


@get("/desk/audit/access", include_in_schema=False)
async def show_access(desk: ADeskCall) -> Response[str]:
    """Show who opened customers' data, and for which reason."""
    return await _show(desk, access=True)


@get("/desk/audit/chain", include_in_schema=False)
async def show_chain(desk: ADeskCall) -> Response[str]:
    """Check the whole chain against the signed head and tell how it stands."""
    scope, house = desk.require("audit:read"), desk.house
    report = await house.transactions.read_async(
        lambda tx: record.verify_audit(tx, scope, keys=house.keys, folder=house.audit_folder)
    )
    if desk.by_script:
        return await desk.part("desk/audit/_chain.html", report=report)
    return await desk.page("desk/audit/chain.html", here=_HERE, report=report)


@get("/desk/audit/download", include_in_schema=False)
async def download_audit(desk: ADeskCall) -> Response[str]:
    """Give the lines under the filters as a table."""
    desk.require("audit:read")
    query, _ = _query(_sieve(desk))
    access = desk.request.query_params.get("access") == "yes"
    wanted = msgspec.structs.replace(query, limit=_DOWNLOADED, before=None)
    found = await _find(desk, wanted, access=access)
    headers = {"content-disposition": 'attachment; filename="audit.csv"', "cache-control": "no-store"}
    return Response(as_table(found.lines), media_type="text/csv; charset=utf-8", headers=headers)


AUDIT_HANDLERS: Final = [show_audit, show_access, show_chain, download_audit]


def as_table(lines: Sequence[FoundLine]) -> str:
    """Return audit lines as CSV; what a spreadsheet would take for a formula is marked as text."""
    names = FoundLine.__struct_fields__
    values = (msgspec.to_builtins(line) | {"fields": " ".join(line.fields)} for line in lines)
    return as_csv(names, ([one[name] for name in names] for one in values))


def _sieve(desk: DeskCall) -> _Sieve:
    """Return the filters of the request, without what no id and no name has."""
    asked = desk.request.query_params
    names = _Sieve.__struct_fields__
    return _Sieve(**{name: _CONTROLS.sub("", asked.get(name, ""))[:_LONGEST] for name in names})


def _query(sieve: _Sieve) -> tuple[AuditQuery, Mapping[str, str]]:
    """Return the query that the filters make, and the faults by field (a sentence's key)."""
    faults: dict[str, str] = {}
    days: dict[str, datetime | None] = {}
    for name in ("since", "until"):
        written = getattr(sieve, name)
        try:
            days[name] = datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC) if written else None
        except ValueError:
            days[name], faults[name] = None, "audit.bad_date"
    until = days["until"]
    query = AuditQuery(
        action=sieve.action,
        object=sieve.object.strip(),
        actor_id=sieve.actor,
        since=days["since"],
        until=until + timedelta(days=1) if until is not None and until.year < 9999 else None,
        before=sieve.before or None,
        limit=_PAGE + 1,
    )
    return query, faults


async def _find(desk: DeskCall, query: AuditQuery, *, access: bool) -> _Found:
    scope = desk.scope

    def read(tx: Tx) -> _Found:
        there = record.audited_actions(tx, scope)
        opening = tuple(one for one in there if one in record.READS or one.endswith(_READ))
        if access and not opening:
            return _Found(lines=(), actions=())
        wanted = msgspec.structs.replace(query, actions=opening) if access else query
        rules = {rule.id: rule.name for rule in automation.read_rules(tx, scope).rules}
        lines = record.find_audit(tx, scope, wanted)
        return _Found(lines=lines, actions=opening if access else there, rules=rules)

    return await desk.house.transactions.read_async(read)


async def _show(desk: DeskCall, *, access: bool) -> Response[str]:
    desk.require("audit:read")
    sieve = _sieve(desk)
    query, faults = _query(sieve)
    found = await _find(desk, query, access=access)
    lines = found.lines[:_PAGE]
    filters = {name: value for name, value in msgspec.structs.asdict(sieve).items() if value and name != "before"}
    base = "/desk/audit/access" if access else "/desk/audit"
    older = {**filters, "before": lines[-1].id} if len(found.lines) > _PAGE else None
    return await desk.page(
        "desk/audit/page.html",
        status=400 if faults else 200,
        here=_HERE,
        access=access,
        base=base,
        sieve=sieve,
        faults={name: desk.say(key) for name, key in faults.items()},
        lines=lines,
        actions=found.actions,
        rules=found.rules,
        newest=f"{base}?{urlencode(filters)}" if sieve.before else "",
        older=f"{base}?{urlencode(older)}" if older else "",
        download=f"/desk/audit/download?{urlencode(filters | ({'access': 'yes'} if access else {}))}",
    )
