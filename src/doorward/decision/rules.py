"""Rules: conditions over facts, read from TOML, checked before anything runs."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import msgspec

from doorward.vocabulary.decision import Action, Decision, Facts

_FACTS = {field.name: field.type for field in msgspec.structs.fields(Facts)}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda fact, value: bool(fact == value),
    "at_least": lambda fact, value: bool(fact >= value),
    "below": lambda fact, value: bool(fact < value),
    "one_of": lambda fact, value: fact in value,
    "contains": lambda fact, value: value in fact,
    "empty": lambda fact, value: (not fact) is value,
}


class PolicyInvalid(Exception):
    """A policy file is wrong; the sentence names the rule and what is wrong with it."""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """`fact` compared by `operator` with `value`, or with the tenant's setting named `setting`."""

    fact: str
    operator: str
    value: Any = None
    setting: str | None = None

    def holds(self, facts: Facts, settings: Mapping[str, float]) -> bool:
        """Return whether the condition is true of the facts."""
        wanted = self.value if self.setting is None else settings[self.setting]
        return _OPERATORS[self.operator](getattr(facts, self.fact), wanted)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """If all conditions hold, take `action` for `reason`. No conditions: always."""

    name: str
    action: Action
    reason: str
    when: tuple[Condition, ...] = ()


def read_rules(text: str, *, settings: Sequence[str]) -> tuple[str, tuple[Rule, ...]]:
    """Return version and rules of a `rules.toml`; `settings` are the tenant settings that a rule may name.

    The version is the file's own `version` with eight digits of the SHA-256 of its text, so that a decision names
    exactly the rules that made it. Raises `PolicyInvalid`.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid(f"not valid TOML: {error}") from error
    rules = tuple(_read_rule(item, settings) for item in tree.get("rule", ()))
    if not rules:
        raise PolicyInvalid("there is no [[rule]]")
    if len({rule.name for rule in rules}) != len(rules):
        raise PolicyInvalid("two rules have the same name")
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{tree.get('version', '0')}+{digest}", rules


def _read_rule(item: Mapping[str, Any], settings: Sequence[str]) -> Rule:
    name = str(item.get("name", ""))
    if not name:
        raise PolicyInvalid("a rule has no name")
    if item.get("action") not in get_args(Action):
        raise PolicyInvalid(f"rule '{name}': unknown action '{item.get('action')}'")
    if not item.get("reason"):
        raise PolicyInvalid(f"rule '{name}': nothing is decided without a reason")
    if unknown := set(item) - {"name", "action", "reason", "when"}:
        raise PolicyInvalid(f"rule '{name}': unknown field '{min(unknown)}'")
    conditions: list[Condition] = []
    for fact, wanted in item.get("when", {}).items():
        conditions += _read_conditions(name, fact, wanted, settings)
    return Rule(name=name, action=item["action"], reason=item["reason"], when=tuple(conditions))


def _read_conditions(rule: str, fact: str, wanted: Any, settings: Sequence[str]) -> list[Condition]:
    if fact not in _FACTS:
        raise PolicyInvalid(f"rule '{rule}': there is no fact '{fact}'")
    if not isinstance(wanted, Mapping):
        wanted = {"is": wanted}
    conditions = []
    for operator, value in wanted.items():
        if operator not in _OPERATORS:
            raise PolicyInvalid(f"rule '{rule}': there is no operator '{operator}'")
        if isinstance(value, Mapping):
            setting = value.get("setting")
            if setting not in settings or len(value) != 1:
                raise PolicyInvalid(f"rule '{rule}': there is no setting '{setting}' that a rule may use")
            conditions.append(Condition(fact=fact, operator=operator, setting=setting))
            continue
        if operator in {"at_least", "below"} and not isinstance(value, int | float):
            raise PolicyInvalid(f"rule '{rule}': '{operator}' needs a number")
        conditions.append(Condition(fact=fact, operator=operator, value=value))
    return conditions


class RuleBook:
    """All rules of all enabled policies, in order; the first that holds decides."""

    def __init__(self, policies: Sequence[tuple[str, str, tuple[Rule, ...]]]) -> None:
        """Take `(policy id, version, rules)` in the order in which the policies are asked.

        The last rule of the last policy must have no conditions, so that there is always a decision; otherwise
        `PolicyInvalid` is raised.
        """
        self._rules = [
            (f"{policy}.{rule.name}@{version}", rule) for policy, version, rules in policies for rule in rules
        ]
        if not self._rules or self._rules[-1][1].when:
            raise PolicyInvalid("the last rule must hold always, so that nothing stays undecided")

    def decide(self, facts: Facts, settings: Mapping[str, float]) -> Decision:
        """Return the decision for these facts under a tenant's settings (name to number)."""
        for name, rule in self._rules[:-1]:
            if all(condition.holds(facts, settings) for condition in rule.when):
                return Decision(action=rule.action, reason=rule.reason, rule=name, facts=facts)
        name, rule = self._rules[-1]
        return Decision(action=rule.action, reason=rule.reason, rule=name, facts=facts)
