"""What all pages of the portal share: the company, who is signed in, and the frame around the page."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from doorward.bootstrap import House
from doorward.doors.web.door import AnyRequest, AtDoor, Door
from doorward.doors.web.forms import read_form
from doorward.doors.web.security import check_csrf, host_name, issue_csrf, own_origin
from doorward.doors.web.speech import LANGUAGE_COOKIE
from doorward.identity import CustomerSession, Grant, Site, Tenant
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import NotFound, NotSignedIn
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope

FOLDER: Final = "customer/portal"
_LONGEST_SECRET: Final = 200


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the portal: `label` is a sentence's key, `path` its address below the company's, `icon` a drawing."""

    key: str
    label: str
    path: str
    icon: str


PLACES: Final = (
    Place(key="conversations", label="portal.conversations.title", path="/", icon="chat"),
    Place(key="decisions", label="portal.decisions.title", path="/decisions", icon="info"),
    Place(key="mandates", label="portal.mandates.title", path="/mandates", icon="device"),
    Place(key="choices", label="portal.choices.title", path="/choices", icon="check"),
    Place(key="access", label="portal.access.title", path="/access", icon="eye"),
    Place(key="data", label="portal.data.title", path="/data", icon="document"),
    Place(key="security", label="portal.security.title", path="/security", icon="key"),
)
"""The portal's pages in the order in which they are offered. A new page is one line here."""

LATER: Final = ("portal.later.calls", "portal.later.reports")
"""What is not offered yet, and where customers will find it. Whoever builds one takes its line out here."""


async def company_of(door: Door, request: AnyRequest, slug: str) -> Tenant:
    """Return the company that an address means. A host name of its own wins: there, no other one is to be found.

    Raises `NotFound`.
    """
    tenants, host = door.house.identity.tenants, request.headers.get("host", "")

    def read(tx: Tx) -> tuple[Tenant | None, Tenant | None]:
        return tenants.tenant_by_host(tx, host), tenants.tenant_by_slug(tx, slug)

    by_host, named = await door.house.transactions.read_async(read)
    if named is None or named.state != "active" or (by_host is not None and by_host.id != named.id):
        raise NotFound("no company of that name")
    return named


def base_of(tenant: Tenant) -> str:
    """Return the address below which a company's portal lies."""
    return f"/my/{tenant.slug}"


def session_name(tenant: Tenant) -> str:
    """Return the name of a company's session cookie: whoever is a customer of two is signed in to both."""
    return f"doorward_my_{tenant.slug}"


def entry_name(tenant: Tenant) -> str:
    """Return the name of the cookie of somebody who is about to sign in."""
    return f"doorward_entry_{tenant.slug}"


def cookie_of(door: Door, request: AnyRequest, name: str) -> str | None:
    """Return a cookie that came along, if it can be one of ours."""
    value = request.cookies.get(door.guard.cookie_prefix + name)
    return value if value and len(value) <= _LONGEST_SECRET else None


def site_of(door: Door, request: AnyRequest) -> Site | None:
    """Return where passkeys of this page belong: the public address, or the host that was asked; None for addresses.

    A relying party is a domain (Web Authentication, 5.1.2): there are no passkeys for bare network addresses.
    """
    host = request.headers.get("host", "").lower()
    name = host_name(host)
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        pass
    else:
        return None
    public = urlsplit(door.house.settings.server.public_url)
    if public.netloc and host_name(public.netloc) == name:
        return Site(rp_id=name, origin=f"{public.scheme}://{host}")
    return Site(rp_id=name, origin=own_origin(request))


class PortalCall:
    """One request of a customer who is signed in."""

    def __init__(
        self, door: Door, request: AnyRequest, tenant: Tenant, *, found: tuple[CustomerSession, Grant]
    ) -> None:
        """Hold what every page needs."""
        self.door = door
        self.request = request
        self.tenant = tenant
        self.session, self.grant = found
        self.base = base_of(tenant)
        self.language = door.language_of(request)

    @property
    def house(self) -> House:
        """Return the house."""
        return self.door.house

    @property
    def scope(self) -> Scope:
        """Return the customer's scope."""
        return self.session.scope

    @property
    def customer_id(self) -> PartyId:
        """Return the customer. There is no other way to say for whom something is read or done."""
        return self.session.customer_id

    @property
    def token(self) -> str:
        """Return the session's cookie."""
        return cookie_of(self.door, self.request, session_name(self.tenant)) or ""

    async def form(self, *, most: int = 20) -> Mapping[str, str]:
        """Return the fields of a form of one of the customer's own pages, `most` of them at most.

        Raises as `read_form`, and `NotAllowed`.
        """
        fields = await read_form(self.request, most=most)
        check_csrf(self.token, fields.get("csrf", ""))
        return fields

    def say(self, key: str, **places: Any) -> str:
        """Return a sentence in the reader's language."""
        return self.house.translator.say(self.language, key, **places)

    def page(self, name: str, *, status: int = 200, **places: Any) -> Response[str]:
        """Return a whole page in the portal's frame."""
        shared = {
            "company": self.tenant,
            "base": self.base,
            "places": PLACES,
            "here": name,
            "csrf": issue_csrf(self.token),
            "trouble": "",
            "done": "",
        }
        response = self.door.pages.page(
            self.request, f"{FOLDER}/{name}.html", language=self.language, **(shared | places)
        )
        response.status_code = status
        return response


async def make_portal_call(door: AtDoor, request: AnyRequest, slug: FromPath[str]) -> Any:
    """Return the call of the customer who is signed in at this company. Raises `NotFound`, `NotSignedIn`."""
    tenant = await company_of(door, request, slug)
    token = cookie_of(door, request, session_name(tenant))
    if token is None:
        raise NotSignedIn("no session cookie")
    portal = PortalCall(door, request, tenant, found=await door.house.portal.session(tenant, token))
    if LANGUAGE_COOKIE not in request.cookies:
        portal.language = await _language_of(portal)
    return portal


async def _language_of(portal: PortalCall) -> str:
    """Return the language that the company has noted for the customer, else what the browser asks for."""
    parties, scope, customer = portal.house.identity.parties, portal.scope, portal.customer_id
    party = await portal.house.transactions.read_async(lambda tx: parties.find(tx, scope, customer))
    noted = party.language or ""
    return noted if noted in portal.house.packs else portal.language


APortalCall: TypeAlias = NamedDependency[SkipValidation[PortalCall]]
"""A handler's parameter `portal`."""
