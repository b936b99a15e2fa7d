"""Understanding's SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.kit.tx import Tx
from doorward.understanding.tables import intent_table, model_table, phrase_table, training_table
from doorward.vocabulary.scope import Scope

_SHOWN = [column for column in model_table.c if column.name not in {"report", "description", "weights"}]
_AT_ONCE = 500


class PhraseQuery(NamedTuple):
    """Which phrases: of an intent (None: of all), in a language (None: in all), those after one with this id."""

    intent: str | None = None
    language: str | None = None
    after: str | None = None


def intents(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return the tenant's intents by their names."""
    query = select(intent_table).where(intent_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(intent_table.c.name)).all()


def find_intent(tx: Tx, scope: Scope, name: str) -> Any | None:
    """Return an intent, or None."""
    own = (intent_table.c.tenant_id == scope.tenant_id) & (intent_table.c.name == name)
    return tx.execute(select(intent_table).where(own)).first()


def save_intent(tx: Tx, scope: Scope, name: str, labels: Mapping[str, str]) -> None:
    """Write an intent's labels, for the first time or anew."""
    values = {"labels": dict(labels), "changed_at": tx.now, "changed_by": scope.actor.id}
    into = _insert(tx)(intent_table).values(tenant_id=scope.tenant_id, name=name, **values)
    keys = [intent_table.c.tenant_id, intent_table.c.name]
    tx.execute(into.on_conflict_do_update(index_elements=keys, set_=values))


def delete_intent(tx: Tx, scope: Scope, name: str) -> None:
    """Remove an intent and its phrases."""
    own = (phrase_table.c.tenant_id == scope.tenant_id) & (phrase_table.c.intent == name)
    tx.execute(delete(phrase_table).where(own))
    tx.execute(delete(intent_table).where(intent_table.c.tenant_id == scope.tenant_id, intent_table.c.name == name))


def labels_edition(tx: Tx, scope: Scope) -> tuple[int, Any]:
    """Return what changes whenever an intent is made, changed or removed."""
    query = select(func.count(), func.max(intent_table.c.changed_at)).where(intent_table.c.tenant_id == scope.tenant_id)
    row: Any = tx.execute(query).one()
    return int(row[0]), row[1]


def insert_phrases(tx: Tx, scope: Scope, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Write phrases that are not there yet; return the ids of those that were not."""
    own = phrase_table.c.tenant_id == scope.tenant_id
    known: set[str] = set()
    for start in range(0, len(rows), _AT_ONCE):
        ids = [row["id"] for row in rows[start : start + _AT_ONCE]]
        known.update(tx.execute(select(phrase_table.c.id).where(own, phrase_table.c.id.in_(ids))).scalars())
    fresh: dict[str, dict[str, Any]] = {}
    for row in rows:  # of two that are one, the first is kept
        if row["id"] not in known:
            fresh.setdefault(row["id"], {**row, "tenant_id": scope.tenant_id})
    if fresh:
        tx.execute(_insert(tx)(phrase_table).on_conflict_do_nothing(), list(fresh.values()))
    return frozenset(fresh)


def find_phrase(tx: Tx, scope: Scope, phrase_id: str) -> Any | None:
    """Return a phrase, or None."""
    own = (phrase_table.c.tenant_id == scope.tenant_id) & (phrase_table.c.id == phrase_id)
    return tx.execute(select(phrase_table).where(own)).first()


def find_phrases(tx: Tx, scope: Scope, phrase_ids: Sequence[str]) -> Sequence[Any]:
    """Return those of these phrases that are there; a few hundred at most."""
    own = (phrase_table.c.tenant_id == scope.tenant_id) & phrase_table.c.id.in_(phrase_ids)
    return tx.execute(select(phrase_table).where(own)).all() if phrase_ids else ()


def newest_phrases(tx: Tx, scope: Scope, wanted: PhraseQuery, *, limit: int) -> Sequence[Any]:
    """Return phrases, the newest first."""
    query = select(phrase_table).where(phrase_table.c.tenant_id == scope.tenant_id)
    if wanted.intent is not None:
        query = query.where(phrase_table.c.intent == wanted.intent)
    if wanted.language is not None:
        query = query.where(phrase_table.c.language == wanted.language)
    last = None if wanted.after is None else find_phrase(tx, scope, wanted.after)
    if wanted.after is not None and last is None:
        return ()
    if last is not None:
        at, phrase_id = phrase_table.c.added_at, phrase_table.c.id
        query = query.where(or_(at < last.added_at, and_(at == last.added_at, phrase_id < last.id)))
    return tx.execute(query.order_by(phrase_table.c.added_at.desc(), phrase_table.c.id.desc()).limit(limit)).all()


def all_phrases(tx: Tx, scope: Scope) -> Sequence[Any]:
    """Return every phrase, in an order that stays: the same phrases teach the same model."""
    query = select(phrase_table).where(phrase_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.order_by(phrase_table.c.id)).all()


def count_phrases(tx: Tx, scope: Scope) -> Mapping[tuple[str, str], int]:
    """Return how many phrases there are, by intent and language."""
    query = (
        select(phrase_table.c.intent, phrase_table.c.language, func.count().label("number"))
        .where(phrase_table.c.tenant_id == scope.tenant_id)
        .group_by(phrase_table.c.intent, phrase_table.c.language)
    )
    return {(row.intent, row.language): row.number for row in tx.execute(query)}


def update_phrase(tx: Tx, scope: Scope, phrase_id: str, values: Mapping[str, Any]) -> None:
    """Change what a phrase teaches."""
    own = (phrase_table.c.tenant_id == scope.tenant_id) & (phrase_table.c.id == phrase_id)
    tx.execute(update(phrase_table).where(own).values(**values))


def delete_phrase(tx: Tx, scope: Scope, phrase_id: str) -> None:
    """Remove a phrase."""
    tx.execute(delete(phrase_table).where(phrase_table.c.tenant_id == scope.tenant_id, phrase_table.c.id == phrase_id))


def insert_model(tx: Tx, scope: Scope, values: Mapping[str, Any]) -> int:
    """Write the next version of the tenant's model and return its number."""
    own = model_table.c.tenant_id == scope.tenant_id
    last = tx.execute(select(func.max(model_table.c.version)).where(own)).scalar()
    version = 1 + (last or 0)
    tx.execute(insert(model_table).values(tenant_id=scope.tenant_id, version=version, **values))
    return version


def update_models(tx: Tx, scope: Scope, values: Mapping[str, Any], **where: Any) -> int:
    """Change the versions whose columns are as `where` says; return how many."""
    query = update(model_table).where(model_table.c.tenant_id == scope.tenant_id)
    for name, value in where.items():
        query = query.where(model_table.c[name] == value)
    return tx.execute(query.values(**values)).rowcount


def newest_models(tx: Tx, scope: Scope, *, before: int | None, limit: int) -> Sequence[Any]:
    """Return the newest versions with numbers below `before`, if given: who, when and how many phrases."""
    query = select(*_SHOWN, model_table.c.report).where(model_table.c.tenant_id == scope.tenant_id)
    if before is not None:
        query = query.where(model_table.c.version < before)
    return tx.execute(query.order_by(model_table.c.version.desc()).limit(limit)).all()


def find_model(tx: Tx, scope: Scope, version: int) -> Any | None:
    """Return a version without its weights, or None."""
    own = (model_table.c.tenant_id == scope.tenant_id) & (model_table.c.version == version)
    return tx.execute(select(*_SHOWN, model_table.c.report).where(own)).first()


def active_version(tx: Tx, scope: Scope) -> int | None:
    """Return the number of the version that is active, or None."""
    own = (model_table.c.tenant_id == scope.tenant_id) & (model_table.c.state == "active")
    return tx.execute(select(model_table.c.version).where(own)).scalar()


def before_active(tx: Tx, scope: Scope) -> int | None:
    """Return the number of the version that was active before, or None."""
    own = (model_table.c.tenant_id == scope.tenant_id) & (model_table.c.state == "retired")
    usable = model_table.c.activated_at.is_not(None) & model_table.c.weights.is_not(None)
    query = select(model_table.c.version).where(own, usable).order_by(model_table.c.activated_at.desc()).limit(1)
    return tx.execute(query).scalar()


def find_weights(tx: Tx, scope: Scope, version: int) -> Any | None:
    """Return a version's description and weights, or None."""
    own = (model_table.c.tenant_id == scope.tenant_id) & (model_table.c.version == version)
    return tx.execute(select(model_table.c.description, model_table.c.weights).where(own)).first()


def has_weights(tx: Tx, scope: Scope, version: int) -> bool:
    """Return whether a version's weights are still kept."""
    own = (model_table.c.tenant_id == scope.tenant_id) & (model_table.c.version == version)
    return bool(tx.execute(select(model_table.c.weights.is_not(None)).where(own)).scalar())


def drop_weights(tx: Tx, scope: Scope, *, kept: int) -> None:
    """Drop the weights of all versions but the newest that have some, and the active one."""
    own = (model_table.c.tenant_id == scope.tenant_id) & model_table.c.weights.is_not(None)
    query = select(model_table.c.version).where(own).order_by(model_table.c.version.desc()).offset(kept)
    old = list(tx.execute(query).scalars())
    if old:
        gone = own & (model_table.c.version.in_(old)) & (model_table.c.state != "active")
        tx.execute(update(model_table).where(gone).values(weights=None))


def find_training(tx: Tx, scope: Scope, *, held: bool = False) -> Any | None:
    """Return the training that was asked for last, or None; `held` keeps others from it meanwhile."""
    query = select(training_table).where(training_table.c.tenant_id == scope.tenant_id)
    return tx.execute(query.with_for_update() if held else query).first()


def save_training(tx: Tx, scope: Scope, values: Mapping[str, Any]) -> None:
    """Write the training that was asked for last."""
    into = _insert(tx)(training_table).values(tenant_id=scope.tenant_id, **values)
    tx.execute(into.on_conflict_do_update(index_elements=[training_table.c.tenant_id], set_=dict(values)))


def update_training(tx: Tx, scope: Scope, training_id: str, values: Mapping[str, Any]) -> bool:
    """Change a training; return False when another was asked for meanwhile."""
    own = (training_table.c.tenant_id == scope.tenant_id) & (training_table.c.id == training_id)
    return tx.execute(update(training_table).where(own).values(**values)).rowcount > 0


def _insert(tx: Tx) -> Any:
    return postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
