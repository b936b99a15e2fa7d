"""What lines of the ledger put on a conversation beside its card, and what each member of staff has seen of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from doorward.kit.tx import Tx
from doorward.record import marks_repository as repository
from doorward.record.reviews import project_review
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId, TenantId
from doorward.vocabulary.scope import Scope


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done about a conversation; its words are ledger line `seq`. `assignee` None is anybody."""

    task_id: str
    conversation_id: ConversationId
    seq: int
    assignee: StaffId | None
    due_at: datetime | None
    done_at: datetime | None


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """That ledger line `seq` of a conversation names somebody, and when it was written."""

    conversation_id: ConversationId
    seq: int
    at: datetime


class ScheduledReply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that waits to be sent; its words are ledger line `seq`."""

    tenant_id: TenantId
    message_id: MessageId
    conversation_id: ConversationId
    seq: int
    send_at: datetime


def project_marks(tx: Tx, scope: Scope, numbered: Iterable[tuple[int, Entry]]) -> None:
    """Bring up to date what numbered ledger lines put beside the card, in the transaction that writes them."""
    for seq, entry in numbered:
        match entry.kind:
            case "labels.changed":
                repository.add_labels(tx, scope, entry.conversation_id, entry.data.get("added", ()))
                repository.remove_labels(tx, scope, entry.conversation_id, entry.data.get("removed", ()))
            case "note.written" if entry.data.get("mentions"):
                mention = {"conversation_id": entry.conversation_id, "seq": seq, "at": entry.at}
                named = dict.fromkeys(entry.data["mentions"])
                repository.add_mentions(tx, scope, [{"staff_id": one, **mention} for one in named])
            case "handoff.invited":
                row = {"staff_id": entry.data["to"], "conversation_id": entry.conversation_id, "seq": seq}
                repository.add_mentions(tx, scope, [row | {"at": entry.at}])
            case "task.added" | "task.changed":
                _project_task(tx, scope, entry, seq)
            case "review.written" | "review.answered":
                project_review(tx, scope, seq, entry)
            case "reply.scheduled":
                at = datetime.fromisoformat(entry.data["send_at"])
                row = {"message_id": entry.message_id, "conversation_id": entry.conversation_id, "seq": seq}
                repository.add_scheduled(tx, scope, row | {"send_at": at})
            case "reply.cancelled":
                repository.remove_scheduled(tx, scope, str(entry.message_id))
            case "message.agent" if entry.data.get("scheduled"):
                repository.remove_scheduled(tx, scope, str(entry.message_id))
            case _:
                pass


def _project_task(tx: Tx, scope: Scope, entry: Entry, seq: int) -> None:
    data = entry.data
    changes: dict[str, Any] = {}
    if "assignee" in data:
        changes["assignee"] = data["assignee"]
    if "due_at" in data:
        changes["due_at"] = None if data["due_at"] is None else datetime.fromisoformat(data["due_at"])
    if "done" in data:
        changes["done_at"] = entry.at if data["done"] else None
    if entry.kind == "task.added":
        repository.add_task(
            tx,
            scope,
            {"task_id": data["task_id"], "conversation_id": entry.conversation_id, "seq": seq, "done_at": None}
            | {"assignee": None, "due_at": None}
            | changes,
        )
    elif changes:
        repository.change_task(tx, scope, data["task_id"], changes)


def count_labels(tx: Tx, scope: Scope) -> dict[str, int]:
    """Return how many conversations have each label; labels that none has are left out."""
    return repository.count_labels(tx, scope)


def latest_mention(tx: Tx, scope: Scope, staff_id: StaffId) -> Mention | None:
    """Return where somebody was named last; None for somebody whom no line names."""
    row = repository.latest_mention(tx, scope, staff_id)
    return None if row is None else Mention(conversation_id=row.conversation_id, seq=row.seq, at=row.at)


def tasks_of(tx: Tx, scope: Scope, conversation_id: ConversationId, *, limit: int = 200) -> tuple[Task, ...]:
    """Return a conversation's tasks, what is due first first, done ones last."""
    return tuple(
        _task(row)
        for row in repository.find_tasks(tx, scope, conversation_id=conversation_id, assignee=None, limit=limit)
    )


def tasks_for(
    tx: Tx, scope: Scope, staff_id: StaffId, *, behind: tuple[datetime | None, str] | None = None, limit: int = 200
) -> tuple[Task, ...]:
    """Return what somebody still has to do, what is due first first, behind a place: a task's due moment and id."""
    if behind is not None:
        rows = repository.find_tasks_behind(tx, scope, staff_id, place=behind, limit=limit)
    else:
        rows = repository.find_tasks(tx, scope, conversation_id=None, assignee=staff_id, limit=limit)
    return tuple(_task(row) for row in rows)


def scheduled_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[ScheduledReply, ...]:
    """Return the replies of a conversation that wait to be sent, the next first."""
    return tuple(_scheduled(row) for row in repository.find_scheduled(tx, scope, conversation_id))


def due_replies(tx: Tx, *, limit: int = 100) -> tuple[ScheduledReply, ...]:
    """Return the replies of all tenants whose time has come, the first first."""
    return tuple(_scheduled(row) for row in repository.due_scheduled(tx, until=tx.now, limit=limit))


def note_seen(tx: Tx, scope: Scope, conversation_id: ConversationId, *, seq: int) -> None:
    """Note that the acting member of staff has seen a conversation up to a line; never less than before."""
    repository.save_seen(tx, scope, StaffId(scope.actor.id), conversation_id, seq=seq)


def seen_by(
    tx: Tx, scope: Scope, staff_id: StaffId, conversation_ids: Sequence[ConversationId]
) -> dict[ConversationId, int]:
    """Return up to which line somebody has seen these conversations; those they never saw are left out."""
    return repository.find_seen(tx, scope, staff_id, conversation_ids) if conversation_ids else {}


def _task(row: Any) -> Task:
    return Task(
        task_id=row.task_id,
        conversation_id=ConversationId(row.conversation_id),
        seq=row.seq,
        assignee=None if row.assignee is None else StaffId(row.assignee),
        due_at=row.due_at,
        done_at=row.done_at,
    )


def _scheduled(row: Any) -> ScheduledReply:
    return ScheduledReply(
        tenant_id=TenantId(row.tenant_id),
        message_id=MessageId(row.message_id),
        conversation_id=ConversationId(row.conversation_id),
        seq=row.seq,
        send_at=row.send_at,
    )
