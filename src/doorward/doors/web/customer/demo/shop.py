"""A made-up web shop that carries the chat by its one tag, and signs its customer's name for it."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Annotated, Any, Final
from weakref import WeakKeyDictionary

import msgspec
from litestar import MediaType, Response, get
from litestar.params import FromPath, QueryParameter

from doorward.bootstrap import House
from doorward.doors.web.customer.demo.routes import demo_companies, demo_customer
from doorward.doors.web.door import AnyRequest, AtDoor
from doorward.doors.web.security import require_same_site
from doorward.identity import Tenant
from doorward.kit.ids import new_id
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.scope import system_scope

GOODS: Final = (
    (
        "mug",
        "9.50",
        "M14 18h28v26a6 6 0 0 1-6 6H20a6 6 0 0 1-6-6zM42 24h5a5 5 0 0 1 5 5v4a7 7 0 0 1-7 7h-3M22 8v4M32 8v4",
    ),
    ("notebook", "7.20", "M18 8h30v48H18zM24 8v48M32 20h10M32 28h10M14 16h6M14 28h6M14 40h6"),
    ("bag", "12.00", "M14 24h36l4 32H10zM22 24v-6a10 10 0 0 1 20 0v6"),
    ("bottle", "18.90", "M26 6h12v8l4 8v32a4 4 0 0 1-4 4H26a4 4 0 0 1-4-4V22l4-8zM22 34h20"),
    (
        "umbrella",
        "24.50",
        "M32 8v42a5 5 0 0 1-10 0M8 32a24 24 0 0 1 48 0c-4-5-10-5-14 0-3-5-7-5-10-5s-7 0-10 5c-4-5-10-5-14 0z",
    ),
    ("pens", "5.80", "M14 50l4-14L42 12l10 10-24 24zM36 18l10 10M14 50l10-3"),
)
"""What the shop has: name, price, drawing in a square of 64."""

TOKEN_SECONDS: Final = 120

_secrets: WeakKeyDictionary[House, dict[str, str]] = WeakKeyDictionary()
"""What the made-up sites sign with, by tenant: made when first needed, and gone with the process."""

As = Annotated[str, QueryParameter(name="as", max_length=10)]


@get("/demo/{slug:str}/shop", include_in_schema=False)
async def show_shop(request: AnyRequest, slug: FromPath[str], door: AtDoor, who: As = "") -> Response[str]:
    """Show the shop, as somebody unknown or as a customer who is signed in there."""
    company = await _company(door.house, slug)
    reference = _customer_of(door.house, company) if who == "customer" else ""
    places = {"company": company, "reference": reference, "goods": GOODS}
    return door.pages.page(request, "customer/demo/shop.html", language=door.language_of(request), **places)


@get("/demo/{slug:str}/shop/token", include_in_schema=False)
async def sign_customer(request: AnyRequest, slug: FromPath[str], door: AtDoor) -> Response[str]:
    """Do what a host site's own server does: say in a signed token who is signed in there. Each is good once."""
    require_same_site(request)
    company = await _company(door.house, slug)
    now = int(door.house.clock.now().timestamp())
    claims = {
        "sub": _customer_of(door.house, company),
        "aud": company.slug,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": new_id(),
    }
    token = signed_by_site(await _secret_of(door.house, company), claims)
    return Response(token, media_type=MediaType.TEXT)


def signed_by_site(secret: str, claims: dict[str, Any]) -> str:
    """Return a JWT (RFC 7519) with HS256, as any site could make it without a library."""
    parts = (_encoded(msgspec.json.encode(part)) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    body = ".".join(parts)
    return f"{body}.{_encoded(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


async def _company(house: House, slug: str) -> Tenant:
    found = [one for one in await demo_companies(house) if one.slug == slug]
    if not found:
        raise NotFound("no such company")
    return found[0]


def _customer_of(house: House, company: Tenant) -> str:
    """Return the number of the customer whom the shop knows: the company's first one."""
    first = demo_customer(house, company)
    if first is None:
        raise NotFound("this company has no customers")
    return first.reference


async def _secret_of(house: House, company: Tenant) -> str:
    kept = _secrets.setdefault(house, {})
    if company.id not in kept:
        scope = system_scope(company.id, "demo.shop")
        rotate = house.identity.host_tokens.rotate_host_secret
        made = await house.transactions.write_async(scope, lambda tx: rotate(tx, scope, overlap=timedelta(minutes=5)))
        kept[company.id] = made.secret
    return kept[company.id]
