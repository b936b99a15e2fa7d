"""What one message makes of procedures: gathered while it is worked on, kept with the answer, written at the end."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from doorward.answering.procedures import Run
from doorward.vocabulary.reply import Choice
from doorward.vocabulary.text import Span

Awaits = Literal["", "answer", "confirmation", "code", "sign_in"]
"""What the customer is asked for: an answer, a yes, a mailed code, or to sign in."""


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """An act as the ledger tells it: names and codes, no value of a customer's. `level` is that of the grant."""

    run_id: str
    procedure: str
    version: int
    step: str
    operation: str
    outcome: str
    level: int
    key: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it stands now, and as it is kept in the database: None for one that is new."""

    run: Run
    before: Run | None = None


class Advanced(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of a message for procedures: what is said and awaited, and what has to be written with it.

    `handoff` is the reason why a person takes over, empty if none does; `note` is for that person. `code`: a code is
    to be mailed to the acting party's own address. `checks` is a run whose act may have been done: it is tried again
    soon. `moves` are in the order in which they have to be written; `takes` is a run of another conversation that goes
    on in this one. `refuses` is what a second person is asked no more. `spans` are the masked places of the text.
    """

    text: str = ""
    spans: tuple[Span, ...] = ()
    choices: tuple[Choice, ...] = ()
    awaits: Awaits = ""
    kind: str = ""
    slot: str = ""
    procedure: str = ""
    outcome: str = ""
    handoff: str = ""
    code: bool = False
    checks: str = ""
    note: str = ""
    moves: tuple[Move, ...] = ()
    takes: str = ""
    refuses: str = ""
    acted: tuple[Acted, ...] = ()


class Journey:
    """Gathers while events are fed. What is kept already is known, so that only what changed is written later."""

    def __init__(self, kept: Sequence[Run] = ()) -> None:
        """Begin with runs as they are kept."""
        self._kept = {run.id: run for run in kept}
        self._runs: dict[str, Run] = {}
        self._spoken_of = list(kept)
        self.said: list[str] = []
        self.acted: list[Acted] = []
        self.choices: tuple[Choice, ...] = ()
        self.awaits: Awaits = ""
        self.kind = ""
        self.slot = ""
        self.procedure = ""
        self.outcome = ""
        self.handoff = ""
        self.code = False
        self.checks = ""
        self.note = ""
        self.takes = ""

    def know(self, run: Run) -> None:
        """Note how a run is kept."""
        self._kept.setdefault(run.id, run)
        self._spoken_of.append(run)

    def change(self, run: Run) -> None:
        """Note where a run stands now."""
        self._runs.pop(run.id, None)
        self._runs[run.id] = run
        self._spoken_of.append(run)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return all runs that were spoken of, wherever they stood meanwhile: what was said there is said."""
        return tuple(self._spoken_of)

    def latest(self, run: Run) -> Run:
        """Return a run as it stands now, where something came of it here that is not written yet."""
        return self._runs.get(run.id, run)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Return what is not written yet, in order."""
        return tuple(Move(run=run, before=self._kept.get(run.id)) for run in self._runs.values())

    def written(self) -> None:
        """Note that all moves are in the database."""
        self._kept |= self._runs
        self._runs = {}

    def say(self, text: str) -> None:
        """Say a text, unless there is nothing in it."""
        if text.strip():
            self.said.append(text.strip())

    def ended(self) -> Advanced:
        """Return all that was gathered."""
        return Advanced(
            text="\n\n".join(self.said),
            choices=self.choices,
            awaits=self.awaits,
            kind=self.kind,
            slot=self.slot,
            procedure=self.procedure,
            outcome=self.outcome,
            handoff=self.handoff,
            code=self.code,
            checks=self.checks,
            note=self.note,
            moves=self.moves,
            takes=self.takes,
            acted=tuple(self.acted),
        )
