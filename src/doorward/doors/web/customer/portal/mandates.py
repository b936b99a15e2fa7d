"""The portal's pages about machines: what they may do, what they ask, what they did, and how that ends."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.answering.procedures import format_amount
from doorward.doors.web.customer.portal.mandate_fields import MandateFields, fields_for, fields_of, form_of
from doorward.doors.web.customer.portal.pages import Done, done_of
from doorward.doors.web.customer.portal.shared import APortalCall, PortalCall
from doorward.doors.web.door import address_of
from doorward.flow.machines import OrderKinds
from doorward.flow.views import mandates as views
from doorward.identity import LONGEST_NAME, MOST_ACTS, MOST_DAYS, Asking, Mandate
from doorward.identity.service.pairing import LIFETIME
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, Outdated, SecretRefused
from doorward.vocabulary.machines import CAPABILITIES, PERIODS

_LONGEST_CODE: Final = 40
_MOST_FIELDS: Final = 80
_PLACE: Final = "mandates"


@get("/{slug:str}/mandates", include_in_schema=False)
async def show_mandates(portal: APortalCall, done: Done = "") -> Response[str]:
    """List the customer's machines and what they ask."""
    return await _list_page(portal, done=done_of(portal, done))


@get("/{slug:str}/mandates/new", include_in_schema=False)
async def show_new(portal: APortalCall) -> Response[str]:
    """Show the form, once the customer has proven who they are: so that nothing typed is lost."""
    await portal.house.own_mandates.may_grant(portal.session)
    return _form_page(portal, MandateFields(capabilities=CAPABILITIES[:4]))


@post("/{slug:str}/mandates/code", status_code=200, include_in_schema=False)
async def type_code(portal: APortalCall) -> Response[Any]:
    """Take the code that a machine shows, and show the form for it."""
    fields = await portal.form()
    await portal.house.own_mandates.may_grant(portal.session)
    code = fields.get("code", "")[:_LONGEST_CODE]
    asking = await _asking(portal, code)
    if asking is None:
        return await _list_page(portal, trouble=portal.say("portal.mandates.wrong_code"), status=400)
    return _form_page(portal, MandateFields(capabilities=asking.capabilities), code=code, asking=asking)


@post("/{slug:str}/mandates", status_code=200, include_in_schema=False)
async def grant(portal: APortalCall) -> Response[Any]:
    """Say in plain words what a machine may then do; once that was confirmed, grant it."""
    sent = await portal.form(most=_MOST_FIELDS)
    await portal.house.own_mandates.may_grant(portal.session)
    fields, code = fields_of(sent, _kinds(portal)), sent.get("code", "")[:_LONGEST_CODE]
    asking = await _asking(portal, code) if code else None
    if code and asking is None:
        return await _list_page(portal, trouble=portal.say("portal.mandates.wrong_code"), status=400)
    try:
        form = form_of(fields, currency=_kinds(portal).currency)
        if sent.get("sure") != "yes":
            words = await portal.house.own_mandates.checked(portal.session, form)
            return portal.page(
                "mandate_check", **_places(portal), fields=fields, sent=words, code=code, asking=asking, here=_PLACE
            )
        mandate = await portal.house.own_mandates.grant(portal.session, form, code=code)
    except (Malformed, SecretRefused):
        return _form_page(portal, fields, code=code, asking=asking, trouble="portal.mandates.wrong_form", status=400)
    except Conflict as error:
        return _form_page(
            portal, fields, code=code, asking=asking, trouble="portal.mandates.taken", status=error.status
        )
    except NotAllowed as error:
        if error.code != "not_allowed":
            raise
        return await _list_page(portal, trouble=portal.say("portal.mandates.wrong_code"), status=400)
    return _back(portal, f"/{mandate.id}?done=granted")


@get("/{slug:str}/mandates/{mandate_id:str}", include_in_schema=False)
async def show_mandate(portal: APortalCall, mandate_id: FromPath[str], done: Done = "") -> Response[str]:
    """Show one machine: its limits, what is used of them, what it did."""
    return await _mandate_page(portal, mandate_id, done=done_of(portal, done))


@post("/{slug:str}/mandates/{mandate_id:str}", status_code=200, include_in_schema=False)
async def change(portal: APortalCall, mandate_id: FromPath[str]) -> Response[Any]:
    """Change what a machine may do."""
    sent = await portal.form(most=_MOST_FIELDS)
    revision = sent.get("revision", "")
    try:
        if not revision.isdigit():
            raise Malformed("revision")
        form = form_of(fields_of(sent, _kinds(portal)), currency=_kinds(portal).currency)
        await portal.house.own_mandates.change(portal.session, form, seen=(mandate_id, int(revision[:9])))
    except (Malformed, SecretRefused):
        return await _mandate_page(portal, mandate_id, trouble="portal.mandates.wrong_form", status=400)
    except (Outdated, Conflict) as error:
        return await _mandate_page(portal, mandate_id, trouble="portal.mandates.outdated", status=error.status)
    return _back(portal, f"/{mandate_id}?done=saved")


@post("/{slug:str}/mandates/{mandate_id:str}/pair", status_code=200, include_in_schema=False)
async def pair(portal: APortalCall, mandate_id: FromPath[str]) -> Response[Any]:
    """Show a code for the machine, once."""
    await portal.form()
    try:
        made = await portal.house.own_mandates.pair(portal.session, mandate_id)
    except Conflict as error:
        return await _mandate_page(portal, mandate_id, trouble="portal.mandates.outdated", status=error.status)
    response = await _mandate_page(portal, mandate_id, code=made.code)
    response.headers["cache-control"] = "no-store"
    return response


@post("/{slug:str}/mandates/{mandate_id:str}/suspend", status_code=200, include_in_schema=False)
async def suspend(portal: APortalCall, mandate_id: FromPath[str]) -> Response[Any]:
    """Let a machine do nothing for now."""
    await portal.form()
    try:
        await portal.house.own_mandates.suspend(portal.session, mandate_id)
    except Conflict as error:
        return await _mandate_page(portal, mandate_id, trouble="portal.mandates.outdated", status=error.status)
    return _back(portal, f"/{mandate_id}?done=suspended")


@post("/{slug:str}/mandates/{mandate_id:str}/resume", status_code=200, include_in_schema=False)
async def resume(portal: APortalCall, mandate_id: FromPath[str]) -> Response[Any]:
    """Let a machine go on."""
    await portal.form()
    try:
        await portal.house.own_mandates.resume(portal.session, mandate_id)
    except Conflict as error:
        return await _mandate_page(portal, mandate_id, trouble="portal.mandates.outdated", status=error.status)
    return _back(portal, f"/{mandate_id}?done=resumed")


@post("/{slug:str}/mandates/{mandate_id:str}/revoke", status_code=200, include_in_schema=False)
async def revoke(portal: APortalCall, mandate_id: FromPath[str]) -> Response[Any]:
    """Ask whether a machine's right shall end; once that was confirmed, end it."""
    sent = await portal.form()
    if sent.get("sure") != "yes":
        identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id
        found = await portal.house.transactions.read_async(
            lambda tx: identity.mandates.find(tx, scope, mandate_id, owner_id=customer)
        )
        return portal.page("mandate_revoke", mandate=found, here=_PLACE)
    await portal.house.own_mandates.revoke(portal.session, mandate_id)
    return _back(portal, f"/{mandate_id}?done=revoked")


@post("/{slug:str}/approvals/{approval_id:str}/{answer:str}", status_code=200, include_in_schema=False)
async def decide(portal: APortalCall, approval_id: FromPath[str], answer: FromPath[str]) -> Response[Any]:
    """Allow just what a machine asks, or do not."""
    await portal.form()
    verbs = portal.house.own_mandates
    try:
        if answer == "allow":
            await verbs.approve(portal.session, approval_id)
        elif answer == "refuse":
            await verbs.refuse(portal.session, approval_id)
        else:
            raise Malformed("answer: allow or refuse")
    except Conflict as error:
        return await _list_page(portal, trouble=portal.say("portal.mandates.too_late"), status=error.status)
    return _back(portal, f"?done={'allowed' if answer == 'allow' else 'not_allowed'}")


# -- inside ----------------------------------------------------------------------------------------------------------


async def _list_page(portal: PortalCall, *, done: str = "", trouble: str = "", status: int = 200) -> Response[str]:
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def read(tx: Tx) -> Any:
        return (
            views.my_mandates(tx, scope, customer, identity=identity),
            views.my_approvals(tx, scope, customer, identity=identity),
        )

    mandates, approvals = await portal.house.transactions.read_async(read)
    places = _places(portal) | {"mandates": mandates, "approvals": approvals}
    return portal.page("mandates", **places, done=done, trouble=trouble, status=status)


async def _mandate_page(
    portal: PortalCall, mandate_id: str, *, trouble: str = "", status: int = 200, **shown: Any
) -> Response[str]:
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def read(tx: Tx) -> Any:
        return (
            views.my_mandate(tx, scope, customer, mandate_id=mandate_id, identity=identity),
            views.my_acts(tx, scope, customer, identity=identity, mandate_id=mandate_id),
        )

    mine, acts = await portal.house.transactions.read_async(read)
    places = _places(portal) | _form_places(portal, fields_for(mine.mandate, days=_days_left(portal, mine.mandate)))
    said = portal.say(trouble) if trouble else ""
    return portal.page("mandate", **(places | shown), mine=mine, acts=acts, trouble=said, status=status, here=_PLACE)


def _form_page(
    portal: PortalCall, fields: MandateFields, *, trouble: str = "", status: int = 200, **shown: Any
) -> Response[str]:
    places = _places(portal) | _form_places(portal, fields) | {"code": "", "asking": None} | shown
    said = portal.say(trouble) if trouble else ""
    return portal.page("mandate_new", **places, trouble=said, status=status, here=_PLACE)


def _form_places(portal: PortalCall, fields: MandateFields) -> dict[str, Any]:
    return {
        "fields": fields,
        "capabilities": CAPABILITIES,
        "periods": [(one, portal.say(f"portal.period.{one}")) for one in PERIODS],
        "longest_name": LONGEST_NAME,
        "most_days": MOST_DAYS,
        "most_acts": MOST_ACTS,
    }


def _places(portal: PortalCall) -> dict[str, Any]:
    kinds, language = _kinds(portal), portal.language
    return {
        "kinds": {one.kind: one.called(language) for one in kinds.kinds.values()},
        "currency": kinds.currency,
        "money": lambda minor, currency: format_amount(minor, currency, language) if currency else str(minor),
        "minutes": int(LIFETIME.total_seconds()) // 60,
    }


def _kinds(portal: PortalCall) -> OrderKinds:
    return portal.house.machine_book.of(portal.tenant.id)


def _days_left(portal: PortalCall, mandate: Mandate) -> int:
    left = mandate.valid_until - portal.house.clock.now()
    return max(1, min(MOST_DAYS, left.days + (1 if left.seconds else 0)))


async def _asking(portal: PortalCall, code: str) -> Asking | None:
    address = address_of(portal.request)
    return await portal.house.own_mandates.asking(portal.session, code, address=address)


def _back(portal: PortalCall, path: str) -> Redirect:
    return Redirect(f"{portal.base}/mandates{path}", status_code=303)


HANDLERS: Final = (
    show_mandates,
    show_new,
    type_code,
    grant,
    show_mandate,
    change,
    pair,
    suspend,
    resume,
    revoke,
    decide,
)
