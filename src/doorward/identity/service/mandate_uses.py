"""What machines do within their mandates: granted and counted in one transaction, and what is beyond asks the owner."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from doorward.identity.repository import mandates as repository
from doorward.identity.service.actions import Grant
from doorward.identity.service.mandate_terms import ORDERS, Terms, is_amount, period_start
from doorward.identity.service.mandates import GRANT, Mandate, Mandates
from doorward.identity.service.tenants import Tenants
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.machines import CAPABILITIES, Capability, MachineIdentity, MandateRefusal
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

UseState = Literal["begun", "done", "waiting", "unanswered", "declined", "failed"]
"""`waiting` for a second person of the company · `unanswered`: nobody knows whether it was done · `declined`: the
procedure did nothing · `failed`: it could not be tried. What is declined or failed counts for nothing."""

ApprovalState = Literal["asked", "approved", "refused", "expired"]

ANSWER_WITHIN: Final = timedelta(hours=24)
MOST_WAITING: Final = 5
"""Questions of one mandate that wait for its owner: a machine that goes on asking is told so and nobody else."""
LONGEST_KEY: Final = 100
_CLOSED: Final[Mapping[str, MandateRefusal]] = {
    "pending": "pending",
    "suspended": "suspended",
    "revoked": "revoked",
    "expired": "expired",
}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine wants to do. `key` is its own for this act; `parameters` are ids and codes, no free text.

    `kind` and `amount` (minor units of `currency`) are what the company says of an order, never what the machine does;
    so is `needs_proof`: its owner has to prove who they are for it, which no machine can do for them.
    """

    capability: Capability
    key: str
    parameters: Mapping[str, str] = {}
    kind: str = ""
    amount: int = 0
    currency: str = ""
    needs_proof: bool = False


class UseCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many acts of one capability ended, or stand, in one way."""

    capability: Capability
    state: UseState
    number: int


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One act within a mandate. `approval_id`: the owner allowed just this one."""

    id: str
    mandate_id: str
    owner_id: PartyId
    capability: Capability
    kind: str
    amount: int
    currency: str
    state: UseState
    approval_id: str | None
    at: datetime
    ended_at: datetime | None


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner is asked: whether exactly this may be done, once, and why it needs asking."""

    id: str
    mandate_id: str
    owner_id: PartyId
    capability: Capability
    kind: str
    amount: int
    currency: str
    parameters: Mapping[str, str]
    why: MandateRefusal
    state: ApprovalState
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """The right to do one thing now, counted. `repeated`: the same request had begun it before."""

    mandate: Mandate
    use: Use
    repeated: bool = False


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why not, as a code. `approval` is what the owner is asked instead; `is_new`: they do not know of it yet."""

    code: MandateRefusal
    mandate: Mandate | None = None
    approval: Approval | None = None
    is_new: bool = False


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What of a mandate's limits is used in the period that began at `since`."""

    since: datetime
    count: int
    amount: int


class MandateUses:
    """The one way by which a machine comes to act, and the owners' word on what is beyond a mandate."""

    def __init__(self, keys: Keys, *, mandates: Mandates, tenants: Tenants) -> None:
        """Periods follow the calendar of the tenant's time zone."""
        self._keys = keys
        self._mandates = mandates
        self._tenants = tenants

    def require(self, tx: Tx, scope: Scope, machine: MachineIdentity, *, wanted: Wanted) -> Outcome[Allowed | Refused]:
        """Grant one act and count it, or say why not. To be committed before anything is done.

        The mandate is held until the transaction ends, so that of two acts at once each sees the other. The same key
        again is the same act, and counts once; with other parameters it is refused. A mandate's limits are for orders:
        what goes beyond them asks the owner, unless they have not answered too much already. Raises `Malformed` for a
        capability, key or machine that cannot be.
        """
        if wanted.capability not in CAPABILITIES or not 0 < len(wanted.key) <= LONGEST_KEY:
            raise Malformed(f"capability: one of {', '.join(CAPABILITIES)}; key: 1 to {LONGEST_KEY} characters")
        mandate = self._mandates.of_machine(tx, scope, machine, lock=True)
        if mandate is None:
            return Outcome(Refused(code="no_mandate"))
        code = _closed(mandate, tx.now, wanted)
        if code is not None:
            return _refused(mandate, code)
        known = self._known(tx, scope, mandate, wanted)
        if known is not None:
            return known
        over = self._beyond(tx, scope, mandate, wanted) if wanted.capability == ORDERS else None
        if over is None:
            return self._begin(tx, scope, mandate, wanted)
        if over == "currency_mismatch":
            return _refused(mandate, over)
        return self._ask(tx, scope, mandate, wanted, why=over)

    def finish(self, tx: Tx, scope: Scope, use_id: str, *, state: UseState) -> Outcome[bool]:
        """Note how an act ended; return False where that was noted before. What came to nothing counts no more."""
        changed = repository.end_use(tx, scope, use_id, state=state)
        if not changed:
            return Outcome(value=False)
        event = AuditEvent(action="mandate.act_ended", object_kind="mandate_use", object_id=use_id, fields=(state,))
        return Outcome(value=True, entries=(event,))

    # -- the owner's word --------------------------------------------------------------------------------------------

    def approve(self, tx: Tx, scope: Scope, grant: Grant, *, approval_id: str) -> Outcome[Use]:
        """Allow exactly what was asked, once. It counts like any other act, within limits or not.

        Raises `NotFound` for what another owner was asked, `Conflict` when it is decided, too late, or the mandate not
        in use.
        """
        if grant.action != GRANT:
            raise NotAllowed("this needs the right to grant mandates")
        approval = self._own(tx, scope, grant.party_id, approval_id)
        locked = repository.find_mandate(tx, scope, approval.mandate_id, lock=True)
        mandate = self._mandates.find(tx, scope, approval.mandate_id)
        if locked is None or mandate.state != "active":
            raise Conflict("the mandate is not in use")
        if not repository.decide_approval(tx, scope, approval_id, state="approved"):
            raise Conflict("it is decided already, or too late")
        values = _as_asked(repository.find_approval(tx, scope, approval_id), tx.now)
        repository.insert_use(tx, scope, values)
        use = self.find(tx, scope, values["id"])
        return Outcome(use, (_decided("mandate.act_approved", approval), _acted(use)))

    def refuse(self, tx: Tx, scope: Scope, owner_id: PartyId, *, approval_id: str) -> Outcome[None]:
        """Say no to what was asked. Raises `NotFound`, and `Conflict` when it is decided already."""
        approval = self._own(tx, scope, owner_id, approval_id)
        if not repository.decide_approval(tx, scope, approval_id, state="refused"):
            raise Conflict("it is decided already, or too late")
        return Outcome(None, (_decided("mandate.act_refused", approval),))

    # -- reading -----------------------------------------------------------------------------------------------------

    def used(self, tx: Tx, scope: Scope, mandate: Mandate) -> Used:
        """Return what of a mandate's limits is used now."""
        since = self._since(tx, scope, mandate.terms)
        count, amount = repository.used_since(tx, scope, mandate.id, capability=ORDERS, since=since)
        return Used(since=since, count=count, amount=amount)

    def uses_of(
        self, tx: Tx, scope: Scope, owner_id: PartyId, *, mandate_id: str | None = None, limit: int = 100
    ) -> tuple[Use, ...]:
        """Return what was done for an owner, the latest first."""
        return tuple(map(_use, repository.list_uses(tx, scope, owner_id, mandate_id=mandate_id, limit=limit)))

    def counts_since(self, tx: Tx, scope: Scope, since: datetime) -> tuple[UseCount, ...]:
        """Return how many acts there were since a moment, by capability and state."""
        found = repository.count_uses(tx, scope, since=since)
        return tuple(UseCount(capability=row.capability, state=row.state, number=row.number) for row in found)

    def find(self, tx: Tx, scope: Scope, use_id: str) -> Use:
        """Return an act. Raises `NotFound`."""
        row = repository.find_use(tx, scope, use_id)
        if row is None:
            raise NotFound("no such act")
        return _use(row)

    def asked_for(self, tx: Tx, scope: Scope, mandate: Mandate, *, key: str) -> Use | Approval:
        """Return the act that a machine asked for under a key, or what its owner is asked. Raises `NotFound`."""
        hashed = self._hash_of(scope, key)
        use = repository.find_use_by_key(tx, scope, mandate.id, hashed)
        if use is not None:
            return _use(use)
        asked = repository.find_approval_by_key(tx, scope, mandate.id, hashed)
        if asked is None:
            raise NotFound("no such act")
        return _approval(asked, tx.now)

    def approvals_of(self, tx: Tx, scope: Scope, owner_id: PartyId, *, limit: int = 100) -> tuple[Approval, ...]:
        """Return what an owner was asked, the latest first."""
        return tuple(_approval(row, tx.now) for row in repository.list_approvals(tx, scope, owner_id, limit=limit))

    def approval(self, tx: Tx, scope: Scope, approval_id: str) -> Approval:
        """Return what an owner is asked. Raises `NotFound`."""
        row = repository.find_approval(tx, scope, approval_id)
        if row is None:
            raise NotFound("no such question")
        return _approval(row, tx.now)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _own(self, tx: Tx, scope: Scope, owner_id: PartyId, approval_id: str) -> Approval:
        approval = self.approval(tx, scope, approval_id)
        if approval.owner_id != owner_id:
            raise NotFound("no such question")
        return approval

    def _known(self, tx: Tx, scope: Scope, mandate: Mandate, wanted: Wanted) -> Outcome[Allowed | Refused] | None:
        """Return how it stands with a request that came before, None for a new one."""
        key = self._hash_of(scope, wanted.key)
        use = repository.find_use_by_key(tx, scope, mandate.id, key)
        asked = repository.find_approval_by_key(tx, scope, mandate.id, key)
        row = asked if use is None else use
        if row is None:
            return None
        if bytes(row.digest) != _digest(wanted):
            return _refused(mandate, "key_reused")
        if use is not None:
            return Outcome(Allowed(mandate=mandate, use=_use(use), repeated=True))
        approval = _approval(asked, tx.now)
        return Outcome(Refused(code=word_of(approval), mandate=mandate, approval=approval))

    def _beyond(self, tx: Tx, scope: Scope, mandate: Mandate, wanted: Wanted) -> MandateRefusal | None:
        """Return what of a mandate an order goes beyond, None where it is within."""
        terms, limits = mandate.terms, mandate.terms.limits
        if wanted.currency != limits.currency:
            return "currency_mismatch"
        if wanted.kind not in terms.kinds:
            return "kind_not_granted"
        if wanted.needs_proof:
            return "needs_proof"
        if wanted.amount > limits.act_amount:
            return "over_act_amount"
        used = self.used(tx, scope, mandate)
        if used.count + 1 > limits.period_count:
            return "over_period_count"
        return "over_period_amount" if used.amount + wanted.amount > limits.period_amount else None

    def _begin(self, tx: Tx, scope: Scope, mandate: Mandate, wanted: Wanted) -> Outcome[Allowed | Refused]:
        values = self._values(scope, mandate, wanted) | {"state": "begun", "at": tx.now}
        repository.insert_use(tx, scope, values)
        use = self.find(tx, scope, values["id"])
        return Outcome(Allowed(mandate=mandate, use=use), (_acted(use),))

    def _ask(
        self, tx: Tx, scope: Scope, mandate: Mandate, wanted: Wanted, *, why: MandateRefusal
    ) -> Outcome[Allowed | Refused]:
        if repository.count_waiting(tx, scope, mandate.id) >= MOST_WAITING:
            return _refused(mandate, "too_many_waiting")
        values = self._values(scope, mandate, wanted) | {
            "parameters": dict(wanted.parameters),
            "why": why,
            "state": "asked",
            "asked_at": tx.now,
            "expires_at": tx.now + ANSWER_WITHIN,
        }
        repository.insert_approval(tx, scope, values)
        approval = self.approval(tx, scope, values["id"])
        refused = Refused(code="owner_asked", mandate=mandate, approval=approval, is_new=True)
        return Outcome(refused, (_decided("mandate.owner_asked", approval),))

    def _values(self, scope: Scope, mandate: Mandate, wanted: Wanted) -> dict[str, Any]:
        return {
            "id": new_id(),
            "mandate_id": mandate.id,
            "owner_id": mandate.owner_id,
            "capability": wanted.capability,
            "kind": wanted.kind,
            "amount": wanted.amount,
            "currency": wanted.currency,
            "key_hash": self._hash_of(scope, wanted.key),
            "digest": _digest(wanted),
        }

    def _since(self, tx: Tx, scope: Scope, terms: Terms) -> datetime:
        zone = ZoneInfo(self._tenants.settings_of(tx, scope).time_zone)
        return period_start(tx.now, terms.limits.period, zone)

    def _hash_of(self, scope: Scope, key: str) -> bytes:
        return self._keys.mac(scope.tenant_id, "identity.mandate_key", key.encode("utf-8", "replace"))


def word_of(approval: Approval) -> MandateRefusal:
    """Return what a machine hears of a question to its owner that led to nothing yet."""
    said: Mapping[str, MandateRefusal] = {"refused": "owner_refused", "expired": "owner_silent"}
    return said.get(approval.state, "owner_asked")


def _closed(mandate: Mandate, now: datetime, wanted: Wanted) -> MandateRefusal | None:
    """Return why nothing, or not this, is done by a mandate at all."""
    if mandate.state in _CLOSED:
        return _CLOSED[mandate.state]
    if mandate.valid_from > now:
        return "not_yet"
    if wanted.capability not in mandate.terms.capabilities:
        return "not_granted"
    return None if is_amount(wanted.amount) else "amount_not_valid"


def _digest(wanted: Wanted) -> bytes:
    """Return a hash of all that a request is about: another amount or thing is another request."""
    asked = [wanted.capability, wanted.kind, wanted.amount, wanted.currency, sorted(wanted.parameters.items())]
    return hashlib.sha256(msgspec.json.encode(asked)).digest()


def _refused(mandate: Mandate, code: MandateRefusal) -> Outcome[Allowed | Refused]:
    event = AuditEvent(
        action="mandate.refused",
        object_kind="mandate",
        object_id=mandate.id,
        fields=(code,),
        reason=f"owner {mandate.owner_id}",
    )
    return Outcome(Refused(code=code, mandate=mandate), (event,))


def _as_asked(row: Any, now: datetime) -> dict[str, Any]:
    """Return the use that an approved question becomes: all that was asked, and nothing else."""
    same = ("mandate_id", "owner_id", "capability", "kind", "amount", "currency", "key_hash", "digest")
    return {name: getattr(row, name) for name in same} | {
        "id": new_id(),
        "state": "begun",
        "approval_id": row.id,
        "at": now,
    }


def _use(row: Any) -> Use:
    return Use(
        id=row.id,
        mandate_id=row.mandate_id,
        owner_id=PartyId(row.owner_id),
        capability=row.capability,
        kind=row.kind,
        amount=row.amount,
        currency=row.currency,
        state=row.state,
        approval_id=row.approval_id,
        at=row.at,
        ended_at=row.ended_at,
    )


def _approval(row: Any, now: datetime) -> Approval:
    return Approval(
        id=row.id,
        mandate_id=row.mandate_id,
        owner_id=PartyId(row.owner_id),
        capability=row.capability,
        kind=row.kind,
        amount=row.amount,
        currency=row.currency,
        parameters=row.parameters,
        why=row.why,
        state="expired" if row.state == "asked" and row.expires_at <= now else row.state,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        decided_at=row.decided_at,
    )


def _acted(use: Use) -> AuditEvent:
    fields = (use.capability, use.kind) if use.kind else (use.capability,)
    return AuditEvent(
        action="mandate.act_begun",
        object_kind="mandate",
        object_id=use.mandate_id,
        fields=fields,
        reason=f"owner {use.owner_id} act {use.id}",
    )


def _decided(action: str, approval: Approval) -> AuditEvent:
    return AuditEvent(
        action=action,
        object_kind="mandate",
        object_id=approval.mandate_id,
        fields=(approval.capability, approval.why),
        reason=f"owner {approval.owner_id} question {approval.id}",
    )
