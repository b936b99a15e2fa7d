"""How long a delivery that failed waits for its next try."""

import random
from datetime import timedelta
from typing import Final

_PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The schedule that Standard Webhooks proposes: seconds at first, in the end a day; about three days in all."""
_SPREAD: Final = 0.25
LONGEST: Final = timedelta(days=1)


def pause_before(attempt: int, *, asked: int | None = None, chance: random.Random | None = None) -> timedelta | None:
    """Return how long to wait before the given try (2 is the first repetition), None when there is none any more.

    Up to a quarter is added by chance, so that what failed together does not come back together. `asked` are seconds
    that the other side wants to be left alone; a day at most counts.
    """
    if attempt - 2 >= len(_PAUSES):
        return None
    spread = 1 + _SPREAD * (chance or random.SystemRandom()).random()
    wished = min(timedelta(seconds=min(asked or 0, 10**6)), LONGEST)
    return max(_PAUSES[max(0, attempt - 2)], wished) * spread
