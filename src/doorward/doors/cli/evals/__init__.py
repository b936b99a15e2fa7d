"""What `doorward evals` judges: public and own sets, by the code that answers customers."""

from doorward.doors.cli.evals.running import NAMES, Report, run_sets
from doorward.doors.cli.evals.showing import show_report
from doorward.doors.cli.evals.sources import Given

__all__ = ["NAMES", "Given", "Report", "run_sets", "show_report"]
