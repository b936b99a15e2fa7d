"""Follow-up tasks: what is still to be done about a conversation, by whom and until when."""

from datetime import datetime
from typing import Any, Final

import msgspec

from doorward import record
from doorward.flow.desk.rooms import DeskRooms, DeskText, NewLine, audit_of, card_at, screen_words
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

LONGEST_TASK: Final = 500
MOST_TASKS: Final = 100
"""Tasks of one conversation that are not done."""


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, by whom (None for anybody) and until when (None for some day)."""

    text: WildText
    assignee: StaffId | None = None
    due_at: datetime | None = None


class TaskChange(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a task; what is unset stays."""

    done: bool | msgspec.UnsetType = msgspec.UNSET
    assignee: StaffId | msgspec.UnsetType | None = msgspec.UNSET
    due_at: datetime | msgspec.UnsetType | None = msgspec.UNSET


class Tasks:
    """The verbs; `scope.actor` is the member of staff who acts. The conversation need not be theirs."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def add(self, scope: Scope, conversation_id: ConversationId, task: NewTask, *, key: str) -> record.Task:
        """Add a task, its words masked; the same `key` again is the same task.

        Raises `NotFound` for an unknown conversation or colleague, `Malformed`, `TooLarge`, `SecretRefused`, and
        `Conflict` when `MOST_TASKS` are to be done already.
        """
        if task.text.is_blank:
            raise Malformed("text: empty")
        if len(task.text) > LONGEST_TASK:
            raise TooLarge(f"text: longer than {LONGEST_TASK} characters", limit=LONGEST_TASK)
        task_id = derive_id("task", scope.tenant_id, conversation_id, scope.actor.id, key)
        text = DeskText(MessageId(task_id), task.text)
        written = await screen_words(self._transactions, self._rooms, scope, about=conversation_id, text=text)

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, f"task:{task_id}") is not None:
                return Outcome(None)
            if card.open_tasks >= MOST_TASKS:
                raise Conflict(f"{MOST_TASKS} tasks are to be done already", why="too_many")
            self._rooms.colleagues.require_known(tx, scope, () if task.assignee is None else (task.assignee,))
            due_at = None if task.due_at is None else task.due_at.isoformat()
            data = {"task_id": task_id, "assignee": task.assignee, "due_at": due_at}
            entry = written.line(tx, scope, card, NewLine("task.added", f"task:{task_id}", data))
            return Outcome(None, (entry, audit_of("task.added", conversation_id)))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: _task(tx, scope, conversation_id, task_id))

    async def change(
        self, scope: Scope, conversation_id: ConversationId, task_id: str, change: TaskChange
    ) -> record.Task:
        """Change a task: done or not, somebody else's, due at another time. What is so already stays unsaid.

        Raises `NotFound` for an unknown task or colleague.
        """

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            data = _changed(_task(tx, scope, conversation_id, task_id), change)
            if not data:
                return Outcome(None)
            named = data.get("assignee")
            self._rooms.colleagues.require_known(tx, scope, () if named is None else (named,))
            entry = Entry(
                kind="task.changed",
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=f"task:{task_id}:{card.last_seq}",
                at=tx.now,
                actor=scope.actor,
                data={"task_id": task_id} | data,
            )
            return Outcome(None, (entry, audit_of("task.changed", conversation_id, *sorted(data))))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: _task(tx, scope, conversation_id, task_id))


def _task(tx: Tx, scope: Scope, conversation_id: ConversationId, task_id: str) -> record.Task:
    for task in record.tasks_of(tx, scope, conversation_id, limit=10_000):
        if task.task_id == task_id:
            return task
    raise NotFound("no such task")


def _changed(task: record.Task, change: TaskChange) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if change.done is not msgspec.UNSET and change.done != (task.done_at is not None):
        data["done"] = change.done
    if change.assignee is not msgspec.UNSET and change.assignee != task.assignee:
        data["assignee"] = change.assignee
    if change.due_at is not msgspec.UNSET and change.due_at != task.due_at:
        data["due_at"] = None if change.due_at is None else change.due_at.isoformat()
    return data
