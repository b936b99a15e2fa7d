"""What `doorward evals` judges: public and own sets, by the code that answers customers."""

from doorward.doors.cli.evals.running import NAMES, LeftOut, Report, figure_of, report_of, run_sets
from doorward.doors.cli.evals.showing import show_report
from doorward.doors.cli.evals.sources import Given, Missing

__all__ = [
    "NAMES",
    "Given",
    "LeftOut",
    "Missing",
    "Report",
    "figure_of",
    "report_of",
    "run_sets",
    "show_report",
]
