"""Nonces that were seen by any process: each is good once."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward.admission.flood.nonces import NonceReason, Nonces
from doorward.admission.together.names import PREFIX, Names
from doorward.kit.clock import Clock
from doorward.kit.shared import Question, SharedMemory
from doorward.vocabulary.ids import TenantId

ROOM: Final = 2**21
"""Keys in the shared memory from which on it keeps no more nonces. Owners stop at half of that: they leave room."""
MARK_LASTS: Final = timedelta(days=30)
"""How long the memory's mark lasts. It says since when the memory holds nonces: one that was emptied has none."""
UNTOLD: Final = 2**12
"""Nonces that a process remembers to tell the others once the memory is there again; the oldest goes first."""

_SPEND: Final = """
if redis.call('EXISTS', KEYS[1]) == 1 then return {0} end
if redis.call('DBSIZE') >= tonumber(ARGV[2]) then return {-1} end
redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = tonumber(redis.call('GET', ARGV[3]))
if not since then
  redis.call('SET', ARGV[3], string.format('%.0f', now), 'PX', ARGV[5])
  return {2}
end
if now - since < tonumber(ARGV[4]) then return {2} end
return {1}
"""
_REPLAYED: Final = 0
_FRESH: Final = 1
"""Any other answer: it is new there, but the memory is full, or was emptied since such a nonce could have come."""


class Nonce(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a nonce. Only a `fresh` one may be let through.

    `alone`: no other process could be asked for all of the window. Whoever lets it through should ask for something
    fresher than usual.
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

    What was spent alone is told to the memory when it is there again; one that was emptied, or is full, is as good as
    away for a window. Those that are no good by their signature must
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
        self._untold: OrderedDict[str, datetime] = OrderedDict()
        self.mark = f"{PREFIX}:since"
        self._lock = threading.Lock()
        if memory is not None:
            memory.bring_back(self._bring_back, self._brought_back)

    async def spend(self, *, tenant_id: TenantId, sender: str, nonce: str) -> Nonce:
        """Note a sender's nonce, and say whether it is new. Two senders or tenants may use the same one."""
        near = self._near.spend(tenant_id=tenant_id, sender=sender, nonce=nonce)
        if not near.good or self._memory is None:
            return Nonce(reason=near.reason, retry_after=near.retry_after)
        key = self._names.key_of("nonce", tenant_id, (sender, nonce))
        answer = await self._memory.ask(self._question(key, self._window))
        if answer is None:
            with self._lock:
                self._untold[key] = self._clock.now() + self._window
                if len(self._untold) > UNTOLD:
                    self._untold.popitem(last=False)
            return Nonce(reason="fresh", alone=True)
        if answer[0] == _REPLAYED:
            return Nonce(reason="replayed")
        return Nonce(reason="fresh", alone=answer[0] != _FRESH)

    def _question(self, key: str, left: timedelta) -> Question:
        times = (_milliseconds(left), ROOM, self.mark, _milliseconds(self._window), _milliseconds(MARK_LASTS))
        return Question(_SPEND, key, times)

    def _bring_back(self) -> Iterator[Question]:
        """Yield what the memory may have missed, as long as it matters: telling it twice changes nothing."""
        now = self._clock.now()
        with self._lock:
            untold = tuple(self._untold.items())
        for key, until in untold:
            if until > now:
                yield self._question(key, until - now)

    def _brought_back(self, told: Iterable[Question]) -> None:
        """Forget what the memory knows now; what it missed meanwhile is told the next time."""
        with self._lock:
            for one in told:
                self._untold.pop(one.key, None)


def _milliseconds(time: timedelta) -> int:
    return max(1, round(time.total_seconds() * 1000))
