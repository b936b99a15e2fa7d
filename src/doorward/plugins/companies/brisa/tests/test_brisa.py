"""What the second company promises."""

import re
from pathlib import Path

import pytest

from doorward.plugins.companies.brisa.plugin import build
from doorward.plugins.companies.halden.plugin import build as build_halden
from doorward.vocabulary.company import Company
from doorward.vocabulary.errors import NotFound

CONTACT = re.compile(r"\+\d[\d ]+\d|[\w.]*@?[\w.]+\.example\b")


@pytest.fixture
def brisa() -> Company:
    """Return the company as the house builds it."""
    return build(None)


def test_six_articles_stand_in_both_languages(brisa: Company) -> None:
    """Every article exists in English and Turkish with the same sections."""
    by_slug: dict[str, dict[str, list[str]]] = {}
    for article in brisa.articles():
        by_slug.setdefault(article.slug, {})[article.language] = [section.id for section in article.sections]
    assert len(by_slug) == 6
    for pages in by_slug.values():
        assert set(pages) == {"en", "tr"}
        assert pages["en"] == pages["tr"]


def test_every_contact_in_an_article_is_public(brisa: Company) -> None:
    """Numbers and addresses that the articles give away are named in the branding, so that they are never masked."""
    found = {
        contact
        for article in brisa.articles()
        for section in article.sections
        for contact in CONTACT.findall(section.body)
    }
    assert found | {"Brisa"} == set(brisa.branding.public_contacts)


def test_twenty_customers_have_three_orders_each(brisa: Company, tmp_path: Path) -> None:
    """Each customer is found in the core system, with three orders, the newest first."""
    core = brisa.core_system(tmp_path)
    assert core is not None
    customers = list(brisa.customers())
    assert len({one.email for one in customers}) == 20
    for customer in customers:
        assert core.customer(customer.reference) == customer
        placed = [order.placed for order in core.orders(customer.reference)]
        assert len(placed) == 3
        assert placed == sorted(placed, reverse=True)


def test_strangers_find_nothing(brisa: Company, tmp_path: Path) -> None:
    """A reference of another company gives neither a customer nor orders, and no paper is ordered here."""
    core = brisa.core_system(tmp_path)
    assert core is not None
    stranger = next(iter(build_halden(None).customers())).reference
    assert core.customer(stranger) is None
    assert list(core.orders(stranger)) == []
    with pytest.raises(NotFound):
        core.order_paper("BR-1001", device="HT-4100-01", idempotency_key="k")


def test_one_person_is_a_customer_of_both_companies(brisa: Company) -> None:
    """Exactly one e-mail address is known to both tenants, so that isolation is tried where it is hardest."""
    ours = {one.email for one in brisa.customers()}
    theirs = {one.email for one in build_halden(None).customers()}
    assert ours & theirs == {"arthur.upton@example.net"}


def test_nobody_real_is_a_customer(brisa: Company) -> None:
    """E-mail addresses end in names kept for examples, telephone numbers are from the range for film."""
    for customer in brisa.customers():
        assert re.fullmatch(r"[a-z.]+@(example\.(com|net|org)|[a-z]+\.example)", customer.email)
        assert re.fullmatch(r"\+44 7700 900\d{3}", customer.phone)
