"""Files of sets: what they hold, and a sentence with the place for everything that is wrong with them."""

import gzip
from pathlib import Path

import pytest

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.evals.sources import (
    Document,
    Given,
    Missing,
    Parallel,
    Wish,
    half_of,
    read_content,
    read_intents,
    read_parallel,
    read_rows,
    read_texts,
    read_value,
)
from doorward.understanding.intents import Phrase
from tests.unit.doors.cli.evals.made_up import write, write_lines, write_own, write_phrases

CONLL = "# text = Is it raining?\n# intent = weather/find\n1\tIs\tweather/find\tO\n"


def test_phrases_of_a_public_list_are_in_its_language(tmp_path: Path) -> None:
    """And what the list calls out of scope is none of the intents."""
    write_lines(tmp_path / "a.jsonl.gz", [{"text": "hello", "label": "greet"}, {"text": "pi?", "label": "oos"}])
    assert read_texts(tmp_path / "a.jsonl.gz", language="en") == [
        Phrase("hello", "greet", "en"),
        Phrase("pi?", None, "en"),
    ]


def test_the_phrases_of_a_folder_are_named_by_their_files(tmp_path: Path) -> None:
    """Whatever a line itself calls its intent; `none` is no intent."""
    found = read_intents(write_phrases(tmp_path))
    assert {one.intent for one in found} == {"lamp.buy", "lamp.broken", "shop.hours", None}
    assert {one.language for one in found if one.intent} == {"en", "de", "tr"}


def test_parallel_texts_have_ids_or_their_place(tmp_path: Path) -> None:
    """With or without a blank line at the end."""
    write(tmp_path / "en.conll", (CONLL + "\n# id = 7\n" + CONLL).encode())
    assert read_parallel(tmp_path / "en.conll") == [
        Parallel("1", "Is it raining?", "weather/find"),
        Parallel("7", "Is it raining?", "weather/find"),
    ]


def test_one_half_of_the_own_sets_is_taken(tmp_path: Path) -> None:
    """Never a row of the other."""
    rows = half_of(read_rows(write_own(tmp_path) / "intents.jsonl", Wish), "test")
    assert {row.half for row in rows} == {"test"}
    assert all(row.row.startswith("test") for row in rows)
    with pytest.raises(Missing, match="'dev'"):
        half_of(rows, "dev")


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    """A set, the own sets, phrases."""
    given = Given(data=tmp_path)
    with pytest.raises(Missing, match=r"hwu64/train\.jsonl\.gz is not there"):
        given.public("hwu64", "train.jsonl.gz")
    with pytest.raises(Missing, match="--own"):
        given.own_file("intents.jsonl")
    with pytest.raises(Missing, match="has no phrases"):
        read_intents(tmp_path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not gzip at all", "the compressed file is damaged"),
        (gzip.compress(b'{"text": "a"}' * 2000, mtime=0)[:-12], "the compressed file is damaged"),
        (gzip.compress(b"x" * 200, mtime=0)[:12] + b"\xff" * 20, "the compressed file is damaged"),
    ],
    ids=["none", "cut off", "overwritten"],
)
def test_a_damaged_archive_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    """Cut short, changed, or none."""
    path = tmp_path / "set" / "a.jsonl.gz"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Stop, match=rf"set/a\.jsonl\.gz: {sentence}") as caught:
        read_content(path)
    assert caught.value.code == Code.USAGE
    with pytest.raises(Stop, match="the compressed file is damaged"):
        read_texts(path, language="en")


def test_a_giant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small it is while it is packed."""
    monkeypatch.setattr("doorward.doors.cli.evals.sources.LARGEST", 1000)
    write(tmp_path / "a.json.gz", b"0" * 1001)
    with pytest.raises(Stop, match="larger than 1000 bytes"):
        read_content(tmp_path / "a.json.gz")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"id": "a", "title": "b"}', "line 2: .*`content`"),
        (b'{"id": 1, "title": "secret", "content": "c"}', r"line 2: .*`\$\.id`"),
        (b"secret", "line 2: it is not JSON in UTF-8"),
        (b'{"id": "\xff"}', "line 2: it is not JSON in UTF-8"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path: Path, line: bytes, sentence: str) -> None:
    """Never with what stands in it."""
    write(tmp_path / "a.jsonl", b'{"id": "a", "title": "b", "content": "c"}\n' + line + b"\n")
    with pytest.raises(Stop, match=sentence) as caught:
        read_rows(tmp_path / "a.jsonl", Document)
    assert "secret" not in str(caught.value)


def test_a_bad_phrase_is_told_with_its_line(tmp_path: Path) -> None:
    """In public lists and in folders of phrases."""
    write_lines(tmp_path / "a.jsonl", [{"text": "a", "label": "b"}, {"label": "b"}])
    with pytest.raises(Stop, match=r"a\.jsonl: line 2: it has no \"text\""):
        read_texts(tmp_path / "a.jsonl", language="en")
    with pytest.raises(Stop, match=r"a\.jsonl: line 2: it has no \"text\""):
        read_intents(tmp_path)


def test_a_value_of_another_shape_is_refused(tmp_path: Path) -> None:
    """As is one that is no JSON."""
    write(tmp_path / "a.json", b'{"train": [["text", 5]]}')
    with pytest.raises(Stop, match="Expected `str`, got `int`"):
        read_value(tmp_path / "a.json", dict[str, list[tuple[str, str]]])
    write(tmp_path / "a.json", b"{")
    with pytest.raises(Stop, match="not JSON"):
        read_value(tmp_path / "a.json", dict[str, str])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"# text = hello\n1\thello\tgreet\tO\n", "above line 3 has no"),
        (b"# intent = greet\n\n", "above line 2 has no"),
        (CONLL.encode() + b"\n1\tstray\tgreet\tO\n", "line 5: words stand there"),
        (b"# text = \xff\n", "it is not UTF-8"),
    ],
)
def test_a_bad_parallel_text_is_told_with_its_line(tmp_path: Path, content: bytes, sentence: str) -> None:
    """Without text, without intent, without both."""
    write(tmp_path / "en.conll", content)
    with pytest.raises(Stop, match=sentence):
        read_parallel(tmp_path / "en.conll")
