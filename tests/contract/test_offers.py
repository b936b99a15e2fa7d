"""Promises of every company that offers something unasked: its files can be used, and its core system tells what
it says.
"""

from pathlib import Path
from typing import cast

import pytest

from doorward.answering.nudges import Declared, read_nudges
from doorward.answering.procedures import known_of, load_procedures
from doorward.kit.plugins import FoundPlugin, discover
from doorward.understanding.expecting import read_expectations
from doorward.vocabulary.company import (
    CircumstanceSource,
    Company,
    ExpectationSource,
    IntentSource,
    NudgeSource,
    ProcedureSource,
    SignalSource,
)
from doorward.vocabulary.operations import Operates


@pytest.fixture(params=discover("company"), ids=lambda found: found.manifest.id)
def company(request: pytest.FixtureRequest) -> Company:
    """Return each company as it builds itself."""
    return cast("Company", cast("FoundPlugin", request.param).build(None))


@pytest.fixture
def core(company: Company, tmp_path: Path) -> Operates:
    """Return each company's core system that operates."""
    opened: object = company.core_system(tmp_path / company.id)
    if not isinstance(opened, Operates):
        pytest.skip("this company's core system does nothing by itself")
    return opened


def intents_of(company: Company) -> set[str]:
    """Return the names of a company's intents."""
    return {one.name for one in company.intents() if one.name} if isinstance(company, IntentSource) else set()


def test_what_is_offered_can_be_offered(company: Company, core: Operates) -> None:
    """The file names signals, procedures, articles and intents that there are, in every language of the company."""
    if not isinstance(company, NudgeSource) or not isinstance(core, SignalSource):
        pytest.skip("this company offers nothing unasked")
    assert isinstance(company, ProcedureSource)
    loaded = load_procedures(company.procedures(), languages=company.languages, known=known_of(core))
    declared = Declared(
        languages=company.languages,
        signals=core.signal_kinds(),
        procedures={one.id: one.intents for one in loaded.procedures.values()},
        articles=frozenset(one.slug for one in company.articles()),
        intents=frozenset(intents_of(company)),
        currency=core.currency,
    )
    book = read_nudges(company.nudges(), declared=declared)
    assert book.nudges
    for one in book.nudges:
        for texts in (one.ask, one.title):
            assert not [text for text in texts.values() if "!" in text], one.key


def test_signals_are_those_that_are_declared(company: Company, core: Operates) -> None:
    """No other kind, and no figure that was not declared; each as it is to be read."""
    if not isinstance(core, SignalSource):
        pytest.skip("this core system gives no signals")
    kinds = core.signal_kinds()
    for customer in list(company.customers())[:200]:
        for signal in core.signals(customer.reference):
            assert set(signal.figures) == set(kinds[signal.kind])
            amounts = [signal.figures[name] for name, kind in kinds[signal.kind].items() if kind == "amount"]
            assert all(isinstance(one, int) for one in amounts)


def test_what_is_expected_can_come_true(company: Company, core: Operates) -> None:
    """Rates are about circumstances that the core system can tell and about intents of the company; strangers
    have none.
    """
    if not isinstance(company, ExpectationSource) or not isinstance(core, CircumstanceSource):
        pytest.skip("this company expects nothing")
    kinds = core.circumstance_kinds()
    book = read_expectations(company.expectations(), conditions=kinds, intents=intents_of(company))
    assert book.rates
    assert list(core.circumstances("nobody")) == []
    told = [list(core.circumstances(one.reference)) for one in list(company.customers())[:200]]
    assert all(set(ones) <= kinds and len(set(ones)) == len(ones) for ones in told)
    assert any(told)
