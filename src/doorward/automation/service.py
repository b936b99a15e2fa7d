"""Keeping a company's rules."""

import msgspec

from doorward.automation import repository
from doorward.automation.cycles import check_ends
from doorward.automation.rules import Rule, check_shape
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """Rules in their order, and the number of this state of them; 0 before the first."""

    number: int = 0
    rules: tuple[Rule, ...] = ()


def check_rules(rules: tuple[Rule, ...]) -> None:
    """Raise `Malformed`, with the place or the names, for rules that cannot be or that would go on for ever."""
    check_shape(rules)
    check_ends(rules)


def read_rules(tx: Tx, scope: Scope) -> RuleBook:
    """Return the tenant's rules, none before the first."""
    row = repository.find_rules(tx, scope)
    if row is None:
        return RuleBook()
    return RuleBook(number=row.number, rules=msgspec.convert(row.rules, tuple[Rule, ...]))


def save_rules(tx: Tx, scope: Scope, rules: tuple[Rule, ...], *, expected: int) -> Outcome[RuleBook]:
    """Put rules into the place of number `expected`. Raises `Malformed` as `check_rules`, and `Outdated`."""
    check_rules(rules)
    now = read_rules(tx, scope).number
    if now != expected or (now and not repository.update_rules(tx, scope, rules, expected=expected)):
        raise Outdated("the rules were changed meanwhile")
    if not now:
        repository.insert_rules(tx, scope, rules)
    audit = AuditEvent(action="automation.changed", object_kind="tenant", object_id=scope.tenant_id, fields=("rules",))
    return Outcome(RuleBook(number=now + 1, rules=rules), (audit,))
