"""Keep saved views in the one language of filters: what meant all of several labels still does."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_PIECES = sa.table(
    "workspace_piece",
    sa.column("tenant_id", sa.Text()),
    sa.column("kind", sa.Text()),
    sa.column("key", sa.Text()),
    sa.column("body", Json()),
    sa.column("revision", sa.Integer()),
)
_VIEWS = _PIECES.c.kind == "view"
_FIRST, _LAST = date(1970, 1, 1), date(9998, 12, 31)


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    connection = op.get_bind()
    found = connection.execute(sa.select(_PIECES).where(_VIEWS)).all()
    for row in found:
        body: Any = row.body
        query = body.get("query") if isinstance(body, dict) else None
        if not isinstance(query, str) or in_new_words(query) == query:
            continue
        changed = body | {"query": in_new_words(query)}
        this = _VIEWS & (_PIECES.c.tenant_id == row.tenant_id) & (_PIECES.c.key == row.key)
        connection.execute(sa.update(_PIECES).where(this).values(body=changed, revision=row.revision + 1))


def in_new_words(query: str) -> str:
    """Return a query as it was written before, `name:value,value` apart by spaces, in words that mean the same now.

    Of labels a comma meant all of them; days could lie before 1970 and after 9998; what had no colon was no filter.
    """
    return " ".join(part for one in query.split() for part in _parts(one))


def _parts(one: str) -> list[str]:
    name, _, value = one.partition(":")
    match name.lower():
        case "label":
            return [f"label:{label}" for label in value.split(",")]
        case "since" | "before" as side:
            try:
                day = date.fromisoformat(value.upper())
            except ValueError:
                return [one]
            return [f"{'from' if side == 'since' else side}:{min(max(day, _FIRST), _LAST)}"]
        case _:
            return [one]
