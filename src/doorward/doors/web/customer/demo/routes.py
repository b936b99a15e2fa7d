"""A page of a made-up company, with the widget in it."""

from litestar import Response, get
from litestar.params import FromPath

from doorward.bootstrap import House
from doorward.doors.web.door import AnyRequest, AtDoor
from doorward.identity import Tenant
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.errors import NotFound


@get("/demo/{slug:str}", include_in_schema=False)
async def show_company(request: AnyRequest, slug: FromPath[str], door: AtDoor) -> Response[str]:
    """Show the company, in the demonstration alone."""
    found = [one for one in await demo_companies(door.house) if one.slug == slug]
    if not found:
        raise NotFound("no such company")
    places = {"company": found[0], "customer": demo_customer(door.house, found[0])}
    return door.pages.page(request, "customer/demo/page.html", language=door.language_of(request), **places)


async def demo_companies(house: House) -> tuple[Tenant, ...]:
    """Return the companies of the demonstration; none when this is none."""
    if not house.settings.demo:
        return ()
    tenants = await house.transactions.read_async(house.identity.tenants.all_tenants)
    return tuple(one for one in tenants if one.state == "active")


def demo_customer(house: House, company: Tenant) -> CustomerSeed | None:
    """Return the made-up customer to try the demonstration as: the company's first one, None if it has none."""
    plugin = house.plugins.companies.get(company.slug)
    return None if plugin is None else next(iter(plugin.customers()), None)
