"""The page of the rules that decide: a changed file is checked and rehearsed, and put in force by a second press."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.decision import PolicyInvalid
from doorward.doors.web.desk.policies.view import places, rehearse
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.forms import read_member_files
from doorward.vocabulary.errors import Outdated

Done = Annotated[str, QueryParameter(max_length=20)]

_DONE: Final = ("activated", "taken_back")
_LARGEST: Final = 1_000_000
"""Bytes of the form: a file of 200,000 characters with what is around it."""


@get("/desk/policies", include_in_schema=False)
async def show_policies(desk: ADeskCall, done: Done = "") -> Response[str]:
    """Show the rules in force, how often each decided, and the versions."""
    desk.require("settings:read")
    return await _page(desk, done=done if done in _DONE else "")


@post("/desk/policies", status_code=200, include_in_schema=False, request_max_body_size=_LARGEST)
async def change_policies(desk: ADeskCall) -> Response[Any]:
    """Check and rehearse a changed file, or put one in force that was."""
    scope = desk.require("settings:write")
    fields = await _form(desk)
    text, policies = fields["text"], desk.house.policies
    if "wrong" in fields:
        return await _page(desk, wrong=fields["wrong"], text=text, status=400)
    try:
        checked = await asyncio.to_thread(policies.check, text)
    except PolicyInvalid as error:
        return await _page(desk, refused=str(error), text=text, status=400)
    if fields.get("press") != "activate":
        return await _page(desk, text=text, checked=checked, rehearsal=await rehearse(desk, checked))
    try:
        await desk.house.transactions.write_async(
            scope, lambda tx: policies.activate(tx, scope, checked, expected=_number(fields))
        )
    except Outdated:
        return await _page(desk, wrong=desk.say("policies.outdated"), text=text, status=412)
    policies.forget(scope.tenant_id)
    return Redirect("/desk/policies?done=activated", status_code=303)


@post("/desk/policies/versions/{number:int}/take-back", status_code=200, include_in_schema=False)
async def take_back(desk: ADeskCall, number: FromPath[int]) -> Response[Any]:
    """Put an earlier version in force again; 0 are the house's own rules."""
    scope, policies = desk.require("settings:write"), desk.house.policies
    fields = await desk.form()
    try:
        await desk.house.transactions.write_async(
            scope, lambda tx: policies.take_back(tx, scope, number, expected=_number(fields))
        )
    except Outdated:
        return await _page(desk, wrong=desk.say("policies.outdated"), status=412)
    except PolicyInvalid as error:
        return await _page(desk, refused=str(error), status=400)
    policies.forget(scope.tenant_id)
    return Redirect("/desk/policies?done=taken_back", status_code=303)


POLICY_HANDLERS: Final = [show_policies, change_policies, take_back]


async def _form(desk: DeskCall) -> Mapping[str, str]:
    """Return the fields with `text`: the file's where one was sent; `wrong` says why it cannot be read."""
    fields, files = await read_member_files(desk.request, desk.caller, most=1)
    text = fields.get("text", "").replace("\r\n", "\n")
    content = await files[0].read() if files else b""
    if not content:
        return {**fields, "text": text}
    try:
        return {**fields, "text": content.decode("utf-8-sig").replace("\r\n", "\n")}
    except UnicodeDecodeError:
        return {**fields, "text": text, "wrong": desk.say("policies.not_text")}


def _number(fields: Mapping[str, str]) -> int:
    """Return which number the page was read with; what is none fits none."""
    sent = fields.get("number", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1


async def _page(desk: DeskCall, *, status: int = 200, **told: Any) -> Response[str]:
    """Show the page; `told`: what is `done`, `wrong`, `refused`, the form's `text`, `checked` and its `rehearsal`."""
    blank = {"done": "", "wrong": "", "refused": "", "checked": None, "rehearsal": None}
    return await desk.page("desk/policies/page.html", status=status, **(await places(desk) | blank | told))
