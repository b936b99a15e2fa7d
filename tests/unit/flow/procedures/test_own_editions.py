"""A company's own editions in a whole house: what is in force, for whom, and what becomes of runs under way."""

from collections.abc import Iterator

import msgspec
import pytest

from doorward.answering.procedures.editions import Edition, Written
from doorward.flow.procedure_editions import ProcedureEditions, faults_of
from doorward.flow.procedures import TenantProcedures
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from doorward.vocabulary.errors import NotFound, Outdated, ProcedureInvalid, ReviewRequired
from doorward.vocabulary.scope import Actor, Scope
from tests.support.playing import Stage
from tests.unit.flow.procedures.conftest import WRITTEN
from tests.unit.flow.procedures.test_conversations import TWO_CARDS, began, cards, told


@pytest.fixture
def editions(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ProcedureEditions]:
    """The house's verbs, over the tests' procedures as a company brings them; nothing is held from the test before."""
    house, tenant = stage.house, stage.tenant
    core = HaldenCore(tmp_path_factory.mktemp("core"), seed=make_seed_of({}), clock=house.clock)
    loaded = house.procedure_book.load(tenant.id, WRITTEN, core=core, languages=("en", "de"))
    monkeypatch.setattr(stage, "_procedures", TenantProcedures(procedures=loaded.procedures, core=core))
    yield house.procedure_editions
    back = house.procedure_editions
    house.transactions.write(
        stage.scope,
        lambda tx: back.take_back(tx, stage.scope, "block_card", number=0, expected=number_of(stage)),
    )
    house.procedure_book.forget(tenant.id)


def member(stage: Stage, name: str) -> Scope:
    """Return the scope of somebody who writes."""
    return Scope(tenant_id=stage.tenant.id, actor=Actor(kind="staff", id=name * 26))


def number_of(stage: Stage) -> int:
    """Return the number that is in force of the procedure that blocks a card."""
    return stage.read(lambda tx: stage.house.procedure_editions.open(tx, stage.scope, "block_card").number)


def changed(stage: Stage, *, version: int, said: str = "Done, it is blocked.") -> Written:
    """Return the procedure that blocks a card with another version and another last word."""
    before = stage.house.procedure_book.brought(stage.tenant.id).written["block_card"]
    texts = {code: _with_text(text, said) for code, text in before.texts.items()}
    return Written(procedure=before.procedure.replace("version: 1", f"version: {version}"), texts=texts)


def _with_text(text: str, said: str) -> str:
    lines = [f'blocked: "{said}"' if line.startswith("blocked:") else line for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def put(stage: Stage, written: Written, *, scope: Scope | None = None) -> Edition:
    """Write a draft and put it in force."""
    editions, house = stage.house.procedure_editions, stage.house
    writer = scope or member(stage, "w")
    desk = stage.read(lambda tx: editions.open(tx, writer, "block_card"))
    draft = house.transactions.write(
        writer, lambda tx: editions.save(tx, writer, "block_card", written, expected=desk.revision)
    )
    edition = house.transactions.write(
        writer,
        lambda tx: editions.activate(tx, writer, "block_card", revision=draft.revision, expected=desk.number),
    )
    editions.forget(stage.tenant.id)
    return edition


def drop(stage: Stage) -> None:
    """Throw the draft away, if there is one."""
    editions, scope = stage.house.procedure_editions, stage.scope
    desk = stage.read(lambda tx: editions.open(tx, scope, "block_card"))
    if desk.draft is not None:
        stage.house.transactions.write(scope, lambda tx: editions.drop(tx, scope, "block_card", expected=desk.revision))


def next_version(stage: Stage) -> int:
    """Return a version that was never there."""
    editions = stage.house.procedure_editions
    desk = stage.read(lambda tx: editions.open(tx, stage.scope, "block_card"))
    return 1 + editions.last_version(stage.scope, desk, "block_card")


@pytest.mark.usefixtures("editions")
def test_customers_meet_what_is_in_force(stage: Stage) -> None:
    """A draft meets nobody; once it is in force the next customer meets it, and it is taken back likewise."""
    world = stage.people(TWO_CARDS, language="en")
    edition = put(stage, changed(stage, version=next_version(stage)))
    customer, _ = began(stage, world, "block it", "card.block")
    customer.say("9012")
    assert told(customer.say("yes")) == "Done, it is blocked."
    assert cards(world)["9012"] == "blocked"
    house = stage.house
    house.transactions.write(
        stage.scope,
        lambda tx: house.procedure_editions.take_back(tx, stage.scope, "block_card", number=0, expected=edition.number),
    )
    house.procedure_book.forget(stage.tenant.id)
    customer, _ = began(stage, world, "block the other", "card.block")
    assert told(customer.say("yes")) == "Your debit card ending in 4471 is blocked."


@pytest.mark.usefixtures("editions")
def test_a_run_goes_on_in_the_version_that_it_began_with(stage: Stage) -> None:
    """What is put in force in the middle of it says nothing to this customer."""
    world = stage.people(TWO_CARDS, language="en")
    customer, _ = began(stage, world, "block it", "card.block")
    customer.say("9012")
    put(stage, changed(stage, version=next_version(stage)))
    assert told(customer.say("yes")) == "Your credit card ending in 9012 is blocked."
    assert cards(world)["9012"] == "blocked"
    began_later, _ = began(stage, world, "block the other", "card.block")
    assert told(began_later.say("yes")) == "Done, it is blocked."


@pytest.mark.usefixtures("editions")
def test_a_version_is_never_used_twice(stage: Stage) -> None:
    """Runs know it by that; the draft stays as it is."""
    version = next_version(stage)
    put(stage, changed(stage, version=version))
    for old in (1, version):
        with pytest.raises(ProcedureInvalid, match=f"version: must be {version + 1} at least"):
            put(stage, changed(stage, version=old))
        drop(stage)


@pytest.mark.usefixtures("editions")
def test_what_is_broken_is_kept_as_a_draft_and_comes_into_force_never(stage: Stage) -> None:
    """Every fault with its file; what is in force stays."""
    before, house = number_of(stage), stage.house
    broken = msgspec.structs.replace(changed(stage, version=next_version(stage)), texts={"en": "a: b", "de": "- x"})
    with pytest.raises(ProcedureInvalid) as error:
        put(stage, broken)
    files = {fault.file for fault in faults_of(error.value)}
    assert files == {"texts/de.yaml"}
    assert number_of(stage) == before
    kept = stage.read(lambda tx: house.procedure_editions.open(tx, stage.scope, "block_card").draft)
    assert kept is not None
    assert kept.written == broken
    drop(stage)


@pytest.mark.usefixtures("editions")
def test_four_eyes_where_the_company_wants_them(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who wrote at the draft puts it in force, however little."""
    editions, house = stage.house.procedure_editions, stage.house
    monkeypatch.setattr(editions, "_settings_of", lambda _tenant: TenantSettings(procedure_review=True))
    one, two, three = (member(stage, name) for name in "abc")
    written = changed(stage, version=next_version(stage))
    for number, writer in enumerate((one, two)):

        def save(tx: Tx, writer: Scope = writer, expected: int = number) -> object:
            return editions.save(tx, writer, "block_card", written, expected=expected)

        house.transactions.write(writer, save)  # type: ignore[arg-type]  # because the outcome's value is not read
    for writer in (one, two):
        with pytest.raises(ReviewRequired):
            house.transactions.write(
                writer,
                lambda tx, writer=writer: editions.activate(  # type: ignore[misc]  # bound here, in the loop
                    tx, writer, "block_card", revision=2, expected=number_of(stage)
                ),
            )
    expected = number_of(stage)
    house.transactions.write(
        three, lambda tx: editions.activate(tx, three, "block_card", revision=2, expected=expected)
    )
    assert number_of(stage) == expected + 1


@pytest.mark.usefixtures("editions")
def test_what_nobody_brought_cannot_be_written(stage: Stage) -> None:
    """A company's editions stand in the place of what its plugin brings; and whoever reads late is told."""
    editions, house = stage.house.procedure_editions, stage.house
    with pytest.raises(NotFound):
        house.transactions.write(
            stage.scope, lambda tx: editions.save(tx, stage.scope, "../etc", Written(), expected=0)
        )
    with pytest.raises(Outdated):
        house.transactions.write(
            stage.scope, lambda tx: editions.activate(tx, stage.scope, "block_card", revision=7, expected=0)
        )


@pytest.mark.usefixtures("editions")
def test_an_intent_that_another_procedure_begins_is_refused(stage: Stage) -> None:
    """Two procedures for one intent would be a toss-up."""
    written = changed(stage, version=next_version(stage))
    stolen = msgspec.structs.replace(
        written, procedure=written.procedure.replace("intents: [card.block]", "intents: [card.block, card.freeze]")
    )
    assert stolen != written
    with pytest.raises(ProcedureInvalid, match=r"'card\.freeze' starts 'freeze_card' already"):
        put(stage, stolen)
    drop(stage)
