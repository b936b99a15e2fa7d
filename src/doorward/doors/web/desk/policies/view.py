"""What the page of decision rules shows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from doorward.decision import Checked, PolicyInvalid
from doorward.decision.service import Activated, rule_versions
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.policy_rehearsal import PolicyRehearsal, count_decided
from doorward.flow.reading import read_noted
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent

HERE: Final = "policies"
DAYS: Final = 30


class ShownRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: `name` is `<policy>.<rule>`, `when` its condition as it is written, empty where it holds always."""

    name: str
    when: str
    action: str
    reason: str
    cases: int
    decided: int


async def places(desk: DeskCall) -> dict[str, Any]:
    """Return the rules in force with their cases and how often each decided lately, and the versions."""
    policies, scope = desk.house.policies, desk.scope

    def read(tx: Tx) -> tuple[tuple[Activated, ...], Mapping[str, int]]:
        return rule_versions(tx, scope), count_decided(tx, scope, since=tx.now - timedelta(days=DAYS))

    versions, decided = await desk.house.transactions.read_async(read)
    active = versions[0] if versions else None
    text = "" if active is None else active.text
    reached = _reached(desk, text)
    rules = [
        ShownRule(
            name=_bare(name),
            when="" if rule.when is None else " ".join(rule.when.text.split()),
            action=rule.action,
            reason=rule.reason,
            cases=reached.get(_bare(name), 0),
            decided=decided.get(_bare(name), 0),
        )
        for name, rule in policies.book_of(active).rules
    ]
    series = {"name": desk.say("policies.decided", days=DAYS), "points": [(one.name, one.decided) for one in rules]}
    return {
        "here": HERE,
        "rules": rules,
        "series": [series],
        "versions": versions,
        "number": 0 if active is None else active.number,
        "own": bool(text),
        "text": text or policies.house.text(),
        "days": DAYS,
    }


async def rehearse(desk: DeskCall, checked: Checked) -> PolicyRehearsal:
    """Return what a checked file would change; that somebody looked is noted."""
    policies, scope = desk.house.policies, desk.scope
    return await read_noted(
        desk.house.transactions,
        scope,
        lambda tx: policies.rehearse(tx, scope, checked, days=DAYS),
        event=AuditEvent(action="policy.rehearsed", object_kind="policy", object_id=checked.file.version),
    )


def _reached(desk: DeskCall, text: str) -> dict[str, int]:
    house = desk.house.policies.house
    try:
        report = house.tried(text)
    except PolicyInvalid:
        report = house.tried("")  # what cannot be read any more is not in force either
    return {_bare(name): count for name, count in report.reached.items()}


def _bare(name: str) -> str:
    return name.partition("@")[0]
