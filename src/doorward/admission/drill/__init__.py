"""Drills: a flood in virtual time, against the real verbs of admission. It decides nothing itself."""

from doorward.admission.drill.detectors import REAL, LooksAtTexts, Message
from doorward.admission.drill.figures import (
    FORMAT,
    Advice,
    Bounds,
    Capacity,
    Cost,
    Fairness,
    Figures,
    Live,
    Noticing,
    Report,
    Slice,
    Staff,
    Summary,
)
from doorward.admission.drill.loading import (
    change_scenario,
    load_scenario,
    read_scenario,
    shipped_scenarios,
    text_of,
)
from doorward.admission.drill.ours import Ours, Source, fit_scenario
from doorward.admission.drill.population import Reading
from doorward.admission.drill.preparing import Gives, Lever, Preparedness, Readiness, Standing, prepare
from doorward.admission.drill.running import drill
from doorward.admission.drill.scenario import Prices, Scenario

__all__ = [
    "FORMAT",
    "REAL",
    "Advice",
    "Bounds",
    "Capacity",
    "Cost",
    "Fairness",
    "Figures",
    "Gives",
    "Lever",
    "Live",
    "LooksAtTexts",
    "Message",
    "Noticing",
    "Ours",
    "Preparedness",
    "Prices",
    "Readiness",
    "Reading",
    "Report",
    "Scenario",
    "Slice",
    "Source",
    "Staff",
    "Standing",
    "Summary",
    "change_scenario",
    "drill",
    "fit_scenario",
    "load_scenario",
    "prepare",
    "read_scenario",
    "shipped_scenarios",
    "text_of",
]
