"""Where a procedure stands in a conversation, or which one would begin, step by step in the reader's words."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from doorward.answering.procedures import KeptRun, Procedure, explain
from doorward.answering.procedures.ports import Sentences
from doorward.flow.assist.summary import Said
from doorward.flow.procedures.book import TenantProcedures

StepState = Literal["under_way", "stopped", "would_start"]

SHOWN: Final = 3
"""Steps that are shown at first, from where it stands on."""


class ProgressLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step in words: its number from 1, its id, a sentence, and where it may go on to otherwise, each in words."""

    number: int
    id: str
    sentence: str
    ways: tuple[str, ...] = ()


class ProcedureProgress(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure beside a conversation. `name` is what customers' wishes for it are called, `at` the number of the
    step where it stands (from 1), `lines` all its steps. `under_way`: the bot is at it. `stopped`: a person was called
    there. `would_start`: what the customer wrote last would begin it.
    """

    procedure: str
    version: int
    name: str
    state: StepState
    at: int
    lines: tuple[ProgressLine, ...]

    @property
    def ahead(self) -> tuple[ProgressLine, ...]:
        """Return the step where it stands and the next ones."""
        return self.lines[self.at - 1 : self.at - 1 + SHOWN]


class Standpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a progress is made of: the procedure, how it stands, and the step's id, empty for the first."""

    procedure: Procedure
    state: StepState
    step: str = ""


def standpoint(procedures: TenantProcedures | None, runs: Sequence[KeptRun], wish: Said | None) -> Standpoint | None:
    """Return the procedure that an agent should know of: one that runs or stopped here, else one that would begin.

    `runs` are the conversation's, the newest first; `wish` is the last message in which something was wanted. A
    procedure whose version has changed since is not told: its steps may be others by now.
    """
    if procedures is None:
        return None
    for kept in runs[:1]:
        procedure = procedures.procedures.get(kept.run.procedure)
        told = kept.state != "ended" or kept.run.outcome == "handed_over"
        if procedure is not None and told and procedure.version == kept.run.version:
            state: StepState = "stopped" if kept.state == "ended" else "under_way"
            return Standpoint(procedure=procedure, state=state, step=kept.run.at)
    return _startable(procedures, runs, wish)


def progress(found: Standpoint, *, name: str, language: str, sentences: Sentences) -> ProcedureProgress:
    """Return a standpoint in the words of a language."""
    lines = tuple(
        ProgressLine(number=one.number, id=one.id, sentence=one.sentence, ways=one.ways)
        for one in explain(found.procedure, language, sentences)
    )
    at = next((line.number for line in lines if line.id == found.step), 1)
    return ProcedureProgress(
        procedure=found.procedure.id,
        version=found.procedure.version,
        name=name,
        state=found.state,
        at=at,
        lines=lines,
    )


def _startable(procedures: TenantProcedures, runs: Sequence[KeptRun], wish: Said | None) -> Standpoint | None:
    if wish is None or not wish.facts.get("intent_known"):
        return None
    procedure = procedures.started_by(str(wish.decided.get("intent", "")))
    was_begun = procedure is not None and any(
        kept.run.procedure == procedure.id and kept.started_at >= wish.line.entry.at for kept in runs
    )
    return None if procedure is None or was_begun else Standpoint(procedure=procedure, state="would_start")
