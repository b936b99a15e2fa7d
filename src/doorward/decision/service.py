"""Keeping the rules that a company put into the place of the house's own: versions, the newest in force."""

from datetime import datetime
from typing import Any, Final

import msgspec

from doorward.decision import repository
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

VERSIONS: Final = 50


class NewRules(msgspec.Struct, frozen=True, kw_only=True):
    """A rule file that is to stand in for a policy of the house's; the caller has checked it."""

    policy: str
    text: str
    version: str


class Activated(msgspec.Struct, frozen=True, kw_only=True):
    """A rule file that is or was in force: `text` is empty where the house's own rules were taken again."""

    number: int
    policy: str
    text: str
    version: str
    at: datetime
    by: str


def rules_in_force(tx: Tx, scope: Scope) -> Activated | None:
    """Return the tenant's rule file in force, None where it never had one of its own."""
    number = repository.newest_number(tx, scope)
    return None if not number else rule_version(tx, scope, number)


def rule_version(tx: Tx, scope: Scope, number: int) -> Activated:
    """Return one of the tenant's rule files. Raises `NotFound`."""
    row = repository.find_file(tx, scope, number)
    if row is None:
        raise NotFound("no such version of the rules")
    return _activated(row)


def rule_versions(tx: Tx, scope: Scope) -> tuple[Activated, ...]:
    """Return the tenant's latest rule files, the newest first."""
    return tuple(_activated(row) for row in repository.find_files(tx, scope, limit=VERSIONS))


def put_in_force(tx: Tx, scope: Scope, rules: NewRules, *, expected: int) -> Outcome[Activated]:
    """Put a rule file in force behind number `expected`. Raises `Outdated`."""
    if repository.newest_number(tx, scope) != expected or not repository.add_file(
        tx,
        scope,
        {**msgspec.structs.asdict(rules), "number": expected + 1, "at": tx.now, "actor_id": scope.actor.id},
    ):
        raise Outdated("the rules were changed meanwhile")
    audit = AuditEvent(
        action="policy.activated", object_kind="policy", object_id=rules.version or rules.policy, fields=("rules",)
    )
    return Outcome(rule_version(tx, scope, expected + 1), (audit,))


def _activated(row: Any) -> Activated:
    return Activated(
        number=row.number, policy=row.policy, text=row.text, version=row.version, at=row.at, by=row.actor_id
    )
