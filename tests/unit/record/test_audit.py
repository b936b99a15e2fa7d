"""The audit: whoever changes, removes or cuts anything is found out."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Delete, Update, delete, update

from doorward import record
from doorward.kit.db import Database
from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.tx import Transactions
from doorward.record import AuditReport, AuditSealer
from doorward.record.tables import audit_table
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.outcome import Outcome
from tests.support.transactions import OTHER_SCOPE, OTHER_TENANT, SCOPE, TENANT


@pytest.fixture
def keys() -> Keys:
    """Keys of two tenants."""
    made = Keys(MemoryKeyStore())
    made.make_tenant(TENANT)
    made.make_tenant(OTHER_TENANT)
    return made


@pytest.fixture
def sealer(transactions: Transactions, keys: Keys, tmp_path: Path) -> AuditSealer:
    """A sealer whose heads lie in a folder of the test's."""
    return AuditSealer(transactions, keys, tmp_path / "audit")


def act(transactions: Transactions, count: int) -> None:
    """Do audited things."""
    events = (
        AuditEvent(action="thing.done", object_kind="thing", object_id=str(number), fields=("name",))
        for number in range(count)
    )
    for event in events:
        outcome = Outcome(None, entries=(event,))
        transactions.write(SCOPE, partial(lambda _tx, outcome: outcome, outcome=outcome))


@pytest.fixture
def verify(transactions: Transactions, keys: Keys, tmp_path: Path) -> Callable[[], AuditReport]:
    """Return the check of the test's tenant."""
    return lambda: transactions.read(lambda tx: record.verify_audit(tx, SCOPE, keys=keys, folder=tmp_path / "audit"))


def code(report: AuditReport) -> str:
    """Return the problem's code, or `ok`."""
    return report.problem.code if report.problem else "ok"


def test_an_untouched_audit_verifies_and_tells_what_is_not_sealed_yet(
    transactions: Transactions, sealer: AuditSealer, verify: Callable[[], AuditReport]
) -> None:
    """Sealed rows are counted, rows since then are reported as unsealed."""
    act(transactions, 5)
    assert sealer.seal(SCOPE) == 5
    act(transactions, 2)
    report = verify()
    assert (code(report), report.sealed, report.unsealed) == ("ok", 5, 2)
    assert sealer.seal(SCOPE) == 2
    assert sealer.seal(SCOPE) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "thing.undone"},
        {"object_id": "3x"},
        {"actor_id": "somebody"},
        {"fields": ["other"]},
        {"reason": "because"},
        {"chain": b"\0" * 32},
    ],
)
def test_one_changed_field_of_one_row_is_found(
    transactions: Transactions,
    sealer: AuditSealer,
    verify: Callable[[], AuditReport],
    database: Database,
    changes: dict[str, object],
) -> None:
    """Row 3 is named, whichever field was changed."""
    act(transactions, 5)
    sealer.seal(SCOPE)
    with database.writer.begin() as connection:
        connection.execute(update(audit_table).where(audit_table.c.seq == 3).values(**changes))
    report = verify()
    assert report.problem is not None
    assert (report.problem.code, report.problem.seq) == ("row_changed", 3)


def test_a_removed_row_and_a_cut_tail_are_found(
    transactions: Transactions, sealer: AuditSealer, verify: Callable[[], AuditReport], database: Database
) -> None:
    """A hole is found at its place; missing last rows are found by the signed head."""
    act(transactions, 6)
    sealer.seal(SCOPE)
    with database.writer.begin() as connection:
        connection.execute(delete(audit_table).where(audit_table.c.seq > 4))
    assert code(verify()) == "tail_missing"
    with database.writer.begin() as connection:
        connection.execute(delete(audit_table).where(audit_table.c.seq == 2))
    assert code(verify()) == "row_missing"


def test_an_emptied_audit_is_found(
    transactions: Transactions, sealer: AuditSealer, verify: Callable[[], AuditReport], database: Database
) -> None:
    """Removing every row is a missing tail too."""
    act(transactions, 3)
    sealer.seal(SCOPE)
    with database.writer.begin() as connection:
        connection.execute(delete(audit_table))
    assert code(verify()) == "tail_missing"


def test_a_forged_or_missing_head_is_found(
    transactions: Transactions, sealer: AuditSealer, verify: Callable[[], AuditReport], tmp_path: Path
) -> None:
    """A head that is not signed by the tenant, or is gone, is reported."""
    act(transactions, 3)
    sealer.seal(SCOPE)
    head = tmp_path / "audit" / f"{TENANT}.head.json"
    content = head.read_text()
    head.write_text(content.replace('"seq":3', '"seq":2'))
    assert code(verify()) == "head_forged"
    head.unlink()
    assert code(verify()) == "head_missing"


@pytest.mark.parametrize(
    "damage",
    [
        update(audit_table).where(audit_table.c.seq > 4).values(action="thing.undone", seq=None, chain=None),
        delete(audit_table).where(audit_table.c.seq > 4),
    ],
    ids=["rows sealed anew", "tail cut"],
)
def test_what_was_tampered_with_is_not_signed_over(
    transactions: Transactions,
    sealer: AuditSealer,
    verify: Callable[[], AuditReport],
    database: Database,
    damage: Update | Delete,
) -> None:
    """Last rows that were cut, or changed and sealed again by ourselves, are found however much is written after."""
    act(transactions, 6)
    sealer.seal(SCOPE)
    with database.writer.begin() as connection:
        connection.execute(damage)
    for _ in range(3):
        act(transactions, 2)
        sealer.seal(SCOPE)
        assert code(verify()) in {"tail_missing", "head_differs"}


def test_a_damaged_head_is_told_and_kept(
    transactions: Transactions, sealer: AuditSealer, verify: Callable[[], AuditReport], tmp_path: Path
) -> None:
    """No changed byte of a head makes the check fail with an error, or disappears with the next rows."""
    act(transactions, 3)
    sealer.seal(SCOPE)
    head = tmp_path / "audit" / f"{TENANT}.head.json"
    content = head.read_bytes()
    for place in range(len(content)):
        head.write_bytes(content[:place] + b"~" + content[place + 1 :])
        assert code(verify()) in {"head_forged", "head_missing"}, place
    head.write_bytes(b"~" + content[1:])
    act(transactions, 3)
    sealer.seal(SCOPE)
    assert code(verify()) == "head_missing"


def test_a_crash_before_the_head_was_written_is_made_good(
    transactions: Transactions, sealer: AuditSealer, verify: Callable[[], AuditReport], tmp_path: Path
) -> None:
    """Rows sealed beyond the head get their head from the next sealing, also the very first ones."""
    sealer.seal(SCOPE)
    head = tmp_path / "audit" / f"{TENANT}.head.json"
    first = head.read_bytes()
    assert code(verify()) == "ok"
    act(transactions, 3)
    sealer.seal(SCOPE)
    second = head.read_bytes()
    act(transactions, 3)
    sealer.seal(SCOPE)
    for content in (second, first):
        head.write_bytes(content)
        sealer.seal(SCOPE)
        found = record.read_head(tmp_path / "audit", SCOPE)
        assert found is not None
        assert (found.seq, code(verify())) == (6, "ok")


def test_a_head_that_was_taken_away_stays_missing(
    transactions: Transactions,
    sealer: AuditSealer,
    verify: Callable[[], AuditReport],
    tmp_path: Path,
    database: Database,
) -> None:
    """Whoever cuts the tail and deletes the head with it is found, however much is sealed afterwards."""
    act(transactions, 6)
    sealer.seal(SCOPE)
    (tmp_path / "audit" / f"{TENANT}.head.json").unlink()
    with database.writer.begin() as connection:
        connection.execute(delete(audit_table).where(audit_table.c.seq > 4))
    for _ in range(3):
        act(transactions, 2)
        sealer.seal(SCOPE)
        assert code(verify()) == "head_missing"


def test_a_chain_calculated_anew_without_the_key_does_not_pass(
    transactions: Transactions, sealer: AuditSealer, verify: Callable[[], AuditReport], database: Database
) -> None:
    """Whoever rewrites the rows and seals them again with another key is found."""
    act(transactions, 3)
    sealer.seal(SCOPE)
    with database.writer.begin() as connection:
        connection.execute(update(audit_table).where(audit_table.c.seq == 2).values(action="x", seq=None, chain=None))
        connection.execute(update(audit_table).where(audit_table.c.seq == 3).values(seq=None, chain=None))
    other = Keys(MemoryKeyStore())
    other.make_tenant(TENANT)
    AuditSealer(transactions, other, sealer._folder).seal(SCOPE)
    assert code(verify()) in {"row_changed", "head_forged"}


def test_tenants_have_chains_of_their_own(
    transactions: Transactions, sealer: AuditSealer, keys: Keys, tmp_path: Path
) -> None:
    """One tenant's rows are neither counted nor sealed with another's."""
    act(transactions, 2)
    sealer.seal(OTHER_SCOPE)
    report = transactions.read(lambda tx: record.verify_audit(tx, OTHER_SCOPE, keys=keys, folder=tmp_path / "audit"))
    assert (report.sealed, report.unsealed) == (0, 0)
