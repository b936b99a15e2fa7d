"""The search index's SQL: the one place where the two databases differ in how words are looked up."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, exists, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.record.card import Card
from doorward.record.search.query import Group
from doorward.record.search.tables import UNFINDABLE, line_table, progress_table
from doorward.record.search.terms import tag_of
from doorward.record.search.wanted import NOBODY, CardFilters, LineQuery
from doorward.record.tables import card_table, entry_table, label_table, mention_table, seen_table
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope, crosses_tenants

_TRIES: Final = 64
_CARD_FIELDS: Final = tuple(field.name for field in msgspec.structs.fields(Card))
_CARD: Final = [card_table.c[name] for name in _CARD_FIELDS]

# Named by hand: SQLAlchemy knows no full-text tables. `:words` is written by `_match` from terms alone.
_SQLITE_SEEN: Final = text(
    "SELECT rowid FROM record_line_words WHERE record_line_words MATCH :words"
    " AND rowid >= :since AND rowid < :before ORDER BY rowid DESC LIMIT :many"
)
# The newest lines first: a common word fills a page from them, and the index, which has no order, is not asked.
_POSTGRESQL_NEWEST: Final = text(
    "WITH newest AS MATERIALIZED (SELECT id, terms FROM record_line WHERE tenant_id = :tenant"
    " AND id >= :since AND id < :before ORDER BY id DESC LIMIT :window)"
    " SELECT id FROM newest WHERE terms @@ CAST(:words AS tsquery) ORDER BY id DESC LIMIT :many"
)
_POSTGRESQL_EDGE: Final = text(
    "SELECT id FROM record_line WHERE tenant_id = :tenant AND id >= :since AND id < :before"
    " ORDER BY id DESC OFFSET :window LIMIT 1"
)
# The words alone, so that nothing but their index is used; terms begin with the tenant's tag.
_POSTGRESQL_SEEN: Final = text(
    "WITH found AS MATERIALIZED (SELECT id, tenant_id FROM record_line WHERE terms @@ CAST(:words AS tsquery))"
    " SELECT id FROM found WHERE tenant_id = :tenant AND id >= :since AND id < :before ORDER BY id DESC LIMIT :many"
)
_POSTGRESQL_PLANS: Final = text("SET LOCAL plan_cache_mode = force_custom_plan")
_WINDOW: Final = 4_000
_PICKED: Final = {
    "sqlite": text("SELECT value AS id FROM json_each(:ids)").columns(line_table.c.id).subquery("picked"),
    "postgresql": text("SELECT unnest(CAST(:ids AS bigint[])) AS id").columns(line_table.c.id).subquery("picked"),
}
_THIS_LINE: Final = (
    line_table.c.tenant_id == bindparam("tenant"),
    line_table.c.conversation_id == bindparam("conversation"),
    line_table.c.seq == bindparam("number"),
)
_REMOVED: Final = delete(line_table).where(*_THIS_LINE)
_THERE: Final = select(line_table.c.id).where(*_THIS_LINE)


class Span(NamedTuple):
    """A range of line ids: from `since` on, before `before`."""

    since: int
    before: int


class Bound(NamedTuple):
    """How many ids are wanted: `many`, or `most` where those cost no more."""

    many: int
    most: int


def insert_lines(tx: Tx, scope: Scope, rows: Sequence[dict[str, Any]]) -> int:
    """Add lines (`id`, `conversation_id`, `seq`, `author`, `terms` as one text) that are not there; return how many.

    A line whose id is taken by another gets the next free one.
    """
    statement = (postgresql if tx.connection.dialect.name == "postgresql" else sqlite).insert(line_table)
    statement = statement.on_conflict_do_nothing()
    tagged = [{"tenant_id": scope.tenant_id, **row, "terms": _tagged(scope, row["terms"])} for row in rows]
    written = tx.execute(statement, tagged).rowcount
    if written == len(rows):
        return written
    for row in tagged:
        this = {"tenant": scope.tenant_id, "conversation": row["conversation_id"], "number": row["seq"]}
        for step in range(1, _TRIES):
            if tx.execute(_THERE, this).first() is not None:
                break
            written += tx.execute(statement, row | {"id": row["id"] + step}).rowcount
    return written


def remove_lines(tx: Tx, scope: Scope, lines: Iterable[tuple[ConversationId, int]]) -> int:
    """Remove these lines; return how many there were."""
    named = [{"tenant": scope.tenant_id, "conversation": one, "number": seq} for one, seq in lines]
    return tx.execute(_REMOVED, named).rowcount if named else 0


def remove_conversations(tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId]) -> int:
    """Remove all lines of these conversations; return how many there were."""
    query = delete(line_table).where(
        line_table.c.tenant_id == scope.tenant_id, line_table.c.conversation_id.in_(conversation_ids)
    )
    return tx.execute(query).rowcount


def find_ids(tx: Tx, scope: Scope, wanted: LineQuery, *, span: Span, bound: Bound) -> tuple[list[int], bool]:
    """Return the ids of the newest lines with the words, the newest first, whatever the filters, and whether there are
    no more in the span.
    """
    many, most = bound
    values: dict[str, Any] = {"since": span.since, "before": span.before, "many": many}
    if not wanted.groups:
        query = select(line_table.c.id).where(line_table.c.tenant_id == scope.tenant_id)
        query = query.where(line_table.c.id >= span.since, line_table.c.id < span.before)
        ids = list(tx.execute(query.order_by(line_table.c.id.desc()).limit(many)).scalars())
        return ids, len(ids) < many
    if tx.connection.dialect.name == "sqlite":
        ids = list(tx.execute(_SQLITE_SEEN, values | {"words": _match_sqlite(scope, wanted.groups)}).scalars())
        return ids, len(ids) < many
    values |= {"tenant": scope.tenant_id, "words": _match_postgresql(scope, wanted.groups), "window": _WINDOW}
    if tx.first_time("record.search.plans"):
        # A plan for any words would be one for rare or for common words; these are planned anew each time.
        tx.execute(_POSTGRESQL_PLANS)
    newest = list(tx.execute(_POSTGRESQL_NEWEST, values).scalars())
    if len(newest) == many or tx.execute(_POSTGRESQL_EDGE, values).first() is None:
        return newest, len(newest) < many
    # The index has no order, so that it gives all there is in any case: asking it twice for one page costs twice.
    seen = list(tx.execute(_POSTGRESQL_SEEN, values | {"many": most}).scalars())
    return seen, len(seen) < most


def find_passing(tx: Tx, scope: Scope, wanted: LineQuery, *, ids: Sequence[int], limit: int) -> list[int]:
    """Return the ids of those of these lines whose author and conversation pass the filters, the newest first."""
    picked, given = _picked(tx, ids)
    query = select(line_table.c.id).select_from(picked).join(line_table, line_table.c.id == picked.c.id)
    if not wanted.cards.is_empty:
        query = query.join(card_table, _same_conversation(card_table)).where(*_conditions(wanted.cards))
    if wanted.authors:
        query = query.where(line_table.c.author.in_(wanted.authors))
    # In no order: to have one with a limit, PostgreSQL reads all lines of the tenant in that order instead of these.
    passing = tx.execute(query.where(line_table.c.tenant_id == scope.tenant_id), given).scalars()
    return sorted(passing, reverse=True)[:limit]


def find_lines(tx: Tx, scope: Scope, *, ids: Sequence[int]) -> Sequence[Any]:
    """Return these lines with their conversations, authors, kinds, keys, times and texts, the newest first."""
    picked, given = _picked(tx, ids)
    line, entry = line_table.c, entry_table.c
    said = (entry.kind, entry.key, entry.at, entry.text, entry.spans)
    query = (
        select(line.id, line.conversation_id, line.seq, line.author, *said)
        .select_from(picked)
        .join(line_table, line.id == picked.c.id)
        .join(entry_table, _same_conversation(entry_table) & (entry.seq == line.seq))
        .where(line.tenant_id == scope.tenant_id)
    )
    return tx.execute(query.order_by(line.id.desc()), given).all()


def cards_of(tx: Tx, scope: Scope, conversation_ids: Sequence[str]) -> dict[str, Card]:
    """Return the cards of these conversations by their ids."""
    query = select(*_CARD).where(
        card_table.c.tenant_id == scope.tenant_id, card_table.c.conversation_id.in_(conversation_ids)
    )
    return {card.conversation_id: card for card in map(_card, tx.execute(query))}


def find_cards(
    tx: Tx, scope: Scope, wanted: LineQuery, *, behind: tuple[Any, str] | None, limit: int
) -> tuple[Card, ...]:
    """Return the cards that pass the filters, the latest first, those behind a moment and conversation if given."""
    query = select(*_CARD).where(card_table.c.tenant_id == scope.tenant_id, *_conditions(wanted.cards))
    if wanted.since is not None:
        query = query.where(card_table.c.last_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(card_table.c.last_at < wanted.until)
    if behind is not None:
        at, conversation_id = behind
        same = (card_table.c.last_at == at) & (card_table.c.conversation_id > conversation_id)
        query = query.where(card_table.c.last_at <= at, (card_table.c.last_at < at) | same)
    query = query.order_by(card_table.c.last_at.desc(), card_table.c.conversation_id).limit(limit)
    return tuple(map(_card, tx.execute(query)))


def spoken_lines(tx: Tx, scope: Scope, *, after: tuple[str, int], limit: int) -> Sequence[Any]:
    """Return the ledger's rows with words behind a conversation and number, in the ledger's order."""
    conversation_id, seq = after
    entry = entry_table.c
    later = (entry.conversation_id > conversation_id) | ((entry.conversation_id == conversation_id) & (entry.seq > seq))
    query = (
        select(entry.conversation_id, entry.seq, entry.kind, entry.at, entry.text, entry.spans)
        .where(entry.tenant_id == scope.tenant_id, entry.conversation_id >= conversation_id, later)
        .where(entry.text.is_not(None), entry.kind.not_in(UNFINDABLE))
        .order_by(entry.conversation_id, entry.seq)
        .limit(limit)
    )
    return tx.execute(query).all()


def find_progress(tx: Tx, scope: Scope) -> Any | None:
    """Return how far the tenant's ledger is read, None if nobody began."""
    return tx.execute(select(progress_table).where(progress_table.c.tenant_id == scope.tenant_id)).first()


def put_progress(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Keep how far the tenant's ledger is read."""
    known = update(progress_table).where(progress_table.c.tenant_id == scope.tenant_id)
    if not tx.execute(known.values(values)).rowcount:
        tx.execute(insert(progress_table).values(tenant_id=scope.tenant_id, **values))


@crosses_tenants("the doctor says of every tenant how far its ledger is read; numbers only")
def all_progress(tx: Tx) -> Sequence[Any]:
    """Return how far each tenant's ledger is read."""
    return tx.execute(select(progress_table).order_by(progress_table.c.tenant_id)).all()


def _picked(tx: Tx, ids: Sequence[int]) -> tuple[Any, dict[str, Any]]:
    """Return a table of ids, and the parameters that fill it: one, however many there are."""
    is_sqlite = tx.connection.dialect.name == "sqlite"
    given = msgspec.json.encode(ids).decode() if is_sqlite else list(ids)
    return _PICKED["sqlite" if is_sqlite else "postgresql"], {"ids": given}


def _card(row: Any) -> Card:
    values = dict(zip(_CARD_FIELDS, row, strict=True))
    return Card(**values | {"labels": tuple(values["labels"])})


def _same_conversation(table: Any) -> Any:
    return (table.c.tenant_id == line_table.c.tenant_id) & (table.c.conversation_id == line_table.c.conversation_id)


def _conditions(filters: CardFilters) -> list[Any]:
    card = card_table.c
    columns: dict[Any, tuple[Any, ...]] = {
        card.state: filters.states,
        card.channel: filters.channels,
        card.language: filters.languages,
    }
    columns |= {card.queue: filters.queues, card.status: filters.statuses, card.priority: filters.priorities}
    columns[card.intent] = filters.intents
    found: list[Any] = [column.in_(values) for column, values in columns.items() if values]
    if filters.assignees:
        theirs = card.assignee.in_(filters.assignees)
        found.append(theirs | card.assignee.is_(None) if NOBODY in filters.assignees else theirs)
    found += [_has(label_table, label_table.c.label.in_(choice)) for choice in filters.labels]
    found += [_has(mention_table, mention_table.c.staff_id.in_(choice)) for choice in filters.mentions]
    if filters.risk is not None:
        found.append(card.risk >= filters.risk)
    if filters.snoozed is not None:
        sleeps = card.snoozed_until.is_not(None) & (card.snoozed_until > filters.now)
        found.append(sleeps if filters.snoozed else card.snoozed_until.is_(None) | (card.snoozed_until <= filters.now))
    if filters.unseen is not None:
        seen = (seen_table.c.staff_id == filters.unseen) & (seen_table.c.seq >= card.heard_seq)
        found += [card.heard_seq > 0, ~_has(seen_table, seen)]
    return found


def _has(table: Any, condition: Any) -> Any:
    """Return what is true of cards that have such a row beside them."""
    card = card_table.c
    same = table.c.tenant_id == card.tenant_id, table.c.conversation_id == card.conversation_id
    return exists().where(*same, condition)


def _tagged(scope: Scope, terms: str) -> str:
    tag = tag_of(scope.tenant_id)
    return " ".join(f"{tag}{term}" for term in terms.split(" ")) if terms else ""


def _match_sqlite(scope: Scope, groups: Sequence[Group]) -> str:
    """Return the words in FTS5's language (sqlite.org/fts5.html, 3)."""
    return " AND ".join(_either(scope, group, quote='"', begins=" *", either=" OR ") for group in groups)


def _match_postgresql(scope: Scope, groups: Sequence[Group]) -> str:
    """Return the words in the language of `tsquery` (PostgreSQL's manual, 8.11.2)."""
    return " & ".join(_either(scope, group, quote="'", begins=":*", either=" | ") for group in groups)


def _either(scope: Scope, group: Group, *, quote: str, begins: str, either: str) -> str:
    tag = tag_of(scope.tenant_id)
    for term in (*group.terms, group.beginning):
        if not all(sign.isalnum() or sign == "§" for sign in term):
            raise ValueError("a term is letters and digits")  # never: whoever makes terms leaves nothing else
    parts = [f"{quote}{tag}{term}{quote}" for term in sorted(group.terms)]
    if group.beginning:
        parts.append(f"{quote}{tag}{group.beginning}{quote}{begins}")
    return f"({either.join(parts)})"
