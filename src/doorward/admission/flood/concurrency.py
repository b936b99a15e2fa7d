"""How much may be done at once: a limit that follows what is measured."""

import math

import msgspec


class WorkLimitRules(msgspec.Struct, frozen=True, kw_only=True):
    """How a limit moves: between `least` and `most`, `smoothing` of the way at a time.

    Latency up to `tolerance` times the usual one is no reason to lower it; work that was lost (timed out, refused)
    takes it down to `after_loss` of what it was. What is usual moves by the share `learning` of the difference.
    """

    least: int = 4
    most: int = 1000
    tolerance: float = 1.5
    smoothing: float = 0.2
    after_loss: float = 0.9
    learning: float = 0.005

    def __post_init__(self) -> None:
        """Raise `ValueError` for rules under which it could not move, or would move the wrong way."""
        parts = (self.smoothing, self.after_loss, self.learning)
        if not 1 <= self.least <= self.most or self.tolerance < 1 or not all(0 < part <= 1 for part in parts):
            raise ValueError("1 <= least <= most; tolerance: 1 at least; all others: above 0, at most 1")


class WorkLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The limit now, and the latency in seconds that is usual, 0 before anything was measured."""

    value: float
    usual: float = 0.0

    @property
    def places(self) -> int:
        """Return how much may be done at once."""
        return math.floor(self.value)


def adapt_limit(
    limit: WorkLimit, *, latency: float, in_flight: int, lost: bool = False, rules: WorkLimitRules
) -> WorkLimit:
    """Return the limit after an interval, of a second or so.

    `latency` is the mean of the work that ended in it, in seconds, `in_flight` the most that was being done at once,
    `lost` whether any of it timed out or was refused.

    The gradient of usual to measured latency, as in the gradient limiters of Netflix's concurrency-limits
    (https://github.com/Netflix/concurrency-limits) and Envoy's adaptive concurrency: `limit * min(1, tolerance * usual
    / latency)`, never below half. Where that is no reason to lower it, it grows by its square root, but only while at
    least half of it is in use, for else nothing was learned about it. `lost` lowers it by a share, whatever the latency
    (D.-M. Chiu and R. Jain, Computer Networks and ISDN Systems 17(1), 1989).

    Unlike theirs, what is usual rises only where little is being done (half of the limit, or the least), so that no
    overload, however long, passes for usual. A machine that has become slower for good drives the limit down to where
    that is learned: from there it comes back, to half or more at once and to all after a quiet time.
    Raises `ValueError` for a latency that is no positive number.
    """
    if not 0 < latency < math.inf:
        raise ValueError("latency: a positive number of seconds")
    if lost:
        return WorkLimit(value=_within(limit.value * rules.after_loss, rules), usual=limit.usual)
    light = in_flight <= max(rules.least, limit.value / 2)
    usual = limit.usual or latency
    if light or latency < usual:
        usual += (latency - usual) * rules.learning
    gradient = max(0.5, min(1.0, rules.tolerance * usual / latency))
    aim = limit.value * gradient
    if gradient == 1.0:
        aim += math.sqrt(limit.value) if in_flight >= limit.value / 2 else 0.0
    return WorkLimit(value=_within(limit.value + (aim - limit.value) * rules.smoothing, rules), usual=usual)


def _within(value: float, rules: WorkLimitRules) -> float:
    return min(float(rules.most), max(float(rules.least), value))
