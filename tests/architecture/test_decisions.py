"""Decision records: numbered without gaps, complete, and true of the evaluation sets that they pin."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
CASES = ROOT / "src" / "doorward" / "plugins" / "companies" / "halden" / "cases"


def test_records_are_numbered_without_gaps() -> None:
    """The first is 0001 and none is missing."""
    assert [path.name[:4] for path in RECORDS] == [f"{number:04d}" for number in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_says_context_decision_and_consequences(path: Path) -> None:
    """Each record has its parts and fits on a page."""
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
        assert part in text
    assert len(text.splitlines()) <= 60


@pytest.mark.parametrize("name", ["questions", "elsewhere"])
def test_evaluation_sets_are_the_ones_that_were_committed_first(name: str) -> None:
    """The cases' hash is the one in the record."""
    record = (ROOT / "docs" / "decisions" / "0008-evaluation-sets.md").read_text("utf-8")
    digest = hashlib.sha256()
    for path in sorted(CASES.glob(f"{name}.*.jsonl")):
        digest.update(path.read_bytes())
    pinned = re.search(rf"`cases/{name}\.\*\.jsonl` \| `([0-9a-f]{{64}})`", record)
    assert pinned is not None
    assert pinned[1] == digest.hexdigest()
