"""Decision: policies over facts choose what happens, and say why."""

from doorward.decision.cases import CaseFailed, CaseReport, read_cases, try_cases
from doorward.decision.conditions import FACTS, SETTINGS, PolicyInvalid
from doorward.decision.ports import Policy
from doorward.decision.rules import Case, Rule, RuleBook, RuleFile, read_rule_file, read_rules

__all__ = [
    "FACTS",
    "SETTINGS",
    "Case",
    "CaseFailed",
    "CaseReport",
    "Policy",
    "PolicyInvalid",
    "Rule",
    "RuleBook",
    "RuleFile",
    "read_cases",
    "read_rule_file",
    "read_rules",
    "try_cases",
]
