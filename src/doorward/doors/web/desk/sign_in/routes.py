"""Signing in and out."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from doorward.doors.web.callers import DEVICE, DEVICE_SECONDS, SESSION
from doorward.doors.web.desk.shared import ADeskCall
from doorward.doors.web.desk.sign_in.view import SignInPage, companies_for, tenant_named
from doorward.doors.web.door import AnyRequest, AtDoor, Door, address_of
from doorward.doors.web.forms import local_path, read_form
from doorward.identity import SignedIn, SignInRequest
from doorward.vocabulary.errors import NotSignedIn, RateLimited
from doorward.vocabulary.scope import system_scope

_HOME: Final = "/desk/"
_TEMPLATE: Final = "desk/sign_in/page.html"
_LONGEST: Final = 256

Next = Annotated[str, QueryParameter(name="next", max_length=500)]


@get("/desk/sign-in", include_in_schema=False)
async def show_sign_in(request: AnyRequest, door: AtDoor, onward: Next = _HOME) -> Response[str]:
    """Show the form."""
    companies = await companies_for(door.house, request)
    return _page(request, door, SignInPage(next=local_path(onward, otherwise=_HOME), companies=companies))


@post("/desk/sign-in", status_code=200, include_in_schema=False)
async def sign_in(request: AnyRequest, door: AtDoor) -> Response[Any]:
    """Open a session, or say no more than that name and password do not match."""
    fields = await read_form(request)
    shown = SignInPage(
        next=local_path(fields.get("next", ""), otherwise=_HOME),
        companies=await companies_for(door.house, request),
        company=fields.get("company", "")[:_LONGEST],
        username=fields.get("username", "")[:_LONGEST],
    )
    try:
        signed_in = await _open(request, door, shown, password=fields.get("password", ""))
    except RateLimited as error:
        sentence = _say(request, door, "desk.sign_in.slow_down", count=error.retry_after)
        response = _page(request, door, msgspec.structs.replace(shown, sentence=sentence), status=error.status)
        response.headers["retry-after"] = str(error.retry_after)
        return response
    if signed_in is None:
        sentence = _say(request, door, "desk.sign_in.failed")
        return _page(request, door, msgspec.structs.replace(shown, sentence=sentence), status=NotSignedIn.status)
    onward = Redirect(shown.next, status_code=303)
    onward.set_cookie(door.callers.make_cookie(SESSION, signed_in.token))
    onward.set_cookie(door.callers.make_cookie(DEVICE, signed_in.device, seconds=DEVICE_SECONDS))
    return onward


@post("/desk/sign-out", status_code=200, include_in_schema=False)
async def sign_out(desk: ADeskCall, door: AtDoor) -> Response[Any]:
    """End the session."""
    await desk.form()
    session_id = desk.caller.principal.session_id
    if session_id is not None:
        await door.house.attendance.sign_out(desk.scope, session_id)
    onward = Redirect("/desk/sign-in", status_code=303)
    onward.set_cookie(door.callers.make_cookie(SESSION, "", seconds=0))
    return onward


async def _open(request: AnyRequest, door: Door, shown: SignInPage, *, password: str) -> SignedIn | None:
    house = door.house
    tenant = await tenant_named(house, request, shown.company)
    if tenant is None or tenant.state != "active" or len(password) > _LONGEST:
        return None
    address = address_of(request)
    house.admission.admit_sign_in(tenant.id, address)
    scope = system_scope(tenant.id, "sign_in")
    asked = SignInRequest(
        username=shown.username,
        address=address,
        device=door.callers.device_cookie(request),
        session=door.callers.session_cookie(request),
    )
    attempt = await house.transactions.write_async(scope, lambda tx: house.identity.sign_ins.begin(tx, scope, asked))
    check = await house.identity.passwords.check_async(attempt.password_hash, password)
    return await house.transactions.write_async(
        scope, lambda tx: house.identity.sign_ins.finish(tx, scope, attempt, check=check)
    )


def _say(request: AnyRequest, door: Door, key: str, **places: Any) -> str:
    return door.house.translator.say(door.language_of(request), key, **places)


def _page(request: AnyRequest, door: Door, shown: SignInPage, *, status: int = 200) -> Response[str]:
    places = msgspec.structs.asdict(shown)
    response = door.pages.page(request, _TEMPLATE, language=door.language_of(request), hints=door.hints, **places)
    response.status_code = status
    return response
