"""Decision: policies over facts choose what happens, and say why."""

from doorward.decision.ports import Policy
from doorward.decision.rules import PolicyInvalid, Rule, RuleBook, read_rules

__all__ = ["Policy", "PolicyInvalid", "Rule", "RuleBook", "read_rules"]
