"""How what was offered unasked went: how often, what was said, and what customers have of it."""

from datetime import datetime

import msgspec

from doorward.answering.nudges import NudgeBook, NudgeKind, figures, word_of
from doorward.kit.tx import Tx
from doorward.understanding.expecting import BandFigures, bands
from doorward.vocabulary.scope import Scope


class NudgeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One nudge in a time. `value` is what customers have of those that were solved, in minor units of the currency,
    None where that is not counted in money; `gain` says what it is. A nudge that is no longer declared is called by its
    key.
    """

    key: str
    kind: NudgeKind
    title: str
    gain: str
    offered: int
    taken: int
    declined: int
    solved: int
    value: int | None


class NudgeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was offered from `since` until before `until`, one row a nudge; those never offered stand there, too."""

    since: datetime
    until: datetime
    currency: str
    rows: tuple[NudgeRow, ...]


class ExpectationReport(msgspec.Struct, frozen=True, kw_only=True):
    """How good it was what was expected before the first word, from `since` until before `until`, by how likely it was
    said to be: the share that was right should be what was `said`.
    """

    since: datetime
    until: datetime
    bands: tuple[BandFigures, ...]


def expectation_report(tx: Tx, scope: Scope, *, period: tuple[datetime, datetime]) -> ExpectationReport:
    """Return how good a company's expectations of a period were."""
    since, until = period
    return ExpectationReport(since=since, until=until, bands=bands(tx, scope, since=since, until=until))


def nudge_report(
    tx: Tx, scope: Scope, book: NudgeBook | None, *, period: tuple[datetime, datetime], language: str
) -> NudgeReport:
    """Return how a company's nudges went in a period, with their names in a language."""
    since, until = period
    counted = {one.nudge: one for one in figures(tx, scope, since=since, until=until)}
    declared = () if book is None else book.nudges
    rows = []
    for key in dict.fromkeys((*(one.key for one in declared), *counted)):
        nudge, found = None if book is None else book.nudge(key), counted.get(key)
        rows.append(
            NudgeRow(
                key=key,
                kind=nudge.kind if nudge is not None else counted[key].kind,
                title=key if nudge is None else word_of(nudge.title, language),
                gain="" if nudge is None else word_of(nudge.gain, language),
                offered=0 if found is None else found.offered,
                taken=0 if found is None else found.taken,
                declined=0 if found is None else found.declined,
                solved=0 if found is None else found.solved,
                value=None if nudge is None or not nudge.value else 0 if found is None else found.value,
            )
        )
    return NudgeReport(since=since, until=until, currency="" if book is None else book.currency, rows=tuple(rows))
