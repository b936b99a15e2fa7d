"""Tenants: who runs a front door here, how they are found, and what they decided for themselves."""

import re
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from doorward.identity.repository import tenants as repository
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.settings import SettingsInvalid, change_tenant, tenant_settings
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

TenantState = Literal["active", "suspended"]

SettingsCheck = Callable[[str, TenantSettings], None]
"""Takes the changed setting's name and all settings as they would be; raises `SettingsInvalid`."""

_SLUG: Final = re.compile(r"\A[a-z0-9][a-z0-9-]{1,39}\Z")
_WIDGET_KEY: Final = re.compile(r"\Awk_[0-9a-f]{24}\Z")
_HOST: Final = re.compile(r"\A[a-z0-9](?:[a-z0-9.:-]{0,251}[a-z0-9])?\Z")


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A company with a front door here. `widget_key` is public; `revision` grows with every change."""

    id: TenantId
    slug: str
    name: str
    widget_key: str
    settings: TenantSettings
    revision: int
    state: TenantState
    created_at: datetime


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a setting: by whom, when, from what to what, as JSON values. `undoes` is an earlier change's id."""

    id: str
    name: str
    before: Any
    after: Any
    at: datetime
    actor_kind: str
    actor_id: str
    undoes: str | None = None


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A setting to change; `quiet`: where the value is the same already, nothing is noted."""

    name: str
    value: Any
    undoes: str | None = None
    quiet: bool = False


def new_tenant_id() -> TenantId:
    """Return the id of a tenant that is about to be made: its scope is needed before it exists."""
    return TenantId(new_id())


def host_name(host: str) -> str:
    """Return the `Host` header's name alone: in lower case, without port, brackets and final dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() and ":" not in name else host).rstrip(".")


class Tenants:
    """Makes, finds and changes tenants. Thread-safe."""

    def __init__(self, keys: Keys) -> None:
        """Make new tenants' keys in `keys`."""
        self._keys = keys
        self._check: SettingsCheck = _accept_all
        self._lock = threading.Lock()
        self._read: dict[tuple[str, int], TenantSettings] = {}

    def check_settings_by(self, check: SettingsCheck) -> None:
        """Have `check` refuse settings that cannot be meant in this installation, with a sentence."""
        self._check = check

    def make_tenant(self, tx: Tx, scope: Scope, *, slug: str, name: str, hosts: Sequence[str] = ()) -> Outcome[Tenant]:
        """Make the tenant whose id the scope names (see `new_tenant_id`), with its keys and its widget key.

        Raises `Malformed` for an impossible slug or host, `Conflict` when one of them is taken.
        """
        if not _SLUG.match(slug):
            raise Malformed("slug: 2 to 40 of a-z, 0-9 and -")
        if not name.strip() or len(name) > 120 or not name.isprintable():
            raise Malformed("name: 1 to 120 printable characters")
        self._keys.make_tenant(scope.tenant_id)
        values = {
            "slug": slug,
            "name": name.strip(),
            "widget_key": f"wk_{secrets.token_hex(12)}",
            "settings": {},
            "revision": 1,
            "state": "active",
            "created_at": tx.now,
        }
        if not repository.insert_tenant(tx, scope, values):
            raise Conflict("a tenant with this slug exists")
        for host in hosts:
            self._add_host(tx, scope, host)
        event = AuditEvent(
            action="tenant.made", object_kind="tenant", object_id=scope.tenant_id, fields=("slug", "name", "hosts")
        )
        return Outcome(self.tenant(tx, scope), entries=(event,))

    def add_host(self, tx: Tx, scope: Scope, host: str) -> Outcome[None]:
        """Have requests to a host name mean this tenant. Raises `Malformed`, or `Conflict` when it is taken."""
        self._add_host(tx, scope, host)
        return Outcome(None, entries=(_changed(scope, "hosts"),))

    def _add_host(self, tx: Tx, scope: Scope, host: str) -> None:
        name = host_name(host)
        if not _HOST.match(name):
            raise Malformed("host: not a host name")
        if not repository.insert_host(tx, scope, name):
            raise Conflict("the host name is taken")

    def hosts(self, tx: Tx, scope: Scope) -> tuple[str, ...]:
        """Return the tenant's host names in order."""
        return tuple(repository.hosts(tx, scope))

    def tenant(self, tx: Tx, scope: Scope) -> Tenant:
        """Return the scope's tenant. Raises `NotFound`."""
        row = repository.find_tenant(tx, scope)
        if row is None:
            raise NotFound("no such tenant")
        return self._tenant(row)

    def settings_of(self, tx: Tx, scope: Scope) -> TenantSettings:
        """Return what the scope's tenant decided, defaults where it did not. Raises `NotFound`."""
        return self.tenant(tx, scope).settings

    def tenant_by_widget_key(self, tx: Tx, widget_key: str) -> Tenant | None:
        """Return the active tenant with this widget key, or None."""
        if not _WIDGET_KEY.match(widget_key):
            return None
        return self._active(repository.find_tenant_by_widget_key(tx, widget_key))

    def tenant_by_host(self, tx: Tx, host: str) -> Tenant | None:
        """Return the active tenant that a `Host` header means, or None."""
        name = host_name(host)
        return self._active(repository.find_tenant_by_host(tx, name)) if _HOST.match(name) else None

    def tenant_by_slug(self, tx: Tx, slug: str) -> Tenant | None:
        """Return the tenant with this slug, suspended ones too, or None."""
        row = repository.find_tenant_by_slug(tx, slug) if _SLUG.match(slug) else None
        return None if row is None else self._tenant(row)

    def all_tenants(self, tx: Tx) -> tuple[Tenant, ...]:
        """Return all tenants, the oldest first; for the operator."""
        return tuple(self._tenant(row) for row in repository.all_tenants(tx))

    def change_setting(self, tx: Tx, scope: Scope, *, name: str, value: Any) -> Outcome[TenantSettings]:
        """Set one of the tenant's settings; text is read as JSON where the setting is not text.

        Raises `Malformed` for an unknown name or an impossible value, `NotFound` without the tenant.
        """
        return self._change_setting(tx, scope, self._held(tx, scope), _Wish(name=name, value=value))

    def change_settings(
        self, tx: Tx, scope: Scope, values: Mapping[str, Any], *, expected: int
    ) -> Outcome[TenantSettings]:
        """Set several settings, or none; those that stay as they are leave no trace.

        `expected` is the tenant's revision that whoever decides has seen. Raises `Conflict` when it has changed since,
        and as `change_setting`.
        """
        tenant = self._held(tx, scope)
        if tenant.revision != expected:
            raise Conflict("somebody changed the settings meanwhile")
        lines: list[AuditEvent] = []
        for name, value in values.items():
            before = tenant.settings
            changed = self._change_setting(tx, scope, tenant, _Wish(name=name, value=value, quiet=True))
            lines += [line for line in changed.entries if isinstance(line, AuditEvent)]
            if changed.value != before:
                tenant = msgspec.structs.replace(tenant, settings=changed.value, revision=tenant.revision + 1)
        return Outcome(tenant.settings, entries=tuple(lines))

    def setting_changes(
        self, tx: Tx, scope: Scope, *, before: str | None = None, limit: int = 50
    ) -> tuple[SettingChange, ...]:
        """Return who changed which setting from what to what, the newest first, older than change `before` if given."""
        return tuple(_change(row) for row in repository.setting_changes(tx, scope, before=before, limit=limit))

    def undo_setting(self, tx: Tx, scope: Scope, change_id: str) -> Outcome[TenantSettings]:
        """Set a setting back to what it was before a change, which is a change of its own.

        Raises `NotFound`, `Conflict` when the setting was changed again since.
        """
        tenant = self._held(tx, scope)
        row = repository.find_setting_change(tx, scope, change_id)
        if row is None:
            raise NotFound("no such change")
        change = _change(row)
        if _plain(tenant.settings, change.name) != change.after:
            raise Conflict("the setting was changed again since")
        return self._change_setting(tx, scope, tenant, _Wish(name=change.name, value=change.before, undoes=change_id))

    def _held(self, tx: Tx, scope: Scope) -> Tenant:
        row = repository.lock_tenant(tx, scope)
        if row is None:
            raise NotFound("no such tenant")
        return self._tenant(row)

    def _change_setting(self, tx: Tx, scope: Scope, tenant: Tenant, wish: "_Wish") -> Outcome[TenantSettings]:
        name = wish.name
        try:
            settings = change_tenant(tenant.settings, name, wish.value)
            self._check(name, settings)
        except SettingsInvalid as error:
            raise Malformed(str(error)) from None
        before, after = _plain(tenant.settings, name), _plain(settings, name)
        if before != after:
            noted = {
                "id": new_id(),
                "name": name,
                "before": before,
                "after": after,
                "at": tx.now,
                "actor_kind": scope.actor.kind,
                "actor_id": scope.actor.id,
                "undoes": wish.undoes,
            }
            repository.insert_setting_change(tx, scope, noted)
        elif wish.quiet:
            return Outcome(settings)
        repository.update_tenant(tx, scope, {"settings": _overrides(settings)})
        return Outcome(settings, entries=(_changed(scope, f"settings.{name}"),))

    def change_state(self, tx: Tx, scope: Scope, state: TenantState) -> Outcome[None]:
        """Suspend a tenant, or have it back: a suspended one is found by no host, key, session or token."""
        repository.update_tenant(tx, scope, {"state": state})
        return Outcome(None, entries=(_changed(scope, "state"),))

    def _active(self, row: Any | None) -> Tenant | None:
        return self._tenant(row) if row is not None and row.state == "active" else None

    def _tenant(self, row: Any) -> Tenant:
        return Tenant(
            id=TenantId(row.tenant_id),
            slug=row.slug,
            name=row.name,
            widget_key=row.widget_key,
            settings=self._settings(row),
            revision=row.revision,
            state=row.state,
            created_at=row.created_at,
        )

    def _settings(self, row: Any) -> TenantSettings:
        # Checking a tenant's settings anew for every request would cost more than reading them.
        key = (row.tenant_id, row.revision)
        with self._lock:
            if key not in self._read:
                if len(self._read) >= 1000:
                    self._read.clear()
                self._read[key] = tenant_settings(row.settings)
            return self._read[key]


def _accept_all(_name: str, _settings: TenantSettings) -> None:
    """Refuse nothing."""


def _overrides(settings: TenantSettings) -> dict[str, Any]:
    # Only what differs is kept, so that a better default reaches those who never chose.
    defaults = msgspec.to_builtins(TenantSettings())
    return {name: value for name, value in msgspec.to_builtins(settings).items() if value != defaults[name]}


def _plain(settings: TenantSettings, name: str) -> Any:
    # As JSON gives it back: lists where the settings have tuples.
    return msgspec.json.decode(msgspec.json.encode(getattr(settings, name)))


def _change(row: Any) -> SettingChange:
    return SettingChange(
        id=row.id,
        name=row.name,
        before=row.before,
        after=row.after,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        undoes=row.undoes,
    )


def _changed(scope: Scope, field: str) -> AuditEvent:
    return AuditEvent(action="tenant.changed", object_kind="tenant", object_id=scope.tenant_id, fields=(field,))
