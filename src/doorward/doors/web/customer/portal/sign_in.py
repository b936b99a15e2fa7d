"""Signing in at the portal: by a mailed code, by a passkey, and proving oneself anew later."""

import contextlib
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.doors.web.customer.portal.shared import (
    FOLDER,
    APortalCall,
    base_of,
    company_of,
    cookie_of,
    entry_name,
    session_name,
    site_of,
)
from doorward.doors.web.door import AnyRequest, AtDoor, Door, address_of
from doorward.doors.web.forms import local_path, read_form
from doorward.flow.portal import Knock
from doorward.identity import OpenedSession, Site, Tenant, browser_of
from doorward.vocabulary.errors import NotAllowed, NotFound, NotSignedIn, RateLimited

ENTRY_SECONDS: Final = 20 * 60
_LONGEST: Final = 256
_LONGEST_CODE: Final = 20

Next = Annotated[str, QueryParameter(name="next", max_length=500)]


@get("/", include_in_schema=False)
async def choose_company(request: AnyRequest, door: AtDoor) -> Response[Any]:
    """Go to the portal of the company that the host name means, or the only one; the demonstration shows all."""
    house, host = door.house, request.headers.get("host", "")
    tenants = house.identity.tenants
    named = await house.transactions.read_async(lambda tx: tenants.tenant_by_host(tx, host))
    everybody = await house.transactions.read_async(tenants.all_tenants)
    active = [named] if named is not None else [one for one in everybody if one.state == "active"]
    if len(active) == 1:
        return Redirect(base_of(active[0]) + "/", status_code=303)
    if not house.settings.demo:
        raise NotFound("which company is meant, nobody can tell")
    return door.pages.page(request, f"{FOLDER}/companies.html", language=door.language_of(request), companies=active)


@get("/{slug:str}/sign-in", include_in_schema=False)
async def show_sign_in(request: AnyRequest, door: AtDoor, slug: FromPath[str], onward: Next = "") -> Response[str]:
    """Show the ways in."""
    tenant = await company_of(door, request, slug)
    return _page(request, door, tenant, onward=onward)


@post("/{slug:str}/code", status_code=200, include_in_schema=False)
async def ask_for_code(request: AnyRequest, door: AtDoor, slug: FromPath[str]) -> Response[Any]:
    """Mail a code, if the address is a customer's; whoever asks reads the same either way."""
    tenant, fields = await company_of(door, request, slug), await read_form(request)
    email, onward = fields.get("email", "").strip(), fields.get("next", "")
    if "@" not in email or len(email) > _LONGEST:
        return _page(request, door, tenant, onward=onward, email=email[:_LONGEST], trouble="portal.sign_in.no_email")
    try:
        holder = await door.house.portal.ask_for_code(_knock(request, door, tenant), email=email)
    except RateLimited as error:
        return _too_often(request, door, tenant, error=error, onward=onward)
    response = _page(request, door, tenant, step="code", onward=onward)
    response.set_cookie(door.callers.make_cookie(entry_name(tenant), holder, seconds=ENTRY_SECONDS))
    return response


@post("/{slug:str}/code/confirm", status_code=200, include_in_schema=False)
async def confirm_code(request: AnyRequest, door: AtDoor, slug: FromPath[str]) -> Response[Any]:
    """Open a session for a right code, or say no more than that it is not good."""
    tenant, fields = await company_of(door, request, slug), await read_form(request)
    code, onward = fields.get("code", "").replace(" ", ""), fields.get("next", "")
    try:
        opened = await door.house.portal.confirm_code(_knock(request, door, tenant), code=code[:_LONGEST_CODE])
    except RateLimited as error:
        return _too_often(request, door, tenant, error=error, onward=onward, step="code")
    if opened is None:
        return _page(request, door, tenant, step="code", onward=onward, trouble="portal.sign_in.wrong_code")
    return await _enter(request, door, tenant, opened=opened, onward=onward)


@post("/{slug:str}/sign-in/challenge", status_code=200, include_in_schema=False)
async def ask_for_passkey(request: AnyRequest, door: AtDoor, slug: FromPath[str]) -> Response[str]:
    """Return what the browser's authenticator is asked, as JSON."""
    tenant = await company_of(door, request, slug)
    await read_form(request)
    asked = await door.house.portal.ask_for_passkey(_knock(request, door, tenant), site=_site(door, request))
    response = Response(asked.options, media_type=MediaType.JSON)
    response.set_cookie(door.callers.make_cookie(entry_name(tenant), asked.holder, seconds=ENTRY_SECONDS))
    return response


@post("/{slug:str}/sign-in/passkey", status_code=200, include_in_schema=False)
async def sign_in_by_passkey(request: AnyRequest, door: AtDoor, slug: FromPath[str]) -> Response[Any]:
    """Open a session for an authenticator's answer that holds."""
    tenant, fields = await company_of(door, request, slug), await read_form(request)
    onward = fields.get("next", "")
    try:
        opened = await door.house.portal.sign_in_by_passkey(
            _knock(request, door, tenant), answer=fields.get("answer", ""), site=_site(door, request)
        )
    except RateLimited as error:
        return _too_often(request, door, tenant, error=error, onward=onward)
    if opened is None:
        return _page(request, door, tenant, onward=onward, trouble="portal.sign_in.passkey_refused")
    return await _enter(request, door, tenant, opened=opened, onward=onward)


@post("/{slug:str}/sign-out", status_code=200, include_in_schema=False)
async def sign_out(portal: APortalCall) -> Response[Any]:
    """End this session, or all of them."""
    fields = await portal.form()
    house, scope, customer = portal.house, portal.scope, portal.customer_id
    sessions = house.identity.customer_sessions
    if fields.get("everywhere") == "yes":
        await house.portal.write(scope, lambda tx: sessions.end_all(tx, scope, customer))
    else:
        session_id = portal.session.session_id
        await house.portal.write(scope, lambda tx: sessions.end(tx, scope, customer, session_id=session_id))
    onward = Redirect(f"{portal.base}/sign-in", status_code=303)
    onward.set_cookie(portal.door.callers.make_cookie(session_name(portal.tenant), "", seconds=0))
    return onward


# -- anew ------------------------------------------------------------------------------------------------------------


@get("/{slug:str}/again", include_in_schema=False)
async def show_again(portal: APortalCall, onward: Next = "") -> Response[str]:
    """Explain why it is asked again, and offer a code."""
    return portal.page("again", next=local_path(onward, otherwise=portal.base + "/"), step="ask")


@post("/{slug:str}/again", status_code=200, include_in_schema=False)
async def ask_again(portal: APortalCall) -> Response[Any]:
    """Mail a code to the customer's own address, or take it back."""
    fields = await portal.form()
    onward = local_path(fields.get("next", ""), otherwise=portal.base + "/")
    address, code = address_of(portal.request), fields.get("code")
    trouble = ""
    try:
        if code is None:
            await portal.house.portal.ask_again(portal.session, address=address)
        else:
            typed = code.replace(" ", "")[:_LONGEST_CODE]
            confirmed = await portal.house.portal.confirm_again(portal.session, code=typed, address=address)
            if confirmed.confirmed:
                return Redirect(onward, status_code=303)
            trouble = portal.say("portal.sign_in.wrong_code")
    except RateLimited as error:
        trouble = portal.say("desk.sign_in.slow_down", count=error.retry_after)
    return portal.page("again", next=onward, step="code", trouble=trouble, status=403 if trouble else 200)


# -- inside ----------------------------------------------------------------------------------------------------------


def _knock(request: AnyRequest, door: Door, tenant: Tenant) -> Knock:
    return Knock(
        tenant=tenant,
        holder=cookie_of(door, request, entry_name(tenant)),
        address=address_of(request),
        browser=browser_of(request.headers.get("user-agent", "")),
        language=door.language_of(request),
    )


def _site(door: Door, request: AnyRequest) -> Site:
    site = site_of(door, request)
    if site is None:
        raise NotAllowed("there are no passkeys for network addresses")
    return site


async def _enter(
    request: AnyRequest, door: Door, tenant: Tenant, *, opened: OpenedSession, onward: str
) -> Response[Any]:
    """Go on with a new session; the one before it in this browser ends."""
    before = cookie_of(door, request, session_name(tenant))
    if before is not None:
        with contextlib.suppress(NotSignedIn, NotFound):
            await door.house.portal.end_session(tenant, before)
    base = base_of(tenant)
    wish = local_path(onward, otherwise="")
    response = Redirect(wish if wish.startswith(base + "/") else base + "/", status_code=303)
    response.set_cookie(door.callers.make_cookie(session_name(tenant), opened.token))
    response.set_cookie(door.callers.make_cookie(entry_name(tenant), "", seconds=0))
    return response


def _too_often(request: AnyRequest, door: Door, tenant: Tenant, *, error: RateLimited, **places: Any) -> Response[str]:
    door.house.meters.refused(error)
    sentence = door.house.translator.say(door.language_of(request), "desk.sign_in.slow_down", count=error.retry_after)
    response = _page(request, door, tenant, sentence=sentence, status=error.status, **places)
    response.headers["retry-after"] = str(error.retry_after)
    return response


def _page(request: AnyRequest, door: Door, tenant: Tenant, *, onward: str = "", **places: Any) -> Response[str]:
    language, trouble = door.language_of(request), places.pop("trouble", "")
    shown = {
        "company": tenant,
        "base": base_of(tenant),
        "next": local_path(onward, otherwise=""),
        "step": "ask",
        "email": "",
        "minutes": door.house.settings.sessions.code_minutes,
        "passkeys": site_of(door, request) is not None,
        "sentence": door.house.translator.say(language, trouble) if trouble else "",
        "demo": door.house.settings.demo,
    }
    status = places.pop("status", 403 if trouble else 200)
    response = door.pages.page(request, f"{FOLDER}/sign_in.html", language=language, **(shown | places))
    response.status_code = status
    return response


HANDLERS: Final = (
    choose_company,
    show_sign_in,
    ask_for_code,
    confirm_code,
    ask_for_passkey,
    sign_in_by_passkey,
    sign_out,
    show_again,
    ask_again,
)
