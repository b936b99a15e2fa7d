"""What the core system's file promises: carried over, whole or not at all, the same for everybody who asks at once."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import doorward
from doorward.kit.clock import FixedClock
from doorward.plugins.companies.halden import changing, connector
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.holdings import Seed
from doorward.plugins.companies.halden.operations import OPERATIONS
from doorward.plugins.companies.halden.seed import make_seed
from doorward.plugins.companies.halden.tests.banks import NOON, bank
from doorward.plugins.companies.halden.worlds import BYSTANDER, CUSTOMER
from doorward.vocabulary.errors import Malformed, Misconfigured

KILLED = """
import os, signal, sys
from pathlib import Path

sys.path.insert(0, sys.argv[2])
from doorward.plugins.companies.halden import connector
from doorward.plugins.companies.halden.tests.banks import bank

core = bank(Path(sys.argv[1]))


class Dying:
    json = property(lambda self: os.kill(os.getpid(), signal.SIGKILL))


connector.msgspec = Dying()
core.carry_out("HB-900001", "replace_card", {"card": "4471"}, idempotency_key="key")
"""


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """Return a folder with a core system's file that tests copy."""
    with tempfile.TemporaryDirectory() as folder:
        bank(Path(folder))
        yield Path(folder)


def _first_version(folder: Path, seed: Seed, *, people: int) -> None:
    """Make a file as the first version made it, with the first people of the seed and an order of their own."""
    folder.mkdir()
    here = {person.customer.reference for person in seed.people[:people]}
    with closing(sqlite3.connect(folder / "halden.sqlite")) as file, file:
        file.executescript(files(connector.__package__).joinpath("schema.sql").read_text("utf-8"))
        for person in seed.people[:people]:
            known = msgspec.structs.astuple(person.customer)
            file.execute("INSERT INTO customer VALUES (?, ?, ?, ?, ?, ?, ?)", (*known, person.address, person.born))
        tables: dict[str, tuple[Any, int]] = {
            "account": (seed.accounts, 4),
            "card": ([card for card in seed.cards if card.kind == "debit"], 5),
            "device": (seed.devices, 5),
        }
        for table, (rows, width) in tables.items():
            for row in rows:
                if row.customer in here:
                    places = ", ".join("?" * width)
                    file.execute(f"INSERT INTO {table} VALUES ({places})", msgspec.structs.astuple(row)[:width])  # noqa: S608
        for bill in seed.bills:
            if bill.customer in here:
                due = (NOON.date() + timedelta(days=bill.due)).isoformat()
                values = (bill.reference, bill.customer, bill.issuer, bill.amount_cents, due, bill.state)
                file.execute("INSERT INTO bill VALUES (?, ?, ?, ?, ?, ?)", values)
        for order in seed.orders:
            if order.customer in here:
                placed = (NOON.date() - timedelta(days=order.placed)).isoformat()
                number = int(order.reference[1:])
                row = (number, order.customer, order.item, order.state, placed, order.detail)
                file.execute("INSERT INTO placed_order VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)", row)
        file.execute("PRAGMA user_version = 1")


def test_a_file_of_the_first_version_is_carried_over(tmp_path: Path) -> None:
    """It becomes what a new file of the same people is, and the orders placed before stay, with their keys."""
    seed = make_seed()
    _first_version(tmp_path / "old", seed, people=500)
    device = seed.devices[0]
    with closing(sqlite3.connect(tmp_path / "old" / "halden.sqlite")) as file, file:
        file.execute(
            "INSERT INTO placed_order VALUES (600000, ?, 'paper rolls', 'placed', '2031-03-04', ?, ?, 'their key')",
            (device.customer, f"{device.serial}, 10 rolls", device.serial),
        )
    old = HaldenCore(tmp_path / "old", seed=seed, clock=FixedClock(NOON))
    new = HaldenCore(tmp_path / "new", seed=seed, clock=FixedClock(NOON))
    ordered = old.order_paper(device.customer, device=device.serial, idempotency_key="their key")
    assert ordered.reference == "O600000"
    carried, made = old.snapshot(), new.snapshot()
    assert carried[device.customer].pop("order") != made[device.customer].pop("order")
    assert carried == made
    opened_again = HaldenCore(tmp_path / "old", seed=seed, clock=FixedClock(NOON)).snapshot()
    opened_again[device.customer].pop("order")
    assert opened_again == made


def test_only_those_who_are_there_get_a_life(tmp_path: Path) -> None:
    """A file with some of the customers gets nothing of the others, and what was changed in it stays changed."""
    seed = make_seed()
    _first_version(tmp_path / "old", seed, people=40)
    owner = seed.cards[0].customer
    with closing(sqlite3.connect(tmp_path / "old" / "halden.sqlite")) as file, file:
        file.execute("UPDATE card SET status = 'blocked' WHERE customer = ?", (owner,))
        file.execute("UPDATE customer SET name = 'Somebody Else' WHERE reference = ?", (owner,))
    core = HaldenCore(tmp_path / "old", seed=seed, clock=FixedClock(NOON))
    worlds = core.snapshot()
    assert len(worlds) == 41
    assert worlds[owner]["customer"]["name"] == "Somebody Else"
    assert {card["status"] for card in worlds[owner]["card"] if card["kind"] == "debit"} == {"blocked"}
    with closing(sqlite3.connect(tmp_path / "old" / "halden.sqlite")) as file:
        for (table,) in file.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%customer TEXT%'").fetchall():
            astray = f"SELECT count(*) FROM {table} WHERE customer NOT IN (SELECT reference FROM customer)"  # noqa: S608
            rows = file.execute(astray)
            assert rows.fetchone() == (0,), table


def test_a_carrying_over_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one transaction; the next start tries again."""
    seed = make_seed()
    _first_version(tmp_path / "old", seed, people=3)
    path = tmp_path / "old" / "halden.sqlite"
    with closing(sqlite3.connect(path)) as file:
        before = list(file.iterdump())
    with monkeypatch.context() as broken:
        broken.setattr("doorward.plugins.companies.halden.filling._bring_cases", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            HaldenCore(tmp_path / "old", seed=seed, clock=FixedClock(NOON))
    with closing(sqlite3.connect(path)) as file:
        assert list(file.iterdump()) == before
    assert len(HaldenCore(tmp_path / "old", seed=seed, clock=FixedClock(NOON)).snapshot()) == 4


def test_a_file_of_a_newer_version_stops_the_start(tmp_path: Path) -> None:
    """It is not touched: only the program that wrote it knows what is in it."""
    bank(tmp_path)
    with closing(sqlite3.connect(tmp_path / "halden.sqlite")) as file:
        file.execute("PRAGMA user_version = 3")
    with pytest.raises(Misconfigured, match="newer"):
        bank(tmp_path)


def test_a_death_in_the_middle_leaves_nothing_half_done(tmp_path: Path) -> None:
    """Killed after the verb and before the end, the card is not blocked and nothing ordered; the same key does it."""
    core = bank(tmp_path)
    before = core.snapshot()
    ours = str(Path(doorward.__file__).parent.parent)
    died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), ours], check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert core.snapshot() == before
    done = core.carry_out(CUSTOMER, "replace_card", {"card": "4471"}, idempotency_key="key")
    assert done.outcome == "done"


def test_a_failure_in_the_middle_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verb that breaks after its first statement has never been, and its key is free."""
    core = bank(tmp_path)
    before = core.snapshot()
    with monkeypatch.context() as broken:
        broken.setattr(changing, "_place", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            core.carry_out(CUSTOMER, "replace_card", {"card": "4471"}, idempotency_key="key")
    assert core.snapshot() == before
    core.carry_out(CUSTOMER, "freeze_card", {"card": "4471"}, idempotency_key="key")


def test_two_at_once_with_one_key_get_one_answer(tmp_path: Path) -> None:
    """Eight threads through two openings of the file, one key: one order, one answer."""
    cores = [bank(tmp_path), bank(tmp_path)]

    def order(place: int) -> Any:
        given = {"device": "HT-4100-01"}
        return cores[place % 2].carry_out(CUSTOMER, "order_paper", given, idempotency_key="same").facts["order"]

    before = len(cores[0].orders(CUSTOMER))
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(order, range(8)))) == 1
    assert len(cores[0].orders(CUSTOMER)) == before + 1


def test_of_many_at_once_one_wins(tmp_path: Path) -> None:
    """Eight try to cancel one transfer under keys of their own: it is cancelled once, the others hear that it is."""
    cores = [bank(tmp_path), bank(tmp_path)]

    def cancel(place: int) -> str:
        given = {"transfer": "T1001"}
        done = cores[place % 2].carry_out(CUSTOMER, "cancel_transfer", given, idempotency_key=f"key {place}")
        return str(done.facts.get("why", done.outcome))

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(cancel, range(8))) == [*["already_cancelled"] * 7, "done"]


def _texts(template: Path) -> st.SearchStrategy[Any]:
    core = bank(template)
    keys = {
        thing.key
        for reference in (CUSTOMER, BYSTANDER)
        for kind in core.kinds()
        for thing in core.things(reference, kind)
    }
    odd = st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.none(), st.floats())
    likely = st.sampled_from(["Mill Lane 9, Leeds", "+44 7700 900777", "a@example.com", "copy", BYSTANDER, "'; --"])
    return st.one_of(st.sampled_from(sorted(keys)), likely, st.integers(-5, 600_000), odd)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_for_nobody_else_is_touched(template: Path, data: st.DataObject) -> None:
    """Any operations with any arguments for one customer leave all others as they were; a refusal changes nothing."""
    values = _texts(template)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template / "halden.sqlite", folder)
        core = bank(Path(folder))
        before = core.snapshot()
        for place in range(data.draw(st.integers(1, 6))):
            name = data.draw(st.sampled_from(sorted(OPERATIONS)))
            declared = OPERATIONS[name]
            arguments = {one: data.draw(values) for one in declared.arguments}
            if data.draw(st.integers(0, 9)) == 0:
                arguments[data.draw(st.text(max_size=5))] = data.draw(values)
            was = core.snapshot()
            try:
                if declared.effect == "look_up":
                    outcome = core.look_up(CUSTOMER, name, arguments).outcome
                else:
                    done = core.carry_out(CUSTOMER, name, arguments, idempotency_key=f"key {place}")
                    outcome = done.outcome
                    assert done.facts.get("why") in (declared.reasons if outcome == "not_possible" else (None,))
            except Malformed:
                outcome = "malformed"
            now = core.snapshot()
            if outcome != "done" or declared.effect == "look_up":
                assert now == was
            assert outcome in {"done", "malformed", *declared.outcomes}
        after = core.snapshot()
        assert {**after, CUSTOMER: None} == {**before, CUSTOMER: None}
