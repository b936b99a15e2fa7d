"""Mandates, what was done within them, and what owners are asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from doorward.identity.repository.inserting import insert_new, replace
from doorward.identity.tables import (
    assurance_table,
    mandate_approval_table,
    mandate_notice_table,
    mandate_table,
    mandate_use_table,
    pairing_table,
)
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope, crosses_tenants

OPEN: Final = ("pending", "active", "suspended")
GIVEN_UP: Final = timedelta(days=1)
"""After which an act that was begun and not heard of again counts as one of which nobody knows."""
COUNTED: Final = ("begun", "done", "waiting", "unanswered")
"""Uses that count: all but those of which it is known that nothing came of them."""

_mandate, _use, _approval = mandate_table.c, mandate_use_table.c, mandate_approval_table.c


def insert_mandate(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a mandate."""
    tx.execute(insert(mandate_table).values(tenant_id=scope.tenant_id, **values))


def find_mandate(tx: Tx, scope: Scope, mandate_id: str, *, lock: bool = False) -> Any | None:
    """Return a mandate, or None; with `lock` nobody else changes it, or counts in it, until this transaction ends."""
    query = select(mandate_table).where(_mandate.tenant_id == scope.tenant_id, _mandate.id == mandate_id)
    return tx.execute(query.with_for_update() if lock else query).first()


def find_open_mandate(tx: Tx, scope: Scope, open_hash: bytes, *, lock: bool = False) -> Any | None:
    """Return a machine's one open mandate, or None; `lock` as in `find_mandate`."""
    query = select(mandate_table).where(_mandate.tenant_id == scope.tenant_id, _mandate.open_hash == open_hash)
    return tx.execute(query.with_for_update() if lock else query).first()


def find_last_mandate(tx: Tx, scope: Scope, machine_hash: bytes) -> Any | None:
    """Return the mandate that a machine had last, however it ended, or None."""
    query = select(mandate_table).where(_mandate.tenant_id == scope.tenant_id, _mandate.machine_hash == machine_hash)
    return tx.execute(query.order_by(_mandate.created_at.desc(), _mandate.id.desc()).limit(1)).first()


def find_mandate_acting(tx: Tx, scope: Scope, acting_id: PartyId) -> Any | None:
    """Return the mandate by which a party acts, or None."""
    query = select(mandate_table).where(_mandate.tenant_id == scope.tenant_id, _mandate.acting_id == acting_id)
    return tx.execute(query).first()


def list_mandates(tx: Tx, scope: Scope, owner_id: PartyId) -> Sequence[Any]:
    """Return an owner's mandates, the newest first."""
    query = select(mandate_table).where(_mandate.tenant_id == scope.tenant_id, _mandate.owner_id == owner_id)
    return tx.execute(query.order_by(_mandate.created_at.desc(), _mandate.id.desc())).all()


def update_mandate(
    tx: Tx, scope: Scope, mandate_id: str, values: dict[str, Any], *, expected: int | None = None
) -> bool:
    """Change a mandate; return False when it is not the revision `expected` any more."""
    statement = update(mandate_table).where(_mandate.tenant_id == scope.tenant_id, _mandate.id == mandate_id)
    if expected is not None:
        statement = statement.where(_mandate.revision == expected)
    return tx.execute(statement.values(revision=_mandate.revision + 1, **values)).rowcount == 1


def open_mandate(tx: Tx, scope: Scope, mandate_id: str, values: dict[str, Any]) -> None:
    """Give a mandate to a machine. Raises `Conflict` when the machine got another one at the same moment."""
    try:
        update_mandate(tx, scope, mandate_id, values)
    except IntegrityError as error:
        raise Conflict("the machine acts for somebody already") from error


def delete_assurances(tx: Tx, scope: Scope, party_id: PartyId) -> None:
    """Let an acting party have proven nothing."""
    mine = (assurance_table.c.tenant_id == scope.tenant_id, assurance_table.c.party_id == party_id)
    tx.execute(delete(assurance_table).where(*mine))


# -- uses ------------------------------------------------------------------------------------------------------------


def insert_use(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a use."""
    tx.execute(insert(mandate_use_table).values(tenant_id=scope.tenant_id, **values))


def find_use(tx: Tx, scope: Scope, use_id: str) -> Any | None:
    """Return a use, or None."""
    query = select(mandate_use_table).where(_use.tenant_id == scope.tenant_id, _use.id == use_id)
    return tx.execute(query).first()


def find_use_by_key(tx: Tx, scope: Scope, mandate_id: str, key_hash: bytes) -> Any | None:
    """Return the use that a request's key began, or None."""
    query = select(mandate_use_table).where(
        _use.tenant_id == scope.tenant_id, _use.mandate_id == mandate_id, _use.key_hash == key_hash
    )
    return tx.execute(query).first()


def end_use(tx: Tx, scope: Scope, use_id: str, *, state: str) -> bool:
    """Note how a use ended; return False when it had ended before: what is known to be done stays done."""
    statement = update(mandate_use_table).where(
        _use.tenant_id == scope.tenant_id, _use.id == use_id, _use.state.in_(("begun", "waiting", "unanswered"))
    )
    return tx.execute(statement.values(state=state, ended_at=tx.now)).rowcount == 1


def used_since(tx: Tx, scope: Scope, mandate_id: str, *, capability: str, since: datetime) -> tuple[int, int]:
    """Return how many uses of a capability count since a moment, itself included, and what they amount to."""
    query = select(func.count().label("acts"), func.coalesce(func.sum(_use.amount), 0).label("amount")).where(
        _use.tenant_id == scope.tenant_id,
        _use.mandate_id == mandate_id,
        _use.capability == capability,
        _use.at >= since,
        _use.state.in_(COUNTED),
    )
    row = tx.execute(query).one()
    return int(row.acts), int(row.amount)


def list_uses(tx: Tx, scope: Scope, owner_id: PartyId, *, mandate_id: str | None, limit: int) -> Sequence[Any]:
    """Return what was done for an owner, within one mandate if it is named, the latest first."""
    query = select(mandate_use_table).where(_use.tenant_id == scope.tenant_id, _use.owner_id == owner_id)
    if mandate_id is not None:
        query = query.where(_use.mandate_id == mandate_id)
    return tx.execute(query.order_by(_use.at.desc(), _use.id.desc()).limit(limit)).all()


# -- approvals -------------------------------------------------------------------------------------------------------


def count_uses(tx: Tx, scope: Scope, *, since: datetime) -> Sequence[Any]:
    """Return how many acts there were since a moment, by capability and state."""
    kinds = (_use.capability, _use.state)
    query = select(*kinds, func.count().label("number")).where(_use.tenant_id == scope.tenant_id, _use.at >= since)
    return tx.execute(query.group_by(*kinds).order_by(*kinds)).all()


def count_open(tx: Tx, scope: Scope) -> int:
    """Return how many mandates are in use now."""
    query = select(func.count()).where(
        _mandate.tenant_id == scope.tenant_id, _mandate.state == "active", _mandate.valid_until > tx.now
    )
    return int(tx.execute(query).scalar_one())


def insert_approval(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a question to an owner."""
    tx.execute(insert(mandate_approval_table).values(tenant_id=scope.tenant_id, **values))


def find_approval(tx: Tx, scope: Scope, approval_id: str) -> Any | None:
    """Return a question to an owner, or None."""
    query = select(mandate_approval_table).where(_approval.tenant_id == scope.tenant_id, _approval.id == approval_id)
    return tx.execute(query).first()


def find_approval_by_key(tx: Tx, scope: Scope, mandate_id: str, key_hash: bytes) -> Any | None:
    """Return the question that a request's key led to, or None."""
    query = select(mandate_approval_table).where(
        _approval.tenant_id == scope.tenant_id, _approval.mandate_id == mandate_id, _approval.key_hash == key_hash
    )
    return tx.execute(query).first()


def decide_approval(tx: Tx, scope: Scope, approval_id: str, *, state: str) -> bool:
    """Note an owner's word; return False unless they were still asked: nobody decides twice, and nobody too late."""
    statement = update(mandate_approval_table).where(
        _approval.tenant_id == scope.tenant_id,
        _approval.id == approval_id,
        _approval.state == "asked",
        _approval.expires_at > tx.now,
    )
    return tx.execute(statement.values(state=state, decided_at=tx.now)).rowcount == 1


def withdraw_approvals(tx: Tx, scope: Scope, mandate_id: str) -> int:
    """Ask nothing more of what a mandate led to; return how many questions are gone."""
    statement = update(mandate_approval_table).where(
        _approval.tenant_id == scope.tenant_id, _approval.mandate_id == mandate_id, _approval.state == "asked"
    )
    return tx.execute(statement.values(state="expired", decided_at=tx.now)).rowcount


def count_waiting(tx: Tx, scope: Scope, mandate_id: str) -> int:
    """Return how many questions of a mandate its owner has not answered."""
    query = select(func.count()).where(
        _approval.tenant_id == scope.tenant_id,
        _approval.mandate_id == mandate_id,
        _approval.state == "asked",
        _approval.expires_at > tx.now,
    )
    return int(tx.execute(query).scalar_one())


def list_approvals(tx: Tx, scope: Scope, owner_id: PartyId, *, limit: int) -> Sequence[Any]:
    """Return what an owner was asked, the latest first."""
    query = select(mandate_approval_table).where(_approval.tenant_id == scope.tenant_id, _approval.owner_id == owner_id)
    return tx.execute(query.order_by(_approval.asked_at.desc(), _approval.id.desc()).limit(limit)).all()


# -- pairing ---------------------------------------------------------------------------------------------------------


def insert_pairing(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Add a code; return False when it is taken."""
    return insert_new(tx, scope, pairing_table, values)


def find_pairing(tx: Tx, scope: Scope, digest: bytes) -> Any | None:
    """Return what a code stands for while it is good, or None."""
    return tx.execute(select(pairing_table).where(*_good_code(tx, scope, digest))).first()


def take_pairing(tx: Tx, scope: Scope, digest: bytes) -> Any | None:
    """Use a code up and return what it stood for, or None. One statement: of two that come at once, one gets it."""
    return tx.execute(delete(pairing_table).where(*_good_code(tx, scope, digest)).returning(pairing_table)).first()


def delete_pairings(tx: Tx, scope: Scope, mandate_id: str) -> None:
    """Let no code for a mandate be good any more."""
    mine = (pairing_table.c.tenant_id == scope.tenant_id, pairing_table.c.mandate_id == mandate_id)
    tx.execute(delete(pairing_table).where(*mine))


def _good_code(tx: Tx, scope: Scope, digest: bytes) -> tuple[ColumnElement[bool], ...]:
    code = pairing_table.c
    return code.tenant_id == scope.tenant_id, code.digest == digest, code.expires_at > tx.now


# -- notices ---------------------------------------------------------------------------------------------------------


def replace_notice(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Keep of what an owner is told, in place of what was kept for the mandate."""
    replace(tx, scope, mandate_notice_table, values)


def find_notice(tx: Tx, scope: Scope, mandate_id: str) -> Any | None:
    """Return of what an owner is told by a mandate, or None."""
    notice = mandate_notice_table.c
    query = select(mandate_notice_table).where(notice.tenant_id == scope.tenant_id, notice.mandate_id == mandate_id)
    return tx.execute(query).first()


def delete_notice(tx: Tx, scope: Scope, mandate_id: str) -> None:
    """Tell nobody of anything by a mandate any more."""
    notice = mandate_notice_table.c
    tx.execute(delete(mandate_notice_table).where(notice.tenant_id == scope.tenant_id, notice.mandate_id == mandate_id))


def list_notices(tx: Tx, scope: Scope, *, before: datetime, limit: int) -> Sequence[Any]:
    """Return what was looked at longest ago, before a moment."""
    notice = mandate_notice_table.c
    query = select(mandate_notice_table).where(notice.tenant_id == scope.tenant_id, notice.looked_at < before)
    return tx.execute(query.order_by(notice.looked_at).limit(limit)).all()


def note_look(tx: Tx, scope: Scope, mandate_id: str, *, seen: bytes | None, before: datetime) -> bool:
    """Note how things stood; return False when somebody looked since `before`."""
    notice = mandate_notice_table.c
    statement = update(mandate_notice_table).where(
        notice.tenant_id == scope.tenant_id, notice.mandate_id == mandate_id, notice.looked_at == before
    )
    return tx.execute(statement.values(seen=seen, looked_at=tx.now)).rowcount == 1


# -- time ------------------------------------------------------------------------------------------------------------


@crosses_tenants("a sweep by time alone")
def close_ended(tx: Tx) -> int:
    """Close mandates and questions whose time is over, and acts that a crash left; return how many."""
    over = update(mandate_table).where(_mandate.valid_until <= tx.now, _mandate.state.in_(OPEN))
    acting = select(_mandate.acting_id).where(
        _mandate.tenant_id == assurance_table.c.tenant_id, _mandate.valid_until <= tx.now, _mandate.state.in_(OPEN)
    )
    tx.execute(delete(assurance_table).where(assurance_table.c.party_id.in_(acting)))
    notice = mandate_notice_table.c
    ended = select(_mandate.id).where(
        _mandate.tenant_id == notice.tenant_id, _mandate.valid_until <= tx.now, _mandate.state.in_(OPEN)
    )
    tx.execute(delete(mandate_notice_table).where(notice.mandate_id.in_(ended)))
    closed = tx.execute(over.values(state="expired", open_hash=None, ended_at=_mandate.valid_until)).rowcount
    left = update(mandate_use_table).where(_use.state == "begun", _use.at <= tx.now - GIVEN_UP)
    closed += tx.execute(left.values(state="unanswered", ended_at=tx.now)).rowcount
    late = update(mandate_approval_table).where(_approval.expires_at <= tx.now, _approval.state == "asked")
    return closed + tx.execute(late.values(state="expired", decided_at=_approval.expires_at)).rowcount


@crosses_tenants("a sweep by time alone")
def delete_old(tx: Tx, *, before: datetime) -> int:
    """Forget what was done, asked and allowed before a moment, and codes that ran out; return how many rows."""
    wanted: tuple[tuple[Table, ColumnElement[bool]], ...] = (
        (mandate_use_table, _use.at < before),
        (mandate_approval_table, _approval.asked_at < before),
        (mandate_table, _mandate.ended_at < before),
        (pairing_table, pairing_table.c.expires_at <= tx.now),
    )
    return sum(int(tx.execute(delete(table).where(old)).rowcount) for table, old in wanted)
