"""Drills that are over in a moment."""

from doorward.admission.drill import Scenario, read_scenario

FLOOD = """
hours = 2.5
[company]
people = 15
[customers]
per_minute = 3.0
[[waves]]
name = "flood"
begins = 1.0
lasts = 1.0
"""


def small(*changes: str, text: str = FLOOD) -> Scenario:
    """A tenfold flood of fifteen people for an hour, with changes."""
    return read_scenario(text, changes)
