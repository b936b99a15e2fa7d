"""Nonces that were seen by any process: each is good once."""

import threading
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward.admission.flood.nonces import NonceReason, Nonces
from doorward.admission.together.names import Names
from doorward.kit.clock import Clock
from doorward.kit.shared import Question, SharedMemory
from doorward.vocabulary.ids import TenantId

ROOM: Final = 2**21
"""Keys in the shared memory from which on no more nonces are taken. Owners stop at half of that: they leave room."""
UNTOLD: Final = 2**12
"""Nonces that a process remembers to tell the others once the memory is there again; the oldest goes first."""
_LATER: Final = 60.0

_SPEND: Final = """
if redis.call('EXISTS', KEYS[1]) == 1 then return {0} end
if redis.call('DBSIZE') >= tonumber(ARGV[2]) then return {-1} end
redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
return {1}
"""
_REASONS: Final[dict[int, NonceReason]] = {1: "fresh", 0: "replayed", -1: "full"}


class Nonce(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a nonce. Only a `fresh` one may be let through.

    `alone`: no other process could be asked. Whoever lets it through should ask for something fresher than usual.
    `retry_after` is in seconds, 0 unless there is no room.
    """

    reason: NonceReason
    alone: bool = False
    retry_after: float = 0.0

    @property
    def good(self) -> bool:
        """Return whether the nonce was not seen before, as far as could be asked."""
        return self.reason == "fresh"


class NoncesTogether:
    """Spends every nonce once over all processes with the same shared memory, else, and while it is away, once in each.

    What was spent alone is told to the memory when it is there again. Those that are no good by their signature must
    not come here; see `Nonces`.
    """

    def __init__(
        self, near: Nonces, memory: SharedMemory | None = None, *, clock: Clock, secret: bytes, window: timedelta
    ) -> None:
        """Ask `near` first, which must remember for `window`, and then `memory`; named under `secret` (32 bytes)."""
        self._near = near
        self._memory = memory
        self._clock = clock
        self._names = Names(secret)
        self._window = window
        self._untold: deque[tuple[str, datetime]] = deque(maxlen=UNTOLD)
        self._lock = threading.Lock()
        if memory is not None:
            memory.bring_back(self._bring_back)

    async def spend(self, *, tenant_id: TenantId, sender: str, nonce: str) -> Nonce:
        """Note a sender's nonce, and say whether it is new. Two senders or tenants may use the same one."""
        near = self._near.spend(tenant_id=tenant_id, sender=sender, nonce=nonce)
        if not near.good or self._memory is None:
            return Nonce(reason=near.reason, retry_after=near.retry_after)
        key = self._names.key_of("nonce", tenant_id, (sender, nonce))
        answer = await self._memory.ask(self._question(key, self._window))
        if answer is not None:
            reason = _REASONS[answer[0]]
            return Nonce(reason=reason, retry_after=_LATER if reason == "full" else 0.0)
        with self._lock:
            self._untold.append((key, self._clock.now() + self._window))
        return Nonce(reason="fresh", alone=True)

    def _question(self, key: str, left: timedelta) -> Question:
        return Question(_SPEND, key, (max(1, round(left.total_seconds() * 1000)), ROOM))

    def _bring_back(self) -> Iterator[Question]:
        """Yield what the memory may have missed, as long as it matters: telling it twice changes nothing."""
        now = self._clock.now()
        with self._lock:
            untold = tuple(self._untold)
        for key, until in untold:
            if until > now:
                yield self._question(key, until - now)
