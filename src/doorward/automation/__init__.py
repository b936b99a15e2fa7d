"""Automation: a company's rules of event, condition and deed; what they would have done; and that they end."""

from doorward.automation.cycles import find_circle
from doorward.automation.rules import Act, AutomationFacts, Condition, Event, Rule
from doorward.automation.running import Fired, Ran, Rehearsal, RuleReport, Step, rehearse, run
from doorward.automation.service import RuleBook, check_rules, read_rules, save_rules

__all__ = [
    "Act",
    "AutomationFacts",
    "Condition",
    "Event",
    "Fired",
    "Ran",
    "Rehearsal",
    "Rule",
    "RuleBook",
    "RuleReport",
    "Step",
    "check_rules",
    "find_circle",
    "read_rules",
    "rehearse",
    "run",
    "save_rules",
]
