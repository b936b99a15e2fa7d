"""Mandates: what owners let machines do for them. An owner grants, narrows, suspends and revokes; a machine never does.

A mandate has a party of its own, as whom its machine acts: linked to the owner, and with nothing proven but the
mandate. So what the machine wants passes the gate (`Actions.require`) like what anybody wants, for the owner and for
nobody else, and never further than somebody goes who is known but has proven nothing today.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.identity.repository import mandates as repository
from doorward.identity.service.actions import Grant
from doorward.identity.service.mandate_terms import (
    DAYS,
    MOST_DAYS,
    NOTICES,
    Terms,
    checked_terms,
    is_within,
)
from doorward.identity.service.parties import Parties
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound, Outdated
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.machines import MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Scope

MandateState = Literal["pending", "active", "suspended", "revoked", "expired"]
"""`pending` is one that waits for its machine to be paired."""

GRANT: Final = "mandate.grant"
"""The action of granting a mandate, of widening one, and of deciding what is beyond one."""
FACTOR: Final = "mandate"
"""What a mandate's own party has proven."""
MOST_OPEN: Final = 20
LONGEST_NAME: Final = 60
KEPT: Final = timedelta(days=400)
"""For how long it can be looked up what machines were allowed and did."""
_LONGEST_PART: Final = 200


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine may do for its owner. `name` is what the owner calls it, masked; `machine` is None until paired.

    `level` is how surely the owner was known who granted it. `state` is that of the moment at which it was read.
    """

    id: str
    owner_id: PartyId
    acting_id: PartyId
    name: str
    machine: MachineIdentity | None
    terms: Terms
    valid_from: datetime
    valid_until: datetime
    state: MandateState
    level: AssuranceLevel
    revision: int
    created_at: datetime
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it can still be used, or could be again."""
        return self.state in {"pending", "active", "suspended"}


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner wants to grant: the machine's masked name, the terms, and for how many days from now."""

    name: str
    terms: Terms
    days: int = DAYS


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Of what an owner is told by a mandate, and a hash of how it stood when it was last looked at; None before."""

    mandate_id: str
    kinds: tuple[str, ...]
    seen: bytes | None
    looked_at: datetime


class Mandates:
    """Grants, changes, ends and reads mandates."""

    def __init__(self, keys: Keys, *, parties: Parties) -> None:
        """Know machines again by hashes under `keys`; make a party for each mandate."""
        self._keys = keys
        self._parties = parties

    # -- what owners do ----------------------------------------------------------------------------------------------

    def grant(
        self, tx: Tx, scope: Scope, grant: Grant, *, wish: Wish, machine: MachineIdentity | None = None
    ) -> Outcome[Mandate]:
        """Grant a mandate to a machine, or to one that is paired later.

        Raises `Malformed` for terms that cannot be, `Conflict` for one mandate too many or a machine that has one.
        """
        _require(grant)
        name, terms = _name(wish.name), checked_terms(wish.terms)
        open_ones = [one for one in self.of_owner(tx, scope, grant.party_id) if one.is_open]
        if len(open_ones) >= MOST_OPEN:
            raise Conflict(f"at most {MOST_OPEN} mandates at a time")
        visitor = self._parties.new_visitor(tx, scope)
        linked = self._parties.link(tx, scope, visitor.value.id, customer_id=grant.party_id)
        mandate = Mandate(
            id=new_id(),
            owner_id=grant.party_id,
            acting_id=visitor.value.id,
            name=name,
            machine=None,
            terms=terms,
            valid_from=tx.now,
            valid_until=_until(tx.now, wish.days),
            state="pending",
            level=grant.level,
            revision=1,
            created_at=tx.now,
        )
        repository.insert_mandate(tx, scope, _values(mandate))
        event = _event(
            "mandate.granted", mandate, "capabilities", "kinds", "limits", reason=" ".join(terms.capabilities)
        )
        entries = (*visitor.entries, *linked.entries, event)
        if machine is None:
            return Outcome(mandate, entries)
        bound = self.bind(tx, scope, mandate.id, machine=machine)
        return Outcome(bound.value, (*entries, *bound.entries))

    def bind(self, tx: Tx, scope: Scope, mandate_id: str, *, machine: MachineIdentity) -> Outcome[Mandate]:
        """Give a mandate that waits for its machine to this one. For pairing alone.

        Raises `Conflict` when it waits no more, or the machine has a mandate of the company's already.
        """
        mandate = self._locked(tx, scope, mandate_id)
        if mandate.state != "pending":
            raise Conflict("the mandate waits for no machine")
        handle = self.hash_of(scope, machine)
        other = repository.find_open_mandate(tx, scope, handle, lock=True)
        if other is not None and _mandate(other, tx.now).is_open:
            raise Conflict("the machine acts for somebody already")
        if other is not None:
            self._close(tx, scope, _mandate(other, tx.now), state="expired")
        values = {
            "platform": machine.platform,
            "key_id": machine.key_id,
            "agent_id": machine.agent_id,
            "machine_hash": handle,
            "open_hash": handle,
            "state": "active",
        }
        repository.open_mandate(tx, scope, mandate_id, values)
        raised = self._arm(tx, scope, mandate)
        event = _event("mandate.paired", mandate, "machine")
        return Outcome(self.find(tx, scope, mandate_id), (event, *raised))

    def change(self, tx: Tx, scope: Scope, grant: Grant, *, seen: tuple[str, int], wish: Wish) -> Outcome[Mandate]:
        """Change what a mandate allows and until when, counted from now; `seen` is its id and the revision one saw.

        Raises `NotFound` for anybody else's, `Conflict` once it is over, `Outdated` when it was changed meanwhile,
        `Malformed`. What was counted in this period stays counted.
        """
        _require(grant)
        mandate_id, revision = seen
        mandate = self._own(tx, scope, grant.party_id, mandate_id)
        if not mandate.is_open:
            raise Conflict("the mandate is over")
        terms = checked_terms(wish.terms)
        values = {
            "name": _name(wish.name),
            "terms": msgspec.to_builtins(terms),
            "valid_until": _until(tx.now, wish.days),
            "level": int(grant.level),
        }
        if not repository.update_mandate(tx, scope, mandate_id, values, expected=revision):
            raise Outdated("the mandate was changed meanwhile")
        if NOTICES not in terms.capabilities:
            repository.delete_notice(tx, scope, mandate_id)
        fields = ("narrowed",) if is_within(terms, mandate.terms) else ("widened",)
        return Outcome(self.find(tx, scope, mandate_id), (_event("mandate.changed", mandate, *fields),))

    def suspend(self, tx: Tx, scope: Scope, owner_id: PartyId, *, mandate_id: str) -> Outcome[Mandate]:
        """Let a machine do nothing until its owner says so; from the commit on. Raises `NotFound`, `Conflict`."""
        mandate = self._own(tx, scope, owner_id, mandate_id)
        if mandate.state != "active":
            raise Conflict("the mandate is not in use")
        repository.update_mandate(tx, scope, mandate_id, {"state": "suspended"})
        self._disarm(tx, scope, mandate)
        return Outcome(self.find(tx, scope, mandate_id), (_event("mandate.suspended", mandate),))

    def resume(self, tx: Tx, scope: Scope, grant: Grant, *, mandate_id: str) -> Outcome[Mandate]:
        """Let a machine go on. Raises `NotFound`, `Conflict`."""
        _require(grant)
        mandate = self._own(tx, scope, grant.party_id, mandate_id)
        if mandate.state != "suspended":
            raise Conflict("the mandate is not suspended")
        repository.update_mandate(tx, scope, mandate_id, {"state": "active"})
        raised = self._arm(tx, scope, mandate)
        return Outcome(self.find(tx, scope, mandate_id), (_event("mandate.resumed", mandate), *raised))

    def revoke(
        self, tx: Tx, scope: Scope, mandate_id: str, *, owner_id: PartyId | None, reason: str = ""
    ) -> Outcome[Mandate]:
        """End a mandate for good, from the commit on. An owner ends their own, staff (`owner_id` None) anybody's.

        Revoking again is nothing new. Raises `NotFound`.
        """
        mandate = self._locked(tx, scope, mandate_id)
        if owner_id is not None and mandate.owner_id != owner_id:
            raise NotFound("no such mandate")
        if mandate.state == "revoked":
            return Outcome(mandate)
        self._close(tx, scope, mandate, state="revoked")
        return Outcome(self.find(tx, scope, mandate_id), (_event("mandate.revoked", mandate, reason=reason or None),))

    # -- reading -----------------------------------------------------------------------------------------------------

    def of_owner(self, tx: Tx, scope: Scope, owner_id: PartyId) -> tuple[Mandate, ...]:
        """Return all mandates of an owner, ended ones too, the newest first."""
        return tuple(_mandate(row, tx.now) for row in repository.list_mandates(tx, scope, owner_id))

    def count_in_use(self, tx: Tx, scope: Scope) -> int:
        """Return how many mandates machines may use now."""
        return repository.count_open(tx, scope)

    def find(self, tx: Tx, scope: Scope, mandate_id: str, *, owner_id: PartyId | None = None) -> Mandate:
        """Return a mandate, of this owner if one is named. Raises `NotFound`."""
        return _found(repository.find_mandate(tx, scope, mandate_id), tx.now, owner_id)

    def of_machine(self, tx: Tx, scope: Scope, machine: MachineIdentity, *, lock: bool = False) -> Mandate | None:
        """Return a machine's open mandate, else the last that it had, else None.

        With `lock` nobody changes it or counts in it before this transaction ends.
        """
        handle = self.hash_of(scope, machine)
        row = repository.find_open_mandate(tx, scope, handle, lock=lock)
        row = repository.find_last_mandate(tx, scope, handle) if row is None else row
        return None if row is None else _mandate(row, tx.now)

    def acting_as(self, tx: Tx, scope: Scope, party_id: PartyId) -> Mandate | None:
        """Return the mandate by which a party acts, None for people."""
        row = repository.find_mandate_acting(tx, scope, party_id)
        return None if row is None else _mandate(row, tx.now)

    def hash_of(self, scope: Scope, machine: MachineIdentity) -> bytes:
        """Return by what a machine is known again in this tenant. Raises `Malformed` for one that cannot be."""
        parts = (machine.platform, machine.key_id, machine.agent_id)
        named = machine.platform and (machine.key_id or machine.agent_id)
        if not named or any(len(one) > _LONGEST_PART or not one.isprintable() for one in parts):
            raise Malformed("machine: a platform, and a key or a name, of printable characters")
        return self._keys.mac(scope.tenant_id, "identity.machine", machine.handle.encode("utf-8", "replace"))

    # -- notices -----------------------------------------------------------------------------------------------------

    def subscribe(self, tx: Tx, scope: Scope, mandate: Mandate, *, kinds: Sequence[str]) -> None:
        """Have the owner told of news about things of these kinds, or of nothing any more."""
        if not kinds:
            return repository.delete_notice(tx, scope, mandate.id)
        values = {
            "mandate_id": mandate.id,
            "owner_id": mandate.owner_id,
            "kinds": list(kinds),
            "seen": None,
            "created_at": tx.now,
            "looked_at": tx.now,
        }
        return repository.replace_notice(tx, scope, values)

    def subscribed(self, tx: Tx, scope: Scope, mandate_id: str) -> bool:
        """Return whether the owner is told of news by this mandate."""
        return repository.find_notice(tx, scope, mandate_id) is not None

    def due_notices(self, tx: Tx, scope: Scope, *, before: datetime, limit: int = 100) -> tuple[Notice, ...]:
        """Return what was looked at longest ago, before a moment."""
        rows = repository.list_notices(tx, scope, before=before, limit=limit)
        return tuple(
            Notice(
                mandate_id=row.mandate_id,
                kinds=tuple(row.kinds),
                seen=None if row.seen is None else bytes(row.seen),
                looked_at=row.looked_at,
            )
            for row in rows
        )

    def note_look(self, tx: Tx, scope: Scope, notice: Notice, *, seen: bytes | None) -> bool:
        """Note how things stand by now; return False when somebody else looked meanwhile."""
        return repository.note_look(tx, scope, notice.mandate_id, seen=seen, before=notice.looked_at)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _own(self, tx: Tx, scope: Scope, owner_id: PartyId, mandate_id: str) -> Mandate:
        return _found(repository.find_mandate(tx, scope, mandate_id, lock=True), tx.now, owner_id)

    def _locked(self, tx: Tx, scope: Scope, mandate_id: str) -> Mandate:
        return _found(repository.find_mandate(tx, scope, mandate_id, lock=True), tx.now, None)

    def _arm(self, tx: Tx, scope: Scope, mandate: Mandate) -> Sequence[Any]:
        raised = self._parties.raise_assurance(
            tx, scope, mandate.acting_id, level=AssuranceLevel.CLAIMED, factor=FACTOR
        )
        return raised.entries

    def _disarm(self, tx: Tx, scope: Scope, mandate: Mandate) -> None:
        repository.delete_assurances(tx, scope, mandate.acting_id)

    def _close(self, tx: Tx, scope: Scope, mandate: Mandate, *, state: MandateState) -> None:
        ended = {"state": state, "open_hash": None, "ended_at": mandate.ended_at or tx.now}
        repository.update_mandate(tx, scope, mandate.id, ended)
        repository.withdraw_approvals(tx, scope, mandate.id)
        repository.delete_pairings(tx, scope, mandate.id)
        repository.delete_notice(tx, scope, mandate.id)
        self._disarm(tx, scope, mandate)


def sweep_mandates(tx: Tx) -> Outcome[int]:
    """Close mandates and questions whose time is over, and forget old ones; return how many rows."""
    return Outcome(repository.close_ended(tx) + repository.delete_old(tx, before=tx.now - KEPT))


def _require(grant: Grant) -> None:
    if grant.action != GRANT:
        raise NotAllowed("this needs the right to grant mandates")


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise Malformed(f"name: 1 to {LONGEST_NAME} printable characters")
    return plain


def _until(now: datetime, days: int) -> datetime:
    if type(days) is not int or not 0 < days <= MOST_DAYS:
        raise Malformed(f"days: 1 to {MOST_DAYS}")
    return now + timedelta(days=days)


def _found(row: Any | None, now: datetime, owner_id: PartyId | None) -> Mandate:
    if row is None or (owner_id is not None and row.owner_id != owner_id):
        raise NotFound("no such mandate")
    return _mandate(row, now)


def _values(mandate: Mandate) -> dict[str, Any]:
    return {
        "id": mandate.id,
        "owner_id": mandate.owner_id,
        "acting_id": mandate.acting_id,
        "name": mandate.name,
        "platform": "",
        "key_id": "",
        "agent_id": "",
        "terms": msgspec.to_builtins(mandate.terms),
        "valid_from": mandate.valid_from,
        "valid_until": mandate.valid_until,
        "state": mandate.state,
        "level": int(mandate.level),
        "revision": mandate.revision,
        "created_at": mandate.created_at,
    }


def _mandate(row: Any, now: datetime) -> Mandate:
    machine = None
    if row.platform:
        machine = MachineIdentity(platform=row.platform, key_id=row.key_id, agent_id=row.agent_id)
    over = row.state in repository.OPEN and row.valid_until <= now
    return Mandate(
        id=row.id,
        owner_id=PartyId(row.owner_id),
        acting_id=PartyId(row.acting_id),
        name=row.name,
        machine=machine,
        terms=msgspec.convert(row.terms, Terms),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state="expired" if over else row.state,
        level=AssuranceLevel(row.level),
        revision=row.revision,
        created_at=row.created_at,
        ended_at=row.valid_until if over else row.ended_at,
    )


def _event(action: str, mandate: Mandate, *fields: str, reason: str | None = None) -> AuditEvent:
    said = f"owner {mandate.owner_id}" if reason is None else f"owner {mandate.owner_id} {reason}"
    return AuditEvent(action=action, object_kind="mandate", object_id=mandate.id, fields=fields, reason=said)
