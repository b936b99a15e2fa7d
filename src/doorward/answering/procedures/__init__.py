"""Procedures: read and checked as data, walked by a pure machine, kept while they wait."""

from doorward.answering.procedures.answers.listening import Listener
from doorward.answering.procedures.drawing import Diagram, Line, draw, explain
from doorward.answering.procedures.formatting import fill_text, format_amount, say_unclear, show_thing
from doorward.answering.procedures.heard import Heard
from doorward.answering.procedures.keeping import KeptRun, UntouchedRuns, forget_runs
from doorward.answering.procedures.loading import Loaded, known_of, load_procedure, load_procedures
from doorward.answering.procedures.machine import advance, begin_run, may_stray, may_wait
from doorward.answering.procedures.model import Known, Procedure
from doorward.answering.procedures.run import Run, Turn

__all__ = [
    "Diagram",
    "Heard",
    "KeptRun",
    "Known",
    "Line",
    "Listener",
    "Loaded",
    "Procedure",
    "Run",
    "Turn",
    "UntouchedRuns",
    "advance",
    "begin_run",
    "draw",
    "explain",
    "fill_text",
    "forget_runs",
    "format_amount",
    "known_of",
    "load_procedure",
    "load_procedures",
    "may_stray",
    "may_wait",
    "say_unclear",
    "show_thing",
]
