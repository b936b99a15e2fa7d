"""How often each owner may come, over all processes."""

from typing import Final, NamedTuple

from doorward.admission.flood.quotas import WITHIN, Counted, Quota, Quotas
from doorward.admission.together.names import Names
from doorward.kit.clock import Clock
from doorward.kit.shared import Answer, Question, SharedMemory
from doorward.vocabulary.ids import TenantId

OWNERS: Final = 2**20
"""Keys in the shared memory from which on owners who are new to it are counted by each process alone."""

_MICROSECONDS: Final = 1_000_000

_TAKE: Final = """
local now, interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = redis.call('GET', KEYS[1])
local tat = math.max(tonumber(stored or '0'), tonumber(ARGV[4]))
if tat > now + interval * (burst - 1) then return {0, tat} end
if not stored and redis.call('DBSIZE') >= tonumber(ARGV[5]) then return {-1, 0} end
local after = math.max(tat, now) + interval
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
return {1, after}
"""
"""GCRA as in `Quotas`, in microseconds. What the process knows of the owner (`ARGV[4]`) counts where that is later: a
memory that was started anew learns again what the processes still know."""


class Whose(NamedTuple):
    """Whose arrival counts, and by what quota; see `Quotas.take`."""

    quota: Quota
    tenant_id: TenantId
    platform: str
    owner: str


class QuotasTogether:
    """Counts arrivals of owners over all processes with the same shared memory, each by itself while that is away.

    Promised, with `n` processes whose clocks differ by no more than `d` seconds: while the memory answers, in any `t`
    seconds no more than `burst + (t + d) / interval` arrivals of an owner are within; while it does not, no more than
    `n` times that, since each process goes on from what it knew. An arrival whose answer came too late may count twice:
    too strict by one, never too lax. Owners beyond `OWNERS` are counted as if the memory were away.

    What a process knows of an owner it does not ask again: whoever is over their quota costs no round trip.
    """

    def __init__(
        self, near: Quotas, memory: SharedMemory | None = None, *, clock: Clock, secret: bytes, owners: int = OWNERS
    ) -> None:
        """Count in `memory`, named under `secret` (32 bytes, the same for all), else `near`. Without, near alone."""
        self._near = near
        self._memory = memory
        self._clock = clock
        self._names = Names(secret)
        self._owners = owners

    @classmethod
    def alone(cls, clock: Clock, *, secret: bytes) -> "QuotasTogether":
        """Return what counts for one process; with its end it is forgotten who came."""
        return cls(Quotas(clock, secret=secret), clock=clock, secret=secret)

    async def take(self, whose: Whose) -> Counted:
        """Count one arrival now, unless there is no room for it."""
        if self._memory is None:
            return self._alone(whose)
        now = self._clock.now().timestamp()
        asks = self._begin(whose, now)
        return asks if isinstance(asks, Counted) else self._end(whose, now, await self._memory.ask(asks))

    def take_now(self, whose: Whose) -> Counted:
        """Do as `take`, in a thread that may wait for the answer."""
        if self._memory is None:
            return self._alone(whose)
        now = self._clock.now().timestamp()
        asks = self._begin(whose, now)
        return asks if isinstance(asks, Counted) else self._end(whose, now, self._memory.ask_now(asks))

    def _alone(self, whose: Whose) -> Counted:
        quota, tenant_id, platform, owner = whose
        return self._near.take(quota, tenant_id=tenant_id, platform=platform, owner=owner)

    def _begin(self, whose: Whose, now: float) -> Counted | Question:
        """Return what is known already, or what is to be asked."""
        quota, tenant_id, platform, owner = whose
        known = self._near.until(quota, tenant_id=tenant_id, platform=platform, owner=owner) or 0.0
        if known > _allowed(quota, now):
            return Counted(within=False, retry_after=known - _allowed(quota, now))
        key = self._names.key_of("quota", tenant_id, (quota.kind, platform, owner))
        at, interval, floor = (round(one * _MICROSECONDS) for one in (now, quota.interval, known))
        return Question(_TAKE, key, (at, interval, quota.burst, floor, self._owners))

    def _end(self, whose: Whose, now: float, answer: Answer | None) -> Counted:
        if answer is None or answer[0] < 0:
            return self._alone(whose)
        quota, tenant_id, platform, owner = whose
        until = answer[1] / _MICROSECONDS
        self._near.learn(quota, until, tenant_id=tenant_id, platform=platform, owner=owner)
        return WITHIN if answer[0] else Counted(within=False, retry_after=until - _allowed(quota, now))


def _allowed(quota: Quota, now: float) -> float:
    """Return up to which theoretical arrival time there is room."""
    return now + quota.interval * (quota.burst - 1)
