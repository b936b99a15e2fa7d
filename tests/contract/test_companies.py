"""Promises of every company: it can be shown, read, seeded and asked."""

import re
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
import pytest

from doorward.flow.filters import Circumstances
from doorward.kit.plugins import FoundPlugin, discover
from doorward.vocabulary.company import Company, CoreSystem, FactSource
from doorward.vocabulary.errors import NotFound
from doorward.workspace import Piece, SavedView, kind_of
from tests.support.searching import filter_book
from tests.support.transactions import NOON, SCOPE

DARK_GROUND = "#14181d"


@pytest.fixture(params=discover("company"), ids=lambda found: found.manifest.id)
def found(request: pytest.FixtureRequest) -> FoundPlugin:
    """Return each company as it was found."""
    return cast("FoundPlugin", request.param)


@pytest.fixture
def company(found: FoundPlugin) -> Company:
    """Return each company as it builds itself."""
    return cast("Company", found.build(None))


@pytest.fixture
def core(company: Company, tmp_path: Path) -> CoreSystem:
    """Return each company's core system."""
    opened = company.core_system(tmp_path / company.id)
    if opened is None:
        pytest.skip("this company has no core system")
    return opened


def _luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG 2.2 defines it."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_company_is_what_its_manifest_says(found: FoundPlugin, company: Company) -> None:
    """Id and languages are those of plugin.toml."""
    assert company.id == found.manifest.id
    assert company.languages == found.manifest.languages


def test_its_pieces_are_pieces(company: Company) -> None:
    """What the desk begins to work with can be written as it is, and no key stands twice for one kind."""
    pieces = [(one.key, msgspec.convert(one.piece, Piece)) for one in company.pieces()]
    assert len({(key, kind_of(piece)) for key, piece in pieces}) == len(pieces)
    for _, piece in pieces:
        if isinstance(piece, SavedView):
            parsed = filter_book().parse(piece.query)
            given = Circumstances(SCOPE, (), {"label": {}, "status": {}}, NOON, ZoneInfo("UTC"))
            assert filter_book().read(parsed.filters, given, lines=False, kept=True).troubles == ()
            assert parsed.plain == ()


def test_both_accents_can_be_read(company: Company) -> None:
    """Each accent keeps 4.5:1 on its ground (WCAG 2.2, 1.4.3), so that text and buttons in it can be read."""
    assert _contrast(company.branding.accent, "#ffffff") >= 4.5
    assert _contrast(company.branding.accent_dark, DARK_GROUND) >= 4.5


def test_a_company_greets_and_informs_in_all_its_languages(company: Company) -> None:
    """Greeting and privacy notice exist once per language, without stray line breaks."""
    for texts in (company.branding.greeting, company.branding.privacy_notice):
        assert set(texts) == set(company.languages)
        assert len(set(texts.values())) == len(texts)
        assert all(text == " ".join(text.split()) for text in texts.values())


def test_articles_stand_in_all_languages_with_the_same_sections(company: Company) -> None:
    """Every article exists in every language of the company, section by section."""
    sections: dict[str, dict[str, list[str]]] = {}
    for article in company.articles():
        sections.setdefault(article.slug, {})[article.language] = [section.id for section in article.sections]
    assert sections
    for slug, pages in sections.items():
        assert set(pages) == set(company.languages), slug
        assert len({tuple(ids) for ids in pages.values()}) == 1, slug


def test_customers_speak_a_language_of_the_company(company: Company) -> None:
    """Each customer has a reference of their own and a language that the company answers in."""
    customers = list(company.customers())
    assert len({customer.reference for customer in customers}) == len(customers) > 0
    assert {customer.language for customer in customers} <= set(company.languages)


def test_a_company_has_somebody_to_answer_and_somebody_to_decide(company: Company) -> None:
    """There is an agent and an administrator, and user names are not used twice."""
    staff = list(company.staff())
    assert {"agent", "administrator"} <= {member.role for member in staff}
    assert len({member.username for member in staff}) == len(staff)


def test_the_core_system_knows_the_customers_and_nobody_else(company: Company, core: CoreSystem) -> None:
    """A customer is found as registered; a stranger is not, has no orders and cannot order."""
    core.ping()
    for customer in list(company.customers())[:20]:
        assert core.customer(customer.reference) == customer
    assert core.customer("nobody") is None
    assert list(core.orders("nobody")) == []
    with pytest.raises(NotFound):
        core.order_paper("nobody", device="HT-4100-01", idempotency_key="key")


def test_facts_of_the_core_system_are_said_in_the_companys_languages(company: Company, core: CoreSystem) -> None:
    """Each has a value and a name in every language that the company speaks; of a stranger there are none."""
    if not isinstance(core, FactSource):
        pytest.skip("this core system tells no facts")
    assert list(core.facts("nobody")) == []
    for customer in list(company.customers())[:20]:
        for fact in core.facts(customer.reference):
            assert fact.value
            assert set(company.languages) <= set(fact.label)
            assert not re.search(r"\d{12}", fact.value), "a whole number of a card or an account"


def test_history_names_only_customers_of_the_company(company: Company) -> None:
    """Whoever wrote in the past is a customer or unknown, and the past is in the company's languages."""
    references = {customer.reference for customer in company.customers()}
    for conversation in company.history():
        assert conversation.language in company.languages
        assert conversation.customer_reference is None or conversation.customer_reference in references
