"""The evaluation sets are those that were committed before what they judge, and hold together."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.evals.protection.measuring import FOLDER, LANGUAGES, messages, public_facts

RECORD = Path(__file__).parents[3] / "docs/decisions/0012-evaluation-of-protection.md"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_set_is_the_one_that_was_recorded(language: str) -> None:
    """Nobody changes a message without changing the record."""
    pinned = dict(re.findall(r"`(\w+)\.jsonl` \| `([0-9a-f]{64})`", RECORD.read_text(encoding="utf-8")))
    assert pinned[language] == hashlib.sha256((FOLDER / f"{language}.jsonl").read_bytes()).hexdigest()


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
    for one in both:
        edges = [place for span in sorted(one.spans, key=lambda span: span.start) for place in (span.start, span.end)]
        assert edges == sorted(edges), one.id
        assert all(0 <= place <= len(one.text) for place in edges), one.id
