"""Keeping a company's rules."""

from collections.abc import Sequence
from typing import Any

import msgspec

from doorward.automation import repository
from doorward.automation.cycles import check_ends
from doorward.automation.rules import Rule, RuleStop, check_shape
from doorward.kit.ids import derive_id, new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """Rules in their order, and the number of this state of them; 0 before the first."""

    number: int = 0
    rules: tuple[Rule, ...] = ()

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule with an id, or None."""
        return next((one for one in self.rules if one.id == rule_id), None)


def check_rules(rules: tuple[Rule, ...]) -> None:
    """Raise `Malformed`, with the place or the names, for rules that cannot be or that would go on for ever."""
    check_shape(rules)
    check_ends(rules)


def read_rules(tx: Tx, scope: Scope) -> RuleBook:
    """Return the tenant's rules, none before the first."""
    row = repository.find_rules(tx, scope)
    return RuleBook() if row is None else _book(row)


def save_rules(tx: Tx, scope: Scope, rules: tuple[Rule, ...], *, expected: int) -> Outcome[RuleBook]:
    """Put rules into the place of number `expected`. Raises `Malformed` as `check_rules`, and `Outdated`.

    A rule without an id gets that of the rule that had its name, or a new one.
    """
    check_rules(rules)
    before = read_rules(tx, scope)
    kept = _with_ids(rules, before.rules)
    now = before.number
    if now != expected or (now and not repository.update_rules(tx, scope, kept, expected=expected)):
        raise Outdated("the rules were changed meanwhile")
    if not now:
        repository.insert_rules(tx, scope, kept)
    audit = AuditEvent(action="automation.changed", object_kind="tenant", object_id=scope.tenant_id, fields=("rules",))
    return Outcome(RuleBook(number=now + 1, rules=kept), (audit,))


def stop_rule(tx: Tx, scope: Scope, rule_id: str, stop: RuleStop) -> Outcome[bool]:
    """Switch a rule off for a reason, and return whether it was on."""
    row = repository.find_rules(tx, scope, held=True)
    book = RuleBook() if row is None else _book(row)
    rule = book.rule(rule_id)
    if rule is None or not rule.enabled:
        return Outcome(value=False)
    off = msgspec.structs.replace(rule, enabled=False, stopped=stop)
    rules = tuple(off if one.id == rule_id else one for one in book.rules)
    repository.update_rules(tx, scope, rules, expected=book.number)
    audit = AuditEvent(action="automation.stopped", object_kind="rule", object_id=rule_id, fields=("enabled",))
    return Outcome(value=True, entries=(audit,))


def _book(row: Any) -> RuleBook:
    rules = msgspec.convert(row.rules, tuple[Rule, ...])
    # Rules from before they had ids have one by their name until they are saved again, and keep it then.
    named = (
        one if one.id else msgspec.structs.replace(one, id=derive_id("rule", row.tenant_id, one.name)) for one in rules
    )
    return RuleBook(number=row.number, rules=tuple(named))


def _with_ids(rules: Sequence[Rule], before: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules with their ids; why the house stopped a rule stays as long as it is off."""
    by_id = {rule.id: rule for rule in before if rule.id}
    named = {rule.name: rule.id for rule in before if rule.id}
    taken = {rule.id for rule in rules if rule.id}
    kept = []
    for rule in rules:
        theirs = named.get(rule.name, "")
        rule_id = rule.id or (theirs if theirs not in taken else "") or new_id()
        was = by_id.get(rule_id)
        stopped = was.stopped if was is not None and not rule.enabled else None
        kept.append(msgspec.structs.replace(rule, id=rule_id, stopped=stopped))
    return tuple(kept)
