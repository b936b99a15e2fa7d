"""What a second person is asked before an act: kept with everything that makes it this act and no other."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.answering.procedures import repository
from doorward.answering.procedures.run import Act, Agree, Run
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

AgreementState = Literal["asked", "agreed", "refused", "expired", "used"]

KEPT: Final = timedelta(days=90)
"""For how long it can be looked up what was decided."""

MOST: Final = 200


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """One act about which a second person decides.

    `key` is the act's, `digest` a hash of all that it is. `party_id` is for whom it is done, `acting` who proved to be
    them when it was asked, `level` how surely.
    """

    id: str
    key: str
    digest: str
    run_id: str
    conversation_id: ConversationId
    party_id: PartyId
    acting: PartyId
    procedure: str
    operation: str
    level: int
    state: AgreementState
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None


class Asks(msgspec.Struct, frozen=True, kw_only=True):
    """For whom an act is asked about: where, for whom, by whose proof of which level, and for how long."""

    conversation_id: ConversationId
    party_id: PartyId
    acting: PartyId
    level: int
    lasts: timedelta


def digest_of(scope: Scope, run: Run, want: Act | Agree) -> str:
    """Return the SHA-256 (hex) of an act: its run, step and key, its operation and all arguments.

    A masked argument counts by the place of its original, which never changes.
    """
    whole = (scope.tenant_id, run.id, run.procedure, run.version, run.at, want.idempotency_key)
    call = (want.call.operation, sorted(msgspec.to_builtins(want.call.arguments).items()))
    return hashlib.sha256(msgspec.json.encode((whole, call))).hexdigest()


def agreement_id_of(scope: Scope, want: Act | Agree) -> str:
    """Return the id of what is asked about an act: the same whenever the same is wanted."""
    return derive_id("agreement", scope.tenant_id, want.idempotency_key)


def ask_second_person(tx: Tx, scope: Scope, run: Run, want: Act, *, asks: Asks) -> Agreement:
    """Keep that a second person is asked about an act; asked again it is the same."""
    values = {
        "id": agreement_id_of(scope, want),
        "key": want.idempotency_key,
        "digest": digest_of(scope, run, want),
        "run_id": run.id,
        "conversation_id": asks.conversation_id,
        "party_id": asks.party_id,
        "acting": asks.acting,
        "procedure": run.procedure,
        "operation": want.call.operation,
        "level": asks.level,
        "state": "asked",
        "asked_at": tx.now,
        "expires_at": tx.now + asks.lasts,
    }
    repository.insert_agreement(tx, scope, values)
    return find_agreement(tx, scope, str(values["id"]))


def find_agreement(tx: Tx, scope: Scope, agreement_id: str) -> Agreement:
    """Return what a second person is asked. Raises `NotFound`."""
    row = repository.find_agreement(tx, scope, agreement_id)
    if row is None:
        raise NotFound("no such agreement")
    return _agreement(row)


def agreement_about(tx: Tx, scope: Scope, want: Act) -> Agreement | None:
    """Return what was asked about an act, None if nothing was."""
    row = repository.find_agreement(tx, scope, agreement_id_of(scope, want))
    return None if row is None else _agreement(row)


def agreements_asked(tx: Tx, scope: Scope, *, limit: int = MOST) -> tuple[Agreement, ...]:
    """Return what second persons are asked now, the longest asked first."""
    return tuple(_agreement(row) for row in repository.find_agreements(tx, scope, limit=limit))


def agreements_in(tx: Tx, scope: Scope, conversation_id: ConversationId, *, limit: int = 20) -> tuple[Agreement, ...]:
    """Return what second persons were asked in a conversation, the latest first."""
    rows = repository.find_agreements(tx, scope, limit=limit, conversation_id=conversation_id)
    return tuple(_agreement(row) for row in rows)


def count_asked(tx: Tx, scope: Scope) -> int:
    """Return how many things second persons are asked now."""
    return repository.count_asked(tx, scope)


def decide_agreement(
    tx: Tx, scope: Scope, agreement: Agreement, *, state: Literal["agreed", "refused", "expired"], by: str | None
) -> Agreement:
    """Keep what was decided about an act. Raises `Conflict` (fact `why`: `decided`) when something was already."""
    values = {"state": state, "decided_at": tx.now, "decided_by": by}
    if not repository.update_agreement(tx, scope, agreement.id, values, expected="asked"):
        raise Conflict("this was decided already", why="decided")
    return find_agreement(tx, scope, agreement.id)


def use_agreement(tx: Tx, scope: Scope, agreement: Agreement) -> bool:
    """Note that an act is carried out now; return whether it may be.

    It may once: what is used already is the same act under the same key, wanted again after a crash, which the core
    system carries out once.
    """
    if agreement.state == "used":
        return True
    return repository.update_agreement(tx, scope, agreement.id, {"state": "used"}, expected="agreed")


def overdue_agreements(tx: Tx, scope: Scope, *, limit: int = MOST) -> tuple[Agreement, ...]:
    """Return what nobody decided about in time."""
    return tuple(_agreement(row) for row in repository.find_overdue(tx, scope, limit=limit))


def forget_decided(tx: Tx, scope: Scope) -> int:
    """Remove what was decided long ago; return how many."""
    return repository.delete_decided(tx, scope, before=tx.now - KEPT)


def _agreement(row: Any) -> Agreement:
    return msgspec.convert({name: getattr(row, name) for name in Agreement.__struct_fields__}, Agreement)
