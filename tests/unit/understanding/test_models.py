"""Trainings and models, on both databases: one at a time, stored before it is used, another tenant's never."""

from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from doorward.kit.clock import FixedClock
from doorward.kit.jobs import job_table
from doorward.kit.tx import Transactions
from doorward.understanding import ActiveModels, IntentModels, Intents, read_active
from doorward.understanding.intents import judge_unseen, pack_model
from doorward.understanding.models import KEPT, LOST, SILENT, Made, ModelReport
from doorward.understanding.tables import model_table
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText
from tests.support.intents import learnt, wishes
from tests.support.transactions import OTHER_SCOPE, SCOPE
from tests.support.words import read

ENCODER = "one/1"


@cache
def made() -> Made:
    """Return what a training of the lamp shop makes."""
    trained = learnt(strangers=True)
    description, weights = pack_model(trained.heads, encoder=ENCODER, languages=("en", "de"), phrases=31)
    return Made(
        description=description,
        weights=weights,
        report=ModelReport(unseen=judge_unseen(trained, wishes(strangers=True)), seconds=0.5),
    )


class Shop:
    """A tenant's models, and what understands its messages."""

    def __init__(self, transactions: Transactions, scope: Scope = SCOPE) -> None:
        """Begin without a model."""
        self.transactions, self.scope = transactions, scope
        self.loads = 0
        self.active = ActiveModels(self._load, encoder=ENCODER, seconds=lambda: 0.0)
        self.models = IntentModels(changed=self.active.changed)

    def _load(self, scope: Scope, held: Any) -> Any:
        self.loads += 1
        return self.transactions.read(lambda tx: read_active(tx, scope, held))

    def ask(self) -> Any:
        """Ask for a training."""
        return self.transactions.write(self.scope, lambda tx: self.models.ask(tx, self.scope))

    def train(self) -> int | None:
        """Ask for a training, and have it make a model."""
        training = self.ask()
        return self.finish(training.id)

    def finish(self, training_id: str) -> int | None:
        """Have a training make a model."""
        return self.transactions.write(self.scope, lambda tx: self.models.finish(tx, self.scope, training_id, made()))

    def activate(self, version: int) -> None:
        """Make a version active."""
        self.transactions.write(self.scope, lambda tx: self.models.activate(tx, self.scope, version))

    def states(self) -> dict[int, str]:
        """Return the state of each version."""
        found = self.transactions.read(lambda tx: self.models.versions(tx, self.scope))
        return {one.version: one.state for one in found}

    def wanted(self, text: str) -> Any:
        """Return what a message wants."""
        return self.active.wished(self.scope, read(text), MaskedText(text))


@pytest.fixture
def shop(transactions: Transactions) -> Shop:
    """A tenant without a model."""
    return Shop(transactions)


def test_two_trainings_at_once_are_one(shop: Shop, clock: FixedClock) -> None:
    """Whoever asks while one is under way gets that one, and one job; after it is lost, a new one."""
    first = shop.ask()
    assert shop.ask().id == first.id
    clock.advance(LOST)
    assert shop.ask().id != first.id
    jobs = shop.transactions.read(lambda tx: tx.execute(job_table.select()).all())
    assert len(jobs) == 2


def test_the_first_model_is_active_and_later_ones_are_not(shop: Shop) -> None:
    """Somebody looks at the figures before another one answers customers."""
    assert shop.wanted("my lamp is broken") is None
    assert shop.train() == 1
    assert shop.wanted("my lamp is broken").wishes[0].name == "lamp.broken"
    assert shop.train() == 2
    assert shop.states() == {1: "active", 2: "trained"}
    shop.activate(2)
    assert shop.states() == {1: "retired", 2: "active"}


def test_rolling_back_makes_the_one_before_active(shop: Shop, clock: FixedClock) -> None:
    """And where none was there before, it says so."""
    shop.train()
    with pytest.raises(Conflict):
        shop.transactions.write(SCOPE, lambda tx: shop.models.roll_back(tx, SCOPE))
    shop.train()
    clock.advance(timedelta(seconds=1))
    shop.activate(2)
    shop.transactions.write(SCOPE, lambda tx: shop.models.roll_back(tx, SCOPE))
    assert shop.states() == {1: "active", 2: "retired"}


def test_a_training_that_is_over_keeps_nothing(shop: Shop) -> None:
    """A job that runs twice makes one model; one that was overtaken makes none."""
    training = shop.ask()
    assert shop.finish(training.id) == 1
    assert shop.finish(training.id) is None
    assert shop.states() == {1: "active"}


def test_only_one_process_has_a_training_in_hand(shop: Shop, clock: FixedClock) -> None:
    """Another takes it up once nothing was heard of the first."""

    def begin() -> bool:
        return shop.transactions.write(SCOPE, lambda tx: shop.models.begin(tx, SCOPE, training.id))

    training = shop.ask()
    assert begin()
    with pytest.raises(Conflict):
        begin()
    clock.advance(SILENT)
    assert begin()
    shop.finish(training.id)
    assert not begin()


def test_a_failed_training_leaves_the_model_active(shop: Shop) -> None:
    """What came of it is told; what it is not, cannot be made active."""
    shop.train()
    training = shop.ask()
    shop.transactions.write(SCOPE, lambda tx: shop.models.fail(tx, SCOPE, training.id, "too_few"))
    assert shop.states() == {1: "active", 2: "failed"}
    failed = shop.transactions.read(lambda tx: shop.models.version(tx, SCOPE, 2))
    assert (failed.report.reason, failed.usable) == ("too_few", False)
    with pytest.raises(Conflict):
        shop.activate(2)


def test_one_tenant_s_model_is_not_another_s(shop: Shop, transactions: Transactions) -> None:
    """Neither is it listed there nor does it understand anything there."""
    shop.train()
    other = Shop(transactions, OTHER_SCOPE)
    assert other.states() == {}
    assert other.wanted("my lamp is broken") is None
    assert shop.active.wished(OTHER_SCOPE, read("my lamp is broken"), MaskedText("my lamp is broken")) is None
    with pytest.raises(NotFound):
        other.activate(1)


def test_a_damaged_model_counts_as_none(shop: Shop) -> None:
    """A changed byte is found before anything is made of it, and messages are understood as without a model."""
    shop.train()
    content = bytearray(made().weights)
    content[len(content) // 2] ^= 1

    def damage(tx: Any) -> Outcome[None]:
        tx.execute(model_table.update().values(weights=bytes(content)))
        return Outcome(None)

    shop.transactions.write(SCOPE, damage)
    assert shop.wanted("my lamp is broken") is None


def test_a_model_of_another_encoder_counts_as_none(shop: Shop) -> None:
    """Its vectors would mean something else."""
    shop.train()
    shop.active = ActiveModels(shop._load, encoder="two/1")
    assert shop.wanted("my lamp is broken") is None


def test_a_model_is_loaded_once(shop: Shop) -> None:
    """Messages do not read it again until another is active; that another is, is known at once."""
    shop.train()
    for _ in range(3):
        shop.wanted("my lamp is broken")
    assert shop.loads == 1
    shop.train()
    shop.activate(2)
    shop.wanted("my lamp is broken")
    assert shop.loads == 2


def test_without_a_model_again_all_is_as_before_the_first(shop: Shop) -> None:
    """A company can switch it off."""
    shop.train()
    assert shop.wanted("my lamp is broken") is not None
    shop.transactions.write(SCOPE, lambda tx: shop.models.retire(tx, SCOPE))
    assert shop.wanted("my lamp is broken") is None


def test_what_a_button_says_is_understood_to_the_letter(shop: Shop) -> None:
    """A label is its intent, in any language, and a stranger never."""
    intents = Intents()
    labels = {"en": "Report damage", "de": "Schaden melden"}
    shop.transactions.write(SCOPE, lambda tx: intents.put(tx, SCOPE, "lamp.broken", labels))
    shop.train()
    for said in ("report DAMAGE", "Schaden melden"):
        found = shop.wanted(said)
        assert (found.wishes[0].name, found.wishes[0].score, found.stranger) == ("lamp.broken", 1.0, False)
    named = shop.wanted("my lamp is broken").wishes[0]
    assert named.label == "Report damage"


def test_old_weights_are_dropped_and_the_active_one_s_are_not(shop: Shop) -> None:
    """Figures stay; a model of long ago cannot be made active any more."""
    for _ in range(KEPT + 2):
        shop.train()
    found = shop.transactions.read(lambda tx: shop.models.versions(tx, SCOPE))
    assert [one.version for one in found if not one.usable] == [2]
    with pytest.raises(Conflict):
        shop.activate(2)
