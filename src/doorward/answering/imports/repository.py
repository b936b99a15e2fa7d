"""The SQL of imports that wait to be looked at."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update

from doorward.answering.imports.values import Outcomes, StagedArticle, StagedImport, StagedPage
from doorward.answering.tables import staged_article, staged_import
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope

_FIELDS = tuple(field.name for field in msgspec.structs.fields(StagedImport))
_ARTICLE_FIELDS = tuple(field.name for field in msgspec.structs.fields(StagedArticle))
_AT_ONCE = 200


def add(tx: Tx, scope: Scope, one: StagedImport, articles: Sequence[StagedArticle]) -> None:
    """Add an import with its articles."""
    tx.execute(insert(staged_import).values(tenant_id=scope.tenant_id, **{n: getattr(one, n) for n in _FIELDS}))
    for start in range(0, len(articles), _AT_ONCE):
        rows = [
            {"tenant_id": scope.tenant_id, "import_id": one.id, **{n: getattr(each, n) for n in _ARTICLE_FIELDS}}
            for each in articles[start : start + _AT_ONCE]
        ]
        tx.execute(insert(staged_article), rows)


def find(tx: Tx, scope: Scope, import_id: str) -> StagedImport | None:
    """Return an import, or None."""
    found = tx.execute(select(staged_import).where(*_own(scope, import_id))).first()
    return None if found is None else _import(found)


def latest(tx: Tx, scope: Scope, *, limit: int) -> tuple[StagedImport, ...]:
    """Return the imports that were touched last."""
    query = select(staged_import).where(staged_import.c.tenant_id == scope.tenant_id)
    return tuple(map(_import, tx.execute(query.order_by(staged_import.c.noted_at.desc()).limit(limit))))


def change(tx: Tx, scope: Scope, was: StagedImport, **values: Any) -> bool:
    """Change an import that is still in the state that it was in and as far; return whether it was."""
    same = (staged_import.c.state == was.state, staged_import.c.done == was.done)
    statement = update(staged_import).where(*_own(scope, was.id), *same).values(noted_at=tx.now, **values)
    return tx.execute(statement).rowcount == 1


def articles(tx: Tx, scope: Scope, import_id: str, wanted: StagedPage) -> tuple[StagedArticle, ...]:
    """Return the articles of an import that are wanted, in order."""
    query = select(staged_article).where(*_of(scope, import_id), staged_article.c.number > wanted.after)
    if wanted.standing:
        query = query.where(staged_article.c.standing == wanted.standing)
    return tuple(map(_article, tx.execute(query.order_by(staged_article.c.number).limit(wanted.limit))))


def count(tx: Tx, scope: Scope, import_id: str) -> Counter[str]:
    """Return how many articles of an import stand how."""
    query = select(staged_article.c.standing, func.count().label("number")).where(*_of(scope, import_id))
    return Counter({row.standing: row.number for row in tx.execute(query.group_by(staged_article.c.standing))})


def settle(tx: Tx, scope: Scope, import_id: str, number: int, outcome: Outcomes) -> None:
    """Keep what became of an article."""
    own = (*_of(scope, import_id), staged_article.c.number == number)
    tx.execute(update(staged_article).where(*own).values(outcome=outcome))


def remove(tx: Tx, scope: Scope, import_id: str) -> bool:
    """Remove an import with its articles; return False where there was none."""
    tx.execute(delete(staged_article).where(*_of(scope, import_id)))
    return tx.execute(delete(staged_import).where(*_own(scope, import_id))).rowcount == 1


def older_than(tx: Tx, scope: Scope, before: datetime) -> tuple[str, ...]:
    """Return the ids of imports that nobody has touched since."""
    query = select(staged_import.c.id).where(
        staged_import.c.tenant_id == scope.tenant_id, staged_import.c.noted_at < before
    )
    return tuple(tx.execute(query).scalars())


def _own(scope: Scope, import_id: str) -> tuple[Any, Any]:
    return (staged_import.c.tenant_id == scope.tenant_id, staged_import.c.id == import_id)


def _of(scope: Scope, import_id: str) -> tuple[Any, Any]:
    return (staged_article.c.tenant_id == scope.tenant_id, staged_article.c.import_id == import_id)


def _import(row: Row[Any]) -> StagedImport:
    values = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name
    return msgspec.convert({name: values[name] for name in _FIELDS}, StagedImport)


def _article(row: Row[Any]) -> StagedArticle:
    values = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - as above
    return msgspec.convert({name: values[name] for name in _ARTICLE_FIELDS}, StagedArticle)
