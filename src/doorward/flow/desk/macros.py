"""Running a macro: its steps in order, each by the desk's own verb, until one cannot be done."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

import msgspec

from doorward import record, workspace
from doorward.flow.desk.handing_over import HandOver
from doorward.flow.desk.marking import Marked, Marking
from doorward.flow.desk.noting import Noting
from doorward.flow.desk.rooms import card_at
from doorward.flow.desk.snoozing import Snoozing
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, SecretRefused, TooLarge
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

StepState = Literal["done", "unchanged", "refused", "left"]
"""What became of a step: done, so already, could not be done, or not tried because one before it could not."""

ME: Final = "me"
QUEUE: Final = "queue"
"""What an `assign` step says instead of a colleague's id; no id looks like them."""


class StepDone(msgspec.Struct, frozen=True, kw_only=True):
    """One step and what became of it; `why` is the refusal's code, `facts` what its sentence says."""

    step: workspace.MacroStep
    state: StepState
    why: str = ""
    facts: Mapping[str, str | float] = msgspec.field(default_factory=dict)


class MacroRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to. `complete`: every step was done, or was so already."""

    key: str
    name: str
    complete: bool
    steps: tuple[StepDone, ...]


class RunWish(NamedTuple):
    """Which macro, what is filled into the places of its texts, and the key that makes a repeated run the same."""

    macro: str
    places: Mapping[str, str]
    key: str


class DailyVerbs(NamedTuple):
    """The verbs of every day that steps are done with, and what one of them asks."""

    take_over: Callable[[Scope, ConversationId], Awaitable[Any]]
    reply: Callable[..., Awaitable[Any]]
    hand_over: Callable[..., Awaitable[Any]]
    resolve: Callable[[Scope, ConversationId], Awaitable[Any]]
    own_language: Callable[[Scope], str]
    """Returns in which language the company answers where it does not know the customer's; may read the database."""


class _Run(NamedTuple):
    scope: Scope
    conversation_id: ConversationId
    places: Mapping[str, str]
    key: str

    @property
    def one(self) -> tuple[ConversationId]:
        return (self.conversation_id,)


class Macros:
    """The verb; `scope.actor` is the member of staff who acts."""

    def __init__(
        self, transactions: Transactions, *, daily: DailyVerbs, marking: Marking, noting: Noting, snoozing: Snoozing
    ) -> None:
        """Take the verbs that steps are done with."""
        self._transactions = transactions
        self._daily = daily
        self._marking = marking
        self._noting = noting
        self._snoozing = snoozing
        self._steps: dict[str, Callable[[_Run, Any], Awaitable[bool]]] = {
            "label": self._label,
            "unlabel": self._unlabel,
            "priority": self._prioritise,
            "status": self._set_status,
            "attribute": self._fill_in,
            "note": self._note,
            "reply": self._reply,
            "assign": self._assign,
            "snooze": self._snooze,
            "resolve": self._resolve,
        }

    async def run(self, scope: Scope, conversation_id: ConversationId, wish: RunWish) -> MacroRun:
        """Run a macro on a conversation and return what became of each step.

        A step that cannot be done ends the run: what was done before it stays, what comes after it is left. Each step
        is a transaction of its own, as if somebody did it by hand. Raises `NotFound` for an unknown conversation, and
        for a macro that there is not or that is somebody else's; then nothing was done.
        """
        macro = await self._transactions.read_async(lambda tx: _macro_at(tx, scope, conversation_id, wish.macro))
        done: list[StepDone] = []
        for number, step in enumerate(macro.steps):
            if done and done[-1].state in {"refused", "left"}:
                done.append(StepDone(step=step, state="left"))
                continue
            run = _Run(scope, conversation_id, wish.places, f"{number}:{wish.key}")
            done.append(await self._do(run, step))
        complete = all(one.state in {"done", "unchanged"} for one in done)
        return MacroRun(key=wish.macro, name=macro.name, complete=complete, steps=tuple(done))

    async def _do(self, run: _Run, step: workspace.MacroStep) -> StepDone:
        try:
            changed = await self._steps[step.verb](run, step.value)
        except (Conflict, Malformed, NotFound, SecretRefused, TooLarge) as error:
            return StepDone(step=step, state="refused", why=error.code, facts=error.facts)
        return StepDone(step=step, state="done" if changed else "unchanged")

    async def _label(self, run: _Run, value: str) -> bool:
        return _changed(await self._marking.label(run.scope, run.one, add=(value,), remove=()))

    async def _unlabel(self, run: _Run, value: str) -> bool:
        return _changed(await self._marking.label(run.scope, run.one, add=(), remove=(value,)))

    async def _prioritise(self, run: _Run, value: int) -> bool:
        return _changed(await self._marking.prioritise(run.scope, run.one, priority=value))

    async def _set_status(self, run: _Run, value: str) -> bool:
        return _changed(await self._marking.set_status(run.scope, run.one, status=value))

    async def _fill_in(self, run: _Run, value: Mapping[str, Any]) -> bool:
        held = value["value"]
        filled = WildText(workspace.fill_places(held, run.places)) if isinstance(held, str) else held
        return _changed(await self._marking.fill_in(run.scope, run.conversation_id, {value["key"]: filled}))

    async def _note(self, run: _Run, value: str) -> bool:
        text = WildText(workspace.fill_places(value, run.places))
        await self._noting.note(run.scope, run.conversation_id, text, key=run.key)
        return True

    async def _reply(self, run: _Run, value: str | Mapping[str, str]) -> bool:
        written = value if isinstance(value, str) else await self._canned(run, value["reply"])
        text = WildText(workspace.fill_places(written, run.places))
        await self._daily.reply(run.scope, run.conversation_id, text, key=run.key)
        return True

    async def _canned(self, run: _Run, key: str) -> str:
        """Return a canned reply in the customer's language if it has one. Raises `NotFound`."""
        own = await asyncio.to_thread(self._daily.own_language, run.scope)

        def read(tx: Tx) -> str:
            card = card_at(tx, run.scope, run.conversation_id)
            reply = _own(tx, run.scope, "reply", key)
            if not isinstance(reply, workspace.CannedReply):
                raise NotFound("there is no such reply")
            return workspace.text_in(reply.texts, card.language, own)

        return await self._transactions.read_async(read)

    async def _assign(self, run: _Run, value: str) -> bool:
        card = await self._transactions.read_async(lambda tx: card_at(tx, run.scope, run.conversation_id))
        me = run.scope.actor.id
        if _stands_so(card, value, me=me):
            return False
        if value in {ME, me}:
            await self._daily.take_over(run.scope, run.conversation_id)
            return True
        wish = HandOver(to=None if value == QUEUE else StaffId(value), note=WildText(""))
        await self._daily.hand_over(run.scope, run.conversation_id, wish, key=run.key)
        return True

    async def _snooze(self, run: _Run, value: int) -> bool:
        # Counted from the moment of the run: asked for again it sleeps from then on.
        until = await self._transactions.read_async(lambda tx: tx.now + timedelta(hours=value))
        await self._snoozing.snooze(run.scope, run.conversation_id, until=until)
        return True

    async def _resolve(self, run: _Run, _value: None) -> bool:
        card = await self._transactions.read_async(lambda tx: card_at(tx, run.scope, run.conversation_id))
        await self._daily.resolve(run.scope, run.conversation_id)
        return card.state != "resolved"


def _macro_at(tx: Tx, scope: Scope, conversation_id: ConversationId, key: str) -> workspace.Macro:
    card_at(tx, scope, conversation_id)
    macro = _own(tx, scope, "macro", key)
    if not isinstance(macro, workspace.Macro):
        raise NotFound("there is no such macro")
    workspace.require_steps(macro)
    return macro


def _own(tx: Tx, scope: Scope, kind: workspace.PieceKind, key: str) -> workspace.Piece:
    """Return a piece that is everybody's or the acting member's. Raises `NotFound`."""
    written = workspace.find_piece(tx, scope, kind, key)
    if written.owner not in {workspace.EVERYBODY, scope.actor.id}:
        raise NotFound(f"there is no such {kind}")
    return written.piece


def _stands_so(card: record.Card, value: str, *, me: str) -> bool:
    if value == QUEUE:
        return card.state == "waiting"
    return card.state == "human" and card.assignee == (me if value == ME else value)


def _changed(marked: Marked) -> bool:
    if marked.missing:
        raise NotFound("no such conversation")
    return bool(marked.changed)
