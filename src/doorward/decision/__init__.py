"""Decision: policies over facts choose what happens, and say why.

Policies are plugins, which see no tables: what keeps a company's own rules is imported as `decision.service`.
"""

from doorward.decision.cases import USUAL, CaseFailed, CaseReport, read_cases, try_cases
from doorward.decision.conditions import FACTS, SETTINGS, PolicyInvalid
from doorward.decision.house import Checked, HousePolicies
from doorward.decision.ports import Policy
from doorward.decision.rules import Case, Rule, RuleBook, RuleFile, read_rule_file, read_rules

__all__ = [
    "FACTS",
    "SETTINGS",
    "USUAL",
    "Case",
    "CaseFailed",
    "CaseReport",
    "Checked",
    "HousePolicies",
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
