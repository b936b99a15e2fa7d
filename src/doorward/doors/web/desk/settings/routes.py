"""The tenant's settings: a form for each part, and the history of all changes with undo."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.answering.language_model import USES
from doorward.doors.web.desk.settings.differences import differences
from doorward.doors.web.desk.settings.fields import (
    ENOUGH,
    GROUNDS,
    READERS,
    Around,
    Reading,
    contrast,
    written,
)
from doorward.doors.web.desk.settings.masking_fields import MASKING_READERS, rule_field, shown_kinds, tried
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.forms import read_form
from doorward.doors.web.refused import kinds_in_words
from doorward.doors.web.security import check_csrf
from doorward.flow.masking_check import EXAMPLES, told
from doorward.identity import Tenant
from doorward.kit.tenant_settings import ACTIONS, CHECKS, DAYS
from doorward.protection import DESK, Weighed
from doorward.routing.hours import is_open
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.text import WildText

Short = Annotated[str, QueryParameter(max_length=40)]
_HERE: Final = "settings"
_FIELDS: Final = 500
_FORM_BYTES: Final = 524_288
_PAGE: Final = 30
_LONGEST_TRIAL: Final = 4000
PARTS: Final = frozenset({*READERS, *MASKING_READERS})


@get("/desk/settings", include_in_schema=False)
async def show_settings(desk: ADeskCall) -> Response[Any]:
    """Show the first part."""
    desk.require("settings:read")
    return Redirect("/desk/settings/contact", status_code=303)


@get("/desk/settings/history", include_in_schema=False)
async def show_settings_history(desk: ADeskCall, before: Short = "", done: Short = "") -> Response[str]:
    """Show who changed which setting from what to what."""
    desk.require("settings:read")
    return await _history(desk, before=before, done=done)


@get("/desk/settings/{part:str}", include_in_schema=False)
async def show_settings_part(desk: ADeskCall, part: FromPath[str], done: Short = "") -> Response[str]:
    """Show one part of the settings."""
    desk.require("settings:read")
    tenant = await _tenant(desk)
    around = _around(desk, tenant)
    return await _part(desk, part, (tenant, around), written(tenant.settings, around), done=done)


@post(
    "/desk/settings/{part:str}",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=_FORM_BYTES,
)
async def save_settings_part(desk: ADeskCall, part: FromPath[str]) -> Response[Any]:
    """Change what a form changes: all of it, or nothing when a field is wrong or somebody was faster."""
    scope = desk.require("settings:write")
    fields = await read_form(desk.request, most=_FIELDS)
    check_csrf(desk.caller.session_token or "", fields.get("csrf", ""))
    if part not in PARTS:
        raise NotFound("no such settings")
    tenant = await _tenant(desk)
    around = _around(desk, tenant)
    # Thousands of words are read and checked where nobody else has to wait for it.
    read = await asyncio.to_thread(_read, desk, part, fields, around)
    seen = (tenant, around)
    if part in MASKING_READERS and fields.get("try") == "yes" and not read.faults:
        trial = await asyncio.to_thread(_try_out, desk, tenant, read, fields)
        return await _part(desk, part, seen, fields, trial=trial)
    if read.faults:
        return await _part(desk, part, seen, fields, read=read, status=400)
    revision = fields.get("revision", "")
    expected = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else 0
    tenants = desk.house.identity.tenants
    try:
        await desk.house.transactions.write_async(
            scope, lambda tx: tenants.change_settings(tx, scope, read.values, expected=expected)
        )
    except Conflict:
        return await _part(desk, part, seen, fields, status=409)
    desk.house.settings_book.forget(scope.tenant_id)
    return Redirect(f"/desk/settings/{part}?done=saved", status_code=303)


@post("/desk/settings/history/{change_id:str}/undo", status_code=200, include_in_schema=False)
async def undo_setting(desk: ADeskCall, change_id: FromPath[str]) -> Response[Any]:
    """Set a setting back to what it was before a change."""
    scope = desk.require("settings:write")
    await desk.form()
    tenants = desk.house.identity.tenants
    try:
        await desk.house.transactions.write_async(scope, lambda tx: tenants.undo_setting(tx, scope, change_id))
    except Conflict:
        return await _history(desk, before="", done="", trouble="settings.undo_conflict")
    desk.house.settings_book.forget(scope.tenant_id)
    return Redirect("/desk/settings/history?done=undone", status_code=303)


SETTINGS_HANDLERS: Final = [
    show_settings,
    show_settings_history,
    show_settings_part,
    save_settings_part,
    undo_setting,
]


def _read(desk: DeskCall, part: str, fields: Mapping[str, str], around: Around) -> Reading:
    """Return what a form says, with its faults in words."""
    if part in READERS:
        read = READERS[part](fields, around)
        faults = {name: desk.say(key) for name, key in read.faults.items()}
        return Reading(values=read.values, faults=faults)
    masking = MASKING_READERS[part](fields, around.settings, desk.house.masking_check)
    return Reading(values=masking.values, faults={name: told(one, desk.say) for name, one in masking.faults.items()})


def _try_out(desk: DeskCall, tenant: Tenant, read: Reading, fields: Mapping[str, str]) -> Weighed:
    channel = fields.get("try_channel", DESK)
    text = WildText(fields.get("try_text", "").replace("\r\n", "\n")[:_LONGEST_TRIAL])
    return desk.house.rules_of_tenants.trial(tried(tenant.settings, read.values), text, channel)


async def _tenant(desk: DeskCall) -> Tenant:
    scope, tenants = desk.scope, desk.house.identity.tenants
    return await desk.house.transactions.read_async(lambda tx: tenants.tenant(tx, scope))


def _around(desk: DeskCall, tenant: Tenant) -> Around:
    return Around(
        channels=tuple(channel.id for channel in desk.house.plugins.channels),
        languages=tuple(desk.house.packs),
        settings=tenant.settings,
        model_uses=() if desk.house.assistance is None else USES,
    )


async def _part(
    desk: DeskCall,
    part: str,
    seen: tuple[Tenant, Around],
    fields: Mapping[str, str],
    **more: Any,
) -> Response[str]:
    if part not in PARTS:
        raise NotFound("no such settings")
    tenant, around = seen
    trial: Weighed | None = more.get("trial")
    read: Reading = more.get("read") or Reading()
    status = more.get("status", 200)
    return await desk.page(
        "desk/settings/page.html",
        status=status,
        here=_HERE,
        part=part,
        tenant=tenant,
        around=around,
        fields=fields,
        faults=read.faults,
        conflict=status == 409,
        done=more.get("done") == "saved",
        days=DAYS,
        open_now=is_open(tenant.settings, desk.house.clock.now()),
        contrasts={name: _contrast(tenant, name, ground) for name, ground in GROUNDS.items()},
        enough=ENOUGH,
        check=desk.house.masking_check,
        masking_actions=ACTIONS,
        masking_checks=CHECKS,
        pattern_examples={**EXAMPLES, "example": r"MB-\d{6}[A-Z]"},
        rule_field=rule_field,
        shown_kinds=shown_kinds(fields),
        trial=trial,
        tried_kinds=_refused_kinds(desk, trial),
    )


def _refused_kinds(desk: DeskCall, trial: Weighed | None) -> str:
    refusal = trial.refusal if trial is not None else None
    return kinds_in_words(desk.house.translator, desk.language, refusal.kinds) if refusal is not None else ""


def _contrast(tenant: Tenant, name: str, ground: str) -> tuple[float, str]:
    return round(contrast(getattr(tenant.settings, name), ground), 1), ground


async def _history(desk: DeskCall, *, before: str, done: str, trouble: str = "") -> Response[str]:
    scope, tenants = desk.scope, desk.house.identity.tenants
    changes = await desk.house.transactions.read_async(
        lambda tx: tenants.setting_changes(tx, scope, before=before or None, limit=_PAGE + 1)
    )
    return await desk.page(
        "desk/settings/history.html",
        status=409 if trouble else 200,
        here=_HERE,
        changes=changes[:_PAGE],
        older=changes[_PAGE - 1].id if len(changes) > _PAGE else "",
        differences=differences,
        done=done == "undone",
        trouble=trouble,
    )
