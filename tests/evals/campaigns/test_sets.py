"""The messages are those that were committed before what they judge, and as many as the record says."""

import hashlib
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tests.evals.campaigns.sets import CONCERTED, FILE, KINDS, LANGUAGES, Kind, Message, messages

RECORD = Path(__file__).parents[3] / "docs/decisions/0044-campaigns-of-the-evaluation.md"
GROUPS: dict[Kind, int] = {
    "verbatim": 6,
    "spintax": 6,
    "paraphrase": 10,
    "camouflage": 6,
    "assistant": 6,
    "outage": 10,
}
"""How many campaigns or crowds there are of a kind, half of them in each half."""


def everything() -> list[Message]:
    """Return both halves."""
    return [*messages("dev"), *messages("test")]


def folded(text: str) -> str:
    """Return a text without what two copies may differ in and still be one text."""
    return " ".join(text.casefold().split())


def cyrillic(text: str) -> float:
    """Return the share of a text's letters that are Cyrillic."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum("CYRILLIC" in unicodedata.name(letter) for letter in letters) / len(letters)


def test_the_set_is_the_one_that_was_recorded() -> None:
    """Nobody changes a message without changing the record."""
    (pinned,) = re.findall(r"`([0-9a-f]{64})`", RECORD.read_text(encoding="utf-8"))
    assert pinned == hashlib.sha256(FILE.read_bytes()).hexdigest()


def test_there_are_as_many_as_the_record_says() -> None:
    """The record's table of messages a kind and half, and no row twice."""
    table = re.findall(r"(?m)^\| `(\w+)` \|[^|]*\| \d+ \| (\d+) \| (\d+) \|", RECORD.read_text(encoding="utf-8"))
    assert {kind: (int(dev), int(test)) for kind, dev, test in table} == {
        kind: (sum(one.kind == kind for one in messages("dev")), sum(one.kind == kind for one in messages("test")))
        for kind in KINDS
    }
    assert len({one.id for one in everything()}) == len(everything())


@pytest.mark.parametrize("kind", GROUPS)
def test_half_of_the_groups_of_a_kind_are_in_each_half(kind: Kind) -> None:
    """A campaign or crowd is of one kind and in one half as a whole."""
    dev, test = ({one.campaign for one in messages(half) if one.kind == kind} for half in ("dev", "test"))
    assert (len(dev), len(test)) == (GROUPS[kind] // 2, GROUPS[kind] // 2)
    others = {one.campaign for one in everything() if one.kind != kind}
    assert not dev & test
    assert not (dev | test) & others


def test_a_group_is_as_large_as_one_that_is_noticed() -> None:
    """Forty to eighty messages make a campaign, sixty to a hundred a crowd; ordinary messages belong to none."""
    sizes = Counter((one.kind, one.campaign) for one in everything())
    assert all(40 <= count <= 80 for (kind, _), count in sizes.items() if kind in CONCERTED)
    assert all(60 <= count <= 100 for (kind, _), count in sizes.items() if kind == "outage")
    assert {campaign for kind, campaign in sizes if kind == "ordinary"} == {""}


def test_every_kind_speaks_every_language() -> None:
    """So that no language is judged by another's messages; ordinary ones are as many in each half."""
    spoken = {(one.kind, one.language) for one in everything()}
    assert spoken == {(kind, language) for kind in KINDS for language in LANGUAGES}
    ordinary = Counter((one.half, one.language) for one in everything() if one.kind == "ordinary")
    assert all(abs(ordinary["dev", language] - ordinary["test", language]) <= 1 for language in LANGUAGES)


def test_no_text_is_there_twice_but_where_it_was_copied() -> None:
    """What is no copy can neither be learned by heart nor counted twice."""
    copied = {folded(one.text) for one in everything() if one.kind == "verbatim"}
    others = [folded(one.text) for one in everything() if one.kind != "verbatim"]
    assert [text for text, count in Counter(others).items() if count > 1] == []
    assert not copied & set(others)


def test_every_text_is_in_the_script_of_its_language() -> None:
    """A row whose language was mistaken shows by its letters where they differ."""
    assert [one.id for one in everything() if (cyrillic(one.text) > 0.5) != (one.language == "ru")] == []
    assert [one.id for one in everything() if one.text != one.text.strip()] == []
