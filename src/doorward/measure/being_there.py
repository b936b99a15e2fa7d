"""Presence over time: how long people were available, and away for each reason. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from doorward.measure.periods import Bucket
from doorward.measure.reports import Column, Table, Value, rows_by_time

AWAY_FOR: Final = "away."
"""How the names of columns begin that are about a reason; the rest is its key."""


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """From when until when somebody was `available` or `away`, and for which reason: empty where they gave none."""

    since: datetime
    until: datetime
    state: str
    reason: str = ""


def attendance(among: Sequence[Bucket], spells: Iterable[Spell]) -> Table:
    """Return the seconds of all people together in each day or week: available, away, and away for each reason.

    A spell over midnight counts for both days. There is a column for every reason that anybody had in the period, in
    the order of their keys; of a day or week in which nobody was there nothing is said.
    """
    spent: list[dict[str, float]] = [{} for _ in among]
    for one in spells:
        _share_out(spent, among, one)
    reasons = sorted({name for one in spent for name in one if name.startswith(AWAY_FOR)})
    names = ("available", "away", *reasons)

    def values(at: int) -> tuple[Value, ...]:
        return tuple(round(spent[at].get(name, 0)) if spent[at] else None for name in names)

    columns = tuple(Column(name=name, unit="seconds") for name in names)
    return Table(columns=columns, rows=rows_by_time(among, values))


def _share_out(spent: Sequence[dict[str, float]], among: Sequence[Bucket], spell: Spell) -> None:
    name = f"{AWAY_FOR}{spell.reason}" if spell.state == "away" and spell.reason else spell.state
    first = max(0, bisect_right(among, spell.since, key=lambda one: one.begins) - 1)
    for at in range(first, len(among)):
        if among[at].begins >= spell.until:
            return
        seconds = (min(spell.until, among[at].ends) - max(spell.since, among[at].begins)).total_seconds()
        if seconds > 0:
            spent[at][name] = spent[at].get(name, 0.0) + seconds
