"""The cases of the bank's procedures: whole stories that can be played, one of each sort in every language."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from doorward.plugins.companies.halden.owned import KINDS
from doorward.plugins.companies.halden.tests.walking import FOLDER, LANGUAGES
from doorward.plugins.companies.halden.world_format import KEYS
from doorward.plugins.companies.halden.worlds import make_seed_of

SORTS = ["happy", "failing", "corrected", "digressing", "abusive"]
FIELDS = {"id", "sort", "level", "world", "say", "answers", "aside", "end", "state"}
ANSWERED = {"card", "account", "payment", "transfer", "top_up", "refund", "bill", "order", "device"} | {
    *("reason", "date", "amount", "count", "text", "address", "phone", "email", "choice", "confirm", "code"),
}
FILES = sorted(FOLDER.glob("*/cases/*.jsonl"))


def cases(file: Path) -> list[dict[str, Any]]:
    """Return the cases in a file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def answered(case: Mapping[str, Any]) -> Iterator[str]:
    """Yield everything that a case lets the customer say."""
    yield from case["say"]
    yield from (said for given in case["answers"].values() for said in given)
    yield from (aside["say"] for aside in case["aside"])


@pytest.mark.parametrize("procedure", sorted({file.parent.parent.name for file in FILES}))
def test_there_is_a_story_of_each_sort_in_every_language(procedure: str) -> None:
    """Five languages, five sorts; no two languages tell the same."""
    told = {language: cases(FOLDER / procedure / "cases" / f"{language}.jsonl") for language in LANGUAGES}
    assert {language: [case["sort"] for case in own] for language, own in told.items()} == dict.fromkeys(
        LANGUAGES, SORTS
    )
    ids = [case["id"] for own in told.values() for case in own]
    assert ids == [f"{procedure}-{language}-{number}" for language in LANGUAGES for number in range(1, 6)]
    first = [case["say"][0] for own in told.values() for case in own]
    assert len(set(first)) == len(first)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_a_case_can_be_played(file: Path) -> None:
    """Its world can be made, its answers are to questions that there are, its state is of things that there are."""
    for case in cases(file):
        assert set(case) == FIELDS
        make_seed_of(case["world"], language=file.stem)
        assert case["level"] in {0, 1, 2}
        assert case["end"] in {"resolved", "person", "declined"}
        assert set(case["answers"]) <= ANSWERED
        assert all(aside["at"] in ANSWERED for aside in case["aside"])
        assert bool(case["aside"]) == (case["sort"] == "digressing")
        assert all(said.strip() for said in answered(case))
        for change in case["state"]:
            assert change["thing"] in KINDS
            assert ("set" in change) != ("new" in change)
            assert ("key" in change) == ("set" in change and change["thing"] in KEYS)
