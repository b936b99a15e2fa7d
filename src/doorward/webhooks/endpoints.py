"""Endpoints: who is told, of what, and signed with which secret."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.kit import crypto
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.webhooks import repository
from doorward.webhooks.events import EVENTS
from doorward.webhooks.signing import new_secret

OVERLAP: Final = timedelta(hours=24)
"""For how long the secret before signs too, so that a receiver can be told the new one without losing anything."""
MOST: Final = 100
EDITABLE: Final = ("url", "name", "events", "with_text", "state", "mail_to")
_ADDRESS: Final = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,189}")

EndpointState = Literal["on", "off", "disabled"]
"""`disabled` was not switched off by anybody: nothing arrived there for days."""


class EndpointWish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants an endpoint to be. `events` empty means all; `with_text` sends masked texts along.

    `mail_to` is who hears by mail when it is switched off because nothing arrived, empty for nobody.
    """

    url: str
    name: str = ""
    events: tuple[str, ...] = ()
    with_text: bool = False
    state: Literal["on", "off"] = "on"
    mail_to: str = ""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it can be shown. `edition` counts its changes; `rotating_until`: two secrets sign until then."""

    id: str
    url: str
    name: str
    events: tuple[str, ...]
    with_text: bool
    state: EndpointState
    edition: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    rotating_until: datetime | None
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_why: str | None
    mail_to: str = ""

    def wants(self, event: str) -> bool:
        """Return whether this event is told here."""
        return self.state == "on" and event in EVENTS and (not self.events or event in self.events)


class NewEndpoint(Discreet, frozen=True, kw_only=True):
    """An endpoint just made, or with a new secret: `secret` is shown now and never again."""

    endpoint: Endpoint
    secret: str


class PlainEndpoint(Discreet, frozen=True, kw_only=True):
    """An endpoint with the secrets that sign now, the newest first; for sending alone."""

    endpoint: Endpoint
    secrets: tuple[str, ...]
    resting_until: datetime | None


class Endpoints:
    """Makes, changes and finds endpoints. Whether an address may be asked is the sender's business."""

    def __init__(self, keys: Keys) -> None:
        """Seal secrets under a tenant's key."""
        self._keys = keys

    def make(self, tx: Tx, scope: Scope, wish: EndpointWish) -> Outcome[NewEndpoint]:
        """Add an endpoint. Raises `Malformed` for impossible wishes, `Conflict` when there are too many."""
        _check(wish)
        if len(repository.list_endpoints(tx, scope)) >= MOST:
            raise Conflict(f"there are {MOST} webhooks already")
        endpoint_id, secret = new_id(), new_secret()
        values = {
            "id": endpoint_id,
            **{name: getattr(wish, name) for name in EDITABLE},
            "edition": 1,
            "sealed_secret": self._seal(scope, endpoint_id, secret),
            "created_at": tx.now,
            "created_by": scope.actor.id,
            "updated_at": tx.now,
        }
        repository.insert_endpoint(tx, scope, values)
        made = NewEndpoint(endpoint=self.find(tx, scope, endpoint_id), secret=secret)
        return Outcome(made, (_event("made", endpoint_id, *EDITABLE),))

    def change(self, tx: Tx, scope: Scope, endpoint_id: str, wish: EndpointWish, *, edition: int) -> Outcome[Endpoint]:
        """Put `wish` in the place of what an endpoint was. Switched on, it is as new.

        Raises `NotFound`, `Malformed`, `Outdated` when `edition` is not the latest.
        """
        _check(wish)
        before = self._held(tx, scope, endpoint_id, edition)
        changed = [name for name in EDITABLE if getattr(before, name) != getattr(wish, name)]
        values: dict[str, Any] = {name: getattr(wish, name) for name in EDITABLE}
        if wish.state == "on" and (before.state != "on" or "url" in changed):
            values |= {"failing_since": None, "resting_until": None, "disabled_at": None, "disabled_why": None}
        elif wish.state == "off":
            values |= {"disabled_at": None, "disabled_why": None}
        repository.update_endpoint(
            tx, scope, endpoint_id, values | {"edition": before.edition + 1, "updated_at": tx.now}
        )
        return Outcome(self.find(tx, scope, endpoint_id), (_event("changed", endpoint_id, *changed),))

    def rotate(self, tx: Tx, scope: Scope, endpoint_id: str, *, edition: int | None = None) -> Outcome[NewEndpoint]:
        """Give an endpoint a new secret; for 24 hours the old one signs too. Raises `NotFound`, `Outdated`."""
        before, secret = self._held(tx, scope, endpoint_id, edition), new_secret()
        values = {
            "sealed_secret": self._seal(scope, endpoint_id, secret),
            "sealed_before": bytes(before.sealed_secret),
            "before_until": tx.now + OVERLAP,
            "edition": before.edition + 1,
            "updated_at": tx.now,
        }
        repository.update_endpoint(tx, scope, endpoint_id, values)
        made = NewEndpoint(endpoint=self.find(tx, scope, endpoint_id), secret=secret)
        return Outcome(made, (_event("secret_rotated", endpoint_id),))

    def remove(self, tx: Tx, scope: Scope, endpoint_id: str, *, edition: int | None = None) -> Outcome[None]:
        """Remove an endpoint and its log. Raises `NotFound`, `Outdated`."""
        self._held(tx, scope, endpoint_id, edition)
        repository.delete_endpoint(tx, scope, endpoint_id)
        return Outcome(None, (_event("removed", endpoint_id),))

    def find(self, tx: Tx, scope: Scope, endpoint_id: str) -> Endpoint:
        """Return an endpoint. Raises `NotFound`."""
        row = repository.find_endpoint(tx, scope, endpoint_id)
        if row is None:
            raise NotFound("no such webhook")
        return _endpoint(row)

    def list_all(self, tx: Tx, scope: Scope, *, after: str = "", limit: int = MOST) -> tuple[Endpoint, ...]:
        """Return the endpoints with ids above `after`, the oldest first."""
        return tuple(_endpoint(row) for row in repository.list_endpoints(tx, scope, after=after, limit=limit))

    def opened(self, tx: Tx, scope: Scope, endpoint_id: str) -> PlainEndpoint | None:
        """Return an endpoint with its secrets, None when it is gone."""
        row = repository.find_endpoint(tx, scope, endpoint_id)
        if row is None:
            return None
        sealed = [row.sealed_secret]
        if row.sealed_before is not None and row.before_until > tx.now:
            sealed.append(row.sealed_before)
        secrets = tuple(self._open(scope, endpoint_id, bytes(one)) for one in sealed)
        return PlainEndpoint(endpoint=_endpoint(row), secrets=secrets, resting_until=row.resting_until)

    def arrived(self, tx: Tx, scope: Scope, endpoint_id: str) -> Outcome[None]:
        """Note that the endpoint took something."""
        repository.update_endpoint(tx, scope, endpoint_id, {"failing_since": None, "resting_until": None})
        return Outcome(None)

    def failed(self, tx: Tx, scope: Scope, endpoint_id: str, *, rest: datetime, patience: timedelta) -> Outcome[bool]:
        """Note that the endpoint took nothing and is left alone until `rest`; return whether it is disabled by that.

        It is when nothing arrived for longer than `patience`.
        """
        row = repository.find_endpoint(tx, scope, endpoint_id, held=True)
        if row is None or row.state != "on":
            return Outcome(False)
        since = row.failing_since or tx.now
        if tx.now - since < patience:
            repository.update_endpoint(tx, scope, endpoint_id, {"failing_since": since, "resting_until": rest})
            return Outcome(False)
        return Outcome(True, self.disable(tx, scope, endpoint_id, why="failing").entries)

    def disable(self, tx: Tx, scope: Scope, endpoint_id: str, *, why: Literal["failing", "gone"]) -> Outcome[None]:
        """Send nothing there any more until somebody switches it on."""
        values = {"state": "disabled", "disabled_at": tx.now, "disabled_why": why, "updated_at": tx.now}
        repository.update_endpoint(tx, scope, endpoint_id, values)
        return Outcome(None, (_event("disabled", endpoint_id),))

    def _held(self, tx: Tx, scope: Scope, endpoint_id: str, edition: int | None) -> Any:
        row = repository.find_endpoint(tx, scope, endpoint_id, held=True)
        if row is None:
            raise NotFound("no such webhook")
        if edition is not None and row.edition != edition:
            raise Outdated(f"the webhook is at edition {row.edition}")
        return row

    def _seal(self, scope: Scope, endpoint_id: str, secret: str) -> bytes:
        return crypto.seal(self._key(scope), secret.encode(), context=_context(endpoint_id))

    def _open(self, scope: Scope, endpoint_id: str, sealed: bytes) -> str:
        return crypto.open_sealed(self._key(scope), sealed, context=_context(endpoint_id)).decode()

    def _key(self, scope: Scope) -> bytes:
        return crypto.derive_key(self._keys.tenant_secret(scope.tenant_id, "webhooks.endpoint"), "seal")


def _context(endpoint_id: str) -> bytes:
    return f"webhook/{endpoint_id}".encode()


def _check(wish: EndpointWish) -> None:
    if len(wish.name) > 80 or not (wish.name.isprintable() or not wish.name):
        raise Malformed("name: up to 80 printable characters")
    if unknown := [event for event in wish.events if event not in EVENTS]:
        raise Malformed(f"events: there is no {unknown[0][:40]!r}; there are {', '.join(EVENTS)}")
    if wish.mail_to and not _ADDRESS.fullmatch(wish.mail_to):
        raise Malformed("mail_to: one mail address")
    if len(set(wish.events)) != len(wish.events):
        raise Malformed("events: each one once")


def _event(what: str, endpoint_id: str, *fields: str) -> AuditEvent:
    return AuditEvent(action=f"webhook.{what}", object_kind="webhook", object_id=endpoint_id, fields=tuple(fields))


def _endpoint(row: Any) -> Endpoint:
    events: Sequence[str] = row.events
    names = [field for field in Endpoint.__struct_fields__ if field not in {"events", "rotating_until"}]
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    return Endpoint(**values, events=tuple(events), rotating_until=row.before_until)
