"""The record's SQL."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, func, insert, or_, select, text, update

from doorward.kit.tx import Tx
from doorward.record.card import Card, CardOrder, CardPlace, CardQuery
from doorward.record.tables import audit_table, card_table, entry_table, label_table, mention_table, seen_table
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.scope import Scope, crosses_tenants

_CARD_FIELDS = tuple(field.name for field in msgspec.structs.fields(Card))
_CARD_COLUMNS = [card_table.c[name] for name in _CARD_FIELDS]

# Every message runs these several times. A statement that is put together once costs a fifth of one that is put
# together for each call.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_CARD = select(*_CARD_COLUMNS).where(
    card_table.c.tenant_id == bindparam("tenant"), card_table.c.conversation_id == bindparam("conversation")
)
_LOCKED_CARD = _CARD.with_for_update()
_NEW_CARD = insert(card_table)
_CHANGED_CARD = (
    update(card_table)
    .where(card_table.c.tenant_id == bindparam("tenant"), card_table.c.conversation_id == bindparam("conversation"))
    .values({name: bindparam(name) for name in _CARD_FIELDS if name != "conversation_id"})
)
_IN_LEDGER = (
    entry_table.c.tenant_id == bindparam("tenant"),
    entry_table.c.conversation_id == bindparam("conversation"),
)
_ENTRY_BY_KEY = select(entry_table).where(*_IN_LEDGER, entry_table.c.key == bindparam("key"))
_KNOWN_KEYS = select(entry_table.c.key).where(*_IN_LEDGER, entry_table.c.key.in_(bindparam("keys", expanding=True)))
_NEW_ENTRIES = insert(entry_table)
_ENTRIES = (
    select(entry_table)
    .where(*_IN_LEDGER, entry_table.c.seq > bindparam("after"))
    .order_by(entry_table.c.seq)
    .limit(bindparam("limit"))
)


def lock(tx: Tx, scope: Scope, name: str) -> None:
    """Hold everybody else off `name` until this transaction ends. SQLite's one writer needs no lock."""
    if tx.connection.dialect.name == "postgresql":
        key = f"{scope.tenant_id}\x1f{name}"
        if tx.first_time(key):
            tx.execute(_LOCK, {"key": key})


def find_card(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Card | None:
    """Return the conversation's card, or None."""
    row = tx.execute(_CARD, {"tenant": scope.tenant_id, "conversation": conversation_id}).first()
    return None if row is None else _card(row)


def lock_card(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Card | None:
    """Return the conversation's card as it is last committed, and hold it until this transaction ends; or None."""
    row = tx.execute(_LOCKED_CARD, {"tenant": scope.tenant_id, "conversation": conversation_id}).first()
    return None if row is None else _card(row)


def _card(row: Any) -> Card:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["labels"] = tuple(values["labels"])
    return Card(**values)


def find_cards(tx: Tx, scope: Scope, wanted: CardQuery) -> tuple[Card, ...]:
    """Return the cards that are wanted, in the order that is wanted."""
    beside = _beside_cards(tx, scope, wanted)
    if not beside.few and _is_few(wanted):
        query = select(*_CARD_COLUMNS).where(*_wanted(scope, wanted, beside)).order_by(*_order(wanted))
        return tuple(_card(row) for row in tx.execute(query.limit(wanted.limit).offset(wanted.offset)))
    # One index has all that lists are narrowed by, state by state in the order of time: it alone tells which cards.
    places: list[Any] = []
    if beside.few:
        # Without order and place they are looked up by their ids; there are less than `_FEW`.
        every = msgspec.structs.replace(wanted, after=None)
        found = tx.execute(select(*_PLACES, card_table.c.unanswered_since).where(*_wanted(scope, every, beside)))
        places += [row for row in found if wanted.after is None or _is_behind(row, wanted.order, wanted.after)]
    else:
        for state in wanted.states or _STATES:
            one = msgspec.structs.replace(wanted, states=(state,))
            query = select(*_PLACES).where(*_wanted(scope, one, beside)).order_by(*_order(wanted))
            places += tx.execute(query.limit(wanted.limit + wanted.offset))
    places.sort(key=_MERGED[wanted.order])
    return _cards_of(tx, scope, [row.conversation_id for row in places[wanted.offset :][: wanted.limit]])


def count_wanted(tx: Tx, scope: Scope, wanted: CardQuery) -> int:
    """Return how many cards are wanted, at most `limit`: nobody waits for an exact number of thousands."""
    beside = _beside_cards(tx, scope, wanted)
    if not (wanted.states or beside.few or _is_few(wanted)):
        wanted = msgspec.structs.replace(wanted, states=_STATES)
    some = select(card_table.c.conversation_id).where(*_wanted(scope, wanted, beside)).limit(wanted.limit)
    return int(tx.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def _cards_of(tx: Tx, scope: Scope, conversation_ids: Sequence[str]) -> tuple[Card, ...]:
    """Return these cards, in this order."""
    query = select(*_CARD_COLUMNS).where(
        card_table.c.tenant_id == scope.tenant_id, card_table.c.conversation_id.in_(conversation_ids)
    )
    found = {row.conversation_id: _card(row) for row in tx.execute(query)} if conversation_ids else {}
    return tuple(found[one] for one in conversation_ids)


def slept_enough(tx: Tx, scope: Scope, *, limit: int) -> tuple[ConversationId, ...]:
    """Return conversations whose time to wake has come, the first first."""
    query = select(card_table.c.conversation_id).where(
        card_table.c.tenant_id == scope.tenant_id, card_table.c.snoozed_until <= tx.now
    )
    return tuple(tx.execute(query.order_by(card_table.c.snoozed_until).limit(limit)).scalars())


def _is_few(wanted: CardQuery) -> bool:
    """Return whether an index of its own finds few cards at once.

    Those of somebody, those named one by one, unanswered ones, sleeping ones.
    """
    theirs = bool(wanted.assignee) or (bool(wanted.assignees) and all(wanted.assignees))
    somebody = wanted.party_id is not None or wanted.party_ids is not None or theirs
    return somebody or wanted.among is not None or wanted.order == "unanswered" or wanted.snoozed is True


_STATES: Final = ("bot", "waiting", "human", "resolved")
_PLACES: Final = (card_table.c.conversation_id, card_table.c.last_at, card_table.c.priority)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MERGED: Final[dict[str, Callable[[Any], Any]]] = {
    "latest": lambda row: (_BEGINNING - row.last_at, row.conversation_id),
    "oldest": lambda row: (row.last_at, row.conversation_id),
    "unanswered": lambda row: (row.unanswered_since, row.conversation_id),
    "priority": lambda row: (-row.priority, _BEGINNING - row.last_at, row.conversation_id),
}
"""The orders below, for rows that were found apart from each other."""


class _Place(NamedTuple):
    """A place in a list as a row of it."""

    conversation_id: str
    last_at: datetime
    unanswered_since: datetime
    priority: int


def _is_behind(row: Any, order: CardOrder, place: CardPlace) -> bool:
    key = _MERGED[order]
    return bool(key(row) > key(_Place(place.conversation_id, place.at, place.at, place.priority)))


_ORDERS: Final[dict[str, tuple[Any, ...]]] = {
    "latest": (card_table.c.last_at.desc(),),
    "oldest": (card_table.c.last_at,),
    "unanswered": (card_table.c.unanswered_since,),
    "priority": (card_table.c.priority.desc(), card_table.c.last_at.desc()),
}


def _order(wanted: CardQuery) -> tuple[Any, ...]:
    return (*_ORDERS[wanted.order], card_table.c.conversation_id)


def _wanted(scope: Scope, wanted: CardQuery, beside: "_Beside") -> tuple[ColumnElement[bool], ...]:
    """Return what is asked of a card of the scope's tenant."""
    return (card_table.c.tenant_id == scope.tenant_id, *_conditions(wanted), *beside.conditions)


def _conditions(wanted: CardQuery) -> Iterator[ColumnElement[bool]]:
    """Yield what each field that narrows asks of a card."""
    columns = card_table.c
    among = {
        columns.state: wanted.states,
        columns.channel: wanted.channels,
        columns.language: wanted.languages,
        columns.queue: wanted.queues,
        columns.status: wanted.statuses,
        columns.priority: wanted.priorities,
        columns.intent: wanted.intents,
        columns.party_id: (wanted.party_id,) if wanted.party_id is not None else (),
    }
    yield from (column.in_(values) for column, values in among.items() if values)
    if wanted.among is not None:
        yield columns.conversation_id.in_(wanted.among)
    if wanted.party_ids is not None:
        yield columns.party_id.in_(wanted.party_ids)
    if wanted.assignee is not None:
        yield columns.assignee == wanted.assignee if wanted.assignee else columns.assignee.is_(None)
    yield from _theirs(wanted.assignees)
    if wanted.risk is not None:
        yield columns.risk >= wanted.risk
    if wanted.since is not None:
        yield columns.last_at >= wanted.since
    if wanted.until is not None:
        yield columns.last_at < wanted.until
    if wanted.order == "unanswered":
        yield columns.unanswered_since.is_not(None)
    if wanted.snoozed is not None:
        sleeps = columns.snoozed_until.is_not(None) & (columns.snoozed_until > wanted.now)
        yield sleeps if wanted.snoozed else or_(columns.snoozed_until.is_(None), columns.snoozed_until <= wanted.now)
    if wanted.after is not None:
        yield _behind(wanted.order, wanted.after)


def _theirs(assignees: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Yield what is asked of a card that one of these has; empty stands for nobody."""
    if assignees:
        theirs = card_table.c.assignee.in_(assignees)
        yield or_(theirs, card_table.c.assignee.is_(None)) if "" in assignees else theirs


class _Beside(NamedTuple):
    """What is asked of the rows beside a card, and whether they say themselves which few cards that can be."""

    conditions: tuple[ColumnElement[bool], ...]
    few: bool


def _beside_cards(tx: Tx, scope: Scope, wanted: CardQuery) -> _Beside:
    """Return what is asked of labels, of whom notes name, and of what somebody has seen."""
    rows = [(label_table, label_table.c.label.in_(choice)) for choice in wanted.labels]
    rows += [(mention_table, mention_table.c.staff_id.in_(choice)) for choice in wanted.mentions]
    found = [_has(tx, scope, table, condition) for table, condition in rows]
    conditions = [condition for condition, _ in found]
    if wanted.unseen is not None:
        seen = (*_beside(seen_table), seen_table.c.staff_id == wanted.unseen)
        unseen = ~exists().where(*seen, seen_table.c.seq >= card_table.c.heard_seq)
        conditions += [card_table.c.heard_seq > 0, unseen]
    return _Beside(tuple(conditions), any(few for _, few in found))


_FEW: Final = 1000


def _has(tx: Tx, scope: Scope, table: Table, condition: ColumnElement[bool]) -> tuple[ColumnElement[bool], bool]:
    """Return what is true of cards that have such a row beside them, and whether those are few.

    Few are looked up as they are; where there are many, the row is looked for at each card that comes in order.
    """
    rows = select(table.c.conversation_id).where(table.c.tenant_id == scope.tenant_id, condition)
    some = tx.execute(rows.limit(_FEW)).scalars().all()
    if len(some) < _FEW:
        return card_table.c.conversation_id.in_(sorted(set(some))), True
    return exists().where(*_beside(table), condition), False


def _beside(table: Table) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.tenant_id == card_table.c.tenant_id,
        table.c.conversation_id == card_table.c.conversation_id,
    )


def _behind(order: CardOrder, place: CardPlace) -> ColumnElement[bool]:
    """Return what is true of the cards behind a place, in an order that ends with the conversation's id."""
    columns = card_table.c
    column = columns.unanswered_since if order == "unanswered" else columns.last_at
    further = column > place.at if order in {"oldest", "unanswered"} else column < place.at
    behind = or_(further, and_(column == place.at, columns.conversation_id > place.conversation_id))
    if order != "priority":
        return behind
    return or_(columns.priority < place.priority, and_(columns.priority == place.priority, behind))


def count_cards(tx: Tx, scope: Scope) -> dict[str, int]:
    """Return how many conversations are in each state."""
    query = (
        select(card_table.c.state, func.count().label("number"))
        .where(card_table.c.tenant_id == scope.tenant_id)
        .group_by(card_table.c.state)
    )
    return {row.state: row.number for row in tx.execute(query)}


def save_card(tx: Tx, scope: Scope, card: Card, *, new: bool) -> None:
    """Write the card as it is now."""
    values = {name: getattr(card, name) for name in _CARD_FIELDS}
    if new:
        tx.execute(_NEW_CARD, {"tenant_id": scope.tenant_id, **values})
        return
    conversation_id = values.pop("conversation_id")
    tx.execute(_CHANGED_CARD, {"tenant": scope.tenant_id, "conversation": conversation_id, **values})


def find_key(tx: Tx, scope: Scope, conversation_id: ConversationId, key: str) -> Any | None:
    """Return the ledger row with this key, or None."""
    return tx.execute(_ENTRY_BY_KEY, {"tenant": scope.tenant_id, "conversation": conversation_id, "key": key}).first()


def known_keys(tx: Tx, scope: Scope, conversation_id: ConversationId, keys: Sequence[str]) -> frozenset[str]:
    """Return which of these keys are in the ledger already."""
    known = tx.execute(_KNOWN_KEYS, {"tenant": scope.tenant_id, "conversation": conversation_id, "keys": list(keys)})
    return frozenset(known.scalars())


def insert_entries(tx: Tx, scope: Scope, entries: Sequence[tuple[int, Entry]]) -> None:
    """Add numbered lines to the ledger."""
    rows = [
        {
            "tenant_id": scope.tenant_id,
            "conversation_id": entry.conversation_id,
            "seq": seq,
            "kind": entry.kind,
            "key": entry.key,
            "at": entry.at,
            "actor_kind": entry.actor.kind,
            "actor_id": entry.actor.id,
            "party_id": entry.party_id,
            "message_id": entry.message_id,
            "text": None if entry.text is None else entry.text.text,
            "spans": None if entry.text is None else entry.text.spans,
            "data": entry.data,
        }
        for seq, entry in entries
    ]
    tx.execute(_NEW_ENTRIES, rows)


def find_entries(tx: Tx, scope: Scope, conversation_id: ConversationId, *, after: int, limit: int) -> Sequence[Any]:
    """Return ledger rows with numbers above `after`, in order."""
    return tx.execute(
        _ENTRIES, {"tenant": scope.tenant_id, "conversation": conversation_id, "after": after, "limit": limit}
    ).all()


def find_entries_at(tx: Tx, scope: Scope, conversation_id: ConversationId, seqs: Sequence[int]) -> Sequence[Any]:
    """Return the ledger rows with these numbers."""
    here = (entry_table.c.tenant_id == scope.tenant_id, entry_table.c.conversation_id == conversation_id)
    return tx.execute(select(entry_table).where(*here, entry_table.c.seq.in_(seqs))).all()


def find_entries_of_kinds(
    tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId], *, kinds: Sequence[str], limit: int
) -> Sequence[Any]:
    """Return the newest ledger rows of these kinds in these conversations, newest first."""
    query = select(entry_table).where(
        entry_table.c.tenant_id == scope.tenant_id,
        entry_table.c.conversation_id.in_(conversation_ids),
        entry_table.c.kind.in_(kinds),
    )
    order = (entry_table.c.at.desc(), entry_table.c.conversation_id, entry_table.c.seq.desc())
    return tx.execute(query.order_by(*order).limit(limit)).all()


def written_besides(
    tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId], *, kinds: Sequence[str], prefix: str
) -> frozenset[ConversationId]:
    """Return in which of these conversations there is a line of these kinds whose key does not begin with `prefix`."""
    query = select(entry_table.c.conversation_id).where(
        entry_table.c.tenant_id == scope.tenant_id,
        entry_table.c.conversation_id.in_(conversation_ids),
        entry_table.c.kind.in_(kinds),
        entry_table.c.key.not_like(f"{prefix}%"),
    )
    return frozenset(tx.execute(query.distinct()).scalars()) if conversation_ids else frozenset()


def find_conversations(tx: Tx, scope: Scope) -> tuple[ConversationId, ...]:
    """Return the ids of all conversations that have a ledger."""
    query = select(entry_table.c.conversation_id).where(entry_table.c.tenant_id == scope.tenant_id).distinct()
    return tuple(tx.execute(query).scalars())


def insert_audit(tx: Tx, scope: Scope, rows: Sequence[dict[str, Any]]) -> None:
    """Add audit rows, unsealed."""
    tx.execute(insert(audit_table), [{"tenant_id": scope.tenant_id, **row} for row in rows])


def unsealed_audit(tx: Tx, scope: Scope, *, limit: int) -> Sequence[Any]:
    """Return audit rows that are not sealed yet, in order of their ids, which is the order of their making."""
    return tx.execute(
        select(audit_table)
        .where(audit_table.c.tenant_id == scope.tenant_id, audit_table.c.seq.is_(None))
        .order_by(audit_table.c.id)
        .limit(limit)
    ).all()


@crosses_tenants("the sealer asks who has something to seal; each tenant is then sealed in its own scope")
def tenants_to_seal(tx: Tx) -> tuple[TenantId, ...]:
    """Return the tenants with unsealed audit rows."""
    query = select(audit_table.c.tenant_id).where(audit_table.c.seq.is_(None)).distinct()
    return tuple(TenantId(tenant_id) for tenant_id in tx.execute(query).scalars())


def last_sealed_audit(tx: Tx, scope: Scope) -> Any | None:
    """Return the audit row at the end of the chain, or None."""
    return tx.execute(
        select(audit_table)
        .where(audit_table.c.tenant_id == scope.tenant_id, audit_table.c.seq.is_not(None))
        .order_by(audit_table.c.seq.desc())
        .limit(1)
    ).first()


def seal_audit(tx: Tx, scope: Scope, audit_id: str, *, seq: int, chain: bytes) -> None:
    """Give an unsealed row its place in the chain."""
    tx.execute(
        update(audit_table)
        .where(audit_table.c.tenant_id == scope.tenant_id, audit_table.c.id == audit_id, audit_table.c.seq.is_(None))
        .values(seq=seq, chain=chain)
    )


def sealed_audit_after(tx: Tx, scope: Scope, seq: int, *, limit: int) -> Sequence[Any]:
    """Return sealed audit rows with numbers above `seq`, in order."""
    return tx.execute(
        select(audit_table)
        .where(audit_table.c.tenant_id == scope.tenant_id, audit_table.c.seq > seq)
        .order_by(audit_table.c.seq)
        .limit(limit)
    ).all()


def latest_audit(tx: Tx, scope: Scope, *, limit: int, object_id: str | None = None) -> Sequence[Any]:
    """Return the newest audit rows, of one object if given."""
    query = select(audit_table).where(audit_table.c.tenant_id == scope.tenant_id)
    if object_id is not None:
        query = query.where(audit_table.c.object_id == object_id)
    return tx.execute(query.order_by(audit_table.c.id.desc()).limit(limit)).all()


def audit_of_objects(
    tx: Tx, scope: Scope, object_ids: Sequence[str], *, actions: Sequence[str], limit: int
) -> Sequence[Any]:
    """Return the newest audit rows with these actions on these objects."""
    query = select(audit_table).where(
        audit_table.c.tenant_id == scope.tenant_id,
        audit_table.c.object_id.in_(object_ids),
        audit_table.c.action.in_(actions),
    )
    return tx.execute(query.order_by(audit_table.c.id.desc()).limit(limit)).all()


def find_audit(tx: Tx, scope: Scope, wanted: Any) -> Sequence[Any]:
    """Return the audit rows that an `AuditQuery` wants, the newest first."""
    query = select(audit_table).where(audit_table.c.tenant_id == scope.tenant_id)
    if wanted.actions:
        query = query.where(audit_table.c.action.in_(wanted.actions))
    if wanted.action:
        query = query.where(audit_table.c.action.startswith(wanted.action, autoescape=True))
    if wanted.object:
        query = query.where((audit_table.c.object_id == wanted.object) | (audit_table.c.object_kind == wanted.object))
    if wanted.actor_id:
        query = query.where(audit_table.c.actor_id == wanted.actor_id)
    if wanted.since is not None:
        query = query.where(audit_table.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit_table.c.at < wanted.until)
    if wanted.before is not None:
        query = query.where(audit_table.c.id < wanted.before)
    return tx.execute(query.order_by(audit_table.c.id.desc()).limit(wanted.limit)).all()


def audited_actions(tx: Tx, scope: Scope) -> tuple[str, ...]:
    """Return which actions there are rows of."""
    query = select(audit_table.c.action).where(audit_table.c.tenant_id == scope.tenant_id).distinct()
    return tuple(tx.execute(query.order_by(audit_table.c.action)).scalars())


def count_unsealed_audit(tx: Tx, scope: Scope) -> int:
    """Return how many audit rows wait for the sealer."""
    query = select(func.count()).where(audit_table.c.tenant_id == scope.tenant_id, audit_table.c.seq.is_(None))
    return int(tx.execute(query).scalar_one())


def outcomes(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> tuple[Card, ...]:
    """Return the cards of conversations opened in [since, until)."""
    query = select(*_CARD_COLUMNS).where(
        card_table.c.tenant_id == scope.tenant_id, card_table.c.opened_at >= since, card_table.c.opened_at < until
    )
    return tuple(_card(row) for row in tx.execute(query))
