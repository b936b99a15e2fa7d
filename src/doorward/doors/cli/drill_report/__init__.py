"""The report about a drill: a page with charts and tables that takes nothing from elsewhere, and a few lines."""

from doorward.doors.cli.drill_report.page import DrillReporter
from doorward.doors.cli.drill_report.words import print_report

__all__ = ["DrillReporter", "print_report"]
