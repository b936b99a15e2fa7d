"""What the sign-in page shows, and which company is meant."""

import msgspec

from doorward.bootstrap import House
from doorward.doors.web.door import AnyRequest
from doorward.identity import Tenant
from doorward.kit.tx import Tx


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A company to sign in to."""

    slug: str
    name: str


class SignInPage(msgspec.Struct, frozen=True, kw_only=True):
    """The places of the template. `companies` None: the company must be typed."""

    next: str
    companies: tuple[Company, ...] | None
    company: str = ""
    username: str = ""
    sentence: str = ""


async def companies_for(house: House, request: AnyRequest) -> tuple[Company, ...] | None:
    """Return the companies to choose from; None when a stranger must not be shown who is a customer here.

    A host name of its own, or being the only one, makes a company the only choice; the demonstration shows all.
    """

    def read(tx: Tx) -> tuple[Company, ...] | None:
        found = house.identity.tenants.tenant_by_host(tx, request.headers.get("host", ""))
        if found is not None:
            return (_company(found),)
        everybody = tuple(_company(one) for one in house.identity.tenants.all_tenants(tx) if one.state == "active")
        return everybody if house.settings.demo or len(everybody) <= 1 else None

    return await house.transactions.read_async(read)


async def tenant_named(house: House, request: AnyRequest, slug: str) -> Tenant | None:
    """Return the tenant that a sign-in is for, or None; a host name of its own wins over what was typed."""

    def read(tx: Tx) -> Tenant | None:
        return house.identity.tenants.tenant_by_host(
            tx, request.headers.get("host", "")
        ) or house.identity.tenants.tenant_by_slug(tx, slug.strip().lower())

    return await house.transactions.read_async(read)


def _company(tenant: Tenant) -> Company:
    return Company(slug=tenant.slug, name=tenant.name)
