"""Merging conversations of one customer, and taking them apart again as long as nothing was said since."""

from datetime import datetime
from typing import Any, Final

import msgspec

from doorward import record, routing
from doorward.flow import repository
from doorward.flow.attachments import release
from doorward.flow.desk.rooms import DeskRooms, audit_of, card_at
from doorward.flow.joined import all_taken_in, is_undoable, taken_in
from doorward.flow.views.told import most_stretches
from doorward.identity import family_of
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry, EntryKind
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope

MOST_TAKEN_IN: Final = 14
"""Conversations that one holds, also by way of others, and stretches that its visitors have read: there are numbers
for so many (`flow.views.told`)."""

Lines = tuple[Entry | AuditEvent, ...]


class Joining:
    """The verbs; `scope.actor` is the member of staff who acts."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def merge(self, scope: Scope, conversation_id: ConversationId, *, into: ConversationId) -> record.Card:
        """Merge a conversation into another one of the same customer, and return the other's card.

        What was said is read in the other one, in order of time; what the customer writes to the merged one goes on
        there. Its open tasks go along, its replies that wait are cancelled (`why`: `merged`), and who had it or waited
        has or waits in the other one, unless that is with somebody. Merging again changes nothing.

        Raises `NotFound`, and `Conflict` (fact `why`): `itself`, `merged` (one of them goes on elsewhere already),
        `over` (the other one is), `other_customer`, `unproven` (who writes there has not shown that they are this
        customer), `theirs` (a colleague has it), `busy` (a message in it is being answered), `too_many`.
        """

        def work(tx: Tx) -> Outcome[None]:
            absorbed, keeper = _held(tx, scope, conversation_id, into)
            if absorbed.merged_into == into:
                return Outcome(None)
            self._require_joinable(tx, scope, absorbed, keeper)
            return Outcome(None, _merged(tx, scope, absorbed, keeper))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, into))

    async def separate(self, scope: Scope, conversation_id: ConversationId) -> record.Card:
        """Take a merged conversation apart again, as it stood before, and return its card.

        Its tasks come back; replies that were cancelled stay so. Raises `NotFound`, and `Conflict` (fact `why`):
        `not_merged`, `said` when something was said in the other one since.
        """
        into = (await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))).merged_into
        if into is None:
            raise Conflict("this conversation was not merged", why="not_merged")

        def work(tx: Tx) -> Outcome[None]:
            absorbed, keeper = _held(tx, scope, conversation_id, ConversationId(into))
            if absorbed.merged_into != into:
                raise Conflict("this conversation was not merged", why="not_merged")
            line = _line_of(tx, scope, absorbed, keeper)
            if not is_undoable(tx, scope, line):
                raise Conflict("something was said since", why="said")
            return Outcome(None, _separated(tx, scope, absorbed, keeper, line=line))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    async def same_customer(
        self, scope: Scope, conversation_id: ConversationId, *, other: ConversationId
    ) -> record.Card:
        """Say that the visitor of one of two conversations is the customer of the other, and return the first's card.

        From then on they are one contact to the desk. It proves nothing: what a browser may read or do stays what it
        has shown itself. Again is nothing new. Raises `NotFound`, and `Conflict` (fact `why`): `two_customers`, or
        `no_customer` where neither is known.
        """

        def work(tx: Tx) -> Outcome[None]:
            parties = self._rooms.parties
            here, there = (
                parties.recognise(tx, scope, card_at(tx, scope, one).party_id) for one in (conversation_id, other)
            )
            if here.id == there.id:
                return Outcome(None)
            known = [one.id for one in (here, there) if one.kind == "customer"]
            if len(known) != 1:
                raise Conflict("both or neither is a customer", why="two_customers" if known else "no_customer")
            visitor_id = there.id if known[0] == here.id else here.id
            linked = parties.link(tx, scope, visitor_id, customer_id=known[0])
            return Outcome(None, (*linked.entries, audit_of("conversation.same_customer", conversation_id, "party")))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: card_at(tx, scope, conversation_id))

    def _require_joinable(self, tx: Tx, scope: Scope, absorbed: record.Card, keeper: record.Card) -> None:
        if absorbed.conversation_id == keeper.conversation_id:
            raise Conflict("a conversation cannot be merged into itself", why="itself")
        if absorbed.merged_into is not None or keeper.merged_into is not None:
            raise Conflict("one of them goes on in another conversation already", why="merged")
        if keeper.state == "resolved":
            raise Conflict("the other conversation is over", why="over")
        if keeper.party_id not in family_of(tx, scope, absorbed.party_id):
            raise Conflict("these are two customers", why="other_customer")
        if not self._may_read_on(tx, scope, absorbed, keeper):
            raise Conflict("who writes there has not shown that they are this customer", why="unproven")
        if absorbed.state == "human" and absorbed.assignee != scope.actor.id:
            raise Conflict("a colleague has this conversation", why="theirs")
        if repository.unfinished_runs(tx, scope, absorbed.conversation_id):
            raise Conflict("a message in it is being answered; again in a moment", why="busy")
        stretches = most_stretches(tx, scope, absorbed.conversation_id)
        if len(all_taken_in(tx, scope, keeper.conversation_id)) + stretches > MOST_TAKEN_IN:
            raise Conflict(f"{MOST_TAKEN_IN} conversations were merged into it already", why="too_many")

    def _may_read_on(self, tx: Tx, scope: Scope, absorbed: record.Card, keeper: record.Card) -> bool:
        """Return whether whoever sits at the absorbed conversation may read what is said in the other one.

        That colleagues say that two are one customer proves nothing: the browser itself must have shown it (as
        identity's rule for `history.read` has it), or be the one that began the other one, or be the company's program.
        """
        here, there = (_begun_by(tx, scope, card) for card in (absorbed, keeper))
        if here is None or here == there:
            return True
        return self._rooms.parties.assurance_of(tx, scope, here).level >= AssuranceLevel.CLAIMED


def _held(
    tx: Tx, scope: Scope, conversation_id: ConversationId, into: ConversationId
) -> tuple[record.Card, record.Card]:
    """Return both cards, held; the queue first, and in one order, so that nobody waits for each other."""
    routing.lock_queue(tx, scope)
    for one in sorted({conversation_id, into}):
        record.lock_conversation(tx, scope, one)
    return card_at(tx, scope, conversation_id), card_at(tx, scope, into)


def _begun_by(tx: Tx, scope: Scope, card: record.Card) -> PartyId | None:
    """Return the acting party that began a conversation, None where a program of the company or the house did."""
    opened = record.find_entry(tx, scope, card.conversation_id, "opened")
    if opened is None or opened.entry.actor.kind != "customer":
        return None
    return PartyId(opened.entry.actor.id)


def _line_of(tx: Tx, scope: Scope, absorbed: record.Card, keeper: record.Card) -> record.WrittenEntry:
    for line in taken_in(tx, scope, keeper.conversation_id):
        if line.entry.data["from"] == absorbed.conversation_id:
            return line
    raise NotFound("it was not taken in")


def _entry(tx: Tx, scope: Scope, card: record.Card, kind: EntryKind, data: dict[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=f"{kind}:{card.last_seq}",
        at=tx.now,
        actor=scope.actor,
        data=data,
    )


def _merged(tx: Tx, scope: Scope, absorbed: record.Card, keeper: record.Card) -> Lines:
    waits = [one for one in (absorbed.unanswered_since, keeper.unanswered_since) if one is not None]
    tasks = _open_tasks(tx, scope, absorbed.conversation_id)
    stands = routing.standing_of(tx, scope, absorbed.conversation_id)
    moved = {task.entry.data["task_id"]: _moved(tx, scope, task, keeper) for task in tasks}
    taken = {
        "from": absorbed.conversation_id,
        "unanswered_since": _written(min(waits, default=None)),
        "before": _written(keeper.unanswered_since),
        "tasks": {old: new.data["task_id"] for old, new in moved.items()},
    }
    left = {
        "into": keeper.conversation_id,
        "line": keeper.last_seq + 1,
        "state": absorbed.state,
        "assignee": absorbed.assignee,
        "queue": absorbed.queue,
        "priority": 0 if stands is None else stands.priority,
        "unanswered_since": _written(absorbed.unanswered_since),
        "resolved_at": _written(absorbed.resolved_at),
    }
    return (
        _entry(tx, scope, keeper, "conversation.absorbed", taken),
        *moved.values(),
        *(_settled(tx, scope, absorbed, old, done=True) for old in moved),
        *_cancelled(tx, scope, absorbed),
        _entry(tx, scope, absorbed, "conversation.merged", left),
        audit_of("conversation.merged", absorbed.conversation_id, "merged_into"),
        audit_of("conversation.absorbed", keeper.conversation_id),
        *_routed_on(tx, scope, absorbed, keeper, stands=stands),
    )


def _routed_on(
    tx: Tx, scope: Scope, absorbed: record.Card, keeper: record.Card, *, stands: routing.Standing | None
) -> Lines:
    """Let who had the absorbed conversation, or who waited in it, go on in the other one; nobody who waits is lost.

    Who waited has the place that they had, with its queue, class and time.
    """
    lines: Lines = ()
    there = keeper.conversation_id, keeper.party_id
    if absorbed.state == "human" and absorbed.assignee is not None and keeper.state in {"bot", "waiting"}:
        lines = routing.assign(tx, scope, *there, staff_id=StaffId(absorbed.assignee)).entries
    elif absorbed.state == "waiting" and keeper.state == "bot" and stands is not None:
        data = {"reason": absorbed.reason or "merged", "queue": stands.queue, "priority": stands.priority}
        lines = (_entry(tx, scope, keeper, "handoff.requested", data),)
        other, party_id = there
        routing.carry_on(tx, scope, absorbed.conversation_id, other=other, party_id=party_id)
    return (*lines, *routing.leave_queue(tx, scope, absorbed.conversation_id).entries)


def _separated(tx: Tx, scope: Scope, absorbed: record.Card, keeper: record.Card, *, line: record.WrittenEntry) -> Lines:
    merged = max(
        record.entries_of_kinds(tx, scope, (absorbed.conversation_id,), kinds=("conversation.merged",)),
        key=lambda one: one.seq,
    ).entry.data
    tasks: dict[str, str] = line.entry.data["tasks"]
    still = {one.entry.data["task_id"] for one in _open_tasks(tx, scope, keeper.conversation_id)}
    back = {old: new for old, new in tasks.items() if new in still}
    state = merged["state"]
    stood = {
        "into": keeper.conversation_id,
        "state": "bot" if state == "human" else state,
        "queue": merged["queue"],
        "unanswered_since": merged["unanswered_since"],
        "resolved_at": merged["resolved_at"],
    }
    given = {"from": absorbed.conversation_id, "unanswered_since": line.entry.data["before"]}
    return (
        _entry(tx, scope, keeper, "conversation.separated", given),
        *(_settled(tx, scope, keeper, new, done=True) for new in back.values()),
        _entry(tx, scope, absorbed, "conversation.separated", stood),
        *(_settled(tx, scope, absorbed, old, done=False) for old in back),
        audit_of("conversation.separated", absorbed.conversation_id, "merged_into"),
        audit_of("conversation.separated", keeper.conversation_id),
        *_routed_back(tx, scope, absorbed, merged),
    )


def _routed_back(tx: Tx, scope: Scope, absorbed: record.Card, merged: dict[str, Any]) -> Lines:
    here = absorbed.conversation_id, absorbed.party_id
    if merged["state"] == "human":
        return routing.assign(tx, scope, *here, staff_id=StaffId(merged["assignee"])).entries
    if merged["state"] == "waiting":
        handoff = Handoff(
            reason=absorbed.reason,
            queue=merged["queue"] or "default",
            priority=merged.get("priority", 0),
            channel=absorbed.channel,
            language=absorbed.language,
        )
        return routing.enter_queue(tx, scope, *here, handoff=handoff).entries
    return ()


def _open_tasks(tx: Tx, scope: Scope, conversation_id: ConversationId) -> list[record.WrittenEntry]:
    """Return the lines of a conversation's tasks that are not done, as they stand now."""
    tasks = [task for task in record.tasks_of(tx, scope, conversation_id) if task.done_at is None]
    lines = record.entries_at(tx, scope, conversation_id, [task.seq for task in tasks])
    found = []
    for task in tasks:
        line = lines[task.seq]
        data = {"task_id": task.task_id, "assignee": task.assignee, "due_at": _written(task.due_at)}
        found.append(msgspec.structs.replace(line, entry=msgspec.structs.replace(line.entry, data=data)))
    return found


def _moved(tx: Tx, scope: Scope, task: record.WrittenEntry, keeper: record.Card) -> Entry:
    """Return the line of a task in the conversation that it goes along to; its masked places stay what they are."""
    entry = task.entry
    where = (entry.data["task_id"], keeper.conversation_id, str(keeper.last_seq))
    task_id = derive_id("task", scope.tenant_id, *where)
    return msgspec.structs.replace(
        entry,
        conversation_id=keeper.conversation_id,
        party_id=keeper.party_id,
        key=f"task:{task_id}",
        at=tx.now,
        actor=scope.actor,
        message_id=MessageId(task_id),
        data=entry.data | {"task_id": task_id},
    )


def _settled(tx: Tx, scope: Scope, card: record.Card, task_id: str, *, done: bool) -> Entry:
    line = _entry(tx, scope, card, "task.changed", {"task_id": task_id, "done": done, "why": "moved"})
    return msgspec.structs.replace(line, key=f"task:{task_id}:{card.last_seq}")


def _cancelled(tx: Tx, scope: Scope, absorbed: record.Card) -> Lines:
    lines: list[Entry | AuditEvent] = []
    for one in record.scheduled_of(tx, scope, absorbed.conversation_id):
        release(tx, scope, absorbed.conversation_id, one.message_id)
        line = _entry(tx, scope, absorbed, "reply.cancelled", {"why": "merged"})
        lines.append(msgspec.structs.replace(line, key=f"cancelled:{one.message_id}", message_id=one.message_id))
        lines.append(audit_of("reply.cancelled", absorbed.conversation_id))
    return tuple(lines)


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
