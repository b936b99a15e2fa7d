"""The evaluation sets are those that were committed before what they judge, and hold together."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.evals.protection.measuring import FOLDER, LANGUAGES, SECRETS, Message, messages, public_facts

DECISIONS = Path(__file__).parents[3] / "docs/decisions"
RECORDS = ("0012-evaluation-of-protection.md", "0018-fresh-evaluation-messages.md")
SETS = (*LANGUAGES, *(f"fresh-{language}" for language in LANGUAGES))


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_the_one_that_was_recorded(name: str) -> None:
    """Nobody changes a message without changing the record."""
    records = "\n".join((DECISIONS / record).read_text(encoding="utf-8") for record in RECORDS)
    pinned = dict(re.findall(r"`([\w-]+)\.jsonl` \| `([0-9a-f]{64})`", records))
    assert pinned[name] == hashlib.sha256((FOLDER / f"{name}.jsonl").read_bytes()).hexdigest()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_set_holds_what_the_record_says(language: str) -> None:
    """Halves of about the same size, places inside of the texts and apart from each other, enough without anything."""
    halves = [messages(language, half) for half in ("dev", "test")]
    both = [*halves[0], *halves[1]]
    assert len(both) >= 520
    assert abs(len(halves[0]) - len(halves[1])) <= 10
    assert sum(not one.spans for one in both) >= 150
    assert sum(any(tag.startswith("evasion.") for tag in one.tags) for one in both) >= 75
    assert public_facts(language)
    assert_places_hold(both)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fresh_set_holds_what_the_record_says(language: str) -> None:
    """Halves of about the same size, each id once, known kinds, enough of each sort of message."""
    halves = [messages(language, half, fresh=True) for half in ("dev", "test")]
    both = [*halves[0], *halves[1]]
    marked = [gold for one in both for gold in one.spans]
    assert len(both) >= 160
    assert len({one.id for one in both}) == len(both)
    assert abs(len(halves[0]) - len(halves[1])) <= 10
    assert sum(not one.spans for one in both) >= 40
    assert sum(any(tag.startswith("evasion.") for tag in one.tags) for one in both) >= 20
    assert sum(gold.kind in SECRETS for gold in marked) >= 65
    assert sum(gold.kind in {"CARD", "IBAN", "NATIONAL_ID"} for gold in marked) >= 30
    assert {gold.kind for gold in marked} <= kinds_of(language)
    assert_places_hold(both)


def kinds_of(language: str) -> set[str]:
    """Return the kinds that the first set marks."""
    return {gold.kind for half in ("dev", "test") for one in messages(language, half) for gold in one.spans}


def assert_places_hold(wanted: list[Message]) -> None:
    """Places lie inside of the texts and apart from each other, and neither begin nor end with a blank."""
    for one in wanted:
        edges = [place for span in sorted(one.spans, key=lambda span: span.start) for place in (span.start, span.end)]
        assert edges == sorted(edges), one.id
        assert all(0 <= place <= len(one.text) for place in edges), one.id
        for span in one.spans:
            value = one.text[span.start : span.end]
            assert value == value.strip(), one.id
