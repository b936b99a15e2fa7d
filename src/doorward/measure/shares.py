"""Which share of contacts is from machines: those that sign are counted, the others estimated, and how sure that is.

What looks like an assistant is not one, and the other way round. So looks are not counted as what they look like: it is
asked which share of assistants makes it likely that so many of each look came, knowing how often assistants and
people have each look (`RATES`), and how surely that is known. With few contacts the answer is wide, and says so.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.measure.assistants import LOOKS, Look
from doorward.measure.reports import Column, ReportRow, Table

RATES: Final[Mapping[str, tuple[int, ...]]] = {"person": (40, 0, 0, 0), "machine": (5, 0, 15, 20)}
"""How many texts of the half `dev` of the evaluation had which look, in the order of `LOOKS`, by who wrote them."""
SURE: Final = 0.9
"""How probable it is that the truth lies within an interval, if what comes is like the texts of the evaluation."""
FORESEEN: Final = 3
"""Months that are forecast."""
FEWEST: Final = 3
"""Months that a forecast is made from."""
_DRAWS: Final = 200
_STEPS: Final = 1001
_SEED: Final = 1
_Z: Final = 1.645
"""Half the width of an interval of `SURE` in standard deviations."""
_DRIFT: Final = 0.15
"""What changes from month to month at least, in logits, whatever the line says."""
_NEAREST: Final = 0.0005
"""How near to none or all a share is taken to be at most, where its logarithm is needed."""

_SIGNED: Final = "signed"
COLUMNS: Final = (
    Column(name="contacts"),
    Column(name="signed"),
    *(Column(name=name, unit="share") for name in ("machines", "machines_low", "machines_high")),
    *(Column(name=name, unit="share") for name in ("forecast", "forecast_low", "forecast_high")),
)
_COUNTED: Final = 5

Numbers = NDArray[np.float64]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A share (0 to 1), and between which two the truth lies as `SURE` has it."""

    share: float
    low: float
    high: float


def unsigned_share(counts: Mapping[Look, int]) -> Share | None:
    """Return which share of contacts that sign nothing is from assistants; None without any."""
    seen = np.array([counts.get(look, 0) for look in LOOKS], dtype=np.float64)
    if not seen.sum():
        return None
    grid = np.linspace(0, 1, _STEPS)[:, None]
    weights = np.zeros(_STEPS)
    chance = np.random.default_rng(_SEED)
    people, machines = (chance.dirichlet(np.array(RATES[by]) + 0.5, _DRAWS) for by in ("person", "machine"))
    for person, machine in zip(people, machines, strict=True):
        likely = np.log(grid * machine + (1 - grid) * person) @ seen
        posterior = np.exp(likely - likely.max())
        weights += posterior / posterior.sum()
    return _share(grid[:, 0], weights / _DRAWS)


def machine_share(counts: Mapping[Look, int]) -> Share | None:
    """Return which share of all contacts is from machines, signed or not; None without any contact."""
    signed, unsigned = counts.get("signed", 0), sum(counts.get(look, 0) for look in LOOKS)
    if not signed + unsigned:
        return None
    guessed = unsigned_share(counts) or Share(share=0, low=0, high=0)
    everything = signed + unsigned
    return Share(
        **{name: (signed + unsigned * getattr(guessed, name)) / everything for name in ("share", "low", "high")}
    )


def forecast(months: Sequence[Share | None]) -> tuple[Share, ...]:
    """Return the shares of the next months, from those of months in order; nothing from fewer than `FEWEST`.

    A line through the logits, each month weighed by how sure it is. The interval has in it how sure the line is,
    how far months lie from it, and that a world of machines does not stay on lines.
    """
    known = [(at, one) for at, one in enumerate(months) if one is not None]
    if len(known) < FEWEST:
        return ()
    at = np.array([place for place, _ in known], dtype=np.float64)
    logits = _logits([one.share for _, one in known])
    spread = (_logits([one.high for _, one in known]) - _logits([one.low for _, one in known])) / (2 * _Z)
    variance = np.maximum(spread, _DRIFT) ** 2
    rows = np.stack([np.ones_like(at), at], axis=1)
    sure = np.linalg.inv(rows.T @ (rows / variance[:, None]))
    line = sure @ (rows.T @ (logits / variance))
    beside = float(np.average((logits - rows @ line) ** 2, weights=1 / variance))
    ahead = []
    for step in range(1, FORESEEN + 1):
        row = np.array([1.0, len(months) - 1 + step])
        middle = float(row @ line)
        width = _Z * float(np.sqrt(row @ sure @ row + beside + step * _DRIFT**2))
        ahead.append(Share(share=_expit(middle), low=_expit(middle - width), high=_expit(middle + width)))
    return tuple(ahead)


def _share(grid: Numbers, weights: Numbers) -> Share:
    below = np.cumsum(weights)
    low, middle, high = (grid[min(int(np.searchsorted(below, one)), _STEPS - 1)] for one in (0.05, 0.5, 0.95))
    return Share(share=float(middle), low=float(low), high=float(high))


def _logits(shares: Sequence[float]) -> Numbers:
    near = np.clip(np.array(shares), _NEAREST, 1 - _NEAREST)
    return np.log(near / (1 - near))  # type: ignore[no-any-return]


def _expit(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


MonthKey = str
"""As 2026-11."""


def by_month(counts: Mapping[tuple[MonthKey, Look], int], months: Sequence[MonthKey]) -> Table:
    """Return contacts, those that machines signed, and which share is from machines; behind them the next months'.

    `months` are in order and without gaps. Those ahead have no counts yet, and their shares in columns of their own.
    """
    seen = [{look: counts.get((month, look), 0) for look in (*LOOKS, _SIGNED)} for month in months]
    shares = [machine_share(one) for one in seen]
    rows = []
    for month, count, share in zip(months, seen, shares, strict=True):
        known = (None, None, None) if share is None else (share.share, share.low, share.high)
        rows.append(ReportRow(key=month, values=(sum(count.values()), count[_SIGNED], *known, None, None, None)))
    month = months[-1] if months else ""
    for share in forecast(shares):
        month = following(month)
        none = (None,) * _COUNTED
        rows.append(ReportRow(key=month, values=(*none, share.share, share.low, share.high)))
    return Table(columns=COLUMNS, rows=tuple(rows))


def following(month: MonthKey) -> MonthKey:
    """Return the month after one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
