"""Walking through a procedure in a test: events in, wants out."""

from collections.abc import Sequence
from typing import Any

from doorward.answering.procedures.heard import Heard
from doorward.answering.procedures.machine import advance, begin_run
from doorward.answering.procedures.model import Procedure
from doorward.answering.procedures.run import Event, Said, Turn

YES, NO = Heard(agrees=True, text="yes", words=("yes",)), Heard(agrees=False, text="no", words=("no",))


def said(**values: Any) -> Said:
    """Return a message in which this was heard."""
    return Said(heard=Heard(**values))


def walk(procedure: Procedure, events: Sequence[Event], *, run_id: str = "R1") -> Turn:
    """Return the turn after the last of some events."""
    turn = advance(procedure, begin_run(procedure, run_id), events[0])
    for event in events[1:]:
        turn = advance(procedure, turn.run, event)
    return turn
