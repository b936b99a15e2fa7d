"""What rules do when something happens, as a pure function; and the same over what happened before, as a rehearsal."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from doorward.automation.rules import CAUSES, Act, AutomationFacts, Event, Rule
from doorward.vocabulary.ids import ConversationId

MOST_FIRED: Final = 1_000
"""Rules that fire for one event at the most. `check_ends` lets no endless chain pass; this is the wall behind it."""

EXAMPLES: Final = 20
"""Conversations that a report names of each rule, those where it fired first."""


class Fired(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that fired, by which event, and which of its deeds changed something."""

    rule: str
    on: Event
    acts: tuple[Act, ...]


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What rules did: in their order, and the facts afterwards. `stopped` says that the wall was reached."""

    fired: tuple[Fired, ...]
    facts: AutomationFacts
    stopped: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened in a conversation, and the facts then; by the clock it happens for one `rule` alone."""

    event: Event
    facts: AutomationFacts
    rule: str = ""


class RuleReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have done: how often it fired, how often it changed something, and in which conversations."""

    rule: str
    fired: int = 0
    changed: int = 0
    conversations: int = 0
    examples: tuple[ConversationId, ...] = ()


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """What rules would have done in conversations of before; nothing was done."""

    conversations: int
    rules: tuple[RuleReport, ...]


def run(rules: Sequence[Rule], event: Event, facts: AutomationFacts, *, only: str = "") -> Ran:
    """Return what rules do when something happens: each in the order of the list, then what their changes cause.

    `only` names the rule for which it happens, empty where it happens for all.
    """
    happened: deque[Event] = deque([event])
    fired: list[Fired] = []
    first = True
    while happened:
        now = happened.popleft()
        asked = [rule for rule in rules if not (first and only) or rule.name == only]
        first = False
        for rule in asked:
            if not rule.takes(now, facts):
                continue
            if len(fired) >= MOST_FIRED:
                return Ran(fired=tuple(fired), facts=facts, stopped=True)
            changing: list[Act] = []
            for act in rule.then:
                after = act.changed(facts)
                caused = CAUSES[act.do]
                if after != facts or caused is None:
                    changing.append(act)
                if after != facts and caused is not None:
                    happened.append(caused)
                facts = after
            fired.append(Fired(rule=rule.name, on=now, acts=tuple(changing)))
    return Ran(fired=tuple(fired), facts=facts)


def rehearse(rules: Sequence[Rule], past: Iterable[tuple[ConversationId, Sequence[Step]]]) -> Rehearsal:
    """Return what rules would have done. What they change stays changed for the rest of the conversation."""
    reports = {rule.name: RuleReport(rule=rule.name) for rule in rules}
    looked_at = 0
    for conversation_id, steps in past:
        looked_at += 1
        done: list[Act] = []
        seen: set[str] = set()
        for step in steps:
            ran = run(rules, step.event, _with(step.facts, done), only=step.rule)
            for fired in ran.fired:
                done += fired.acts
                reports[fired.rule] = _counted(
                    reports[fired.rule], fired, conversation_id, first=fired.rule not in seen
                )
                seen.add(fired.rule)
    return Rehearsal(conversations=looked_at, rules=tuple(reports.values()))


def _with(facts: AutomationFacts, done: Iterable[Act]) -> AutomationFacts:
    for act in done:
        facts = facts if act.do == "resolve" else act.changed(facts)
    return facts


def _counted(report: RuleReport, fired: Fired, conversation_id: ConversationId, *, first: bool) -> RuleReport:
    shown = report.examples
    if first and len(shown) < EXAMPLES:
        shown = (*shown, conversation_id)
    return RuleReport(
        rule=report.rule,
        fired=report.fired + 1,
        changed=report.changed + bool(fired.acts),
        conversations=report.conversations + first,
        examples=shown,
    )
