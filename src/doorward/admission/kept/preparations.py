"""How well a company is prepared, as it is kept: asked for, played beside everything else, and looked at afterwards."""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.admission.drill import Ours, Preparedness
from doorward.admission.kept import repository
from doorward.admission.kept.standing import hold_kept
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

PREPARE: Final = "admission.prepare"
"""The kind of the job that plays."""

KEPT: Final = 5
"""So many are kept, to be compared with."""

LOST: Final = timedelta(minutes=15)
"""After so long without a word one is held to be lost, and another may be asked for."""

SILENT: Final = timedelta(minutes=3)
"""Whoever plays says more often that they do; after it, another process may take it up."""

PreparationState = Literal["waiting", "running", "done", "failed"]
PreparationFailure = Literal["", "time", "broken"]
"""Why nothing came of it: it took too long, or what played ended without a result."""

_OPEN: Final = frozenset({"waiting", "running"})


class Playing(msgspec.Struct, frozen=True, kw_only=True):
    """What is played: what the company has, by which version of the house, and how many scenarios."""

    ours: Ours
    version: str
    scenarios: int


class Preparation(msgspec.Struct, frozen=True, kw_only=True):
    """One time that all scenarios were played, or are being: how many of them were, with what the company had (`ours`)
    by which version of the house, and what was found.
    """

    id: str
    state: PreparationState
    asked_at: datetime
    asked_by: str
    seen_at: datetime
    version: str = ""
    played: int = 0
    scenarios: int = 0
    reason: PreparationFailure = ""
    ours: Ours | None = None
    found: Preparedness | None = None

    def is_under_way(self, now: datetime) -> bool:
        """Return whether something is still to come of it."""
        return self.state in _OPEN and now - self.seen_at < LOST


def ask_preparation(tx: Tx, scope: Scope) -> Outcome[Preparation]:
    """Ask that all scenarios be played; while that is under way, it is the one."""
    hold_kept(tx, scope)  # one after another: two presses would play twice
    before = latest_preparation(tx, scope)
    if before is not None and before.is_under_way(tx.now):
        return Outcome(before)
    if before is not None and before.state in _OPEN:
        repository.update_preparation(tx, scope, before.id, {"state": "failed", "reason": "broken"})
    asked = Preparation(id=new_id(), state="waiting", asked_at=tx.now, asked_by=scope.actor.id, seen_at=tx.now)
    repository.insert_preparation(tx, scope, msgspec.structs.asdict(asked))
    repository.keep_preparations(tx, scope, kept=KEPT)
    job = Job(kind=PREPARE, key=asked.id, payload={"id": asked.id})
    return Outcome(asked, (_event("asked", asked.id),), (job,))


def latest_preparation(tx: Tx, scope: Scope, *, done: bool = False) -> Preparation | None:
    """Return the one that was asked for last, or the last of which something came; None where there is none."""
    row = repository.latest_preparation(tx, scope, done=done)
    return None if row is None else _preparation(row)


def begin_preparation(tx: Tx, scope: Scope, preparation_id: str, playing: Playing) -> Outcome[bool]:
    """Take one up, with what is played; return whether it is still wanted.

    Raises `Conflict` while somebody else has it in hand, as far as was heard of late.
    """
    row = repository.find_preparation(tx, scope, preparation_id, held=True)
    if row is None or row.state not in _OPEN:
        return Outcome(value=False)
    if row.state == "running" and tx.now - row.seen_at < SILENT:
        raise Conflict("another process plays this already", why="in_hand")
    values = {
        "state": "running",
        "seen_at": tx.now,
        "ours": msgspec.to_builtins(playing.ours),
        "version": playing.version,
        "played": 0,
        "scenarios": playing.scenarios,
    }
    return Outcome(repository.update_preparation(tx, scope, preparation_id, values))


def note_played(tx: Tx, scope: Scope, preparation_id: str, *, played: int) -> Outcome[bool]:
    """Write down how many scenarios were played; return whether it is still wanted."""
    return Outcome(_change(tx, scope, preparation_id, {"played": played, "seen_at": tx.now}))


def give_back_preparation(tx: Tx, scope: Scope, preparation_id: str) -> Outcome[bool]:
    """Leave one that was taken up to whoever comes next."""
    return Outcome(_change(tx, scope, preparation_id, {"state": "waiting", "played": 0}))


def finish_preparation(tx: Tx, scope: Scope, preparation_id: str, found: Preparedness) -> Outcome[bool]:
    """Keep what was found; return whether it was still wanted."""
    values = {"state": "done", "seen_at": tx.now, "found": msgspec.to_builtins(found)}
    kept = _change(tx, scope, preparation_id, values)
    return Outcome(kept, (_event("done", preparation_id),) if kept else ())


def fail_preparation(tx: Tx, scope: Scope, preparation_id: str, reason: PreparationFailure) -> Outcome[bool]:
    """Write down that nothing came of it, and why; what was found before stays."""
    kept = _change(tx, scope, preparation_id, {"state": "failed", "seen_at": tx.now, "reason": reason})
    return Outcome(kept, (_event("failed", preparation_id),) if kept else ())


def _change(tx: Tx, scope: Scope, preparation_id: str, values: dict[str, Any]) -> bool:
    row = repository.find_preparation(tx, scope, preparation_id, held=True)
    if row is None or row.state not in _OPEN:
        return False
    return repository.update_preparation(tx, scope, preparation_id, values)


def _preparation(row: Any) -> Preparation:
    values: dict[str, Any] = {name: getattr(row, name) for name in Preparation.__struct_fields__}
    values["ours"] = None if row.ours is None else msgspec.convert(row.ours, Ours)
    values["found"] = None if row.found is None else msgspec.convert(row.found, Preparedness)
    return Preparation(**values)


def _event(what: str, object_id: str) -> AuditEvent:
    return AuditEvent(action=f"preparedness.{what}", object_kind="preparation", object_id=object_id)
