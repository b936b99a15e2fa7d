"""Machines that sign: which platforms a company lets speak, which keys it keeps itself, and which it takes no more."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from doorward.identity.repository import machines as repository
from doorward.kit.signatures import KEY_ID, SignatureRefused, platform_of, public_of, thumbprint_of
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

MOST_PLATFORMS: Final = 200
MOST_KEYS: Final = 1_000

PlatformState = Literal["allowed", "refused"]
KeyState = Literal["pinned", "revoked"]
RevocationReason = Literal["stolen", "lost", "replaced", "misused"]
"""Why a key is taken no more; the audit has it."""


class MachinePlatform(msgspec.Struct, frozen=True, kw_only=True):
    """A platform by which machines come: its host, and whether the company lets them speak."""

    platform: str
    state: PlatformState
    changed_at: datetime


class MachineKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that the company keeps itself, or takes no more. `platform` is empty for a revoked one of any platform."""

    key_id: str
    platform: str
    state: KeyState
    changed_at: datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How whoever signs with a key stands with the company before it is known whether they did.

    `platform` is None where nobody vouches for the key. `pinned` is the key where the company keeps it. `known` is
    a platform that the company allowed or a key that it keeps, `refused` one that may not speak or was revoked.
    """

    platform: str | None
    pinned: bytes | None = None
    known: bool = False
    refused: bool = False


class Machines:
    """Keeps platforms and keys of machines, for each company apart. What is changed holds from the next request on."""

    def set_platform(self, tx: Tx, scope: Scope, host: str, *, state: PlatformState) -> Outcome[MachinePlatform]:
        """Let a platform's machines speak, or not any more. `host` is its address, or just the host.

        Raises `Malformed`, and `Conflict` when there are too many.
        """
        platform = _platform(host)
        before = repository.find_platform(tx, scope, platform)
        if before is None and repository.count_platforms(tx, scope) >= MOST_PLATFORMS:
            raise Conflict(f"there are {MOST_PLATFORMS} platforms already: forget one first")
        made = MachinePlatform(platform=platform, state=state, changed_at=tx.now)
        if before is not None and before.state == state:
            return Outcome(_platform_of(before))
        repository.replace_platform(tx, scope, msgspec.structs.asdict(made))
        return Outcome(made, (_event(f"machine_platform.{state}", "machine_platform", platform),))

    def forget_platform(self, tx: Tx, scope: Scope, host: str) -> Outcome[None]:
        """Know a platform no more: its machines are strangers again. Raises `NotFound`."""
        platform = _platform(host)
        if not repository.delete_platform(tx, scope, platform):
            raise NotFound("no such platform")
        return Outcome(None, (_event("machine_platform.forgotten", "machine_platform", platform),))

    def platforms(self, tx: Tx, scope: Scope) -> tuple[MachinePlatform, ...]:
        """Return the platforms that are allowed or refused, in order."""
        return tuple(_platform_of(row) for row in repository.platforms(tx, scope))

    def pin_key(self, tx: Tx, scope: Scope, *, host: str, x: str) -> Outcome[MachineKey]:
        """Keep a platform's Ed25519 key (member `x` of its JSON Web Key), so that no directory is asked for it.

        For machines without a directory, such as a single device, `host` is what they shall be called, written like a
        host. Raises `Malformed`, and `Conflict` for a revoked key or when there are too many.
        """
        try:
            public = public_of(x)
        except ValueError as error:
            raise Malformed(str(error)) from None
        key = MachineKey(key_id=thumbprint_of(public), platform=_platform(host), state="pinned", changed_at=tx.now)
        before = repository.find_key(tx, scope, key.key_id)
        if before is not None and before.state == "revoked":
            raise Conflict("the key was revoked: it is good no more")
        if before is None and repository.count_keys(tx, scope) >= MOST_KEYS:
            raise Conflict(f"there are {MOST_KEYS} keys already")
        repository.replace_key(tx, scope, {**msgspec.structs.asdict(key), "public_key": public})
        return Outcome(key, (_event("machine_key.pinned", "machine_key", key.key_id),))

    def revoke_key(
        self, tx: Tx, scope: Scope, key_id: str, *, reason: RevocationReason | None = None
    ) -> Outcome[MachineKey]:
        """Take a key no more, for good, from the next request on: also one that only a directory has shown so far.

        Revoking again is nothing new.
        Raises `Malformed` for what is no thumbprint of a key.
        """
        if not KEY_ID.match(key_id):
            raise Malformed("key_id: not the thumbprint of a key")
        before = repository.find_key(tx, scope, key_id)
        if before is not None and before.state == "revoked":
            return Outcome(_key_of(before))
        platform = "" if before is None else before.platform
        key = MachineKey(key_id=key_id, platform=platform, state="revoked", changed_at=tx.now)
        # Without a limit: whoever revokes is in a hurry, and may.
        repository.replace_key(tx, scope, {**msgspec.structs.asdict(key), "public_key": None})
        return Outcome(key, (_event("machine_key.revoked", "machine_key", key_id, reason=reason),))

    def keys(self, tx: Tx, scope: Scope) -> tuple[MachineKey, ...]:
        """Return the keys that are pinned or revoked, the newest first."""
        return tuple(_key_of(row) for row in repository.keys(tx, scope))

    def standing(self, tx: Tx, scope: Scope, *, platform: str | None, key_id: str) -> Standing:
        """Return how whoever signs with a key, by a platform if they name one, stands with the company now."""
        key = repository.find_key(tx, scope, key_id)
        if key is not None and key.state == "revoked":
            return Standing(platform=platform, refused=True)
        pinned = key if key is not None and platform in {None, key.platform} else None
        if pinned is not None:
            platform = str(pinned.platform)
        if platform is None:
            return Standing(platform=None)
        row = repository.find_platform(tx, scope, platform)
        return Standing(
            platform=platform,
            pinned=bytes(pinned.public_key) if pinned is not None else None,
            known=pinned is not None or (row is not None and row.state == "allowed"),
            refused=row is not None and row.state == "refused",
        )


def _platform(host: str) -> str:
    try:
        return platform_of(host if "//" in host else f"https://{host}")
    except SignatureRefused:
        raise Malformed("platform: not a host, such as assistants.example") from None


def _platform_of(row: Any) -> MachinePlatform:
    return MachinePlatform(platform=row.platform, state=row.state, changed_at=row.changed_at)


def _key_of(row: Any) -> MachineKey:
    return MachineKey(key_id=row.key_id, platform=row.platform, state=row.state, changed_at=row.changed_at)


def _event(action: str, kind: str, object_id: str, *, reason: str | None = None) -> AuditEvent:
    return AuditEvent(action=action, object_kind=kind, object_id=object_id, reason=reason)
