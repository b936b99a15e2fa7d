"""The audit: rows commit with their transaction; a sealer chains them per tenant; the signed head lies outside.

The chain links every row to the one before: its value at row n is HMAC-SHA256, under the tenant's audit key, of the
value at n-1 and all fields of row n. After sealing, the last number and value are signed (Ed25519) and written to a
file outside the database, so that a changed byte, a removed row and a cut tail are all found. A head is replaced only
by one that goes on from it: whatever was changed before stays visible, however much is sealed after it.
"""

import os
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from doorward.kit.crypto import keyed_hash
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.record import measured_repository, repository
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

log = get_logger("record.audit")

_SEALED_AT_ONCE = 500
_START = b"doorward-audit-1"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The signed end of a chain: number and value of its last row, when it was signed, and the signature (hex)."""

    tenant_id: str
    seq: int
    chain: str
    at: str
    signature: str

    def signed_part(self) -> bytes:
        """Return the bytes that the signature covers."""
        return "\x1f".join((self.tenant_id, str(self.seq), self.chain, self.at)).encode()


class AuditProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with an audit: rows changed or missing, the tail cut, the head missing or not signed by us."""

    code: Literal["row_changed", "row_missing", "tail_missing", "head_missing", "head_forged", "head_differs"]
    seq: int
    detail: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a check: rows checked, rows that wait for the sealer, and the first problem, if any."""

    sealed: int
    unsealed: int
    problem: AuditProblem | None = None


def write_audit(tx: Tx, scope: Scope, events: Iterable[AuditEvent]) -> None:
    """Write audit rows in the open transaction."""
    rows = [
        {
            "id": new_id(),
            "at": tx.now,
            "actor_kind": scope.actor.kind,
            "actor_id": scope.actor.id,
            "action": event.action,
            "object_kind": event.object_kind,
            "object_id": event.object_id,
            "fields": event.fields,
            "reason": event.reason,
        }
        for event in events
    ]
    if rows:
        repository.insert_audit(tx, scope, rows)


def _link(key: bytes, before: bytes, row: Any, seq: int) -> bytes:
    fields = [
        row.id,
        row.tenant_id,
        row.at.isoformat(),
        row.actor_kind,
        row.actor_id,
        row.action,
        row.object_kind,
        row.object_id,
        list(row.fields),
        row.reason,
    ]
    return keyed_hash(key, before, str(seq).encode(), msgspec.json.encode(fields))


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One audit row as people see it; `seq` is None until it is sealed."""

    at: datetime
    actor_kind: str
    actor_id: str
    action: str
    object_kind: str
    object_id: str
    fields: tuple[str, ...]
    reason: str | None
    seq: int | None


def latest_audit(tx: Tx, scope: Scope, *, limit: int = 100, object_id: str | None = None) -> tuple[AuditLine, ...]:
    """Return the newest audit lines, of one object if given, newest first."""
    return tuple(_line(row) for row in repository.latest_audit(tx, scope, limit=limit, object_id=object_id))


READS: Final = (
    "conversation.read",
    "conversation.read_along",
    "attachment.downloaded",
    "conversations.searched",
    "customers.searched",
    "protection.original.unmasked",
    "protection.opening.read",
    "profile.read",
    "customer.opened",
    "conversation.exported",
    "orders.read",
    "data.exported",
)
"""What the audit calls it when somebody looks at a customer's data."""

_OBJECTS_AT_ONCE: Final = 500


def audited_between(
    tx: Tx, scope: Scope, actions: Sequence[str], since: datetime, until: datetime
) -> tuple[AuditLine, ...]:
    """Return the audit lines of some actions from `since` until before `until`, in order."""
    return tuple(
        _line(row) for row in measured_repository.audited_between(tx, scope, actions=actions, since=since, until=until)
    )


def accesses(
    tx: Tx, scope: Scope, object_ids: Sequence[str], *, actions: Sequence[str] = READS, limit: int = 200
) -> tuple[AuditLine, ...]:
    """Return the newest audit lines of somebody looking at any of these objects, newest first."""
    found: list[AuditLine] = []
    for at in range(0, len(object_ids), _OBJECTS_AT_ONCE):
        some = object_ids[at : at + _OBJECTS_AT_ONCE]
        found += (_line(row) for row in repository.audit_of_objects(tx, scope, some, actions=actions, limit=limit))
    return tuple(sorted(found, key=lambda line: line.at, reverse=True)[:limit])


def _line(row: Any) -> AuditLine:
    return AuditLine(
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        fields=tuple(row.fields),
        reason=row.reason,
        seq=row.seq,
    )


def tenants_to_seal(tx: Tx) -> tuple[TenantId, ...]:
    """Return the tenants whose audit has rows that wait for the sealer."""
    return repository.tenants_to_seal(tx)


class AuditSealer:
    """Chains the audit rows of a tenant and writes the signed head."""

    def __init__(self, transactions: Transactions, keys: Keys, folder: Path) -> None:
        """Write heads below `folder` (0700), which should not be part of the database's backup."""
        self._transactions = transactions
        self._keys = keys
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def seal(self, scope: Scope) -> int:
        """Seal what waits, sign the new head if there is one, and return how many rows were sealed.

        Where the chain does not go on from the present head, or that head is not ours, it stays as it is, so that
        `verify_audit` goes on telling what is wrong. The first head, of no rows, is signed before the first row is
        sealed: a head that is missing later was taken away.
        """
        if self._is_new(scope):
            self._write_head(scope, 0, _START)
        sealed = 0
        while self._transactions.read(lambda tx: repository.unsealed_audit(tx, scope, limit=1)):
            count = self._transactions.write(scope, lambda tx: self._seal_some(tx, scope))
            sealed += count
            if count < _SEALED_AT_ONCE:
                break
        last = self._transactions.read(lambda tx: repository.last_sealed_audit(tx, scope))
        head = read_head(self._folder, scope)
        if last is not None and (head is None or head.seq < last.seq):
            if self._may_follow(scope, head):
                self._write_head(scope, last.seq, last.chain)
            else:
                log.error("record.audit.broken", tenant_id=scope.tenant_id)
        return sealed

    def _is_new(self, scope: Scope) -> bool:
        if _head_path(self._folder, scope).exists():
            return False
        return self._transactions.read(lambda tx: repository.last_sealed_audit(tx, scope)) is None

    def _may_follow(self, scope: Scope, head: Head | None) -> bool:
        if head is None:  # missing or damaged: evidence, since a crash leaves the one before
            return False
        if head.seq == 0:
            return head.chain == _START.hex() and _is_signed(self._keys, scope, head)
        before = self._transactions.read(lambda tx: repository.sealed_audit_after(tx, scope, head.seq - 1, limit=1))
        chain = before[0].chain if before and before[0].seq == head.seq else b""
        return bytes(chain).hex() == head.chain and _is_signed(self._keys, scope, head)

    def _seal_some(self, tx: Tx, scope: Scope) -> Outcome[int]:
        repository.lock(tx, scope, "audit")
        key = self._keys.tenant_secret(scope.tenant_id, "audit")
        last = repository.last_sealed_audit(tx, scope)
        seq, chain = (last.seq, bytes(last.chain)) if last is not None else (0, _START)
        rows = repository.unsealed_audit(tx, scope, limit=_SEALED_AT_ONCE)
        for row in rows:
            seq += 1
            chain = _link(key, chain, row, seq)
            repository.seal_audit(tx, scope, row.id, seq=seq, chain=chain)
        return Outcome(len(rows))

    def _write_head(self, scope: Scope, seq: int, chain: bytes) -> None:
        at = self._transactions.read(lambda tx: tx.now).isoformat()
        head = Head(tenant_id=scope.tenant_id, seq=seq, chain=bytes(chain).hex(), at=at, signature="")
        signature = self._keys.sign(scope.tenant_id, head.signed_part()).hex()
        path = _head_path(self._folder, scope)
        own = f"{os.getpid()}.{threading.get_ident()}"  # another process or thread may be writing a head too
        beside = path.with_suffix(f".{own}.new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            handle.write(msgspec.json.encode(msgspec.structs.replace(head, signature=signature)))
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(path)


def _head_path(folder: Path, scope: Scope) -> Path:
    return folder / f"{scope.tenant_id}.head.json"


def read_head(folder: Path, scope: Scope) -> Head | None:
    """Return the signed head of a tenant's audit, or None when there is none or it is not readable."""
    try:
        return msgspec.json.decode(_head_path(folder, scope).read_bytes(), type=Head)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def verify_audit(tx: Tx, scope: Scope, *, keys: Keys, folder: Path) -> AuditReport:
    """Walk the whole chain and hold it against the signed head."""
    key = keys.tenant_secret(scope.tenant_id, "audit")
    head = read_head(folder, scope)
    unsealed = repository.count_unsealed_audit(tx, scope)
    seq, chain = 0, _START
    at_head = _START if head is not None and head.seq == 0 else b""
    while rows := repository.sealed_audit_after(tx, scope, seq, limit=_SEALED_AT_ONCE):
        for row in rows:
            seq += 1
            if row.seq != seq:
                problem = AuditProblem(code="row_missing", seq=seq, detail=f"row {seq} is missing")
                return AuditReport(sealed=seq - 1, unsealed=unsealed, problem=problem)
            chain = _link(key, chain, row, seq)
            if chain != bytes(row.chain):
                problem = AuditProblem(code="row_changed", seq=seq, detail=f"row {seq} is not what was sealed")
                return AuditReport(sealed=seq - 1, unsealed=unsealed, problem=problem)
            if head is not None and seq == head.seq:
                at_head = chain
    return AuditReport(sealed=seq, unsealed=unsealed, problem=_judge_head(scope, keys, head, seq, at_head))


def _judge_head(scope: Scope, keys: Keys, head: Head | None, last: int, at_head: bytes) -> AuditProblem | None:
    if head is None:
        if last == 0:
            return None
        return AuditProblem(code="head_missing", seq=last, detail="there is no signed head, though rows are sealed")
    if not _is_signed(keys, scope, head):
        return AuditProblem(code="head_forged", seq=head.seq, detail="the head is not signed by this tenant's key")
    if head.seq > last:
        detail = f"the head says {head.seq} rows, the chain ends at {last}: the tail is missing"
        return AuditProblem(code="tail_missing", seq=last + 1, detail=detail)
    if at_head.hex() != head.chain:
        return AuditProblem(code="head_differs", seq=head.seq, detail="the chain is not the one that was signed")
    return None


def _is_signed(keys: Keys, scope: Scope, head: Head) -> bool:
    try:
        signature = bytes.fromhex(head.signature)
    except ValueError:
        return False
    return head.tenant_id == scope.tenant_id and keys.verify(scope.tenant_id, signature, head.signed_part())


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which audit lines: every field narrows, None or empty does not.

    `actions` are whole actions; `action` is how they begin (`article`, `article.published`); `object` is a kind or an
    id; `before` is the id of the line that the page before ended with.
    """

    actions: tuple[str, ...] = ()
    action: str = ""
    object: str = ""
    actor_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None
    limit: int = 50


class FoundLine(AuditLine, frozen=True, kw_only=True):
    """An audit line with its id, from which the next page goes on."""

    id: str


def find_audit(tx: Tx, scope: Scope, wanted: AuditQuery) -> tuple[FoundLine, ...]:
    """Return the audit lines that are wanted, the newest first."""
    fields = FoundLine.__struct_fields__
    rows = repository.find_audit(tx, scope, wanted)

    def found(row: Any) -> FoundLine:
        values: dict[str, Any] = {name: getattr(row, name) for name in fields}
        return FoundLine(**values | {"fields": tuple(row.fields)})

    return tuple(found(row) for row in rows)


def audited_actions(tx: Tx, scope: Scope) -> tuple[str, ...]:
    """Return the actions that the tenant's audit holds, in order."""
    return repository.audited_actions(tx, scope)
