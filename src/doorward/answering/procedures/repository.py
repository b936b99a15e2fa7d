"""The SQL of kept runs, of what second persons are asked, and of what companies write themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.procedures.tables import agreement_table, draft_table, edition_table, run_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope


def insert_run(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Write a new run; return False when it is there already, or another one is active in its conversation."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    written = into(run_table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing()
    return tx.execute(written.returning(run_table.c.id)).first() is not None


def find_run(tx: Tx, scope: Scope, run_id: str) -> Any | None:
    """Return a run, None if there is no such run."""
    own = (run_table.c.tenant_id == scope.tenant_id) & (run_table.c.id == run_id)
    return tx.execute(select(run_table).where(own)).first()


def find_active(tx: Tx, scope: Scope, *, conversation_id: ConversationId, parties: Sequence[PartyId]) -> Any | None:
    """Return the active run of a conversation, else the one that one of the parties touched last elsewhere."""
    here = run_table.c.conversation_id == conversation_id
    query = (
        select(run_table)
        .where(run_table.c.tenant_id == scope.tenant_id, run_table.c.state == "active")
        .where(or_(here, run_table.c.party_id.in_(parties)))
        .order_by(case((here, 0), else_=1), run_table.c.touched_at.desc(), run_table.c.id.desc())
    )
    return tx.execute(query.limit(1)).first()


def runs_of(tx: Tx, scope: Scope, conversation_id: ConversationId, *, limit: int) -> Sequence[Any]:
    """Return the newest runs of a conversation, the newest first."""
    own = (run_table.c.tenant_id == scope.tenant_id) & (run_table.c.conversation_id == conversation_id)
    return tx.execute(select(run_table).where(own).order_by(run_table.c.id.desc()).limit(limit)).all()


def update_run(tx: Tx, scope: Scope, run_id: str, values: dict[str, Any], *, expected: int | None = None) -> bool:
    """Change a run that is not over; return False when it is, or has seen another number of events than `expected`."""
    own = (run_table.c.tenant_id == scope.tenant_id) & (run_table.c.id == run_id) & (run_table.c.state != "ended")
    if expected is not None:
        own &= run_table.c.events == expected
    return tx.execute(update(run_table).where(own).values(**values)).rowcount > 0


def count_endings(tx: Tx, scope: Scope, *, since: datetime) -> Sequence[Any]:
    """Return how many runs of each procedure ended in which way since a moment."""
    table = run_table.c
    query = (
        select(table.procedure, table.outcome, func.count().label("runs"))
        .where(table.tenant_id == scope.tenant_id, table.state == "ended", table.touched_at >= since)
        .group_by(table.procedure, table.outcome)
    )
    return tx.execute(query).all()


def find_untouched(tx: Tx, scope: Scope, *, before: datetime, limit: int) -> Sequence[Any]:
    """Return runs that are not over and that nobody touched since a moment."""
    query = select(run_table).where(
        run_table.c.tenant_id == scope.tenant_id,
        run_table.c.state.in_(("active", "paused", "waiting")),
        run_table.c.touched_at < before,
    )
    return tx.execute(query.order_by(run_table.c.touched_at).limit(limit)).all()


def delete_ended(tx: Tx, scope: Scope, *, before: datetime) -> int:
    """Remove runs that ended before a moment; return how many."""
    old = (run_table.c.tenant_id == scope.tenant_id) & (run_table.c.state == "ended")
    return tx.execute(delete(run_table).where(old, run_table.c.touched_at < before)).rowcount


def delete_runs_of(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove all runs of a party, and what second persons were asked for it; return how many."""
    removed = 0
    for table in (run_table, agreement_table):
        own = (table.c.tenant_id == scope.tenant_id) & (table.c.party_id == party_id)
        removed += tx.execute(delete(table).where(own)).rowcount
    return removed


def insert_agreement(tx: Tx, scope: Scope, values: dict[str, Any]) -> bool:
    """Write down that a second person is asked; return False when they were asked already."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    written = into(agreement_table).values(tenant_id=scope.tenant_id, **values).on_conflict_do_nothing()
    return tx.execute(written.returning(agreement_table.c.id)).first() is not None


def find_agreement(tx: Tx, scope: Scope, agreement_id: str) -> Any | None:
    """Return what a second person is asked, None if there is no such thing."""
    own = (agreement_table.c.tenant_id == scope.tenant_id) & (agreement_table.c.id == agreement_id)
    return tx.execute(select(agreement_table).where(own)).first()


def update_agreement(tx: Tx, scope: Scope, agreement_id: str, values: dict[str, Any], *, expected: str) -> bool:
    """Change what a second person is asked; return False when it is not in the `expected` state any more."""
    own = (agreement_table.c.tenant_id == scope.tenant_id) & (agreement_table.c.id == agreement_id)
    changed = update(agreement_table).where(own, agreement_table.c.state == expected).values(**values)
    return tx.execute(changed).rowcount > 0


def find_agreements(
    tx: Tx, scope: Scope, *, limit: int, conversation_id: ConversationId | None = None
) -> Sequence[Any]:
    """Return what second persons are asked now, the longest asked first; all of a conversation's, the latest first."""
    query = select(agreement_table).where(agreement_table.c.tenant_id == scope.tenant_id)
    if conversation_id is None:
        query = query.where(agreement_table.c.state == "asked")
        query = query.order_by(agreement_table.c.asked_at, agreement_table.c.id)
    else:
        query = query.where(agreement_table.c.conversation_id == conversation_id)
        query = query.order_by(agreement_table.c.asked_at.desc(), agreement_table.c.id.desc())
    return tx.execute(query.limit(limit)).all()


def count_asked(tx: Tx, scope: Scope) -> int:
    """Return how many things second persons are asked now."""
    own = (agreement_table.c.tenant_id == scope.tenant_id) & (agreement_table.c.state == "asked")
    return int(tx.execute(select(func.count()).select_from(agreement_table).where(own)).scalar() or 0)


def find_overdue(tx: Tx, scope: Scope, *, limit: int) -> Sequence[Any]:
    """Return what nobody decided about in time."""
    own = (agreement_table.c.tenant_id == scope.tenant_id) & (agreement_table.c.state == "asked")
    query = select(agreement_table).where(own, agreement_table.c.expires_at <= tx.now)
    return tx.execute(query.order_by(agreement_table.c.asked_at).limit(limit)).all()


def delete_decided(tx: Tx, scope: Scope, *, before: datetime) -> int:
    """Remove what was decided about, or used, and asked before a moment; return how many."""
    old = (agreement_table.c.tenant_id == scope.tenant_id) & (agreement_table.c.state != "asked")
    return tx.execute(delete(agreement_table).where(old, agreement_table.c.asked_at < before)).rowcount


def find_draft(tx: Tx, scope: Scope, procedure: str) -> Any | None:
    """Return the draft of a procedure, or None."""
    own = (draft_table.c.tenant_id == scope.tenant_id) & (draft_table.c.procedure == procedure)
    return tx.execute(select(draft_table).where(own)).first()


def add_draft(tx: Tx, scope: Scope, procedure: str, values: dict[str, Any]) -> bool:
    """Add a draft; return False when there is one already."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    new = into(draft_table).values(tenant_id=scope.tenant_id, procedure=procedure, **values).on_conflict_do_nothing()
    return tx.execute(new.returning(draft_table.c.revision)).first() is not None


def change_draft(tx: Tx, scope: Scope, procedure: str, values: dict[str, Any], *, expected: int) -> bool:
    """Change a draft; return False when it is not at revision `expected` any more."""
    own = (draft_table.c.tenant_id == scope.tenant_id) & (draft_table.c.procedure == procedure)
    changed = update(draft_table).where(own, draft_table.c.revision == expected).values(**values)
    return tx.execute(changed).rowcount > 0


def remove_draft(tx: Tx, scope: Scope, procedure: str, *, expected: int) -> bool:
    """Remove a draft; return False when it is not at revision `expected` any more."""
    own = (draft_table.c.tenant_id == scope.tenant_id) & (draft_table.c.procedure == procedure)
    return tx.execute(delete(draft_table).where(own, draft_table.c.revision == expected)).rowcount > 0


def newest_numbers(tx: Tx, scope: Scope) -> Mapping[str, int]:
    """Return the newest number of each procedure that has editions."""
    table = edition_table.c
    query = select(table.procedure, func.max(table.number).label("number")).where(table.tenant_id == scope.tenant_id)
    return {row.procedure: int(row.number) for row in tx.execute(query.group_by(table.procedure))}


def find_editions(tx: Tx, scope: Scope, procedure: str, *, limit: int) -> Sequence[Any]:
    """Return the latest editions of a procedure, the newest first."""
    own = (edition_table.c.tenant_id == scope.tenant_id) & (edition_table.c.procedure == procedure)
    return tx.execute(select(edition_table).where(own).order_by(edition_table.c.number.desc()).limit(limit)).all()


def add_edition(tx: Tx, scope: Scope, procedure: str, values: dict[str, Any]) -> bool:
    """Add an edition; return False when its number is taken."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    new = into(edition_table).values(tenant_id=scope.tenant_id, procedure=procedure, **values).on_conflict_do_nothing()
    return tx.execute(new.returning(edition_table.c.number)).first() is not None
