"""Lists of phrases: what is read, and what is refused with its place."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.understanding.intents import Phrase, PhrasesInvalid, name_phrases, read_phrase, read_phrases
from doorward.understanding.intents.phrases import LARGEST_LINE


def written(folder: Path, *lines: str | bytes) -> Path:
    """Return a file of these lines."""
    file = folder / "phrases.jsonl"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return file


def test_the_usual_fields_are_read(tmp_path: Path) -> None:
    """Text, intent, language and id, under the names that published lists use, and as `predict` writes intents."""
    file = written(
        tmp_path,
        b'\xef\xbb\xbf{"text": "hi", "intent": "greet"}',
        "",
        '{"utterance": "wo?", "label": "where", "lang": "de", "id": 7}',
        '{"text": "x", "intent": {"name": "greet", "score": 0.5}}',
        '{"text": "y", "intent": null}',
        '{"text": "z", "label": "oos"}',
    )
    assert read_phrases(file) == [
        Phrase("hi", "greet"),
        Phrase("wo?", "where", "de", 7),
        Phrase("x", "greet"),
        Phrase("y", None),
        Phrase("z", None),
    ]


def test_a_compressed_list_is_read(tmp_path: Path) -> None:
    """A name in `.gz` is gzip."""
    file = tmp_path / "phrases.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"text": "hi", "intent": "greet"}\n'))
    assert read_phrases(file) == [Phrase("hi", "greet")]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("nonsense", "line 2: it is not JSON"),
        ("[" * 100_000, "line 2: it is "),
        ("[1]", "line 2: it is not an object"),
        ('{"intent": "a"}', 'line 2: it has no "text"'),
        ('{"text": "a"}', 'line 2: it has no "intent"'),
        ('{"text": "a", "intent": ""}', "line 2: .* not a name"),
        ('{"text": "a", "intent": 5}', "line 2: .* not a name"),
        ('{"text": "a", "intent": "b\\u0007"}', "line 2: .* not a name"),
        ('{"text": "a", "intent": "b", "language": 3}', "line 2: .* not a code"),
        ('{"text": "%s"}' % ("a" * LARGEST_LINE), "line 2: it is longer"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, wrong: str) -> None:
    """The sentence says where and what, and holds nothing of the text."""
    with pytest.raises(PhrasesInvalid, match=wrong):
        read_phrases(written(tmp_path, '{"text": "fine", "intent": "a"}', line))


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    """A file that was cut off is not taken for a short one."""
    file = tmp_path / "phrases.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"text": "hi", "intent": "greet"}\n' * 100)[:-20])
    with pytest.raises(PhrasesInvalid, match="damaged"):
        read_phrases(file)
    content = bytearray(gzip.compress(b'{"text": "hi", "intent": "greet"}\n'))
    content[10:14] = b"\xff" * 4  # behind the head, where the packed data begin
    file.write_bytes(content)
    with pytest.raises(PhrasesInvalid, match="damaged"):
        read_phrases(file)


@given(st.binary(max_size=200))
def test_any_line_is_a_phrase_or_refused(line: bytes) -> None:
    """Nothing else comes of bytes from outside."""
    try:
        phrase = read_phrase(line, labelled=False)
    except ValueError:
        return
    assert isinstance(phrase.text, str)


def test_names_that_say_something_are_phrases() -> None:
    """An intent's name is one more phrase, unless it is a single word or a number."""
    assert name_phrases(["card_fee_charged", "alarm/setAlarm", "greet", "17 4", "card.block"]) == [
        Phrase("card fee charged", "card_fee_charged"),
        Phrase("alarm set Alarm", "alarm/setAlarm"),
        Phrase("card block", "card.block"),
    ]
