"""What a core system told is masked wherever it is said: in which edition a run walks, and whatever it forgot since."""

from pathlib import Path

import msgspec
import pytest

from doorward.answering.procedures import Procedure, Run, known_of, load_procedures
from doorward.answering.procedures.run import Filled
from doorward.flow.procedures import TenantProcedures
from doorward.flow.procedures.journey import Journey
from doorward.flow.procedures.masking import values_told
from doorward.kit.expressions import compile_expression
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from tests.support.halden import PROCEDURES
from tests.support.playing import Stage
from tests.unit.flow.procedures.test_conversations import began, told

SHOP = "jette.brandis@example.org"
PAID = {
    "card": [{"last4": "4471", "kind": "debit"}],
    "payment": [{"reference": "P1001", "card": "4471", "merchant": SHOP, "amount_cents": 990, "day": -2}],
}


@pytest.fixture
def brought(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TenantProcedures:
    """Let the company bring Halden's own procedures."""
    core = HaldenCore(tmp_path / "core", seed=make_seed_of({}), clock=stage.house.clock)
    languages = stage.tenant.settings.languages
    loaded = load_procedures(PROCEDURES, languages=languages, known=known_of(core), compiled=compile_expression)
    procedures = TenantProcedures(procedures=loaded.procedures, core=core)
    monkeypatch.setattr(stage, "_procedures", procedures)
    return procedures


def test_a_run_is_masked_by_the_edition_that_it_walks(stage: Stage, brought: TenantProcedures) -> None:
    """An edition in force since that calls its slots otherwise hides none of them from masking."""
    world = stage.people(PAID, language="en")
    customer, line = began(stage, world, "i never bought this", "payment.dispute")
    assert "[EMAIL]" in told(line)
    old = brought.procedures["dispute_payment"]
    new = msgspec.structs.replace(old, version=old.version + 1, slots={})
    now = msgspec.structs.replace(
        brought, core=world.core, procedures={**brought.procedures, old.id: new}, earlier={(old.id, old.version): old}
    )
    stage.house.procedure_book.put(stage.tenant.id, now)
    again = customer.say("the weather is fine")
    assert "Shall I dispute this payment" in told(again)
    assert "[EMAIL]" in told(again)


def _about(procedure: Procedure, shop: str) -> Run:
    filled = Filled(kind="thing", value="P1", fields={"merchant": shop})
    return Run(id="run", procedure=procedure.id, version=procedure.version, slots={"payment": filled})


def test_what_was_said_on_the_way_is_masked_too(brought: TenantProcedures) -> None:
    """A value that another one took the place of, within one message, was said perhaps."""
    procedure = brought.procedures["dispute_payment"]
    journey = Journey()
    for shop in ("First Shop", "Second Shop"):
        journey.change(_about(procedure, shop))
    journey.written()
    journey.change(_about(procedure, "Third Shop"))
    shown = {one.shown for one in values_told(journey.runs, procedure_of=brought.of_run)}
    assert shown == {"First Shop", "Second Shop", "Third Shop"}
    assert [move.run for move in journey.moves] == [_about(procedure, "Third Shop")]


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("P500042", set()),
        ("HT-4100-21", set()),
        ("500042", set()),  # the end of a number, whatever is declared
        ("DE89370400440532013000", {"DE89370400440532013000"}),
        ("4111111111111111", {"4111111111111111"}),
        ("P500042 jette@example.org", {"P500042 jette@example.org"}),
    ],
)
def test_a_reference_is_left_where_it_looks_like_one(
    brought: TenantProcedures, reference: str, shown: set[str]
) -> None:
    """What the company calls its own things is no secret; what only claims to be such a word is looked at."""
    procedure = brought.procedures["dispute_payment"]
    assert procedure.places["disputing.payment"] == "reference"
    run = Run(id="run", procedure=procedure.id, version=procedure.version, facts={"disputing": {"payment": reference}})
    assert {one.shown for one in values_told([run], procedure_of=brought.of_run)} == shown
