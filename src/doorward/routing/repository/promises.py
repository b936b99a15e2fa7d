"""How promises of service levels stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update

from doorward.kit.tx import Tx
from doorward.routing.tables import promise_table
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

_at = promise_table.c


def open_promises(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Sequence[Any]:
    """Return what is promised still to a conversation, or to be told of what was, the latest first."""
    own = and_(_at.tenant_id == scope.tenant_id, _at.conversation_id == conversation_id)
    still = or_(_at.ended_at.is_(None), _at.look_at.is_not(None))
    return tx.execute(select(promise_table).where(own, still).order_by(_at.since.desc(), _at.clock)).all()


def find_promise(tx: Tx, scope: Scope, values: Mapping[str, Any]) -> Any | None:
    """Return the promise with this `conversation_id`, `clock` and `since`, or None."""
    return tx.execute(select(promise_table).where(_one(scope, values))).first()


def last_promise(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Any | None:
    """Return what was promised to a conversation last, or None."""
    own = and_(_at.tenant_id == scope.tenant_id, _at.conversation_id == conversation_id)
    return tx.execute(select(promise_table).where(own).order_by(_at.since.desc(), _at.clock).limit(1)).first()


def save_promise(tx: Tx, scope: Scope, values: Mapping[str, Any], *, new: bool) -> None:
    """Write how a promise stands; `values` hold its `conversation_id`, `clock` and `since`."""
    if new:
        tx.execute(insert(promise_table).values(tenant_id=scope.tenant_id, **values))
        return
    tx.execute(update(promise_table).where(_one(scope, values)).values(**values))


def delete_promise(tx: Tx, scope: Scope, values: Mapping[str, Any]) -> None:
    """Forget a promise that nobody can keep or break any more."""
    tx.execute(delete(promise_table).where(_one(scope, values)))


def to_look_at(tx: Tx, scope: Scope, *, limit: int) -> list[str]:
    """Return conversations with a promise that is to be looked at by now, those who have waited longest first."""
    due = and_(_at.tenant_id == scope.tenant_id, _at.look_at <= tx.now)
    rows = tx.execute(select(_at.conversation_id).where(due).order_by(_at.look_at).limit(limit))
    return list(dict.fromkeys(row.conversation_id for row in rows))


def pressing_of(tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId]) -> Sequence[Any]:
    """Return the open promises of these conversations that are warned of or broken."""
    own = and_(_at.tenant_id == scope.tenant_id, _at.conversation_id.in_(conversation_ids), _pressing())
    return tx.execute(select(promise_table).where(own)).all()


def pressed_conversations(tx: Tx, scope: Scope, *, limit: int) -> list[str]:
    """Return the conversations with an open promise that is warned of or broken, what is due first first."""
    own = and_(_at.tenant_id == scope.tenant_id, _pressing())
    rows = tx.execute(select(_at.conversation_id).where(own).order_by(_at.due_at, _at.since).limit(limit))
    return list(dict.fromkeys(row.conversation_id for row in rows))


def latest_told(tx: Tx, scope: Scope, *, limit: int) -> Sequence[Any]:
    """Return the open promises that are warned of or broken, what was told last first."""
    own = and_(_at.tenant_id == scope.tenant_id, _at.told_at.is_not(None), _pressing())
    return tx.execute(select(promise_table).where(own).order_by(_at.told_at.desc()).limit(limit)).all()


def promises_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> Sequence[Any]:
    """Return what was promised from a time on until before another."""
    own = and_(_at.tenant_id == scope.tenant_id, _at.since >= since, _at.since < until)
    wanted = (_at.clock, _at.since, _at.queue, _at.language, _at.priority, _at.state, _at.used_seconds, _at.ended_at)
    return tx.execute(select(*wanted).where(own)).all()


def _one(scope: Scope, values: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(
        _at.tenant_id == scope.tenant_id,
        _at.conversation_id == values["conversation_id"],
        _at.clock == values["clock"],
        _at.since == values["since"],
    )


def _pressing() -> ColumnElement[bool]:
    return and_(_at.ended_at.is_(None), or_(_at.state == "warned", _at.state == "breached"))
