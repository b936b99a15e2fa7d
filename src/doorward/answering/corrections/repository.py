"""The SQL of corrections."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.corrections.values import Correction, Recipient, Search
from doorward.answering.tables import correction, recipient
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

_FIELDS = tuple(field.name for field in msgspec.structs.fields(Correction))
_RECIPIENT_FIELDS = tuple(field.name for field in msgspec.structs.fields(Recipient))


class Counted(NamedTuple):
    """How many conversations there are in which something wrong was said, and how many customers' they are."""

    conversations: int
    customers: int


def add(tx: Tx, scope: Scope, made: Correction) -> None:
    """Add a correction."""
    values = {name: getattr(made, name) for name in _FIELDS}
    tx.execute(insert(correction).values(tenant_id=scope.tenant_id, place="", **values))


def find(tx: Tx, scope: Scope, correction_id: str) -> Search | None:
    """Return a correction with the place up to which was looked, or None."""
    found = tx.execute(select(correction).where(*_own(scope, correction_id))).first()
    return None if found is None else Search(correction=_correction(found), place=found.place)


def latest(tx: Tx, scope: Scope, *, limit: int, offset: int) -> tuple[Correction, ...]:
    """Return the corrections, the newest first."""
    query = select(correction).where(correction.c.tenant_id == scope.tenant_id)
    order = (correction.c.made_at.desc(), correction.c.id.desc())
    return tuple(map(_correction, tx.execute(query.order_by(*order).limit(limit).offset(offset))))


def change(tx: Tx, scope: Scope, was: Search, **values: Any) -> bool:
    """Change a correction that is still in the state and at the place that it was in; return whether it was."""
    same = (correction.c.state == was.correction.state, correction.c.place == was.place)
    statement = update(correction).where(*_own(scope, was.correction.id), *same).values(noted_at=tx.now, **values)
    return tx.execute(statement).rowcount == 1


def hold(tx: Tx, scope: Scope, correction_id: str) -> None:
    """Keep every other transaction that holds the correction waiting until this one ends."""
    tx.execute(update(correction).where(*_own(scope, correction_id)).values(noted_at=tx.now))


def count_on(tx: Tx, scope: Scope, correction_id: str, column: str) -> None:
    """Raise one of a correction's counts by one."""
    values = {column: correction.c[column] + 1, "noted_at": tx.now}
    tx.execute(update(correction).where(*_own(scope, correction_id)).values(**values))


def put_recipient(tx: Tx, scope: Scope, correction_id: str, one: Recipient) -> None:
    """Keep that something wrong was said in a conversation; what is known of it already gives way, but who was told."""
    into = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    values = {name: getattr(one, name) for name in _RECIPIENT_FIELDS}
    seen = {name: values[name] for name in ("party_id", "seq", "at", "times")}
    statement = into(recipient).values(tenant_id=scope.tenant_id, correction_id=correction_id, **values)
    keys = ["tenant_id", "correction_id", "conversation_id"]
    tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=seen))


def recipients(tx: Tx, scope: Scope, correction_id: str, *, limit: int, offset: int) -> tuple[Recipient, ...]:
    """Return in which conversations something wrong was said, the latest first."""
    query = select(recipient).where(*_of(scope, correction_id))
    order = (recipient.c.at.desc(), recipient.c.conversation_id)
    return tuple(map(_recipient, tx.execute(query.order_by(*order).limit(limit).offset(offset))))


def count_recipients(tx: Tx, scope: Scope, correction_id: str) -> Counted:
    """Return how many conversations and customers there are."""
    customers = func.count(recipient.c.party_id.distinct()).label("customers")
    query = select(func.count().label("conversations"), customers).where(*_of(scope, correction_id))
    row: Any = tx.execute(query).one()
    return Counted(int(row.conversations), int(row.customers))


def next_to_tell(tx: Tx, scope: Scope, correction_id: str) -> Recipient | None:
    """Return the next conversation whose customer is not told yet, the latest first, or None."""
    query = select(recipient).where(*_of(scope, correction_id), recipient.c.state == "found")
    found = tx.execute(query.order_by(recipient.c.at.desc(), recipient.c.conversation_id).limit(1)).first()
    return None if found is None else _recipient(found)


def is_told(tx: Tx, scope: Scope, correction_id: str, party_ids: Sequence[PartyId]) -> bool:
    """Return whether any of these parties was told already."""
    told = (recipient.c.state == "told", recipient.c.party_id.in_(party_ids))
    return tx.execute(select(recipient.c.seq).where(*_of(scope, correction_id), *told).limit(1)).first() is not None


def settle(
    tx: Tx, scope: Scope, correction_id: str, conversation_id: ConversationId, values: Mapping[str, Any]
) -> bool:
    """Keep what became of a conversation that was still to be told; return False when that was known already."""
    open_one = (recipient.c.conversation_id == conversation_id, recipient.c.state == "found")
    return tx.execute(update(recipient).where(*_of(scope, correction_id), *open_one).values(**values)).rowcount == 1


def delete_of(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Delete what is known of a party; return how many rows."""
    theirs = (recipient.c.tenant_id == scope.tenant_id) & (recipient.c.party_id == party_id)
    return tx.execute(delete(recipient).where(theirs)).rowcount


def _own(scope: Scope, correction_id: str) -> tuple[Any, Any]:
    return (correction.c.tenant_id == scope.tenant_id, correction.c.id == correction_id)


def _of(scope: Scope, correction_id: str) -> tuple[Any, Any]:
    return (recipient.c.tenant_id == scope.tenant_id, recipient.c.correction_id == correction_id)


def _correction(row: Row[Any]) -> Correction:
    values = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name
    return msgspec.convert({name: values[name] for name in _FIELDS}, Correction)


def _recipient(row: Row[Any]) -> Recipient:
    values = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - as above
    return msgspec.convert({name: values[name] for name in _RECIPIENT_FIELDS}, Recipient)
