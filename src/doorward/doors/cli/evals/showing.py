"""A report in words."""

from doorward.doors.cli.evals.running import Figure, Report
from doorward.doors.cli.output import print_table, say


def show_report(report: Report) -> None:
    """Print what was measured, what was left out and what was missed; no text of any set is ever shown."""
    rows = [(one.name, f"{one.value:.4f}", one.texts, one.floor, one.aim, _standing(one)) for one in report.figures]
    headings = ("measure", "value", "texts", "floor", "aim", "")
    print_table(headings, rows, empty="Nothing was judged: none of the sets is there.")
    for one in report.left_out:
        say(f"left out: {one.name} ({one.why})")
    if report.missed:
        say(f"Floors missed: {', '.join(report.missed)}")


def _standing(one: Figure) -> str:
    if one.kept is None:
        return ""
    return "missed" if not one.kept else "aim reached" if one.reached else "kept"
