"""Where an act of a machine is told: a conversation of its own, which says at once that a machine began it."""

from typing import Any

from doorward.flow.machines.requests import by_machine, conversation_of
from doorward.identity import Mandate, Use
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import house_text

CHANNEL = "machine"
"""The channel of what a machine began."""


def machine_scope(scope: Scope, mandate: Mandate) -> Scope:
    """Return the tenant's scope in which a machine acts by a mandate."""
    return scope.acting_as(Actor(kind="machine", id=mandate.id))


def opened(tx: Tx, scope: Scope, mandate: Mandate, *, use: Use, language: str) -> Entry:
    """Return the first line of the conversation in which an act is told."""
    return _line(tx, scope, mandate, use, ("conversation.opened", "opened", {"channel": CHANNEL, "language": language}))


def asked(tx: Tx, scope: Scope, mandate: Mandate, *, use: Use, words: str) -> Entry:
    """Return the line of what a machine asked for, in the house's words."""
    data = {"capability": use.capability, "kind": use.kind, "use": use.id}
    line = _line(tx, scope, mandate, use, ("machine.asked", f"machine:{use.id}", data))
    return Entry(
        kind=line.kind,
        conversation_id=line.conversation_id,
        party_id=line.party_id,
        key=line.key,
        at=line.at,
        actor=line.actor,
        text=house_text(words),
        data=line.data,
    )


def _line(tx: Tx, scope: Scope, mandate: Mandate, use: Use, what: tuple[Any, str, dict[str, Any]]) -> Entry:
    kind, key, data = what
    return Entry(
        kind=kind,
        conversation_id=conversation_of(scope, use.id),
        party_id=mandate.acting_id,
        key=key,
        at=tx.now,
        actor=machine_scope(scope, mandate).actor,
        data=data | {"by_machine": by_machine(mandate)},
    )
