"""Trying again what a core system did not answer: under the same key, later each time, until it is known what came."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from doorward.answering.procedures import Run
from doorward.flow.procedures.here import Here
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Job

RESUME: Final = "procedure.resume"
"""The job that goes on with a run which waits for something else than a message."""

WAITS: Final = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=3))
"""How long to wait after each try. All of them together are shorter than a proof counts."""


def is_checked(payload: Mapping[str, str], run: Run) -> bool:
    """Return whether a job is to try this run again, where it stands now."""
    return payload.get("checks") == _mark(run)


def _mark(run: Run) -> str:
    return f"{run.id}:{run.events}"


def check_job(tx: Tx, here: Here, run: Run) -> Job:
    """Return the job that tries a run's act again; it does nothing where the run went on meanwhile."""
    payload = {
        "conversation_id": here.conversation_id,
        "acting": here.acting or "",
        "run_id": run.id,
        "checks": _mark(run),
    }
    wait = WAITS[min(run.unanswered, len(WAITS)) - 1]
    return Job(kind=RESUME, key=f"{_mark(run)}:checks", payload=payload, due_at=tx.now + wait)
