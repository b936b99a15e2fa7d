"""What rules did: one line for each time that a rule took something up, which is also what makes it act once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.automation import repository
from doorward.automation.rules import Deed, Event
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

RunState = Literal["acting", "done", "unchanged", "refused", "too_often", "too_deep", "circle"]
"""`acting`: deeds are still to be done; `done`: something changed; `unchanged`: all was so already; `refused`: nothing
could be done. The others were not carried out: too many in a minute, too long a chain, a circle.
"""

StepState = Literal["done", "unchanged", "refused"]

KEPT: Final = timedelta(days=90)
MOST_DEEP: Final = 5
"""How long a chain of rules may get that trigger each other."""

MOST_A_MINUTE: Final = 60
"""How often rules may take something up in one conversation within a minute."""


class RuleStep(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a deed; `why` is the refusal's code."""

    do: Deed
    state: StepState
    why: str = ""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule takes up: what happened, in which conversation, and by what that is told from every other time."""

    event: Event
    conversation_id: ConversationId
    key: str


class RuleRun(msgspec.Struct, frozen=True, kw_only=True):
    """A line of what rules did. `rules_number` is the state of the rules by which it was done."""

    id: str
    rule_id: str
    rules_number: int
    conversation_id: ConversationId
    cause: str
    event: Event
    at: datetime
    state: RunState
    steps: tuple[RuleStep, ...] = ()


def find_run(tx: Tx, scope: Scope, rule_id: str, cause: Cause, *, held: bool = False) -> RuleRun | None:
    """Return what a rule did for a cause, None where it has not taken it up; `held` until the transaction ends."""
    row = repository.find_run(tx, scope, rule_id, cause=(cause.conversation_id, cause.key), held=held)
    return None if row is None else _run(row)


def begin_run(tx: Tx, scope: Scope, rule_id: str, cause: Cause, *, begun: tuple[int, RunState]) -> RuleRun | None:
    """Write down that a rule takes something up and return it; None when it, or another process, did so before.

    `begun` is by which state of the rules that is, and how it begins: `acting`, or why it is not carried out.
    """
    number, state = begun
    run = RuleRun(
        id=new_id(),
        rule_id=rule_id,
        rules_number=number,
        conversation_id=cause.conversation_id,
        cause=cause.key,
        event=cause.event,
        at=tx.now,
        state=state,
    )
    return run if repository.insert_run(tx, scope, msgspec.structs.asdict(run)) else None


def note_step(tx: Tx, scope: Scope, run: RuleRun, step: RuleStep) -> None:
    """Write down what became of the next deed of a run, as `find_run` returned it in this transaction."""
    repository.update_run(tx, scope, run.id, {"steps": (*run.steps, step)})


def end_run(tx: Tx, scope: Scope, run: RuleRun) -> RunState:
    """Write down what a run came to when all its deeds are over, and return it."""
    states = {step.state for step in run.steps}
    state: RunState = "done" if "done" in states else "refused" if "refused" in states else "unchanged"
    repository.update_run(tx, scope, run.id, {"state": state})
    return state


def is_too_often(tx: Tx, scope: Scope, conversation_id: ConversationId) -> bool:
    """Return whether rules have taken up as much in a conversation within a minute as they may."""
    since = tx.now - timedelta(minutes=1)
    return repository.count_runs(tx, scope, conversation_id, since=since) >= MOST_A_MINUTE


def taken_up(
    tx: Tx, scope: Scope, rule_id: str, conversation_ids: Sequence[ConversationId]
) -> frozenset[tuple[str, str]]:
    """Return what a rule has taken up in these conversations, as pairs of conversation and cause."""
    return repository.known_causes(tx, scope, rule_id, conversation_ids)


def runs_of(
    tx: Tx, scope: Scope, rule_id: str | None = None, *, before: str | None = None, limit: int = 50
) -> tuple[RuleRun, ...]:
    """Return what a rule, or all of them, did, the newest first, behind the line `before`."""
    return tuple(_run(row) for row in repository.newest_runs(tx, scope, rule_id, before=before, limit=limit))


def count_acted(tx: Tx, scope: Scope, *, since: datetime) -> dict[str, int]:
    """Return how often each rule, by id, changed something since a moment."""
    return repository.count_acted(tx, scope, since=since)


def forget_runs(tx: Tx, scope: Scope, *, older_than: timedelta = KEPT) -> int:
    """Remove what rules did longer ago; return how many lines."""
    return repository.delete_runs(tx, scope, before=tx.now - older_than)


def _run(row: Any) -> RuleRun:
    values: dict[str, Any] = {name: getattr(row, name) for name in RuleRun.__struct_fields__}
    return RuleRun(**values | {"steps": msgspec.convert(row.steps, tuple[RuleStep, ...])})
