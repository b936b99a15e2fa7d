"""The form of a scorecard: what its fields hold and what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from doorward.doors.web.desk.workspace.fields import key_from
from doorward.workspace import KEY_PATTERN, Question, Scorecard

MOST_ROWS: Final = 50
BLANK_ROWS: Final = 4
"""Empty rows below the questions there are; who needs more saves and goes on."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it stands in the form."""

    key: str = ""
    asks: str = ""
    answer: str = "yes_no"
    most: str = "5"
    weight: str = "1"
    critical: bool = False


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a form holds: the scorecard and its key, or the fields that are wrong, each with its sentence's key."""

    key: str
    scorecard: Scorecard | None
    rows: tuple[Row, ...]
    wrong: tuple[tuple[str, str], ...] = ()


def rows_of(scorecard: Scorecard) -> tuple[Row, ...]:
    """Return a scorecard's questions as rows of the form."""
    return tuple(
        Row(
            key=one.key,
            asks=one.asks,
            answer=one.answer,
            most=str(one.most),
            weight=str(one.weight),
            critical=one.critical,
        )
        for one in scorecard.questions
    )


def read_scorecard(fields: Mapping[str, str], *, key: str) -> Reading:
    """Return what the form of a new scorecard, or of the one with this key, holds; rows without a question fall out."""
    every = (_row(fields, at) for at in range(MOST_ROWS + BLANK_ROWS))
    rows = tuple(row for row in every if row.asks)[:MOST_ROWS]
    name = " ".join(fields.get("name", "").split())
    wrong = [] if 0 < len(name) <= 80 else [("name", "score.wrong.name")]
    if not rows:
        wrong.append(("asks-0", "score.wrong.none"))
    wrong += [fault for at, row in enumerate(rows) for fault in _faults(at, row)]
    if wrong:
        return Reading(key=key, scorecard=None, rows=rows, wrong=tuple(wrong))
    description = fields.get("description", "").strip()[:500]
    scorecard = Scorecard(name=name, questions=_questions(rows), description=description)
    return Reading(key=key or key_from(name), scorecard=scorecard, rows=rows)


def _row(fields: Mapping[str, str], at: int) -> Row:
    return Row(
        key=fields.get(f"key-{at}", "")[:60],
        asks=" ".join(fields.get(f"asks-{at}", "").split()),
        answer="points" if fields.get(f"answer-{at}") == "points" else "yes_no",
        most=fields.get(f"most-{at}", "5"),
        weight=fields.get(f"weight-{at}", "1"),
        critical=fields.get(f"critical-{at}") == "yes",
    )


def _faults(at: int, row: Row) -> list[tuple[str, str]]:
    found = []
    if len(row.asks) > 300:
        found.append((f"asks-{at}", "score.wrong.asks"))
    if row.answer == "points" and not _is_whole(row.most, 10):
        found.append((f"most-{at}", "score.wrong.most"))
    if not _is_whole(row.weight, 100):
        found.append((f"weight-{at}", "score.wrong.weight"))
    return found


def _is_whole(written: str, most: int) -> bool:
    return written.isascii() and written.isdigit() and len(written) < 4 and 1 <= int(written) <= most


def _questions(rows: Sequence[Row]) -> tuple[Question, ...]:
    """Return the questions of rows; one that is new gets a key that reads like it and that no other has."""
    taken: set[str] = set()
    found = []
    for row in rows:
        key = row.key if re.fullmatch(KEY_PATTERN, row.key) else key_from(row.asks)[:50].strip("-")
        number = 2
        while (fresh := key if key not in taken else f"{key}-{number}") in taken:
            number += 1
        taken.add(fresh)
        most = int(row.most) if row.answer == "points" else 5
        found.append(
            Question(
                key=fresh,
                asks=row.asks,
                answer="points" if row.answer == "points" else "yes_no",
                most=most,
                weight=int(row.weight),
                critical=row.critical,
            )
        )
    return tuple(found)
