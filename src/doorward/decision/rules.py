"""Rules: conditions over facts, read from TOML, checked before anything runs.

A `rules.toml` holds `[[rule]]`s, which are tried from top to bottom, and `[[table]]`s, each in front of the rule that
its `before` names; a row of a table is a rule. `[[case]]`s say what facts must lead to.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final, get_args

import msgspec

from doorward.decision.conditions import PolicyInvalid, read_cell, read_condition, written_out
from doorward.decision.proofs import follows, never_hold
from doorward.kit.expressions import Expression, Part
from doorward.vocabulary.decision import Action, Decision, Facts

MOST_RULES: Final = 500
ALSO: Final = 2
"""Further rules that held, told with a decision."""

LONGEST_VERSION: Final = 40
LONGEST_FILE: Final = 200_000
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """If the condition holds, take `action` for `reason`. No condition: always."""

    name: str
    action: Action
    reason: str
    when: Expression | None = None

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Return whether the condition is true of facts and `settings`, as `values_of` gives them."""
        return self.when is None or self.when.evaluate(values) is True

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return what must hold, all of it."""
        return () if self.when is None else self.when.parts


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts with the decision that they must lead to, under thresholds of its own or the usual ones."""

    facts: Facts
    action: Action
    reason: str
    settings: Mapping[str, float] = {}


class RuleFile(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a `rules.toml`."""

    version: str
    rules: tuple[Rule, ...]
    cases: tuple[Case, ...] = ()


def read_rules(text: str, *, settings: Sequence[str]) -> tuple[str, tuple[Rule, ...]]:
    """Return version and rules of a `rules.toml`; `settings` are the tenant settings that a rule may name.

    The version is the file's own `version` with eight digits of the SHA-256 of its text, so that a decision names
    exactly the rules that made it. Raises `PolicyInvalid`.
    """
    found = read_rule_file(text, settings=settings)
    return found.version, found.rules


def read_rule_file(text: str, *, settings: Sequence[str]) -> RuleFile:
    """Return all of a `rules.toml`, as `read_rules` does. Raises `PolicyInvalid`, with the rule or case."""
    if len(text) > LONGEST_FILE:
        raise PolicyInvalid(f"longer than {LONGEST_FILE} characters")
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no error of TOML's
        raise PolicyInvalid(f"not valid TOML: {error}") from error
    if unknown := set(tree) - {"version", "rule", "table", "case"}:
        raise PolicyInvalid(f"there is no '{min(unknown)}' in a rule file")
    rules = [_read_rule(item, settings) for item in _items(tree, "rule")]
    if not rules:
        raise PolicyInvalid("there is no [[rule]]")
    for item in _items(tree, "table"):
        place = _before(item, rules)
        rules[place:place] = _read_table(item, settings)
    names = [rule.name for rule in rules]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise PolicyInvalid(f"two rules have the same name, '{doubled}'")
    if len(rules) > MOST_RULES:
        raise PolicyInvalid(f"more than {MOST_RULES} rules")
    refuse_unreachable([(rule.name, rule) for rule in rules])
    version = tree.get("version", "0")
    if not isinstance(version, str | int) or not _is_short(version):
        raise PolicyInvalid("'version' must be a short text")
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    cases = tuple(read_case(f"case {number}", item) for number, item in enumerate(_items(tree, "case"), start=1))
    return RuleFile(version=f"{version}+{digest}", rules=tuple(rules), cases=cases)


def _is_short(version: str | int) -> bool:
    return len(version) <= LONGEST_VERSION if isinstance(version, str) else 0 <= version < 10**15


def refuse_unreachable(rules: Sequence[tuple[str, Rule]]) -> None:
    """Raise `PolicyInvalid` for a rule that can never decide, where names against literals show it.

    Either its own conditions exclude each other, or an earlier rule holds wherever it does.
    """
    for place, (name, rule) in enumerate(rules):
        if (fact := never_hold(rule.parts)) is not None:
            raise PolicyInvalid(f"rule '{name}' can never hold: its conditions about '{fact}' exclude each other")
        for earlier_name, earlier in rules[:place]:
            if all(follows(part, rule.parts) for part in earlier.parts):
                raise PolicyInvalid(
                    f"rule '{name}' can never decide: '{earlier_name}' before it holds wherever it does"
                )


def values_of(facts: Facts, settings: Mapping[str, float]) -> dict[str, Any]:
    """Return facts and thresholds as conditions ask for them."""
    return {**msgspec.structs.asdict(facts), "settings": settings}


def _items(tree: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = tree.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise PolicyInvalid(f"'{key}' must be written as [[{key}]]")
    return found


def _read_rule(item: Mapping[str, Any], settings: Sequence[str]) -> Rule:
    name = item.get("name")
    if not name or not isinstance(name, str):
        raise PolicyInvalid("a rule has no name")
    place = f"rule '{name}'"
    if unknown := set(item) - {"name", "action", "reason", "when"}:
        raise PolicyInvalid(f"{place}: unknown field '{min(unknown)}'")
    when = item.get("when", {})
    if isinstance(when, str) and not when.strip():
        raise PolicyInvalid(f"{place}: 'when' is empty; leave it out where the rule holds always")
    if not isinstance(when, str | dict):
        raise PolicyInvalid(f"{place}: 'when' must be an expression or a table of facts")
    text = when if isinstance(when, str) else written_out(place, when, settings)
    return _rule(place, name, (item.get("action"), item.get("reason")), text, settings)


def _rule(place: str, name: str, outcome: tuple[Any, Any], text: str, settings: Sequence[str]) -> Rule:
    action, reason = outcome
    if action not in get_args(Action):
        raise PolicyInvalid(f"{place}: unknown action '{action}'")
    if not reason or not isinstance(reason, str):
        raise PolicyInvalid(f"{place}: nothing is decided without a reason")
    if not _CODE.fullmatch(name) or not _CODE.fullmatch(reason):
        raise PolicyInvalid(f"{place}: names and reasons are letters, digits, '_' and '-', 60 at most")
    when = read_condition(place, text, settings) if text else None
    return Rule(name=name, action=action, reason=reason, when=when)


def _before(item: Mapping[str, Any], rules: Sequence[Rule]) -> int:
    name, before = item.get("name"), item.get("before")
    if not name or not isinstance(name, str):
        raise PolicyInvalid("a table has no name")
    place = next((place for place, rule in enumerate(rules) if rule.name == before), None)
    if place is None:
        raise PolicyInvalid(f"table '{name}': 'before' must name a rule, there is none named '{before}'")
    return place


def _read_table(item: Mapping[str, Any], settings: Sequence[str]) -> list[Rule]:
    table = f"table '{item['name']}'"
    if unknown := set(item) - {"name", "before", "columns", "rows"}:
        raise PolicyInvalid(f"{table}: unknown field '{min(unknown)}'")
    columns, rows = item.get("columns"), item.get("rows")
    if not isinstance(columns, list) or not columns or not isinstance(rows, list) or not rows:
        raise PolicyInvalid(f"{table}: it needs columns and rows")
    found = []
    for number, row in enumerate(rows, start=1):
        place = f"{table}, row {number}"
        if not isinstance(row, list) or len(row) != len(columns) + 2:
            raise PolicyInvalid(f"{place}: a row has a cell for each column, then an action and a reason")
        cells = [read_cell(place, str(column), cell) for column, cell in zip(columns, row, strict=False)]
        text = " and ".join(filter(None, cells))
        found.append(_rule(place, f"{item['name']}_{number}", (row[-2], row[-1]), text, settings))
    return found


def read_case(place: str, item: Mapping[str, Any]) -> Case:
    """Return a case from plain data. Raises `PolicyInvalid`, with `place`, for an unknown fact or a wrong value."""
    facts = item.get("facts", {})
    if isinstance(facts, Mapping) and (unknown := set(facts) - set(Facts.__struct_fields__)):
        raise PolicyInvalid(f"{place}: there is no fact '{min(unknown)}'")
    try:
        return msgspec.convert(item, Case)
    except msgspec.ValidationError as error:
        raise PolicyInvalid(f"{place}: {error}") from error


class RuleBook:
    """All rules of all enabled policies, in order; the first that holds decides. Thread-safe."""

    def __init__(self, policies: Sequence[tuple[str, str, tuple[Rule, ...]]]) -> None:
        """Take `(policy id, version, rules)` in the order in which the policies are asked.

        The last rule of the last policy must have no conditions, so that there is always a decision; otherwise, and for
        a rule that can never decide, `PolicyInvalid` is raised.
        """
        self._rules = [
            (f"{policy}.{rule.name}@{version}", rule) for policy, version, rules in policies for rule in rules
        ]
        if not self._rules or self._rules[-1][1].when:
            raise PolicyInvalid("the last rule must hold always, so that nothing stays undecided")
        refuse_unreachable(self._rules)

    @property
    def rules(self) -> tuple[tuple[str, Rule], ...]:
        """Return every rule by its full name `<policy>.<rule>@<version>`, in the order in which they are tried."""
        return tuple(self._rules)

    def decide(self, facts: Facts, settings: Mapping[str, float]) -> Decision:
        """Return the decision for these facts under a tenant's settings (name to number)."""
        values = values_of(facts, settings)
        holding = (place for place, (_, rule) in enumerate(self._rules) if rule.holds(values))
        place = next(holding)
        name, rule = self._rules[place]
        used = frozenset() if rule.when is None else rule.when.names
        return Decision(
            action=rule.action,
            reason=rule.reason,
            rule=name,
            facts=facts,
            looked_at=tuple(sorted(one for one in used if "." not in one)),
            limits={one: settings[one] for one in sorted(settings) if f"settings.{one}" in used},
            also=tuple(self._rules[other][0] for other in islice(holding, ALSO) if self._rules[other][1].when),
        )
