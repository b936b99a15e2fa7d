"""What a language model may do about an answer that nobody understood: say what it may have meant, and no more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from doorward.answering.language_model import Asking, ModelUse, Proposed, SlotOffered, SlotProposal
from doorward.bootstrap import House
from doorward.flow.language_model import Wording
from doorward.plugins.companies.halden import plugin
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from doorward.vocabulary.text import MaskedText
from tests.support.house import tenant_of
from tests.support.playing import Customer, Stage
from tests.unit.flow.procedures.test_conversations import ONE_CARD, TWO_CARDS, began, cards, told

PROCEDURES = Path(plugin.__file__).parent / "procedures"
UNCLEAR = "my cousin keeps it in his fridge"
USED = ModelUse(use="slots", outcome="used")


class Model:
    """Proposes one option, wherever it is asked, and notes what it was shown."""

    def __init__(self, option: int | None) -> None:
        """Propose this."""
        self.option = option
        self.shown: list[tuple[str, SlotOffered, Asking]] = []

    def propose_slots(
        self, question: MaskedText, slots: Sequence[SlotOffered], *, asking: Asking
    ) -> Proposed[tuple[SlotProposal, ...]]:
        """Propose it."""
        self.shown.append((question.text, slots[0], asking))
        return Proposed(value=(SlotProposal(slot=slots[0].name, quote="fridge", option=self.option),), use=USED)


@pytest.fixture(scope="module")
def stage(house: House, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A house with Halden's own procedures."""
    core = HaldenCore(tmp_path_factory.mktemp("core"), seed=make_seed_of({}), clock=house.clock)
    tenant = tenant_of(house, "halden")
    assert (
        house.procedure_book.load(tenant.id, PROCEDURES, core=core, languages=tenant.settings.languages).refused == ()
    )
    return Stage(house, tenant)


def assisted(stage: Stage, monkeypatch: pytest.MonkeyPatch, *, option: int | None, uses: tuple[str, ...]) -> Model:
    """Let the stage ask a model that proposes an option, for what the company wants."""
    model, runner = Model(option), cast("Any", stage.house.runner)
    wording = Wording(cast("Any", model), cast("Any", None), clock=stage.house.clock, seconds=2.0)
    rooms = runner._rooms
    settings = msgspec.structs.replace(stage.tenant.settings, language_model=uses)
    monkeypatch.setattr("doorward.flow.language_model.wording.WITHIN", 300.0)
    monkeypatch.setattr(
        runner, "_rooms", msgspec.structs.replace(rooms, words=wording, settings_of=lambda _tenant_id: settings)
    )
    return model


def unclear(stage: Stage, *, world: dict[str, Any] = ONE_CARD) -> tuple[Any, Customer, Any]:
    """Somebody is asked whether to freeze or to block, and says something else."""
    people = stage.people(world, language="en")
    customer, line = began(stage, people, "about my card", "card.block")
    assert line.entry.data["procedure"]["kind"] == ("choice" if world is ONE_CARD else "card")
    stage.hints[UNCLEAR] = ""
    return people, customer, customer.say(UNCLEAR)


def test_what_may_be_meant_is_offered_and_only_the_customer_answers(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands below the question, first among the buttons; nothing happens until it is chosen."""
    model = assisted(stage, monkeypatch, option=1, uses=("slots",))
    world, customer, line = unclear(stage)
    (first, *_) = choices = [one["label"] for one in line.entry.data["choices"]]
    ((message, slot, asking),) = model.shown
    assert (message, asking.language) == (UNCLEAR, "en")
    assert slot.options[1] == first
    assert sorted(slot.options) == sorted(choices)
    assert told(line).endswith(f"Perhaps you mean this. If so, choose it: {first}")
    decided = [one.entry.data for one in customer.ledger() if one.entry.kind == "decision.made"]
    assert (decided[-1]["reason"], decided[-1]["model"]["use"]) == ("procedure_ask", "slots")
    assert cards(world) == {"4471": "active"}
    assert customer.say("yes please") is not None
    assert cards(world) == {"4471": "active"}, "a yes names none of two options"
    customer.say(line.entry.data["choices"][0]["says"])
    assert cards(world) == {"4471": "active"}, "to block for good is confirmed"
    customer.say("yes")
    assert cards(world) == {"4471": "blocked"}


def test_a_model_that_means_nothing_changes_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question stands as it is, and so do its options."""
    model = assisted(stage, monkeypatch, option=None, uses=("slots",))
    _, _, line = unclear(stage)
    assert len(model.shown) == 1
    assert "Perhaps" not in told(line)
    assert [one["label"] for one in line.entry.data["choices"]] == list(model.shown[0][1].options)


def test_nobody_is_asked_about_what_is_not_wanted_or_not_the_companys_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company that wants answers alone asks for no suggestion; what a core system names is shown to no model."""
    model = assisted(stage, monkeypatch, option=0, uses=("answer", "summary"))
    unclear(stage)
    model_too = assisted(stage, monkeypatch, option=0, uses=("slots",))
    unclear(stage, world=TWO_CARDS)
    assert (model.shown, model_too.shown) == ([], [])
