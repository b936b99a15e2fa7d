"""What customers do at the portal. Every form carries the session's form token; every verb acts for its customer."""

from typing import Any, Final

from litestar import Response, post
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.customer.portal.pages import conversation_page, data_places
from doorward.doors.web.customer.portal.shared import APortalCall, PortalCall, site_of
from doorward.doors.web.speech import LANGUAGE_COOKIE
from doorward.flow.openings import closed_at, say_again
from doorward.flow.team_hours import hours_for
from doorward.identity import Site, browser_of
from doorward.kit.ids import new_id
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.record import card_of
from doorward.vocabulary.channel import LONGEST_CONTACT
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, SessionId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import WildText

_A_YEAR: Final = 365 * 24 * 3600
_LAST_LINE: Final = 2**31 - 1


@post("/{slug:str}/conversations/{conversation_id:str}/continue", status_code=200, include_in_schema=False)
async def continue_conversation(portal: APortalCall, conversation_id: FromPath[str]) -> Response[str]:
    """Open the web chat where the conversation stopped, whatever channel it came by."""
    await portal.form()
    wanted = ConversationId(conversation_id)
    issued = await portal.house.portal_wishes.continue_conversation(portal.session, wanted)

    def hours(tx: Tx) -> TenantSettings:
        card = card_of(tx, portal.scope, wanted)
        return hours_for(tx, portal.scope, card, company=portal.tenant.settings, language=portal.language)

    kept = await portal.house.transactions.read_async(hours)
    closed, closed_until = closed_at(kept, portal.house.clock.now()), ""
    if closed is not None:
        closed_until = say_again(portal.house.translator, portal.language, closed)
    return portal.page(
        "continue", conversation_id=wanted, visitor_token=issued.token, here="conversations", closed_until=closed_until
    )


@post("/{slug:str}/conversations/{conversation_id:str}/call-back", status_code=200, include_in_schema=False)
async def accept_call_back(portal: APortalCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Say yes to the call-back that is offered in a conversation, with the number or address to be reached at."""
    fields = await portal.form()
    wanted = ConversationId(conversation_id)
    try:
        await portal.house.portal_wishes.call_back(
            portal.session,
            wanted,
            contact=WildText(fields.get("contact", "").strip()),
            form=(fields.get("key") or new_id())[:40],
        )
    except Conflict as error:
        return await _call_back_trouble(portal, wanted, "portal.call_back.gone", status=error.status)
    except (Malformed, TooLarge) as error:
        return await _call_back_trouble(portal, wanted, "portal.call_back.empty", status=error.status)
    return _back(portal, f"/conversations/{wanted}?done=called")


@post("/{slug:str}/conversations/{conversation_id:str}/call-back/withdraw", status_code=200, include_in_schema=False)
async def take_call_back_back(portal: APortalCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Take back that one wants to be called or written back, and go on waiting at the same place."""
    await portal.form()
    wanted = ConversationId(conversation_id)
    try:
        await portal.house.portal_wishes.stay_here(portal.session, wanted)
    except Conflict as error:
        return await _call_back_trouble(portal, wanted, "portal.call_back.too_late", status=error.status)
    return _back(portal, f"/conversations/{wanted}?done=stays")


@post("/{slug:str}/decisions/{conversation_id:str}/{seq:int}/appeal", status_code=200, include_in_schema=False)
async def appeal(portal: APortalCall, conversation_id: FromPath[str], seq: FromPath[int]) -> Response[Any]:
    """Have a person look at a decision again."""
    await portal.form()
    if not 0 < seq <= _LAST_LINE:
        raise NotFound("no such decision")
    await portal.house.portal_wishes.appeal(
        portal.session, ConversationId(conversation_id), seq=seq, language=portal.language
    )
    return _back(portal, "/decisions?done=appealed")


@post("/{slug:str}/data/{kind:str}", status_code=200, include_in_schema=False)
async def ask_about_data(portal: APortalCall, kind: FromPath[str]) -> Response[Any]:
    """Ask for a correction or for deletion."""
    fields = await portal.form()
    words = fields.get("text", "").replace("\r\n", "\n")
    if kind == "deletion" and fields.get("sure") != "yes":
        return await _data_trouble(portal, "portal.data.deletion_unsure", status=400)
    try:
        await portal.house.portal_wishes.ask_about_data(
            portal.session,
            kind=kind,
            text=WildText(words) if kind == "correction" else None,
            form=(fields.get("key") or new_id())[:40],
            language=portal.language,
        )
    except Conflict as error:
        return await _data_trouble(portal, "portal.data.deletion_twice", status=error.status)
    except (Malformed, TooLarge) as error:
        if kind not in {"correction", "deletion"}:
            raise NotFound("no such wish") from None
        return await _data_trouble(portal, "portal.data.correction_empty", status=error.status)
    return _back(portal, "/data?done=asked")


@post("/{slug:str}/consents", status_code=200, include_in_schema=False)
async def decide_consent(portal: APortalCall) -> Response[Any]:
    """Grant or withdraw a consent."""
    fields = await portal.form()
    purpose, answer = fields.get("purpose", ""), fields.get("answer", "")
    if answer not in {"grant", "withdraw"}:
        raise Malformed("answer: grant or withdraw")
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def work(tx: Tx) -> Outcome[bool]:
        identity.require(tx, scope, portal.session.acting_id, action="portal.change")
        return identity.consents.decide(
            tx, scope, customer, purpose=purpose, answer=(answer == "grant", portal.language)
        )

    await portal.house.portal.write(scope, work)
    return _back(portal, "/choices?done=saved")


@post("/{slug:str}/language", status_code=200, include_in_schema=False)
async def choose_language(portal: APortalCall) -> Response[Any]:
    """Note the language in which the customer wishes to be answered, and show these pages in it."""
    language = (await portal.form()).get("language", "")
    if language not in portal.tenant.settings.languages or language not in portal.house.packs:
        raise Malformed("language: not one that this company speaks")
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def work(tx: Tx) -> Outcome[None]:
        identity.require(tx, scope, portal.session.acting_id, action="portal.change")
        return identity.parties.change_language(tx, scope, customer, language=language)

    await portal.house.portal.write(scope, work)
    onward = _back(portal, "/choices?done=saved")
    onward.set_cookie(
        Cookie(
            key=LANGUAGE_COOKIE,
            value=language,
            path="/",
            max_age=_A_YEAR,
            httponly=True,
            secure=portal.door.guard.encrypted,
            samesite="lax",
        )
    )
    return onward


@post("/{slug:str}/sessions/{session_id:str}/end", status_code=200, include_in_schema=False)
async def end_session(portal: APortalCall, session_id: FromPath[str]) -> Response[Any]:
    """End one of the customer's other sessions; `others` ends all of them."""
    await portal.form()
    sessions, scope, customer = portal.house.identity.customer_sessions, portal.scope, portal.customer_id
    if session_id == "others":
        mine = portal.session.session_id
        await portal.house.portal.write(scope, lambda tx: sessions.end_all(tx, scope, customer, but=mine))
    else:
        wanted = SessionId(session_id)
        await portal.house.portal.write(scope, lambda tx: sessions.end(tx, scope, customer, session_id=wanted))
    return _back(portal, "/security?done=ended")


@post("/{slug:str}/passkeys/challenge", status_code=200, include_in_schema=False)
async def offer_passkey(portal: APortalCall) -> Response[str]:
    """Return what the browser needs to make a passkey, as JSON."""
    await portal.form()
    options = await portal.house.portal.offer_passkey(portal.session, site=_site(portal), company=portal.tenant.name)
    return Response(options, media_type=MediaType.JSON)


@post("/{slug:str}/passkeys", status_code=200, include_in_schema=False)
async def add_passkey(portal: APortalCall) -> Response[Any]:
    """Keep the passkey that the browser made."""
    fields = await portal.form()
    browser = browser_of(portal.request.headers.get("user-agent", ""))
    await portal.house.portal.add_passkey(
        portal.session, answer=fields.get("answer", ""), site=_site(portal), browser=browser
    )
    return _back(portal, "/security?done=passkey")


@post("/{slug:str}/passkeys/{passkey_id:str}/remove", status_code=200, include_in_schema=False)
async def remove_passkey(portal: APortalCall, passkey_id: FromPath[str]) -> Response[Any]:
    """Forget a passkey."""
    await portal.form()
    passkeys, scope, customer = portal.house.identity.passkeys, portal.scope, portal.customer_id
    await portal.house.portal.write(scope, lambda tx: passkeys.remove(tx, scope, customer, passkey_id=passkey_id))
    return _back(portal, "/security?done=removed")


def _back(portal: PortalCall, path: str) -> Redirect:
    return Redirect(portal.base + path, status_code=303)


def _site(portal: PortalCall) -> Site:
    site = site_of(portal.door, portal.request)
    if site is None:
        raise NotAllowed("there are no passkeys for network addresses")
    return site


async def _data_trouble(portal: PortalCall, key: str, *, status: int) -> Response[str]:
    places = await data_places(portal)
    return portal.page("data", **places, trouble=portal.say(key, limit=places["longest"]), status=status)


async def _call_back_trouble(portal: PortalCall, wanted: ConversationId, key: str, *, status: int) -> Response[str]:
    return await conversation_page(portal, wanted, trouble=portal.say(key, limit=LONGEST_CONTACT), status=status)


HANDLERS: Final = (
    continue_conversation,
    accept_call_back,
    take_call_back_back,
    appeal,
    ask_about_data,
    decide_consent,
    choose_language,
    end_session,
    offer_passkey,
    add_passkey,
    remove_passkey,
)
