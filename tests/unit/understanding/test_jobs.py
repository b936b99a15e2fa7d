"""The job that trains: in a process of its own, whose end, whatever it is, leaves the active model as it was."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.bootstrap import training as apart
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.jobs import ClaimedJob, JobWorker
from doorward.kit.own_process import ProcessStopped
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions
from doorward.understanding import IntentModels, Intents, NewPhrase, jobs, repository
from doorward.understanding.intents import Description, open_model
from doorward.understanding.jobs import IntentTrainer, Lesson, TrainerRooms
from doorward.understanding.models import SILENT
from doorward.vocabulary.text import MaskedText, Span
from tests.support.intents import wishes
from tests.support.transactions import SCOPE
from tests.support.words import LANGUAGES, encoder, read

MODELS = IntentModels()
INTENTS = Intents()
ROOMS = TrainerRooms(
    intents=INTENTS,
    models=MODELS,
    languages_of=lambda _tenant_id: LANGUAGES,
    settings=msgspec.to_builtins(Settings()),
)


def python(code: str) -> tuple[str, ...]:
    """Return the command of a process of its own that does this instead of learning."""
    return (sys.executable, "-c", code)


REAL = (sys.executable, "-m", apart.__name__)


def teach(transactions: Transactions) -> None:
    """Keep the lamp shop's phrases."""
    phrases = wishes(strangers=True)
    for name in sorted({one.intent for one in phrases if one.intent}):
        transactions.write(SCOPE, lambda tx, name=name: INTENTS.put(tx, SCOPE, name, {"en": f"about {name}"}))  # type: ignore[misc]  # because the loop binds it
    new = [NewPhrase(text=MaskedText(one.text), intent=one.intent or "", language=one.language) for one in phrases]
    transactions.write(SCOPE, lambda tx: INTENTS.add(tx, SCOPE, new))


@contextmanager
def asked(transactions: Transactions, folder: Path, command: tuple[str, ...]) -> Iterator[tuple[IntentTrainer, Any]]:
    """Give a trainer that runs a command, and the job of a training that was asked for."""
    training = transactions.write(SCOPE, lambda tx: MODELS.ask(tx, SCOPE))
    trainer = IntentTrainer(transactions, rooms=ROOMS, bus=ProcessBus(), command=command, folder=folder)
    job = ClaimedJob(
        id="j" * 26,
        tenant_id=SCOPE.tenant_id,
        kind=trainer.kind,
        key=training.id,
        payload={"id": training.id},
        attempts=1,
    )
    yield trainer, job
    assert list(folder.glob("training-*")) == []


def state_of(transactions: Transactions) -> tuple[str, str]:
    """Return how the training ended, and why."""
    training: Any = transactions.read(lambda tx: MODELS.training(tx, SCOPE))
    if training.version is None:
        return training.state, ""
    version = transactions.read(lambda tx: MODELS.version(tx, SCOPE, training.version))
    return training.state, version.report.reason


def test_phrases_become_the_first_active_model(transactions: Transactions, tmp_path: Path) -> None:
    """The process of its own learns them; what was made understands what it had not seen."""
    teach(transactions)
    with asked(transactions, tmp_path, REAL) as (trainer, job):
        trainer(job)
        trainer(job)
    assert state_of(transactions) == ("done", "")
    (version,) = transactions.read(lambda tx: MODELS.versions(tx, SCOPE))
    assert (version.state, version.phrases) == ("active", len(wishes(strangers=True)))
    assert version.report.unseen is not None
    row: Any = transactions.read(lambda tx: repository.find_weights(tx, SCOPE, 1))
    heads = open_model(msgspec.convert(row.description, Description), bytes(row.weights), encoder=encoder().id)
    assert heads.guess(read("my new lamp is broken")).ranked[0][0] == "lamp.broken"


def test_what_is_masked_is_not_taught(transactions: Transactions, tmp_path: Path) -> None:
    """The process of its own does not even get it."""
    kept = tmp_path / "kept.json"
    folder = tmp_path / "work"
    folder.mkdir()
    transactions.write(SCOPE, lambda tx: INTENTS.put(tx, SCOPE, "card.block", {"de": "Karte sperren"}))
    masked = MaskedText("block [CARD] now", (Span(kind="card", start=6, end=12),))
    transactions.write(SCOPE, lambda tx: INTENTS.add(tx, SCOPE, [NewPhrase(text=masked, intent="card.block")]))
    code = f"import sys; open({str(kept)!r}, 'wb').write(sys.stdin.buffer.readline()); sys.exit(3)"
    with asked(transactions, folder, python(code)) as (trainer, job):
        trainer(job)
    lesson = msgspec.json.decode(kept.read_bytes(), type=Lesson)
    assert [one[1:] for one in lesson.phrases] == [
        ("block   now", "card.block", ""),
        ("Karte sperren", "card.block", "de"),
    ]
    assert state_of(transactions) == ("failed", "too_few")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(3)", "too_few"),
        ("import sys; sys.exit(4)", "model"),
        ("import sys; sys.exit(1)", "broken"),
        ("import os; os.abort()", "broken"),
        ("pass", "broken"),
        ("print('storing'); print('\\udcff' * 3, flush=True)", "broken"),
    ],
)
def test_however_it_ends_the_page_hears_why(transactions: Transactions, tmp_path: Path, code: str, reason: str) -> None:
    """A process that dies, lies or leaves nothing behind is a training that failed."""
    with asked(transactions, tmp_path, python(code)) as (trainer, job):
        trainer(job)
    assert state_of(transactions) == ("failed", reason)


def test_a_training_that_takes_too_long_is_ended(
    transactions: Transactions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes, here none."""
    monkeypatch.setattr(jobs, "LIMIT", timedelta(0))
    with asked(transactions, tmp_path, python("import sys; sys.stdin.read()")) as (trainer, job):
        trainer(job)
    assert state_of(transactions) == ("failed", "time")


def test_a_house_that_stops_ends_it_and_the_next_one_takes_it_up(
    transactions: Transactions, tmp_path: Path, clock: FixedClock
) -> None:
    """The job is not lost, and the process does not outlive the house."""
    begun = threading.Event()
    code = "print('judging', flush=True); import sys; sys.stdin.read()"
    with asked(transactions, tmp_path, python(code)) as (_, job):

        def note(*arguments: Any) -> Any:
            if arguments[-1] == "judging":
                begun.set()
            return MODELS.note(*arguments)

        watching = msgspec.structs.replace(ROOMS, models=_Noting(note))
        stopped = IntentTrainer(transactions, rooms=watching, bus=ProcessBus(), command=python(code), folder=tmp_path)
        ended: list[type[BaseException]] = []

        def run() -> None:
            try:
                stopped(job)
            except ProcessStopped as error:
                ended.append(type(error))

        thread = threading.Thread(target=run)
        thread.start()
        assert begun.wait(30)
        stopped.stop()
        thread.join(30)
        assert ended == [ProcessStopped]
        assert state_of(transactions) == ("waiting", "")
        again = IntentTrainer(
            transactions, rooms=ROOMS, bus=ProcessBus(), command=python("import sys; sys.exit(3)"), folder=tmp_path
        )
        again(job)
    assert state_of(transactions) == ("failed", "too_few")


class _Noting(IntentModels):
    """Models whose progress a test hears."""

    def __init__(self, note: Any) -> None:
        """Hear by `note`."""
        super().__init__()
        self.note = note  # type: ignore[method-assign]  # because the test listens


def test_a_process_that_died_leaves_its_job_to_the_next(
    transactions: Transactions, tmp_path: Path, clock: FixedClock
) -> None:
    """While something was heard of late nobody trains the same; after that somebody does."""
    with asked(transactions, tmp_path, python("import sys; sys.exit(3)")) as (trainer, job):
        transactions.write(SCOPE, lambda tx: MODELS.begin(tx, SCOPE, job.payload["id"]))
        worker = JobWorker(transactions)
        worker.register(trainer.kind, trainer, lane="training")
        worker.run_jobs()
        assert state_of(transactions) == ("running", "")
        clock.advance(SILENT + timedelta(seconds=10))
        worker.run_jobs()
    assert state_of(transactions) == ("failed", "too_few")
