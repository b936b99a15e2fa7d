"""What the pages of rules show."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from doorward import automation, record
from doorward.automation import TIMED, Rehearsal, Rule, RuleBook, RuleReport
from doorward.doors.web.desk.automation.forms import (
    DEEDS,
    EVENTS,
    FACTS,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_ROWS,
    RULE_OPERATORS,
    rows_of,
)
from doorward.doors.web.desk.automation.names import names_for
from doorward.doors.web.desk.automation.words import RuleWords
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.reading import read_noted
from doorward.flow.views.rehearsal import rehearsed
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.entry import AuditEvent

HERE: Final = "automation"
DAYS: Final = 30
TRIED: Final = 500
"""Conversations of before that a rule is tried on: the latest."""

_PAGE: Final = 25


class RulesNow(msgspec.Struct, frozen=True, kw_only=True):
    """The rules, and how often each changed something lately."""

    book: RuleBook
    acted: Mapping[str, int]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What trying a rule came to, and the conversations of which it speaks."""

    report: RuleReport
    looked_at: int
    cards: tuple[Card, ...]
    days: int = DAYS


async def rules_now(desk: DeskCall) -> RulesNow:
    """Return the rules as they are."""

    def read(tx: Tx) -> RulesNow:
        acted = automation.count_acted(tx, desk.scope, since=tx.now - timedelta(days=DAYS))
        return RulesNow(book=automation.read_rules(tx, desk.scope), acted=acted)

    return await desk.house.transactions.read_async(read)


async def list_places(desk: DeskCall) -> dict[str, Any]:
    """Return the places of the list."""
    now, names = await rules_now(desk), await names_for(desk)
    return {"here": HERE, "book": now.book, "acted": now.acted, "days": DAYS, "words": RuleWords(desk, names)}


async def editor_places(desk: DeskCall, rule: Rule | None, fields: Mapping[str, str], *, before: str) -> dict[str, Any]:
    """Return the places of a rule's page: its form as it was filled in, and what the rule did, behind a line."""
    names = await names_for(desk)
    rule_id = None if rule is None else rule.id

    def read(tx: Tx) -> tuple[RuleBook, tuple[automation.RuleRun, ...]]:
        book = automation.read_rules(tx, desk.scope)
        if rule_id is None:
            return book, ()
        return book, automation.runs_of(tx, desk.scope, rule_id, before=before or None, limit=_PAGE + 1)

    book, runs = await desk.house.transactions.read_async(read)
    form = {"name": "", "on": EVENTS[0], "after_minutes": "", "enabled": "", "number": str(book.number), **fields}
    return {
        "here": HERE,
        "rule": rule,
        "fields": form,
        "words": RuleWords(desk, names),
        "suggestions": names.suggestions(),
        "conditions": rows_of(fields, "conditions"),
        "deeds": rows_of(fields, "deeds"),
        "most_rows": MOST_ROWS,
        "longest_name": LONGEST_NAME,
        "longest_text": LONGEST_TEXT,
        "events": EVENTS,
        "timed": TIMED,
        "facts": FACTS,
        "operators": RULE_OPERATORS,
        "acts": DEEDS,
        "runs": runs[:_PAGE],
        "more": len(runs) > _PAGE,
    }


async def try_rules(desk: DeskCall, rules: tuple[Rule, ...], rule: Rule) -> Tried:
    """Return what a rule among the others would have done lately; nothing is done, and that somebody looked is noted.

    A rule that is switched off is tried as if it were on.
    """
    tried = tuple(msgspec.structs.replace(one, enabled=True) if one is rule else one for one in rules)
    scope = desk.scope

    def read(tx: Tx) -> Tried:
        since = tx.now - timedelta(days=DAYS)
        rehearsal: Rehearsal = rehearsed(tx, scope, tried, since=since, limit=TRIED)
        report = next(one for one in rehearsal.rules if one.rule == rule.name)
        cards = (record.card_of(tx, scope, one) for one in report.examples)
        return Tried(
            report=report, looked_at=rehearsal.conversations, cards=tuple(card for card in cards if card is not None)
        )

    noted = AuditEvent(action="automation.rehearsed", object_kind="tenant", object_id=scope.tenant_id)
    return await read_noted(desk.house.transactions, scope, read, event=noted)
