"""Blocks: a sender who abuses the door is turned away for a time, knows why, and may appeal once."""

from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

import msgspec

from doorward.admission import repository
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound, SenderBlocked
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

BlockReason = Literal["abuse", "threats", "spam", "fraud", "policy", "other"]
Decision = Literal["lift", "keep"]

REASONS: Final[tuple[BlockReason, ...]] = get_args(BlockReason)
DURATIONS: Final = (1, 24, 72, 7 * 24, 30 * 24)
"""Hours that a block may last. None is for ever: people change, and addresses change hands."""


class NewBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A block to be made. `note` is masked and for colleagues alone; `language` is the sender's."""

    party_id: PartyId
    conversation_id: ConversationId
    reason: BlockReason
    hours: int
    note: str = ""
    language: str = ""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One block with all that became of it. Texts are masked."""

    id: str
    party_id: PartyId
    conversation_id: ConversationId
    reason: BlockReason
    note: str
    language: str
    blocked_at: datetime
    blocked_by: str
    ends_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    appealed_at: datetime | None
    appeal: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision: Decision | None
    decision_note: str | None

    @property
    def waits(self) -> bool:
        """Return whether an appeal waits for somebody to decide."""
        return self.appealed_at is not None and self.decided_at is None and self.lifted_at is None


class Blocks:
    """The list of blocked senders. A block names a customer or visitor, never a member of staff."""

    def block(self, tx: Tx, scope: Scope, wanted: NewBlock) -> Outcome[Block]:
        """Turn a sender away for a time. Raises `Malformed` (reason, hours), `Conflict` when they are blocked."""
        if wanted.reason not in REASONS or wanted.hours not in DURATIONS:
            raise Malformed("reason, hours: not among those there are")
        if repository.standing_blocks(tx, scope, [wanted.party_id]):
            raise Conflict("this sender is blocked already")
        block_id = new_id()
        values = {
            "id": block_id,
            "party_id": wanted.party_id,
            "conversation_id": wanted.conversation_id,
            "reason": wanted.reason,
            "note": wanted.note,
            "language": wanted.language,
            "blocked_at": tx.now,
            "blocked_by": scope.actor.id,
            "ends_at": tx.now + timedelta(hours=wanted.hours),
        }
        repository.insert_block(tx, scope, values)
        events = (
            _event("sender.blocked", block_id, "reason", "ends_at", reason=wanted.reason),
            AuditEvent(action="party.blocked", object_kind="party", object_id=wanted.party_id, reason=wanted.reason),
        )
        return Outcome(self.find(tx, scope, block_id), entries=events)

    def standing(self, tx: Tx, scope: Scope, *party_ids: PartyId) -> Block | None:
        """Return the block that turns any of these parties away now, or None."""
        rows = repository.standing_blocks(tx, scope, list(dict.fromkeys(party_ids)))
        return _block(rows[0]) if rows else None

    def refuse_blocked(self, tx: Tx, scope: Scope, *party_ids: PartyId) -> None:
        """Raise `SenderBlocked`, with what the sender may know, when one of these parties is blocked now."""
        block = self.standing(tx, scope, *party_ids)
        if block is not None:
            raise SenderBlocked(
                "the sender is blocked",
                tenant=scope.tenant_id,
                block=block.id,
                reason=block.reason,
                ends_at=block.ends_at.isoformat(),
                language=block.language,
                appealed=int(block.appealed_at is not None),
            )

    def find(self, tx: Tx, scope: Scope, block_id: str) -> Block:
        """Return a block. Raises `NotFound`."""
        row = repository.find_block(tx, scope, block_id)
        if row is None:
            raise NotFound("no such block")
        return _block(row)

    def list_blocks(self, tx: Tx, scope: Scope, *, standing: bool = True) -> tuple[Block, ...]:
        """Return the newest 200 blocks that hold now, those whose appeal waits first; or those that are over."""
        found = [_block(row) for row in repository.blocks(tx, scope, standing=standing)]
        return tuple(sorted(found, key=lambda block: not block.waits))

    def count_waiting(self, tx: Tx, scope: Scope) -> int:
        """Return how many appeals wait for the acting member of staff: those against blocks of others that hold now."""
        return repository.count_appeals(tx, scope)

    def lift(self, tx: Tx, scope: Scope, block_id: str) -> Outcome[None]:
        """End a block before its time; whoever made it may. Raises `NotFound`, `Conflict` when it is over."""
        self._held(tx, scope, block_id)
        repository.update_block(tx, scope, block_id, {"lifted_at": tx.now, "lifted_by": scope.actor.id})
        return Outcome(None, entries=(_event("sender.unblocked", block_id, "lifted_at"),))

    def appeal(self, tx: Tx, scope: Scope, block_id: str, *, words: str) -> Outcome[None]:
        """Take the one appeal of the blocked sender, in masked words. Raises `NotFound`, `Conflict` for a second."""
        if self._held(tx, scope, block_id).appealed_at is not None:
            raise Conflict("there is an appeal already")
        repository.update_block(tx, scope, block_id, {"appealed_at": tx.now, "appeal": words})
        return Outcome(None, entries=(_event("block.appealed", block_id, "appeal"),))

    def decide(self, tx: Tx, scope: Scope, block_id: str, *, decision: Decision, note: str) -> Outcome[None]:
        """Decide an appeal, with masked words why. Whoever blocked does not decide on it.

        Raises `NotFound`, `Malformed` without words, `NotAllowed` for the one who blocked, `Conflict` without an appeal
        that waits.
        """
        block = self._held(tx, scope, block_id)
        if not block.waits:
            raise Conflict("no appeal waits here")
        if scope.actor.id == block.blocked_by:
            raise NotAllowed("somebody else decides on the appeal against a block")
        if decision not in get_args(Decision) or not note.strip():
            raise Malformed("decision, note: lift or keep, and why")
        values: dict[str, Any] = {
            "decided_at": tx.now,
            "decided_by": scope.actor.id,
            "decision": decision,
            "decision_note": note,
        }
        if decision == "lift":
            values |= {"lifted_at": tx.now, "lifted_by": scope.actor.id}
        repository.update_block(tx, scope, block_id, values)
        return Outcome(None, entries=(_event("appeal.decided", block_id, "decision", reason=decision),))

    def _held(self, tx: Tx, scope: Scope, block_id: str) -> Block:
        row = repository.find_block(tx, scope, block_id, held=True)
        if row is None:
            raise NotFound("no such block")
        block = _block(row)
        if block.lifted_at is not None or block.ends_at <= tx.now:
            raise Conflict("the block is over")
        return block


def _block(row: Any) -> Block:
    values = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name
    values.pop("tenant_id")
    return msgspec.convert(values, Block)


def _event(action: str, block_id: str, *fields: str, reason: str | None = None) -> AuditEvent:
    return AuditEvent(action=action, object_kind="block", object_id=block_id, fields=fields, reason=reason)
