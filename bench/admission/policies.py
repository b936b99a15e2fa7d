"""Other ways to admit, as gates of the drill: measuring sticks, none of them in the product."""

import importlib
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from doorward.admission import Rate, Rates
from doorward.admission.drill.gate import Change, Gate, Verdict
from doorward.admission.drill.running import beginning_of
from doorward.admission.drill.scenario import Scenario
from doorward.admission.drill.visits import Crowd, Seen
from doorward.admission.flood import CallerClass, Level, Occupancy
from doorward.kit.clock import FixedClock
from doorward.vocabulary.errors import RateLimited

FULL = Verdict(way="full", because="open", caller_class="anonymous", rank=0.0)
BLOCKED = Verdict(way="blocked", because="blocked", caller_class="anonymous", rank=0.0)


class Open:
    """No flood control: first come, first served. What the others are built on."""

    callback_within = 0.0

    @property
    def level(self) -> Level:
        """It knows no levels."""
        return "green"

    @property
    def changes(self) -> tuple[Change, ...]:
        """Nothing ever changes."""
        return ()

    def arrive(self, seen: Seen, occupancy: Occupancy, *, tries: int, now: float) -> Verdict:
        """Let in whom `lets_in` lets in."""
        return FULL if self.lets_in(seen, now) else BLOCKED

    def reconsider(self, seen: Seen, occupancy: Occupancy, *, now: float) -> Verdict:
        """Whoever is in is in."""
        return FULL

    def may_serve(self, caller_class: CallerClass, occupancy: Occupancy) -> bool:
        """Nobody is kept free."""
        return occupancy.busy < occupancy.people

    def note_talk(self, *, useful: bool) -> None:
        """It learns nothing."""

    def tick(self, occupancy: Occupancy, *, now: float) -> None:
        """Nor here."""

    def lets_in(self, seen: Seen, now: float) -> bool:
        """Everybody."""
        return True


class Limits(Open):
    """`limits`, moving window, so many an hour for each source, in virtual time."""

    def __init__(self, scenario: Scenario, an_hour: int) -> None:
        self._begins = beginning_of(scenario)
        self._clock = FixedClock(self._begins)
        self._rates = Rates(self._clock, secret=bytes(32))
        self._limit = f"{an_hour}/hour"

    def lets_in(self, seen: Seen, now: float) -> bool:
        """Whoever is within the limit of its source."""
        self._clock.advance(max(timedelta(0), self._begins + timedelta(seconds=now) - self._clock.now()))
        try:
            self._rates.take(Rate(namespace="drill", limit=self._limit, subject=seen.source))
        except RateLimited:
            return False
        return True


class PyrateLimiter(Open):
    """`pyrate-limiter`, one bucket for each source, where it is installed."""

    def __init__(self, an_hour: int) -> None:
        # A peer, which no lock holds.
        peer: Any = importlib.import_module("pyrate_limiter")
        self._item = peer.RateItem
        self._buckets: dict[str, Any] = defaultdict(lambda: peer.InMemoryBucket([peer.Rate(an_hour, 3_600_000)]))

    def lets_in(self, seen: Seen, now: float) -> bool:
        """Whoever its source's bucket has room for."""
        bucket, moment = self._buckets[seen.source], round(now * 1000)
        bucket.leak(moment)
        return bool(bucket.put(self._item(seen.source, moment)))


class Bans(Open):
    """As fail2ban does: a source that comes three times in ten minutes is out for an hour."""

    def __init__(self) -> None:
        self._came: dict[str, deque[float]] = defaultdict(deque)
        self._until: dict[str, float] = {}

    def lets_in(self, seen: Seen, now: float) -> bool:
        """Whoever is not banned, nor becomes it now."""
        if self._until.get(seen.source, 0.0) > now:
            return False
        came = self._came[seen.source]
        came.append(now)
        while came[0] < now - 600:
            came.popleft()
        if len(came) >= 3:
            self._until[seen.source] = now + 3600
            return False
        return True


class GlobalBucket(Open):
    """One token bucket for all, of what people can do."""

    def __init__(self, scenario: Scenario) -> None:
        behaviour = scenario.customers.behaviour
        self._rate = scenario.company.people / behaviour.handling / (1 - behaviour.bot_resolves)
        self._most = self._tokens = self._rate * 60
        self._since = 0.0

    def lets_in(self, seen: Seen, now: float) -> bool:
        """Whoever finds a token."""
        self._tokens = min(self._most, self._tokens + (now - self._since) * self._rate)
        self._since = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class FairQueueing(Open):
    """Start-time fair queueing between sources: whoever had least is next."""

    def __init__(self) -> None:
        self._virtual = 0.0
        self._finished: dict[str, float] = {}

    def reconsider(self, seen: Seen, occupancy: Occupancy, *, now: float) -> Verdict:
        """Queue by the tag of the source."""
        # As many a second as there are people: the virtual time of the server, near enough for equal work.
        self._virtual = max(self._virtual, now * occupancy.people / occupancy.handling)
        start = max(self._virtual, self._finished.get(seen.source, 0.0))
        self._finished[seen.source] = start + 1.0
        return Verdict(way="full", because="queue", caller_class="anonymous", rank=start)


class Oracle(Open):
    """Knows whose a contact is, and lets no attacker in."""

    def __init__(self, crowd: Crowd) -> None:
        self._attack = [origin.side == "attack" for origin in crowd.origins]

    def lets_in(self, seen: Seen, now: float) -> bool:
        """Whoever is no attacker."""
        return not self._attack[seen.number]


Makes = Callable[[Scenario, Crowd], Gate]

POLICIES: Mapping[str, Makes] = {
    "none": lambda _scenario, _crowd: Open(),
    "limits, 1 an hour a source": lambda scenario, _crowd: Limits(scenario, 1),
    "limits, 5 an hour a source": lambda scenario, _crowd: Limits(scenario, 5),
    "pyrate-limiter, 5 an hour a source": lambda _scenario, _crowd: PyrateLimiter(5),
    "fail2ban-like": lambda _scenario, _crowd: Bans(),
    "global token bucket": lambda scenario, _crowd: GlobalBucket(scenario),
    "fair queueing by source": lambda _scenario, _crowd: FairQueueing(),
    "oracle": lambda _scenario, crowd: Oracle(crowd),
}
