"""The SQL of links to other sites."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.links.values import LinkCheck, Verdict, digest_of
from doorward.answering.tables import link_check, web_link
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope

_FIELDS = tuple(field.name for field in msgspec.structs.fields(LinkCheck))


def find(tx: Tx, scope: Scope) -> LinkCheck | None:
    """Return the latest check, or None."""
    row = tx.execute(select(link_check).where(link_check.c.tenant_id == scope.tenant_id)).first()
    return None if row is None else LinkCheck(**{name: getattr(row, name) for name in _FIELDS})


def put(tx: Tx, scope: Scope, check: LinkCheck) -> None:
    """Keep a check in the place of the last one."""
    values = {name: getattr(check, name) for name in _FIELDS}
    statement = _into(tx, link_check).values(tenant_id=scope.tenant_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def note(tx: Tx, scope: Scope, check_id: str, **values: Any) -> bool:
    """Keep how far a running check is; return False when another has taken its place, or it is over."""
    mine = (link_check.c.tenant_id == scope.tenant_id, link_check.c.id == check_id, link_check.c.state == "running")
    return tx.execute(update(link_check).where(*mine).values(noted_at=tx.now, **values)).rowcount == 1


def want(tx: Tx, scope: Scope, check_id: str, addresses: Sequence[str]) -> None:
    """Have these addresses looked at, and forget the others; what was known of them stays until then."""
    tx.execute(
        update(web_link).where(web_link.c.tenant_id == scope.tenant_id, web_link.c.wanted_by != "").values(wanted_by="")
    )
    for address in addresses:
        values = {"digest": digest_of(address), "address": address, "trouble": "", "wanted_by": check_id}
        statement = _into(tx, web_link).values(tenant_id=scope.tenant_id, **values)
        keys = ["tenant_id", "digest"]
        tx.execute(statement.on_conflict_do_update(index_elements=keys, set_={"wanted_by": check_id}))
    gone = (web_link.c.tenant_id == scope.tenant_id, web_link.c.wanted_by != check_id)
    tx.execute(delete(web_link).where(*gone))


def next_wanted(tx: Tx, scope: Scope, check_id: str) -> str | None:
    """Return the next address that a check wants to look at: by digest, so that sites take turns."""
    query = select(web_link.c.address).where(web_link.c.tenant_id == scope.tenant_id, web_link.c.wanted_by == check_id)
    found = tx.execute(query.order_by(web_link.c.digest).limit(1)).scalar()
    return None if found is None else str(found)


def settle(tx: Tx, scope: Scope, check_id: str, address: str, verdict: Verdict) -> bool:
    """Keep what looking came to; return False when that check wants it no longer."""
    mine = (web_link.c.tenant_id == scope.tenant_id, web_link.c.digest == digest_of(address))
    values = {"trouble": verdict.trouble, "status": verdict.status, "looked_at": tx.now, "wanted_by": ""}
    return tx.execute(update(web_link).where(*mine, web_link.c.wanted_by == check_id).values(**values)).rowcount == 1


def troubles(tx: Tx, scope: Scope) -> dict[str, str]:
    """Return what the links came to that are no page, by address."""
    query = select(web_link.c.address, web_link.c.trouble).where(
        web_link.c.tenant_id == scope.tenant_id, web_link.c.trouble != ""
    )
    return {row.address: row.trouble for row in tx.execute(query)}


def _into(tx: Tx, table: Any) -> Any:
    return (postgresql if tx.connection.dialect.name == "postgresql" else sqlite).insert(table)
