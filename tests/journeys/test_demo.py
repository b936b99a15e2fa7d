"""The demonstration's own pages: whoever follows their links gets everywhere."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.doors.cli.commands.demo import Demo
from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.portal import customer
from tests.support.server import Guests

COMPANIES = ("halden", "brisa")


@pytest.mark.browser
@on_sqlite
def test_a_demo_customer_gets_into_the_portal(open_context: OpenContext) -> None:
    """The address that the company's page names is good, and the code is where the page says."""
    page = open_context().new_page()
    page.goto("/demo/halden")
    address = page.get_by_role("region", name="own").locator("code").inner_text()
    page.get_by_role("link", name="Open the portal").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="code").click()
    outbox = sign_in(open_context().new_page(), username="mira")
    outbox.goto("/desk/outbox")
    code = re.search(r"\b\d{6}\b", outbox.locator("pre.mail").first.inner_text())
    assert code is not None, "the outbox shows no code"
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My conversations", level=1)).to_be_visible()


@on_sqlite
def test_every_company_of_the_demo_offers_its_portal(guests: Guests, house: House) -> None:
    """The welcome and each company's page lead to the portal, and the page names a customer of that company."""
    client = guests.client()
    welcome = client.get("/").text
    for company in COMPANIES:
        assert f'href="/my/{company}/"' in welcome
        page = client.get(f"/demo/{company}").text
        assert f'href="/my/{company}/"' in page
        assert customer(house, company=company).email in page


@on_sqlite
def test_the_demo_prints_the_portals(house: House, halden: Tenant, tmp_path: Path) -> None:
    """Whoever started the demonstration is told where the portal is, and with which address to sign in."""
    company = house.plugins.companies["halden"]
    told = str(
        Demo(folder=tmp_path, password="made-up", founded=[(halden, company)]).greeting("http://here").renderable
    )
    assert f"http://here/my/halden/  as {customer(house).email}" in told
