"""Messages that a tenant's policy does not let in: only that there was one is kept, and of which kinds."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from doorward import record
from doorward.admission import Blocks, NewBlock
from doorward.kit.tx import Transactions, Tx
from doorward.protection import Refusal, Weighed
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import SecretRefused
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope

HOURS: Final = 24
"""How long a sender is turned away for what a policy blocks, unless somebody who looks at it lifts the block."""

Lines = tuple[Entry | AuditEvent, ...]


def audited(weighed: Weighed, message_id: MessageId, channel: str) -> tuple[AuditEvent, ...]:
    """Return the audit lines of what a policy decided about a text: kinds and the channel, nothing else."""
    if weighed.refusal is not None:
        return (_event("message.refused", message_id, weighed.refusal.kinds, channel),)
    return (_event("message.dropped", message_id, weighed.dropped, channel),) if weighed.dropped else ()


def noting(transactions: Transactions) -> Callable[[Scope, tuple[AuditEvent, ...]], None]:
    """Return what writes audit lines down in a transaction of their own."""
    return lambda scope, events: transactions.write(scope, lambda _tx: Outcome(None, events))


def secret_refused(kinds: Mapping[str, int], *, language: str | None) -> SecretRefused:
    """Return the refusal for whoever wrote the message; `language` is theirs, where it is known."""
    return SecretRefused("the company's policy refuses this", kinds=" ".join(sorted(kinds)), language=language or "")


class Refusals:
    """Writes down what was refused."""

    def __init__(self, blocks: Blocks) -> None:
        """Turn senders away with `blocks`."""
        self._blocks = blocks

    def refuse(
        self, tx: Tx, scope: Scope, arrival: Arrival, *, message_id: MessageId, refusal: Refusal
    ) -> tuple[SecretRefused, Lines]:
        """Return what the sender is told and the lines that say so; blocks them if the policy says that.

        The ledger's line has the key that the message would have had: it comes again, and is refused again.
        """
        card = record.card_of(tx, scope, arrival.conversation_id)
        language = arrival.language or (card.language if card is not None else "")
        entry = Entry(
            kind="message.refused",
            conversation_id=arrival.conversation_id,
            party_id=arrival.party_id,
            key=f"message:{arrival.channel}:{arrival.client_message_id}",
            at=arrival.received_at,
            actor=scope.actor,
            message_id=message_id,
            data={"channel": arrival.channel, "kinds": dict(refusal.kinds), "language": language},
        )
        lines: Lines = (entry, _event("message.refused", message_id, refusal.kinds, arrival.channel))
        if refusal.blocks and self._blocks.standing(tx, scope, arrival.party_id) is None:
            wanted = NewBlock(
                party_id=arrival.party_id,
                conversation_id=arrival.conversation_id,
                reason="policy",
                hours=HOURS,
                language=language,
            )
            # The policy blocks, not the sender: any member of staff may decide on the appeal.
            policy = system_scope(scope.tenant_id, "masking_policy")
            blocked = self._blocks.block(tx, policy, wanted).entries
            lines = (*lines, *(line for line in blocked if isinstance(line, AuditEvent)))
        return secret_refused(refusal.kinds, language=language), lines

    def again(self, written: record.WrittenEntry) -> SecretRefused:
        """Return what the sender was told the first time."""
        data: Mapping[str, Any] = written.entry.data
        return secret_refused(data["kinds"], language=str(data.get("language") or ""))

    def refuse_blocked(self, tx: Tx, scope: Scope, arrival: Arrival) -> None:
        """Raise `SenderBlocked` when the sender was turned away just now: that says more than the refusal does."""
        self._blocks.refuse_blocked(tx, scope, arrival.party_id)


def _event(action: str, message_id: MessageId, kinds: Collection[str], channel: str) -> AuditEvent:
    fields = tuple(sorted(kind.lower() for kind in kinds))
    return AuditEvent(action=action, object_kind="message", object_id=message_id, fields=fields, reason=channel)
