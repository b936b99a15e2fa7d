"""Training as a job: in a process of its own, so that nobody who answers customers waits for it or pays its memory."""

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from doorward.kit.bus import Bus
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.own_process import Child, OwnProcess, ProcessStopped
from doorward.kit.tx import Transactions, Tx
from doorward.understanding.catalogue import Intents, KeptPhrase
from doorward.understanding.intents import Description, Judgement
from doorward.understanding.intents.store import ARRAYS, DESCRIPTION, LARGEST
from doorward.understanding.models import (
    TRAIN,
    FailureReason,
    HarmfulPhrase,
    IntentModels,
    Made,
    ModelReport,
    TrainingStage,
)
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import MaskedText, without_spans

log = get_logger("understanding.jobs")

LIMIT: Final = timedelta(minutes=10)
"""After so long a training is stopped: 12,784 phrases of thirty intents take a minute of one core."""

WORDS_SECONDS: Final = 20.0
"""How often a training that says nothing is noted as still alive."""

REPORT: Final = "report.json"
TROUBLE: Final[Mapping[int, FailureReason]] = {3: "too_few", 4: "model"}
"""What the codes mean with which the process of its own ends, apart from 0; any other is `broken`."""


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """All that the process of its own is told, by its standard input: nothing of a customer's is among it.

    `settings` are what finds the encoder, `folder` where the model goes; a phrase is its id (empty for a label), its
    text without what was masked, its intent (empty for none) and its language.
    """

    settings: Any
    folder: str
    languages: tuple[str, ...]
    phrases: tuple[tuple[str, str, str, str], ...]


class LessonReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of its own says of a model beside the model itself."""

    unseen: Judgement
    harmful: tuple[HarmfulPhrase, ...]
    seconds: float


class IntentTrainer:
    """Handles `understanding.train` jobs. May run twice: what a training that is over made is not kept again."""

    kind = TRAIN

    def __init__(
        self,
        transactions: Transactions,
        *,
        rooms: "TrainerRooms",
        bus: Bus,
        command: Sequence[str],
        folder: Path,
    ) -> None:
        """Run `command`, which reads a `Lesson`; `folder` is where models lie until they are kept."""
        self._transactions = transactions
        self._rooms = rooms
        self._bus = bus
        self._own = OwnProcess(command)
        self._folder = folder

    def __call__(self, job: ClaimedJob) -> None:
        """Train as the job asks.

        Raises `ProcessStopped` and `Conflict` where it must be tried again, and what the database raises.
        """
        scope = system_scope(TenantId(job.tenant_id), "training")
        training_id = job.payload["id"]
        if not self._transactions.write(scope, lambda tx: self._rooms.models.begin(tx, scope, training_id)):
            return
        intents, phrases = self._transactions.read(lambda tx: self._read(tx, scope))
        with TemporaryDirectory(prefix="training-", dir=self._folder) as folder:
            lesson = Lesson(
                settings=self._rooms.settings,
                folder=folder,
                languages=self._rooms.languages_of(scope.tenant_id),
                phrases=(*(_taught(one) for one in phrases), *intents),
            )
            try:
                reason = self._teach(scope, training_id, lesson)
            except ProcessStopped:
                self._transactions.write(scope, lambda tx: self._rooms.models.give_back(tx, scope, training_id))
                raise
            if reason:
                self._end(scope, training_id, lambda tx: self._rooms.models.fail(tx, scope, training_id, reason))
                return
            made = _made(Path(folder))
        if made is None:
            self._end(scope, training_id, lambda tx: self._rooms.models.fail(tx, scope, training_id, "broken"))
            return
        self._note(scope, training_id, "storing")
        self._end(scope, training_id, lambda tx: self._rooms.models.finish(tx, scope, training_id, made))

    def stop(self) -> None:
        """End a training that is under way; its job is taken up at the next start."""
        self._own.stop()

    def _read(self, tx: Tx, scope: Scope) -> tuple[tuple[tuple[str, str, str, str], ...], tuple[KeptPhrase, ...]]:
        """Return what buttons say, as phrases, and the phrases: whoever presses a button is to be understood."""
        catalogue = self._rooms.intents.catalogue(tx, scope)
        labels = tuple(
            ("", label, one.name, language)
            for one in catalogue.intents
            for language, label in sorted(one.labels.items())
            if one.total
        )
        return labels, self._rooms.intents.everything(tx, scope)

    def _teach(self, scope: Scope, training_id: str, lesson: Lesson) -> FailureReason:
        """Have the process of its own learn; return why it could not, empty where it could."""
        with self._own.told(msgspec.json.encode(lesson), limit=LIMIT) as child:
            self._hear(child, scope, training_id)
            ended = child.wait()
        if ended.late:
            return "time"
        if ended.code:
            log.warning("understanding.training.failed", tenant_id=scope.tenant_id, exit_code=ended.code)
            return TROUBLE.get(ended.code, "broken")
        return ""

    def _hear(self, child: Child, scope: Scope, training_id: str) -> None:
        """Write down what the process says of its progress until it says no more."""
        over = threading.Event()
        alive = threading.Thread(target=self._keep_alive, args=(scope, training_id, over), daemon=True)
        alive.start()
        try:
            for line in child.lines():
                stage = line.decode("ascii", "replace").strip()
                if stage in STAGES and not self._note(scope, training_id, STAGES[stage]):
                    child.kill()
        finally:
            over.set()
            alive.join()

    def _keep_alive(self, scope: Scope, training_id: str, over: threading.Event) -> None:
        while not over.wait(WORDS_SECONDS):
            training = self._transactions.read(lambda tx: self._rooms.models.training(tx, scope))
            if training is not None and training.id == training_id:
                self._note(scope, training_id, training.stage)

    def _note(self, scope: Scope, training_id: str, stage: TrainingStage) -> bool:
        def write(tx: Tx) -> Outcome[bool]:
            self._bus.publish(tx, training_topic(scope.tenant_id))
            return self._rooms.models.note(tx, scope, training_id, stage)

        return self._transactions.write(scope, write)

    def _end(self, scope: Scope, training_id: str, work: Callable[[Tx], Outcome[int | None]]) -> None:
        def write(tx: Tx) -> Outcome[int | None]:
            self._bus.publish(tx, training_topic(scope.tenant_id))
            return work(tx)

        version = self._transactions.write(scope, write)
        log.info("understanding.training.ended", tenant_id=scope.tenant_id, version=version)


STAGES: Final[Mapping[str, TrainingStage]] = {"reading": "reading", "judging": "judging", "fitting": "fitting"}


class TrainerRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What the trainer asks of others; `settings` are what finds the encoder."""

    intents: Intents
    models: IntentModels
    languages_of: Callable[[TenantId], tuple[str, ...]]
    settings: Any


def training_topic(tenant_id: TenantId) -> str:
    """Return the topic by which the bus tells that a tenant's training got on."""
    return f"training:{tenant_id}"


def own_process(module: str) -> tuple[str, ...]:
    """Return the command that runs a module of ours in a process of its own."""
    return (sys.executable, "-m", module)


def _taught(phrase: KeptPhrase) -> tuple[str, str, str, str]:
    text = without_spans(MaskedText(phrase.text, phrase.spans))
    return phrase.id, text, phrase.intent, phrase.language


def _made(folder: Path) -> Made | None:
    """Return what lies in a folder, None where it is not whole."""
    try:
        described, report, arrays = folder / DESCRIPTION, folder / REPORT, folder / ARRAYS
        if arrays.stat().st_size > LARGEST:
            return None
        description = msgspec.json.decode(described.read_bytes(), type=Description)
        told = msgspec.json.decode(report.read_bytes(), type=LessonReport)
        content = arrays.read_bytes()
    except (OSError, msgspec.DecodeError):
        return None
    return Made(
        description=description,
        weights=content,
        report=ModelReport(unseen=told.unseen, harmful=told.harmful, seconds=told.seconds),
    )
