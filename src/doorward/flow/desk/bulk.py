"""One thing done to many conversations: what changed, what was so already, what could not be, how to undo it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from doorward import record
from doorward.flow.desk.handing_over import HandOver
from doorward.flow.desk.marking import MOST_AT_ONCE, Marked
from doorward.flow.desk.verbs import Desk
from doorward.kit.ids import new_id
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, RateLimited, TooLarge
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

Verb = Literal["label", "unlabel", "priority", "status", "take", "put_back", "resolve", "snooze", "wake"]


class BulkAct(msgspec.Struct, frozen=True, kw_only=True):
    """What is done; `value` is a label's or status's key, a priority's number, until when (ISO 8601, with a zone)."""

    verb: Verb
    value: str = ""


class Unchanged(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that was not changed; `why` is a word of `Conflict` (`not_mine`, `over`) or an error's code."""

    conversation_id: ConversationId
    why: str


class UndoStep(msgspec.Struct, frozen=True, kw_only=True):
    """What takes a change back from these conversations, where `expected` still stands: what the change had made."""

    act: BulkAct
    conversation_ids: tuple[ConversationId, ...]
    expected: str = ""


class BulkDone(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulk action came to. `undo` is empty where it cannot be undone: customers were told."""

    changed: tuple[ConversationId, ...] = ()
    unchanged: tuple[ConversationId, ...] = ()
    refused: tuple[Unchanged, ...] = ()
    undo: tuple[UndoStep, ...] = ()


_Before = Mapping[ConversationId, Card]


class Bulk:
    """The verbs; `scope.actor` is the member of staff who acts. What one conversation refuses does not hold the others.

    Marks (labels, priority, status) change in one transaction; the rest one conversation after the other, as by hand.
    """

    def __init__(self, transactions: Transactions, desk: Desk) -> None:
        """Take the desk, which does it."""
        self._transactions = transactions
        self._desk = desk

    async def do(self, scope: Scope, conversation_ids: Sequence[ConversationId], act: BulkAct) -> BulkDone:
        """Do one thing to conversations, each named once.

        Raises `TooLarge` for more than `MOST_AT_ONCE`, `NotFound` for a label or status that the company does not have,
        `Malformed` for a value that is none; then nothing has changed.
        """
        wanted = tuple(dict.fromkeys(conversation_ids))
        if len(wanted) > MOST_AT_ONCE:
            raise TooLarge(f"more than {MOST_AT_ONCE} conversations", limit=MOST_AT_ONCE)
        before = await self._cards(scope, wanted)
        if act.verb in _MARKS:
            done = _of_marks(await self._mark(scope, wanted, act))
        else:
            done = await self._one_by_one(scope, wanted, act, before=before)
        return msgspec.structs.replace(done, undo=tuple(_undo(act, done.changed, before)))

    async def undo(self, scope: Scope, steps: Sequence[UndoStep]) -> BulkDone:
        """Take back what a bulk action changed, where nobody changed it since. Raises as `do`."""
        whole = BulkDone()
        for step in steps:
            cards = await self._cards(scope, step.conversation_ids)
            still = tuple(one for one in step.conversation_ids if one in cards and _stands(cards[one], step))
            since = tuple(
                Unchanged(conversation_id=one, why="since") for one in step.conversation_ids if one not in still
            )
            try:
                done = await self.do(scope, still, step.act)
            except Malformed:  # a time to sleep until that has passed since: nothing of this step was done
                done = BulkDone(refused=tuple(Unchanged(conversation_id=one, why="since") for one in still))
            whole = BulkDone(
                changed=(*whole.changed, *done.changed),
                unchanged=(*whole.unchanged, *done.unchanged),
                refused=(*whole.refused, *done.refused, *since),
            )
        return whole

    async def _cards(self, scope: Scope, wanted: Sequence[ConversationId]) -> _Before:
        def read(tx: Tx) -> _Before:
            found = {one: record.card_of(tx, scope, one) for one in wanted}
            return {one: card for one, card in found.items() if card is not None}

        return await self._transactions.read_async(read)

    async def _mark(self, scope: Scope, wanted: Sequence[ConversationId], act: BulkAct) -> Marked:
        marking, value = self._desk.marking, act.value
        if act.verb == "status":
            return await marking.set_status(scope, wanted, status=value)
        if act.verb == "priority":
            if value not in _PRIORITIES:
                raise Malformed("value: one of -1, 0, 1, 2")
            return await marking.prioritise(scope, wanted, priority=int(value))
        add, remove = ((value,), ()) if act.verb == "label" else ((), (value,))
        return await marking.label(scope, wanted, add=add, remove=remove)

    async def _one_by_one(
        self, scope: Scope, wanted: Sequence[ConversationId], act: BulkAct, *, before: _Before
    ) -> BulkDone:
        change, is_so = self._change(scope, act)
        changed, unchanged, refused = [], [], []
        for one in wanted:
            if one in before and is_so(before[one]):
                unchanged.append(one)
                continue
            try:
                await change(one)
            except (Conflict, NotFound, RateLimited) as error:
                refused.append(Unchanged(conversation_id=one, why=str(error.facts.get("why", error.code))))
            else:
                changed.append(one)
        return BulkDone(changed=tuple(changed), unchanged=tuple(unchanged), refused=tuple(refused))

    def _change(
        self, scope: Scope, act: BulkAct
    ) -> tuple[Callable[[ConversationId], Awaitable[Any]], Callable[[Card], bool]]:
        """Return what changes one conversation, and what says that a card is so already."""
        desk, me = self._desk, scope.actor.id
        if act.verb == "snooze":
            until = _moment(act.value)
            return (
                lambda one: desk.snoozing.snooze(scope, one, until=until),
                lambda card: card.snoozed_until == until,
            )
        back = HandOver(to=None, note=WildText(""))
        return {
            "take": (
                lambda one: desk.take_over(scope, one),
                lambda card: card.assignee == me and card.state == "human",
            ),
            "put_back": (
                lambda one: desk.hand_over(scope, one, back, key=f"bulk:{new_id()}"),
                lambda card: card.state == "waiting",
            ),
            "resolve": (lambda one: desk.resolve(scope, one), lambda card: card.state == "resolved"),
            "wake": (lambda one: desk.snoozing.wake(scope, one), lambda card: card.snoozed_until is None),
        }[act.verb]


_MARKS: Final = frozenset({"label", "unlabel", "priority", "status"})
_PRIORITIES: Final = frozenset({"-1", "0", "1", "2"})


def _of_marks(marked: Marked) -> BulkDone:
    gone = tuple(Unchanged(conversation_id=one, why="not_found") for one in marked.missing)
    return BulkDone(changed=marked.changed, unchanged=marked.unchanged, refused=gone)


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Malformed("value: a moment in ISO 8601") from None
    if moment.tzinfo is None:
        raise Malformed("value: a moment with its zone")
    return moment


def _undo(act: BulkAct, changed: Sequence[ConversationId], before: _Before) -> Iterator[UndoStep]:
    """Yield what takes a change back, one step for all that had the same before."""
    if act.verb in {"label", "unlabel"} and changed:
        back = BulkAct(verb="unlabel" if act.verb == "label" else "label", value=act.value)
        yield UndoStep(act=back, conversation_ids=tuple(changed))
    if act.verb not in {"priority", "status", "snooze", "wake"}:
        return
    had: dict[str, list[ConversationId]] = {}
    for one in changed:
        had.setdefault(_value(before[one], act.verb), []).append(one)
    for value, some in had.items():
        verb: Verb = act.verb if act.verb in {"priority", "status"} else "snooze" if value else "wake"
        expected = "" if act.verb == "wake" else act.value
        yield UndoStep(act=BulkAct(verb=verb, value=value), conversation_ids=tuple(some), expected=expected)


def _value(card: Card, verb: Verb) -> str:
    if verb == "priority":
        return str(card.priority)
    if verb == "status":
        return card.status
    return "" if card.snoozed_until is None else card.snoozed_until.isoformat()


def _stands(card: Card, step: UndoStep) -> bool:
    verb = step.act.verb
    if verb in {"label", "unlabel"}:
        return True  # a label is there or not: taking it away where it is gone changes nothing
    if verb in {"snooze", "wake"}:
        now = card.snoozed_until
        return now is None if not step.expected else now is not None and now == _moment(step.expected)
    return _value(card, verb) == step.expected
