"""Keyed hashes by which equal values are known for a while: keys follow the calendar, and old ones are destroyed."""

from datetime import timedelta
from typing import NamedTuple

from doorward.kit import crypto
from doorward.kit.clock import Clock
from doorward.kit.keys.envelope import Keys


class Mark(NamedTuple):
    """The keyed hash of a value (HMAC-SHA256) under the key of one epoch; epochs are numbered by time."""

    epoch: int
    value: bytes


class EpochKeys:
    """A tenant's keys for one purpose, one a period of time, made at first use. Thread-safe.

    A hash is made with the key of this epoch and looked for under that of the last one as well: what is met again
    within a period is known again, what is not is unknown after two at the latest, when its key is gone.
    """

    def __init__(self, keys: Keys, *, purpose: str, clock: Clock, period: timedelta) -> None:
        """Keep the keys in the store of `keys` under `purpose`."""
        self._keys = keys
        self._purpose = purpose
        self._clock = clock
        self._seconds = int(period.total_seconds())

    @property
    def oldest(self) -> int:
        """Return the oldest epoch whose hashes are still looked for."""
        return self._now() - 1

    def is_at_hand(self, tenant_id: str) -> bool:
        """Return whether the keys are in memory, so that hashing waits for no disk; see `prepare`."""
        return self._keys.has_epoch_at_hand(self._name(tenant_id, self._now()))

    def prepare(self, tenant_id: str) -> None:
        """Have the keys in memory from now on; it may wait for a disk. Raises as `marks`."""
        if not self.is_at_hand(tenant_id):
            self.marks(tenant_id, b"")

    def marks(self, tenant_id: str, value: bytes) -> tuple[Mark, ...]:
        """Return the hashes of `value` under this epoch's key and, if it has one, under the last one's; newest first.

        None under a key that was destroyed: a clock may go back. Raises `KeyDestroyed` for a tenant without keys.
        """
        now = self._now()
        keys = (
            (epoch, self._keys.epoch_key(self._name(tenant_id, epoch), make=epoch == now)) for epoch in (now, now - 1)
        )
        return tuple(Mark(epoch, crypto.keyed_hash(key, value)) for epoch, key in keys if key is not None)

    def expire(self, tenant_id: str) -> int:
        """Destroy the keys of epochs that are over, in whatever copy their hashes are; return how many."""
        oldest = self._name(tenant_id, self.oldest)
        return self._keys.destroy_epochs(f"epoch/{tenant_id}/{self._purpose}/", before=oldest)

    def _now(self) -> int:
        return int(self._clock.now().timestamp()) // self._seconds

    def _name(self, tenant_id: str, epoch: int) -> str:
        return f"epoch/{tenant_id}/{self._purpose}/{epoch:08}"
