"""Devices of customers: printers, terminals, machines that share a secret with the company and sign with it.

A device is nobody's until an owner's mandate is paired with it, and nobody's again when that ends. Its secret is shown
once, when it is made; kept is a sealed copy, for a signature with it cannot be checked without it.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from doorward.identity.repository import devices as repository
from doorward.identity.service.secrets_kept import new_secret
from doorward.kit.crypto import derive_key, open_sealed, seal
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.machines import MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

PLATFORM: Final = "device webhook"
"""What stands in the place of a platform. A blank is in no host's name, so no platform can be called so."""
MOST_DEVICES: Final = 10_000
LONGEST_OVERLAP: Final = timedelta(days=30)
_LONGEST_NAME: Final = 80

DeviceState = Literal["active", "revoked"]
DeviceOrigin = Literal["staff", "code"]
"""Whether staff registered a device, or it came with an owner's code."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device, without its secret. `before_until` is until when the secret before this one is good, too."""

    id: str
    name: str
    state: DeviceState
    origin: DeviceOrigin
    created_at: datetime
    changed_at: datetime
    before_until: datetime | None = None

    @property
    def identity(self) -> MachineIdentity:
        """Return as which machine the device acts."""
        return self.identity_of(self.id)

    @staticmethod
    def identity_of(device_id: str) -> MachineIdentity:
        """Return as which machine the device with an id acts."""
        return MachineIdentity(platform=PLATFORM, key_id=device_id)


class NewDevice(Discreet, frozen=True, kw_only=True):
    """A device with the secret just made: shown now and never again. The key is the UTF-8 of `secret`."""

    device: Device
    secret: str


class Devices:
    """Keeps devices and their secrets, for each company apart. What is changed holds from the next request on."""

    def __init__(self, keys: Keys) -> None:
        """Seal secrets with `keys`."""
        self._keys = keys

    def register(self, tx: Tx, scope: Scope, *, name: str, origin: DeviceOrigin) -> Outcome[NewDevice]:
        """Make a device and its secret. Raises `Malformed`, and `Conflict` when there are too many."""
        plain = " ".join(name.split())
        if len(plain) > _LONGEST_NAME or not plain.isprintable() or (origin == "staff" and not plain):
            raise Malformed(f"name: 1 to {_LONGEST_NAME} printable characters")
        if repository.count_devices(tx, scope) >= MOST_DEVICES:
            raise Conflict(f"there are {MOST_DEVICES} devices already: revoke one first")
        device = Device(id=new_id(), name=plain, state="active", origin=origin, created_at=tx.now, changed_at=tx.now)
        secret = new_secret("dwd")
        values = msgspec.structs.asdict(device) | {"sealed_secret": self._sealed(scope, device.id, secret)}
        repository.insert_device(tx, scope, values)
        return Outcome(NewDevice(device=device, secret=secret), (_event("device.registered", device.id),))

    def rotate(self, tx: Tx, scope: Scope, device_id: str, *, overlap: timedelta = timedelta(0)) -> Outcome[NewDevice]:
        """Make a new secret; the one before is good for `overlap` more, and any older one no more.

        Raises `NotFound`, `Conflict` for a revoked device, `Malformed` for an overlap of more than 30 days.
        """
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise Malformed(f"overlap: at most {LONGEST_OVERLAP.days} days")
        row = self._locked(tx, scope, device_id)
        if row.state != "active":
            raise Conflict("the device is revoked")
        secret = new_secret("dwd")
        values = {
            "sealed_secret": self._sealed(scope, device_id, secret),
            "sealed_before": bytes(row.sealed_secret) if overlap else None,
            "before_until": tx.now + overlap if overlap else None,
            "changed_at": tx.now,
        }
        repository.update_device(tx, scope, device_id, values)
        made = NewDevice(device=self.find(tx, scope, device_id), secret=secret)
        return Outcome(made, (_event("device.secret_made", device_id),))

    def revoke(self, tx: Tx, scope: Scope, device_id: str) -> Outcome[Device]:
        """Take what a device signs no more, for good. Revoking again is nothing new. Raises `NotFound`."""
        if self._locked(tx, scope, device_id).state == "revoked":
            return Outcome(self.find(tx, scope, device_id))
        gone = {"state": "revoked", "sealed_secret": None, "sealed_before": None, "before_until": None}
        repository.update_device(tx, scope, device_id, {**gone, "changed_at": tx.now})
        return Outcome(self.find(tx, scope, device_id), (_event("device.revoked", device_id),))

    def find(self, tx: Tx, scope: Scope, device_id: str) -> Device:
        """Return a device. Raises `NotFound`."""
        return _device(_there(repository.find_device(tx, scope, device_id)), tx.now)

    def devices(self, tx: Tx, scope: Scope, *, after: str = "", limit: int = 200) -> tuple[Device, ...]:
        """Return devices in the order in which they came, behind the one with the id `after`."""
        return tuple(_device(row, tx.now) for row in repository.devices(tx, scope, after=after, limit=limit))

    def secrets_of(self, tx: Tx, scope: Scope, device_id: str) -> tuple[bytes, ...]:
        """Return the secrets with which a device may sign now: none of one that is not known here or was revoked."""
        row = repository.find_device(tx, scope, device_id)
        if row is None or row.state != "active":
            return ()
        both = row.sealed_before is not None and row.before_until is not None and tx.now < row.before_until
        sealed = (row.sealed_secret, row.sealed_before) if both else (row.sealed_secret,)
        return tuple(open_sealed(self._key(scope), bytes(one), context=_context(device_id)) for one in sealed)

    def _locked(self, tx: Tx, scope: Scope, device_id: str) -> Any:
        return _there(repository.find_device(tx, scope, device_id, lock=True))

    def _sealed(self, scope: Scope, device_id: str, secret: str) -> bytes:
        return seal(self._key(scope), secret.encode(), context=_context(device_id))

    def _key(self, scope: Scope) -> bytes:
        return derive_key(self._keys.tenant_secret(scope.tenant_id, "identity.device"), "seal")


def _there(row: Any | None) -> Any:
    if row is None:
        raise NotFound("no such device")
    return row


def _device(row: Any, now: datetime) -> Device:
    over = row.before_until is None or row.before_until <= now
    return Device(
        id=row.id,
        name=row.name,
        state=row.state,
        origin=row.origin,
        created_at=row.created_at,
        changed_at=row.changed_at,
        before_until=None if over else row.before_until,
    )


def _context(device_id: str) -> bytes:
    return f"identity.device\x1f{device_id}".encode()


def _event(action: str, device_id: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="device", object_id=device_id)
