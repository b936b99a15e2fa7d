"""Halden's procedures as their cases tell: played against a whole house, everybody's things compared afterwards.

One house serves a worker; every case has a customer and a core system of its own. What a case begins with is taken for
the intent of its procedure, for which words mean it is judged elsewhere.
"""

from pathlib import Path
from typing import Final

import msgspec
import pytest

from tests.support.halden import PROCEDURES, played_house, stage
from tests.support.playing import Case, Stage, play

__all__ = ["played_house", "stage"]

FILES = sorted(PROCEDURES.glob("*/cases/*.jsonl"))

ENDS_OTHERWISE: Final = frozenset(
    {
        "call_back-tr-5",
        "dispute_payment-en-1",
        "dispute_payment-id-1",
        "dispute_payment-id-4",
        "payment_plan-en-3",
        "payment_plan-tr-2",
        "report_fraud-id-4",
        "topup_status-en-4",
    }
)
"""Cases that are known to end otherwise than they tell, without doing anything wrong: this list may only shrink.

Rules about risk, care and wishes for a person come before procedures and take nearly all of these to a person.
"""


def cases_in(file: Path) -> list[Case]:
    """Return the cases of a file."""
    return [msgspec.json.decode(line, type=Case) for line in file.read_bytes().splitlines() if line.strip()]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}-{file.stem}")
def test_cases_come_out_as_they_are_told(stage: Stage, file: Path) -> None:
    """None does anything that it should not, to anybody; all end as they should, but those that are known not to."""
    book = stage.house.procedure_book.of(stage.tenant.id)
    assert book is not None
    intent = book.procedures[file.parents[1].name].intents[0]
    outcomes = [
        play(stage, msgspec.structs.replace(case, language=file.stem), intents={case.say[0]: intent})
        for case in cases_in(file)
    ]
    assert not [outcome.told() for outcome in outcomes if outcome.wrong]
    left = [outcome.told() for outcome in outcomes if not outcome.right and outcome.id not in ENDS_OTHERWISE]
    assert not left, "\n\n".join(left)
    mended = [outcome.id for outcome in outcomes if outcome.right and outcome.id in ENDS_OTHERWISE]
    assert not mended, f"these end as they should by now; take them out of ENDS_OTHERWISE: {', '.join(mended)}"


def test_the_list_names_cases_that_there_are() -> None:
    """A case that is renamed or removed leaves the list with its old name."""
    there = {case.id for file in FILES for case in cases_in(file)}
    assert there >= ENDS_OTHERWISE
