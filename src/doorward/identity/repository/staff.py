"""Members of staff, and what their sign-ins leave behind."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from doorward.identity.repository.inserting import insert_new, replace
from doorward.identity.tables import attempt_table, familiar_table, staff_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import Scope


def insert_staff(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Add a member of staff; return False when the user name is taken."""
    return insert_new(tx, scope, staff_table, values)


def find_staff(tx: Tx, scope: Scope, staff_id: StaffId) -> Any | None:
    """Return a member of staff, or None."""
    query = select(staff_table).where(staff_table.c.tenant_id == scope.tenant_id, staff_table.c.id == staff_id)
    return tx.execute(query).first()


def find_staff_by_username(tx: Tx, scope: Scope, username: str) -> Any | None:
    """Return a member of staff by user name, or None."""
    query = select(staff_table).where(staff_table.c.tenant_id == scope.tenant_id, staff_table.c.username == username)
    return tx.execute(query).first()


def list_staff(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return all members of staff by user name."""
    query = select(staff_table).where(staff_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(staff_table.c.username)).all()


def lock_administrators(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return all administrators, and hold off others who would change them until the transaction ends."""
    query = select(staff_table).where(staff_table.c.tenant_id == scope.tenant_id, staff_table.c.role == "administrator")
    return tx.execute(query.with_for_update()).all()


def update_staff(tx: Tx, scope: Scope, staff_id: StaffId, values: dict[str, Any]) -> None:
    """Change a member of staff."""
    tx.execute(
        update(staff_table)
        .where(staff_table.c.tenant_id == scope.tenant_id, staff_table.c.id == staff_id)
        .values(**values)
    )


def lock_attempt(tx: Tx, scope: Scope, key: bytes) -> Any:
    """Return the counter of failed attempts under `key`, made if missing, and hold others off it."""
    insert_new(tx, scope, attempt_table, {"key": key, "failures": 0, "last_at": tx.now})
    query = select(attempt_table).where(attempt_table.c.tenant_id == scope.tenant_id, attempt_table.c.key == key)
    return tx.execute(query.with_for_update()).one()


def write_attempt(tx: Tx, scope: Scope, key: bytes, *, failures: int) -> None:
    """Set a counter, last counted now."""
    tx.execute(
        update(attempt_table)
        .where(attempt_table.c.tenant_id == scope.tenant_id, attempt_table.c.key == key)
        .values(failures=failures, last_at=tx.now)
    )


def forgive_attempt(tx: Tx, scope: Scope, key: bytes) -> None:
    """Take one failure back."""
    tx.execute(
        update(attempt_table)
        .where(attempt_table.c.tenant_id == scope.tenant_id, attempt_table.c.key == key, attempt_table.c.failures > 0)
        .values(failures=attempt_table.c.failures - 1)
    )


def delete_attempts(tx: Tx, scope: Scope, keys: Sequence[bytes]) -> None:
    """Forget these counters."""
    tx.execute(delete(attempt_table).where(attempt_table.c.tenant_id == scope.tenant_id, attempt_table.c.key.in_(keys)))


def familiar_marks(tx: Tx, scope: Scope, staff_id: StaffId, marks: Sequence[bytes]) -> frozenset[bytes]:
    """Return those of `marks` from which this member of staff has signed in before."""
    query = select(familiar_table.c.mark).where(
        familiar_table.c.tenant_id == scope.tenant_id,
        familiar_table.c.staff_id == staff_id,
        familiar_table.c.mark.in_(marks),
    )
    return frozenset(bytes(mark) for mark in tx.execute(query).scalars())


def remember_mark(tx: Tx, scope: Scope, staff_id: StaffId, mark: bytes) -> None:
    """Note that this member of staff has signed in from there now."""
    replace(tx, scope, familiar_table, {"staff_id": staff_id, "mark": mark, "seen_at": tx.now})
