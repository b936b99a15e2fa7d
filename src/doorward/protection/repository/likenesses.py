"""The SQL of the equality table: that two places held the same value, without the value.

Rows are HMACs under a tenant's rotating key. Where a value is met again, older rows of it move to the newest key; rows
whose key is gone are deleted, and so are a party's with the party.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import and_, bindparam, case, delete, func, insert, or_, select, update

from doorward.kit.tx import Tx
from doorward.protection.screened import Likeness
from doorward.protection.tables import likeness_table
from doorward.vocabulary.ids import MessageId, PartyId
from doorward.vocabulary.scope import Scope

_AT_ONCE: Final = 400
_DIGEST_BYTES: Final = 16


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """That a finding's value is known.

    `place` is the finding's among its message's findings. `digest` (hex) is the same for equal values until the key
    changes. `before` counts earlier messages of the same customer with this value, `others` other customers who ever
    wrote it; `last_at` is when the customer last did before.
    """

    place: int
    digest: str
    before: int = 0
    others: int = 0
    last_at: datetime | None = None


_columns = likeness_table.c
_RENEWED = (
    update(likeness_table)
    .where(
        _columns.tenant_id == bindparam("tenant"),
        _columns.mark == bindparam("old_mark"),
        _columns.epoch == bindparam("old_epoch"),
    )
    .values(mark=bindparam("new_mark"), epoch=bindparam("new_epoch"))
)
_NEW = insert(likeness_table)


def insert_likenesses(
    tx: Tx, scope: Scope, likenesses: Sequence[Likeness], *, party_id: PartyId, message_id: MessageId
) -> None:
    """Write down what one message's values equal, and move older rows of the same values to the newest key."""
    marked = sorted((one for one in likenesses if one.marks), key=lambda one: one.marks[0].value)
    for one in marked:
        newest, *older = one.marks
        for old in older:
            moved = {"old_mark": old.value, "old_epoch": old.epoch, "new_mark": newest.value, "new_epoch": newest.epoch}
            tx.execute(_RENEWED, {"tenant": scope.tenant_id, **moved})
    shared = {"tenant_id": scope.tenant_id, "message_id": message_id, "party_id": party_id, "at": tx.now}
    rows = [
        {"place": one.place, "kind": one.kind, "epoch": one.marks[0].epoch, "mark": one.marks[0].value, **shared}
        for one in marked
    ]
    if rows:
        tx.execute(_NEW, rows)


def find_sightings(
    tx: Tx, scope: Scope, message_ids: Sequence[MessageId], *, family: Collection[PartyId]
) -> Mapping[MessageId, tuple[Sighting, ...]]:
    """Return what is known of the values in these messages; `family` are the parties that are one customer."""
    found: dict[MessageId, list[Sighting]] = {}
    for at in range(0, len(message_ids), _AT_ONCE):
        for message_id, sighting in _some_sightings(tx, scope, message_ids[at : at + _AT_ONCE], family=family):
            found.setdefault(message_id, []).append(sighting)
    return {message_id: tuple(some) for message_id, some in found.items()}


def _some_sightings(
    tx: Tx, scope: Scope, message_ids: Sequence[MessageId], *, family: Collection[PartyId]
) -> Sequence[tuple[MessageId, Sighting]]:
    here, there = likeness_table.alias("here"), likeness_table.alias("there")
    same = there.c.party_id.in_(family)
    sooner = and_(there.c.at == here.c.at, there.c.message_id < here.c.message_id)
    earlier = and_(same, or_(there.c.at < here.c.at, sooner))
    equal = and_(there.c.tenant_id == here.c.tenant_id, there.c.mark == here.c.mark)
    query = (
        select(
            here.c.message_id,
            here.c.place,
            here.c.mark,
            func.count(case((earlier, there.c.message_id)).distinct()).label("before"),
            func.count(case((~same, there.c.party_id)).distinct()).label("others"),
            func.max(case((earlier, there.c.at))).label("last_at"),
        )
        .select_from(here.join(there, equal))
        .where(here.c.tenant_id == scope.tenant_id, here.c.message_id.in_(message_ids))
        .group_by(here.c.message_id, here.c.place, here.c.mark)
        .order_by(here.c.message_id, here.c.place)
    )
    return [
        (
            MessageId(row.message_id),
            Sighting(
                place=row.place,
                digest=bytes(row.mark)[:_DIGEST_BYTES].hex(),
                before=row.before,
                others=row.others,
                last_at=row.last_at,
            ),
        )
        for row in tx.execute(query)
    ]


def move_likenesses(tx: Tx, scope: Scope, *, origin: PartyId, target: PartyId) -> None:
    """Give the rows of one party to another, when both turn out to be the same."""
    here = (_columns.tenant_id == scope.tenant_id, _columns.party_id == origin)
    tx.execute(update(likeness_table).where(*here).values(party_id=target))


def delete_likenesses(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Delete all rows of a party; return how many."""
    here = (_columns.tenant_id == scope.tenant_id, _columns.party_id == party_id)
    return int(tx.execute(delete(likeness_table).where(*here)).rowcount)


def delete_expired(tx: Tx, scope: Scope, *, before: int) -> int:
    """Delete the rows of epochs before this one; return how many."""
    found = tx.execute(delete(likeness_table).where(_columns.tenant_id == scope.tenant_id, _columns.epoch < before))
    return int(found.rowcount)
