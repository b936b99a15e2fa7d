"""Drills that are over in a moment."""

from doorward.admission.drill import Scenario, read_scenario

FLOOD = """
hours = 4.0
[company]
people = 20
[customers]
per_minute = 4.0
[[waves]]
name = "flood"
begins = 1.0
lasts = 2.0
"""


def small(*changes: str, text: str = FLOOD) -> Scenario:
    """A tenfold flood of twenty people for two hours, with changes."""
    return read_scenario(text, changes)
