"""Stewardships in the database."""

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.stewardship import Stewardship
from doorward.answering.tables import edition, steward
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope

_FIELDS = tuple(field.name for field in msgspec.structs.fields(Stewardship))


class StewardRepository:
    """All SQL of stewardships."""

    def is_article(self, tx: Tx, scope: Scope, slug: str) -> bool:
        """Return whether somebody ever wrote an article of this name, in whatever language."""
        query = select(edition.c.slug).where(edition.c.tenant_id == scope.tenant_id, edition.c.slug == slug)
        return tx.execute(query.limit(1)).first() is not None

    def find(self, tx: Tx, scope: Scope, slug: str) -> Stewardship | None:
        """Return what was said of an article, or None."""
        query = select(steward).where(steward.c.tenant_id == scope.tenant_id, steward.c.slug == slug)
        row = tx.execute(query).first()
        return None if row is None else _read(row)

    def all(self, tx: Tx, scope: Scope) -> tuple[Stewardship, ...]:
        """Return all of the tenant's."""
        query = select(steward).where(steward.c.tenant_id == scope.tenant_id).order_by(steward.c.slug)
        return tuple(map(_read, tx.execute(query)))

    def put(self, tx: Tx, scope: Scope, one: Stewardship) -> None:
        """Write one, new or in its place."""
        dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
        values = msgspec.structs.asdict(one)
        statement = dialect.insert(steward).values(tenant_id=scope.tenant_id, **values)
        tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "slug"], set_=values))


def _read(row: Any) -> Stewardship:
    return Stewardship(**{name: getattr(row, name) for name in _FIELDS})
