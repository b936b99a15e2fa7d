"""The models that were learnt for a company: asking for one, what became of it, which one is active."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.understanding import repository
from doorward.understanding.intents import Description, Judgement
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

TRAIN: Final = "understanding.train"
"""The kind of the job that trains."""

KEPT: Final = 10
"""Versions whose weights are kept, besides the active one; of older ones only the figures are."""

LOST: Final = timedelta(minutes=15)
"""After so long without a word a training is held to be lost, and another may be asked for: it has ten minutes."""

SILENT: Final = timedelta(minutes=1)
"""Whoever trains says so more often than that; after it, another process may take the training up."""

ModelState = Literal["trained", "active", "retired", "failed"]
TrainingState = Literal["waiting", "running", "done", "failed"]
TrainingStage = Literal["", "reading", "judging", "fitting", "storing"]
FailureReason = Literal["", "too_few", "time", "model", "broken"]
"""`too_few`: fewer than two intents have phrases with words; `model`: the encoder did not answer; `broken`: what
trained ended without a result."""


class HarmfulPhrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase, by its id, that models which had not seen it surely took for another intent."""

    id: str
    intent: str
    taken_for: str
    score: float


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """How phrases fared with models that had not seen them, or why there is no model."""

    unseen: Judgement | None = None
    harmful: tuple[HarmfulPhrase, ...] = ()
    seconds: float = 0.0
    reason: FailureReason = ""


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the company's model; `made_by` asked for it. `usable`: it is, or can be made, the active one."""

    version: int
    state: ModelState
    made_at: datetime
    made_by: str
    activated_at: datetime | None
    phrases: int
    report: ModelReport
    usable: bool = False


class IntentTraining(msgspec.Struct, frozen=True, kw_only=True):
    """The training that was asked for last: how far it is, and the version that came of it."""

    id: str
    state: TrainingState
    stage: TrainingStage
    asked_at: datetime
    asked_by: str
    seen_at: datetime
    version: int | None = None

    def is_under_way(self, now: datetime) -> bool:
        """Return whether something is still to come of it."""
        return self.state in {"waiting", "running"} and now - self.seen_at < LOST


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What a training made: the model's description, its weights and its report."""

    description: Description
    weights: bytes
    report: ModelReport


class IntentModels:
    """Keeps a tenant's trainings and models. The verbs never commit."""

    def __init__(self, *, changed: Callable[[TenantId], None] = lambda _tenant_id: None) -> None:
        """`changed` hears, once it is durable, that another model is active."""
        self._changed = changed

    def ask(self, tx: Tx, scope: Scope) -> Outcome[IntentTraining]:
        """Ask for a training of all phrases; while one is under way, that is the one."""
        row = repository.find_training(tx, scope, held=True)
        before = None if row is None else _training(row)
        if before is not None and before.is_under_way(tx.now):
            return Outcome(before)
        asked = IntentTraining(
            id=new_id(), state="waiting", stage="", asked_at=tx.now, asked_by=scope.actor.id, seen_at=tx.now
        )
        repository.save_training(tx, scope, msgspec.structs.asdict(asked))
        return Outcome(
            asked, (_event("training_asked", asked.id),), (Job(kind=TRAIN, key=asked.id, payload={"id": asked.id}),)
        )

    def training(self, tx: Tx, scope: Scope) -> IntentTraining | None:
        """Return the training that was asked for last, or None."""
        row = repository.find_training(tx, scope)
        return None if row is None else _training(row)

    def begin(self, tx: Tx, scope: Scope, training_id: str) -> Outcome[bool]:
        """Take a training up; return whether it is still wanted.

        Raises `Conflict` while somebody else has it in hand, as far as was heard of late.
        """
        row = repository.find_training(tx, scope, held=True)
        if row is None or row.id != training_id or row.state not in {"waiting", "running"}:
            return Outcome(value=False)
        if row.state == "running" and tx.now - row.seen_at < SILENT:
            raise Conflict("another process has this training in hand", why="in_hand")
        return self.note(tx, scope, training_id, "reading")

    def give_back(self, tx: Tx, scope: Scope, training_id: str) -> Outcome[None]:
        """Leave a training that was taken up to whoever comes next."""
        if self._is_open(tx, scope, training_id):
            repository.update_training(tx, scope, training_id, {"state": "waiting", "stage": ""})
        return Outcome(None)

    def note(self, tx: Tx, scope: Scope, training_id: str, stage: TrainingStage) -> Outcome[bool]:
        """Write down how far a training is; return whether it is still wanted."""
        values = {"state": "running", "stage": stage, "seen_at": tx.now}
        wanted = self._is_open(tx, scope, training_id)
        return Outcome(wanted and repository.update_training(tx, scope, training_id, values))

    def finish(self, tx: Tx, scope: Scope, training_id: str, made: Made) -> Outcome[int | None]:
        """Keep what a training made and return its version, None where it was over already.

        It is active from now on only where none is: whoever has one looks at the figures first.
        """
        asked_by = self._asked_by(tx, scope, training_id)
        if asked_by is None:
            return Outcome(None)
        first = repository.active_version(tx, scope) is None
        values = {
            "state": "active" if first else "trained",
            "activated_at": tx.now if first else None,
            "phrases": made.description.phrases,
            "report": made.report,
            "description": made.description,
            "weights": made.weights,
        }
        version = repository.insert_model(tx, scope, {**values, "made_at": tx.now, "made_by": asked_by})
        repository.update_training(tx, scope, training_id, {"state": "done", "seen_at": tx.now, "version": version})
        repository.drop_weights(tx, scope, kept=KEPT)
        events = [_event("trained", str(version))]
        if first:
            events.append(_event("activated", str(version)))
            self._tell(tx, scope)
        return Outcome(version, tuple(events))

    def fail(self, tx: Tx, scope: Scope, training_id: str, reason: FailureReason) -> Outcome[int | None]:
        """Write down that nothing came of a training, and why; what is active stays so."""
        asked_by = self._asked_by(tx, scope, training_id)
        if asked_by is None:
            return Outcome(None)
        values = {"state": "failed", "phrases": 0, "report": ModelReport(reason=reason), "made_by": asked_by}
        version = repository.insert_model(tx, scope, {**values, "made_at": tx.now})
        repository.update_training(tx, scope, training_id, {"state": "failed", "seen_at": tx.now, "version": version})
        return Outcome(version, (_event("training_failed", str(version)),))

    def versions(self, tx: Tx, scope: Scope, *, before: int | None = None, limit: int = 50) -> tuple[ModelVersion, ...]:
        """Return versions below the number `before`, the newest first."""
        rows = repository.newest_models(tx, scope, before=before, limit=limit)
        return tuple(self._version(tx, scope, row) for row in rows)

    def version(self, tx: Tx, scope: Scope, number: int) -> ModelVersion:
        """Return a version. Raises `NotFound`."""
        row = repository.find_model(tx, scope, number)
        if row is None:
            raise NotFound("no such model")
        return self._version(tx, scope, row)

    def active(self, tx: Tx, scope: Scope) -> ModelVersion | None:
        """Return the active version, or None."""
        number = repository.active_version(tx, scope)
        return None if number is None else self.version(tx, scope, number)

    def activate(self, tx: Tx, scope: Scope, number: int) -> Outcome[ModelVersion]:
        """Have messages understood by a version from now on.

        Raises `NotFound`, and `Conflict` for one that failed or whose weights are no longer kept.
        """
        repository.find_training(tx, scope, held=True)  # one after another: two would both be active
        wanted = self.version(tx, scope, number)
        if wanted.state == "active":
            return Outcome(wanted)
        if not wanted.usable:
            raise Conflict("this version cannot be used any more; train anew", why="unusable")
        repository.update_models(tx, scope, {"state": "retired"}, state="active")
        repository.update_models(tx, scope, {"state": "active", "activated_at": tx.now}, version=number)
        self._tell(tx, scope)
        return Outcome(self.version(tx, scope, number), (_event("activated", str(number)),))

    def roll_back(self, tx: Tx, scope: Scope) -> Outcome[ModelVersion]:
        """Make the version active that was so before. Raises `Conflict` where there was none."""
        repository.find_training(tx, scope, held=True)
        before = repository.before_active(tx, scope)
        if before is None:
            raise Conflict("no version was active before", why="none_before")
        return self.activate(tx, scope, before)

    def retire(self, tx: Tx, scope: Scope) -> Outcome[None]:
        """Have messages understood without a model from now on, as before the first."""
        repository.find_training(tx, scope, held=True)
        number = repository.active_version(tx, scope)
        if number is None:
            return Outcome(None)
        repository.update_models(tx, scope, {"state": "retired"}, version=number)
        self._tell(tx, scope)
        return Outcome(None, (_event("retired", str(number)),))

    def _version(self, tx: Tx, scope: Scope, row: Any) -> ModelVersion:
        names = ("version", "state", "made_at", "made_by", "activated_at", "phrases")
        values: Mapping[str, Any] = {name: getattr(row, name) for name in names}
        usable = row.state != "failed" and repository.has_weights(tx, scope, row.version)
        return ModelVersion(**values, report=msgspec.convert(row.report, ModelReport), usable=usable)

    def _asked_by(self, tx: Tx, scope: Scope, training_id: str) -> str | None:
        row = repository.find_training(tx, scope, held=True)
        is_open = row is not None and row.id == training_id and row.state in {"waiting", "running"}
        return str(row.asked_by) if row is not None and is_open else None

    def _is_open(self, tx: Tx, scope: Scope, training_id: str) -> bool:
        return self._asked_by(tx, scope, training_id) is not None

    def _tell(self, tx: Tx, scope: Scope) -> None:
        tx.after_commit(lambda: self._changed(scope.tenant_id))


def _training(row: Any) -> IntentTraining:
    values: dict[str, Any] = {name: getattr(row, name) for name in IntentTraining.__struct_fields__}
    return IntentTraining(**values)


def _event(what: str, object_id: str) -> AuditEvent:
    return AuditEvent(action=f"intent.model_{what}", object_kind="intent_model", object_id=object_id)
