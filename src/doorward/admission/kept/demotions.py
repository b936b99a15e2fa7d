"""Who has less than a person for now: what they were told and promised, and their appeal, which people decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from doorward.admission.flood import CallerClass
from doorward.admission.kept import repository
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

REMEMBERED: Final = timedelta(hours=12)
"""After so long somebody is told anew that there is no person: to ask again is no objection any more."""

KEPT: Final = timedelta(days=30)
"""For how long it is kept who had less; an appeal that waits stays until it is decided."""


class Demotion(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation that had less than a person. `way` and `because` are those of `Admittance`.

    `told_at` is when it was said to them, `promised_until` until when somebody calls back who was promised that,
    `over_until` until when an owner is over their quota. `granted` is what came of an appeal. `ended_at`: they have, or
    wait for, a person after all.
    """

    conversation_id: ConversationId
    party_id: PartyId
    way: str
    because: str
    caller_class: CallerClass
    since: datetime
    over_until: datetime | None = None
    told_at: datetime | None = None
    promised_until: datetime | None = None
    appealed_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    granted: bool | None = None
    ended_at: datetime | None = None

    def is_told(self, now: datetime) -> bool:
        """Return whether they know: they were told within half a day, and have had no person since."""
        return self.told_at is not None and self.ended_at is None and now - self.told_at < REMEMBERED

    @property
    def waits(self) -> bool:
        """Return whether an appeal waits for somebody to decide."""
        return self.appealed_at is not None and self.decided_at is None


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept from a conversation, and why."""

    party_id: PartyId
    way: str
    because: str
    caller_class: CallerClass


def demotion_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Demotion | None:
    """Return how a conversation was demoted last, None if it never was."""
    row = repository.find_demotion(tx, scope, conversation_id)
    return None if row is None else _demotion(row)


def note_over(tx: Tx, scope: Scope, conversation_id: ConversationId, withheld: Withheld, *, retry_after: float) -> None:
    """Keep that a conversation began while its owner was over their quota: what follows in it is no new contact."""
    until = tx.now + timedelta(seconds=retry_after)
    repository.save_demotion(tx, scope, conversation_id, _withheld(tx, withheld) | {"over_until": until})


def note_told(
    tx: Tx, scope: Scope, conversation_id: ConversationId, withheld: Withheld, *, promised: timedelta | None
) -> None:
    """Keep that somebody was told that there is no person for them now, or is `promised` one within that time."""
    values = _withheld(tx, withheld) | {"told_at": tx.now, "ended_at": None}
    values["promised_until"] = None if promised is None else tx.now + promised
    repository.save_demotion(tx, scope, conversation_id, values)


def note_appeal(tx: Tx, scope: Scope, conversation_id: ConversationId, withheld: Withheld) -> tuple[AuditEvent, ...]:
    """Keep that somebody wants people to look at it; one that waits already stays where it is, another follows."""
    row = repository.find_demotion(tx, scope, conversation_id, held=True)
    if row is not None and _demotion(row).waits:
        return ()
    anew = {"appealed_at": tx.now, "decided_at": None, "decided_by": None, "granted": None, "ended_at": None}
    repository.save_demotion(tx, scope, conversation_id, _withheld(tx, withheld) | anew)
    return (_event("admission.appealed", conversation_id, "appealed_at"),)


def decide_appeal(tx: Tx, scope: Scope, conversation_id: ConversationId, *, granted: bool) -> Outcome[Demotion]:
    """Decide an appeal, by the acting member of staff. Raises `NotFound`, `Conflict` where none waits."""
    row = repository.find_demotion(tx, scope, conversation_id, held=True)
    if row is None:
        raise NotFound("no such appeal")
    demotion = _demotion(row)
    if not demotion.waits:
        raise Conflict("no appeal waits here")
    values: dict[str, Any] = {"decided_at": tx.now, "decided_by": scope.actor.id, "granted": granted}
    if granted:
        values["ended_at"] = tx.now
    repository.save_demotion(tx, scope, conversation_id, _again(demotion) | values)
    decided = msgspec.structs.replace(demotion, **values)
    said = "granted" if granted else "kept"
    return Outcome(decided, (_event("admission.appeal_decided", conversation_id, "granted", reason=said),))


def end_demotion(tx: Tx, scope: Scope, conversation_id: ConversationId) -> None:
    """Keep that somebody has, or waits for, a person after all; an appeal that waits is settled by that."""
    row = repository.find_demotion(tx, scope, conversation_id, held=True)
    if row is None or row.ended_at is not None:
        return
    demotion = _demotion(row)
    values: dict[str, Any] = {"ended_at": tx.now}
    if demotion.waits:
        values |= {"decided_at": tx.now, "decided_by": scope.actor.id, "granted": True}
    repository.save_demotion(tx, scope, conversation_id, _again(demotion) | values)


def list_appeals(tx: Tx, scope: Scope, *, waiting: bool = True) -> tuple[Demotion, ...]:
    """Return the appeals that wait, at most 200, the earliest first; or the newest of those that were decided."""
    return tuple(_demotion(row) for row in repository.appeals(tx, scope, waiting=waiting))


def count_appeals(tx: Tx, scope: Scope) -> int:
    """Return how many appeals wait."""
    return repository.count_appeals(tx, scope)


def count_promised(tx: Tx, scope: Scope) -> int:
    """Return how many were promised a call-back and have not got it."""
    return repository.count_promised(tx, scope, now=tx.now)


def demotions_of(tx: Tx, scope: Scope, party_ids: Sequence[PartyId], *, limit: int) -> tuple[Demotion, ...]:
    """Return how parties were demoted, the latest first, at most so many."""
    return tuple(_demotion(row) for row in repository.demotions_of(tx, scope, party_ids, limit=limit))


def forget_demotions(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove all that is kept of a party that is being forgotten; return how many rows."""
    return repository.delete_demotions_of(tx, scope, party_id)


def sweep_demotions(tx: Tx, scope: Scope) -> int:
    """Remove what is older than thirty days and waits for nobody; return how many rows."""
    return repository.delete_demotions(tx, scope, before=tx.now - KEPT)


def _withheld(tx: Tx, withheld: Withheld) -> dict[str, Any]:
    return msgspec.structs.asdict(withheld) | {"since": tx.now}


def _again(demotion: Demotion) -> dict[str, Any]:
    """Return what a row must have to be written: it stays as it is where it is there."""
    return {name: getattr(demotion, name) for name in (*Withheld.__struct_fields__, "since")}


def _demotion(row: Any) -> Demotion:
    values = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name
    values.pop("tenant_id")
    return msgspec.convert(values, Demotion)


def _event(action: str, conversation_id: ConversationId, *fields: str, reason: str | None = None) -> AuditEvent:
    return AuditEvent(
        action=action, object_kind="conversation", object_id=conversation_id, fields=fields, reason=reason
    )
