"""A drill's report in a few lines, for a terminal."""

from doorward.admission.drill import Figures, Report
from doorward.doors.cli.output import hint, print_table, say


def print_report(report: Report) -> None:
    """Print who was served, what was noticed, and which changes are worth it."""
    print_table(
        ("contacts of", "how many", "goodput", "at once", "called back", "lost", "demoted", "flagged"),
        [_row(side, figures) for side, figures in _rows(report).items() if figures.contacts],
        empty="Nobody came.",
    )
    noticed = report.noticing.noticed
    say(
        f"Of what the same day gives without the attack, {_percent(report.of_calm)} of customers were helped;"
        f" without flood control {_percent(report.uncontrolled.goodput)} of all."
    )
    say(
        f"Attackers took {_percent(report.staff.wasted_share)} of people's time."
        f" Noticed: {'never' if noticed is None else f'after {noticed:g} minutes'}."
        f" Cost: {report.cost.total:,.0f} {report.cost.currency},"
        f" without flood control {report.uncontrolled.cost:,.0f}."
    )
    hint(f"What flags campaigns here: {report.detector}.")
    if (live := report.live) is not None:
        ratio = "none was let in" if live.ratio is None else f"{live.ratio:g} times as slow as unloaded"
        say(
            f"Live: of {live.contacts} contacts at {live.per_second:g} a second {live.accepted} were accepted,"
            f" {live.refused} told to come later, {live.failed} failed; p95 of the accepted: {ratio}."
        )
    helping = [one for one in report.advice if one.helps]
    print_table(
        ("what would help", "goodput then", "cost then"),
        [(f"--set {one.setting}", _percent(one.after.goodput), f"{one.after.cost:,.0f}") for one in helping],
        empty="None of the changes that were tried would help.",
    )


def _rows(report: Report) -> dict[str, Figures]:
    names = {
        "known": "known people",
        "unknown": "strangers",
        "signed": "machines that sign",
        "unsigned": "other machines",
    }
    sides = {names[side]: figures for side, figures in report.sides.items()}
    return {"all customers": report.customers, **sides, "attackers": report.attack}


def _row(name: str, figures: Figures) -> tuple[object, ...]:
    shares = (
        *(figures.goodput, figures.at_once, figures.called_back),
        *(1 - figures.goodput, figures.demoted, figures.flagged),
    )
    return (name, figures.contacts, *map(_percent, shares))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
