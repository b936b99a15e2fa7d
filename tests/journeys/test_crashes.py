"""Accepted means durable: the house is killed with SIGKILL again and again, and nothing is lost or done twice."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from doorward.flow.tables import run_table, step_table
from doorward.identity.tables import tenant_table
from doorward.kit.db import Database
from doorward.kit.settings import Settings
from doorward.protection.tables import original_table
from doorward.record.tables import audit_table, card_table, entry_table
from doorward.routing.tables import item_table
from tests.support.crashes import LOAD, POINTS, SMALL, Evidence, Nursery, Script, Trial, gather, problems
from tests.support.house import settings_for
from tests.support.transactions import NOON

RANDOM_POINTS = 5


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """A process that raises and kills houses."""
    opened = Nursery()
    yield opened
    opened.close()


def undisturbed(nursery: Nursery, settings: Settings, script: Script) -> tuple[Trial, float]:
    """Begin a trial with a round that nobody disturbs: what all others are held against, and how long it took."""
    trial = Trial(nursery, settings, script)
    return trial, trial.live_on().seconds


def evidence_of(trial: Trial, settings: Settings, script: Script) -> tuple[Evidence, list[str]]:
    """End a trial, and return what was found and what is wrong with it."""
    trial.finish()
    evidence = gather(settings, script, rounds=trial.rounds)
    return evidence, problems(evidence, evidence, acknowledged=trial.acknowledged.values())


def test_a_house_killed_between_any_two_steps_loses_and_doubles_nothing(
    nursery: Nursery, house_settings: Settings
) -> None:
    """Before, in and after every transaction of a message's way: each death is survived, the ledger is the same."""
    trial, _ = undisturbed(nursery, house_settings, SMALL)
    # Computed and not kept is the same as the step before kept: the measurement in bench/ passes those points as well.
    for point in (point for point in POINTS if not point.endswith(".computed")):
        if point == "recover.leased":
            assert trial.die_at("understand.kept").killed
            assert trial.die_again_at(point).killed, point
        else:
            assert trial.die_at(point, passing=1 if point == "seal.unsigned" else 2).killed, point
    evidence, wrong = evidence_of(trial, house_settings, SMALL)
    assert wrong == []
    assert len(evidence.message_ids) == len(set(trial.acknowledged.values())) == SMALL.messages * trial.rounds


def test_a_house_killed_at_random_under_load_loses_and_doubles_nothing(
    nursery: Nursery, house_settings: Settings
) -> None:
    """Eight conversations at once; the process dies anywhere, is started again, and customers repeat themselves."""
    trial, seconds = undisturbed(nursery, house_settings, LOAD)
    chance = random.Random(2)
    while trial.deaths < RANDOM_POINTS and trial.rounds < 4 * RANDOM_POINTS:
        ended = trial.die_after(chance.uniform(0.0, seconds))
        seconds = seconds if ended.killed else min(seconds, ended.seconds)  # it was over before its end came
    evidence, wrong = evidence_of(trial, house_settings, LOAD)
    assert wrong == []
    assert trial.deaths == RANDOM_POINTS
    assert len(evidence.message_ids) == len(set(trial.acknowledged.values())) == LOAD.messages * trial.rounds


@pytest.fixture(scope="module")
def one_round(nursery: Nursery, founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation on SQLite that lived through one round and was closed."""
    folder = tmp_path_factory.mktemp("crashed") / "data"
    shutil.copytree(founded_sqlite, folder)
    trial = Trial(nursery, settings_for(folder, f"sqlite:///{folder / 'doorward.db'}"), SMALL)
    trial.live_on()
    trial.finish()
    return folder


DAMAGES = {
    "lost": delete(entry_table).where(entry_table.c.kind == "message.customer", entry_table.c.seq == 2),
    "gaps": update(entry_table).where(entry_table.c.seq == 3).values(seq=99),
    "not exactly one": delete(entry_table).where(entry_table.c.kind == "decision.made"),
    "answered or handed over twice": update(entry_table)
    .where(entry_table.c.kind == "assessment.made")
    .values(kind="message.bot"),
    "told otherwise": update(entry_table).where(entry_table.c.kind == "message.bot").values(text="Something else"),
    "runs are open": update(run_table).values(state="walking"),
    "steps are left over": insert(step_table).values(tenant_id="t", message_id="m", stage="read", result=b""),
    "a card differs": update(card_table).values(customer_messages=7),
    "the queue": insert(item_table).values(
        tenant_id=select(tenant_table.c.tenant_id).where(tenant_table.c.slug == "halden").scalar_subquery(),
        conversation_id="c",
        party_id="p",
        queue="default",
        priority=0,
        entered_at=NOON,
    ),
    "no sealed original": delete(original_table),
    "does not open": update(original_table).values(kind="IBAN"),
    "audit of halden": update(audit_table).values(action="something.else"),
}


@pytest.mark.parametrize("fault", DAMAGES)
def test_every_broken_promise_would_be_seen(fault: str, one_round: Path, tmp_path: Path) -> None:
    """The checks of the tests above find each kind of damage when it is there, and nothing when it is not."""
    folder = tmp_path / "data"
    shutil.copytree(one_round, folder)
    settings = settings_for(folder, f"sqlite:///{folder / 'doorward.db'}")
    sound = gather(settings, SMALL, rounds=1)
    assert problems(sound, sound, acknowledged=sound.message_ids) == []
    database = Database.open(settings.database_url)
    with database.writer.begin() as connection:
        connection.execute(DAMAGES[fault])
    database.close()
    damaged = gather(settings, SMALL, rounds=1)
    assert any(fault in one for one in problems(damaged, sound, acknowledged=sound.message_ids))
