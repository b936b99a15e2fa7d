"""The evaluation sets are those that were committed before what they judge, and hold together."""

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.evals.understanding.sets import FOLDER, LANGUAGES, Half, questions, wishes

RECORD = Path(__file__).parents[3] / "docs/decisions/0031-evaluation-of-understanding.md"
INTENTS = 30
TOPICS = 60


@pytest.mark.parametrize("name", [path.stem for path in sorted(FOLDER.glob("*.jsonl"))])
def test_a_set_is_the_one_that_was_recorded(name: str) -> None:
    """Nobody changes a message without changing the record."""
    pinned = dict(re.findall(r"`([\w-]+)\.jsonl` \| `([0-9a-f]{64})`", RECORD.read_text(encoding="utf-8")))
    assert pinned[name] == hashlib.sha256((FOLDER / f"{name}.jsonl").read_bytes()).hexdigest()


def test_the_parallel_set_holds_what_the_record_says() -> None:
    """Thirty intents with ten and twenty needs each, besides what is out of scope, each in five languages."""
    dev, test = wishes("dev"), wishes("test")
    counted = [Counter(one.intent for one in half if one.intent) for half in (dev, test)]
    assert [len(one) for one in counted] == [INTENTS, INTENTS]
    assert [set(one.values()) for one in counted] == [{10}, {20}]
    assert [sum(one.intent is None for one in half) for half in (dev, test)] == [39, 81]
    assert all((one.kind is None) == (one.intent is not None) for one in (*dev, *test))
    assert {tuple(one.texts) for one in (*dev, *test)} == {LANGUAGES}
    assert len({one.row for one in (*dev, *test)}) == len(dev) + len(test)


def test_the_questions_are_as_many_as_the_record_says() -> None:
    """Each of sixty topics once in each half and language, and near misses beside them; no row twice."""
    halves: tuple[tuple[Half, int], ...] = (("dev", 50), ("test", 100))
    for half, near in halves:
        answered, open_ones = questions(half, answerable=True), questions(half, answerable=False)
        assert Counter((one.topic, one.language) for one in answered) == Counter(
            (topic, language) for topic in {one.topic for one in answered} for language in LANGUAGES
        )
        assert len(answered) == TOPICS * len(LANGUAGES)
        assert Counter(one.language for one in open_ones) == dict.fromkeys(LANGUAGES, near)
        assert {one.topic for one in open_ones} == {None}
        assert len({one.row for one in (*answered, *open_ones)}) == len(answered) + len(open_ones)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_need_is_written_the_same_way_in_both_halves(language: str) -> None:
    """Or it could be learned by heart."""
    dev, test = ({" ".join(one.texts[language].casefold().split()) for one in wishes(half)} for half in ("dev", "test"))
    assert not dev & test
