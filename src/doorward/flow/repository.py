"""The SQL of runs and steps."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, update

from doorward.flow.tables import run_table, step_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.scope import Scope, crosses_tenants

LEASE = timedelta(seconds=10)
"""How long a run stays with whoever walks it, unless it is leased on."""

# Every message runs these. Putting a statement together for each call costs five times what running it does.
_HERE = (run_table.c.tenant_id == bindparam("tenant"), run_table.c.message_id == bindparam("message"))
_STEPS_HERE = (step_table.c.tenant_id == bindparam("tenant"), step_table.c.message_id == bindparam("message"))
_RUN = select(run_table).where(*_HERE)
_NEW_RUN = insert(run_table)
_UNFINISHED = (
    select(run_table)
    .where(
        run_table.c.tenant_id == bindparam("tenant"),
        run_table.c.conversation_id == bindparam("conversation"),
        run_table.c.state == "walking",
    )
    .order_by(run_table.c.seq)
    .limit(2)
)
_LEASED_RUN = update(run_table).where(*_HERE, run_table.c.state == "walking").values(lease_until=bindparam("until"))
_ANOTHER_ATTEMPT = (
    update(run_table).where(*_HERE, run_table.c.state == "walking").values(attempts=run_table.c.attempts + 1)
)
_FINISHED_RUN = update(run_table).where(*_HERE).values(state="done", lease_until=bindparam("until"))
_NEW_STEPS = insert(step_table)
_STEPS = select(step_table.c.stage, step_table.c.result).where(*_STEPS_HERE)
_NO_STEPS = delete(step_table).where(*_STEPS_HERE)


class RunKey(msgspec.Struct, frozen=True):
    """Which message is to be walked, of which tenant."""

    tenant_id: TenantId
    message_id: MessageId


def insert_run(tx: Tx, scope: Scope, run: Any) -> None:
    """Add a run for an accepted message; `run` has the table's fields."""
    tx.execute(_NEW_RUN, {"tenant_id": scope.tenant_id, **run})


def find_run(tx: Tx, scope: Scope, message_id: MessageId) -> Any | None:
    """Return the run of a message, or None."""
    return tx.execute(_RUN, {"tenant": scope.tenant_id, "message": message_id}).first()


def unfinished_runs(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Sequence[Any]:
    """Return the conversation's two earliest runs that are not done: the one to walk, and the one that follows."""
    return tx.execute(_UNFINISHED, {"tenant": scope.tenant_id, "conversation": conversation_id}).all()


def lease_run(tx: Tx, scope: Scope, message_id: MessageId, *, until: datetime) -> None:
    """Reserve an unfinished run until a time."""
    tx.execute(_LEASED_RUN, {"tenant": scope.tenant_id, "message": message_id, "until": until})


def take_up_run(tx: Tx, scope: Scope, message_id: MessageId, *, even_leased: bool = False) -> bool:
    """Reserve an abandoned run; return False when somebody else took it up or finished it.

    `even_leased` takes it whatever its lease: for a process that is alone. The try is counted when it begins, by
    `count_attempt`: a run that only waited for its turn while a process died did nothing to deserve one.
    """
    here = [run_table.c.tenant_id == scope.tenant_id, run_table.c.message_id == message_id]
    if not even_leased:
        here.append(_is_free(tx))
    taken = tx.execute(
        update(run_table).where(*here, run_table.c.state == "walking").values(lease_until=tx.now + LEASE)
    )
    return taken.rowcount == 1


def count_attempt(tx: Tx, scope: Scope, message_id: MessageId) -> None:
    """Note, before it begins, that an unfinished run is tried once more."""
    tx.execute(_ANOTHER_ATTEMPT, {"tenant": scope.tenant_id, "message": message_id})


def _is_free(tx: Tx) -> ColumnElement[bool]:
    return or_(run_table.c.lease_until.is_(None), run_table.c.lease_until < tx.now)


def finish_run(tx: Tx, scope: Scope, message_id: MessageId, *, has_steps: bool) -> None:
    """Mark a run done and remove its steps, if it may have any: what they led to is in the ledger now."""
    here = {"tenant": scope.tenant_id, "message": message_id}
    # The end of its lease says when it was done, for `forget_runs`.
    tx.execute(_FINISHED_RUN, here | {"until": tx.now})
    if has_steps:
        tx.execute(_NO_STEPS, here)


def insert_steps(tx: Tx, scope: Scope, message_id: MessageId, results: Mapping[str, bytes]) -> None:
    """Keep the results of stages, by their names."""
    rows = [
        {"tenant_id": scope.tenant_id, "message_id": message_id, "stage": stage, "result": result}
        for stage, result in results.items()
    ]
    tx.execute(_NEW_STEPS, rows)


def find_steps(tx: Tx, scope: Scope, message_id: MessageId) -> dict[str, bytes]:
    """Return the kept results of a run by stage."""
    rows = tx.execute(_STEPS, {"tenant": scope.tenant_id, "message": message_id})
    return {row.stage: bytes(row.result) for row in rows}


def delete_steps(tx: Tx, scope: Scope, message_id: MessageId, stages: Sequence[str]) -> None:
    """Forget the results of these stages: they must be computed anew."""
    tx.execute(
        delete(step_table).where(
            step_table.c.tenant_id == scope.tenant_id,
            step_table.c.message_id == message_id,
            step_table.c.stage.in_(stages),
        )
    )


@crosses_tenants("the sweeper picks up the abandoned runs of all tenants; each is then walked in its own scope")
def abandoned_runs(tx: Tx, *, all_of_them: bool, limit: int = 500) -> tuple[RunKey, ...]:
    """Return unfinished runs whose lease has ended or never began, or all unfinished ones; earliest message first.

    A run that waits behind an earlier one of its conversation is not abandoned; only the earliest is returned.
    """
    earlier = run_table.alias("earlier")
    is_behind = (
        select(earlier.c.message_id)
        .where(
            earlier.c.tenant_id == run_table.c.tenant_id,
            earlier.c.conversation_id == run_table.c.conversation_id,
            earlier.c.state == "walking",
            earlier.c.seq < run_table.c.seq,
        )
        .exists()
    )
    query = select(run_table.c.tenant_id, run_table.c.message_id).where(run_table.c.state == "walking", ~is_behind)
    if not all_of_them:
        query = query.where(_is_free(tx))
    rows = tx.execute(query.order_by(run_table.c.message_id).limit(limit))
    return tuple(RunKey(TenantId(row.tenant_id), MessageId(row.message_id)) for row in rows)


@crosses_tenants("health shows how much work is open over all tenants")
def count_unfinished(tx: Tx) -> int:
    """Return how many runs are not done."""
    query = select(func.count()).select_from(run_table).where(run_table.c.state == "walking")
    return int(tx.execute(query).scalar_one())


@crosses_tenants("the sweeper removes the finished runs of all tenants")
def forget_runs(tx: Tx, *, older_than: timedelta) -> int:
    """Remove runs that were done longer ago than `older_than`, and steps that no run needs; return how many runs.

    Such steps are left by a walker that lost its run to another one and wrote once more after that one had finished.
    """
    needed = select(run_table.c.message_id).where(
        run_table.c.tenant_id == step_table.c.tenant_id,
        run_table.c.message_id == step_table.c.message_id,
        run_table.c.state == "walking",
    )
    tx.execute(delete(step_table).where(~needed.exists()))
    before = tx.now - older_than
    return tx.execute(delete(run_table).where(run_table.c.state == "done", run_table.c.lease_until < before)).rowcount
