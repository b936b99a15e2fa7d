"""Keeping runs while they wait: for an answer, for another channel, for another day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.answering.procedures import repository
from doorward.answering.procedures.run import Run
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

RunState = Literal["active", "paused", "waiting", "ended"]
"""`waiting` is one in which a second person was asked: the conversation goes on beside it."""

UNTOUCHED: Final = timedelta(days=30)
"""After which a run that nobody goes on with is over: who comes back then is asked anew."""

KEPT: Final = timedelta(days=90)
"""For how long it can be looked up how a run went."""

_AT_ONCE: Final = 100


class KeptRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run with whose it is. The party is whoever was verified or spoke when it began."""

    run: Run
    conversation_id: ConversationId
    party_id: PartyId
    state: RunState
    started_at: datetime
    touched_at: datetime
    ended_at: datetime | None = None


def begin(tx: Tx, scope: Scope, run: Run, *, conversation_id: ConversationId, party_id: PartyId) -> KeptRun:
    """Keep a new run; the one that waits beneath it is paused.

    Raises `Conflict` when another one is active in the conversation already.
    """
    waits = run.beneath[-1] if run.beneath else None
    if waits is not None and not repository.update_run(tx, scope, waits, {"state": "paused", "touched_at": tx.now}):
        raise Conflict("the procedure beneath is over")
    kept = KeptRun(
        run=run,
        conversation_id=conversation_id,
        party_id=party_id,
        state="active",
        started_at=tx.now,
        touched_at=tx.now,
    )
    values = {"conversation_id": conversation_id, "party_id": party_id, "started_at": tx.now}
    if not repository.insert_run(tx, scope, {"id": run.id, **values, **_changing(tx, run, "active")}):
        raise Conflict("another procedure is active in this conversation")
    return kept


def keep(tx: Tx, scope: Scope, run: Run, *, before: Run) -> None:
    """Keep where a run stands now, in place of `before`, from which it came.

    Where it is over, or begins to wait for a second person, the one that waited beneath it is active again; all of them
    are over when a person takes over.
    Raises `Conflict` when somebody else went on with it meanwhile, or it is over.
    """
    state = _state_of(run)
    if not repository.update_run(tx, scope, run.id, _changing(tx, run, state), expected=before.events):
        raise Conflict("the procedure went on meanwhile")
    if state == "active" or not run.beneath or before.waited:
        return
    if run.outcome == "handed_over" or (run.awaits == "agreement" and run.reason):
        for waiting in run.beneath:
            _end(tx, scope, waiting, outcome="handed_over")
    else:
        repository.update_run(tx, scope, run.beneath[-1], {"state": "active", "touched_at": tx.now})


def move(tx: Tx, scope: Scope, run_id: str, *, to: ConversationId) -> None:
    """Let a run, and those beneath it, go on in another conversation of the same customer.

    Raises `NotFound` for a run that is not there, and `Conflict` when another one is active there.
    """
    found = find(tx, scope, run_id)
    active = repository.find_active(tx, scope, conversation_id=to, parties=())
    if active is not None and active.id != run_id and active.conversation_id == to:
        raise Conflict("another procedure is active in this conversation")
    for one in (*found.run.beneath, run_id):
        repository.update_run(tx, scope, one, {"conversation_id": to, "touched_at": tx.now})


def find(tx: Tx, scope: Scope, run_id: str) -> KeptRun:
    """Return a run. Raises `NotFound`."""
    row = repository.find_run(tx, scope, run_id)
    if row is None:
        raise NotFound("no such run")
    return _kept(row)


def active_run(
    tx: Tx, scope: Scope, *, conversation_id: ConversationId, parties: Sequence[PartyId] = ()
) -> KeptRun | None:
    """Return the run that is active in a conversation, else the latest that one of the parties has elsewhere.

    `parties` are a customer and the visitors that it was. Who goes on elsewhere is known as well as they are there:
    `Resumed` says how well.
    """
    row = repository.find_active(tx, scope, conversation_id=conversation_id, parties=parties)
    return None if row is None else _kept(row)


def runs_of(tx: Tx, scope: Scope, conversation_id: ConversationId, *, limit: int = 20) -> tuple[KeptRun, ...]:
    """Return the newest runs of a conversation, the newest first."""
    return tuple(_kept(row) for row in repository.runs_of(tx, scope, conversation_id, limit=limit))


def count_endings(tx: Tx, scope: Scope, *, since: datetime) -> Mapping[str, Mapping[str, int]]:
    """Return how many runs ended since a moment, by procedure and then by outcome."""
    found: dict[str, dict[str, int]] = {}
    for row in repository.count_endings(tx, scope, since=since):
        found.setdefault(row.procedure, {})[row.outcome] = int(row.runs)
    return found


def forget_runs(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove all runs of a party that is being forgotten; return how many."""
    return repository.delete_runs_of(tx, scope, party_id)


class UntouchedRuns:
    """The sweep that ends runs which nobody goes on with, and removes those that ended long ago."""

    def __init__(self, transactions: Transactions) -> None:
        """Take where runs are kept."""
        self._transactions = transactions

    def sweep(self, scope: Scope) -> int:
        """End a tenant's runs that were not touched for `UNTOUCHED`; return how many. May be done again at any time."""
        ended = 0
        while self._transactions.read(lambda tx: _untouched(tx, scope)):
            some = self._transactions.write(scope, lambda tx: Outcome(_abandon(tx, scope)))
            if not some:
                break
            ended += some
        self._transactions.write(scope, lambda tx: Outcome(repository.delete_ended(tx, scope, before=tx.now - KEPT)))
        return ended


def _state_of(run: Run) -> RunState:
    if run.is_over:
        return "ended"
    return "waiting" if run.waited else "active"


def _untouched(tx: Tx, scope: Scope) -> Sequence[Any]:
    return repository.find_untouched(tx, scope, before=tx.now - UNTOUCHED, limit=_AT_ONCE)


def _abandon(tx: Tx, scope: Scope) -> int:
    return sum(_end(tx, scope, row.id, outcome="abandoned") for row in _untouched(tx, scope))


def _end(tx: Tx, scope: Scope, run_id: str, *, outcome: Literal["abandoned", "handed_over"]) -> bool:
    row = repository.find_run(tx, scope, run_id)
    if row is None:
        return False
    nothing: dict[str, Any] = {"offers": {}, "unfit": {}, "pending": (), "confirmed": (), "first": None, "kept": ()}
    run = msgspec.structs.replace(_kept(row).run, awaits="nothing", outcome=outcome, reason=outcome, **nothing)
    return repository.update_run(tx, scope, run_id, _changing(tx, run, "ended"))


def _changing(tx: Tx, run: Run, state: RunState) -> dict[str, Any]:
    return {
        "procedure": run.procedure,
        "version": run.version,
        "state": state,
        "outcome": run.outcome,
        "events": run.events,
        "document": run,
        "touched_at": tx.now,
        "ended_at": tx.now if state == "ended" else None,
    }


def _kept(row: Any) -> KeptRun:
    return KeptRun(
        run=msgspec.convert(row.document, Run),
        conversation_id=ConversationId(row.conversation_id),
        party_id=PartyId(row.party_id),
        state=row.state,
        started_at=row.started_at,
        touched_at=row.touched_at,
        ended_at=row.ended_at,
    )
