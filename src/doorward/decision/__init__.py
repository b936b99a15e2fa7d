"""Decision: policies over facts choose what happens, and say why."""

from doorward.decision.cases import USUAL, CaseFailed, CaseReport, read_cases, try_cases
from doorward.decision.conditions import FACTS, SETTINGS, PolicyInvalid
from doorward.decision.house import Checked, HousePolicies
from doorward.decision.ports import Policy
from doorward.decision.rules import Case, Rule, RuleBook, RuleFile, read_rule_file, read_rules
from doorward.decision.service import Activated, NewRules, put_in_force, rule_version, rule_versions, rules_in_force

__all__ = [
    "FACTS",
    "SETTINGS",
    "USUAL",
    "Activated",
    "Case",
    "CaseFailed",
    "CaseReport",
    "Checked",
    "HousePolicies",
    "NewRules",
    "Policy",
    "PolicyInvalid",
    "Rule",
    "RuleBook",
    "RuleFile",
    "put_in_force",
    "read_cases",
    "read_rule_file",
    "read_rules",
    "rule_version",
    "rule_versions",
    "rules_in_force",
    "try_cases",
]
