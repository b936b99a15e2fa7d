"""The messages are those that were committed before what they judge, and as many as the record says."""

import hashlib
import re
from collections import Counter
from pathlib import Path

from tests.evals.feelings.sets import FILE, LABELS, LANGUAGES, felt

RECORD = Path(__file__).parents[3] / "docs/decisions/0037-evaluation-of-feelings.md"


def test_the_set_is_the_one_that_was_recorded() -> None:
    """Nobody changes a message without changing the record."""
    (pinned,) = re.findall(r"`([0-9a-f]{64})`", RECORD.read_text(encoding="utf-8"))
    assert pinned == hashlib.sha256(FILE.read_bytes()).hexdigest()


def test_there_are_as_many_as_the_record_says() -> None:
    """Twelve of every label and forty of none, in every language, a third of them to look at."""
    messages = [*felt("dev"), *felt("test")]
    counts = Counter((one.language, one.label) for one in messages)
    assert counts == {(code, label): 12 if label else 40 for code in LANGUAGES for label in (*LABELS, "")}
    assert len({one.id for one in messages}) == len(messages)
    assert 2 * len(felt("dev")) <= len(felt("test")) + len(LANGUAGES)
