"""Letting a conversation that waits stand in another queue: where its place in the line is kept."""

from doorward import record, routing
from doorward.flow.desk.rooms import audit_of, card_at
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Placing:
    """The verbs; `scope.actor` is who acts."""

    def __init__(self, transactions: Transactions) -> None:
        """Take where conversations are written."""
        self._transactions = transactions

    async def move(self, scope: Scope, conversation_id: ConversationId, *, queue: str = "", team: str = "") -> bool:
        """Let a conversation stand in a queue, or in the first of a team's; return whether it stood elsewhere.

        It keeps the time at which it entered. Raises `NotFound` for an unknown conversation, queue or team, or a team
        that serves no queue, and `Conflict` (fact `why`) for a conversation that does not wait.
        """

        def work(tx: Tx) -> Outcome[bool]:
            wanted = _first_queue(tx, scope, team) if team else queue
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if card.state != "waiting":
                raise Conflict("this conversation does not wait", why="not_waiting")
            moved = routing.move_to(tx, scope, conversation_id, queue=wanted)
            if not moved.value:
                return Outcome(value=False)
            line = Entry(
                kind="queue.changed",
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=f"queue:{card.last_seq}",
                at=tx.now,
                actor=scope.actor,
                data={"queue": wanted} | ({"team": team} if team else {}),
            )
            audit = audit_of("queue.changed", conversation_id, "queue")
            return Outcome(value=True, entries=(line, audit, *moved.entries))

        return await self._transactions.write_async(scope, work)


def _first_queue(tx: Tx, scope: Scope, name: str) -> str:
    teams = routing.read_plan(tx, scope).plan.teams
    queues = next((one.queues for one in teams if one.name == name), ())
    if not queues:
        raise NotFound(f"there is no team {name} with a queue")
    return queues[0]
