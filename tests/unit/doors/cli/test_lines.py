"""Lines in and out: `contact replay` and `screen` on good and bad input."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from doorward.doors.cli.lines import LONGEST_LINE, BadJson, LineTooLong, read_json, read_lines
from tests.unit.doors.cli.conftest import Call

CARD = "4111 1111 1111 1111"
REPLAYED = {"id", "masked", "findings", "language", "assessment", "intent", "decision", "reply"}
FINDING = {"kind", "subkind", "start", "end", "score", "rule"}


def write(path: Path, *lines: object) -> Path:
    """Write lines: bytes as they are, everything else as JSON."""
    path.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return path


def results(path: Path) -> list[dict[str, object]]:
    """The result lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def small_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer from the small demo company: reading the large one's knowledge takes long."""
    monkeypatch.setattr("doorward.doors.cli.trial.COMPANY", "brisa")


def test_lines_come_without_their_ends() -> None:
    """Line ends of every system and a byte order mark are not part of a line; the last line may lack its end."""
    assert list(read_lines(BytesIO(b"\xef\xbb\xbfone\r\ntwo\n\nfour"))) == [b"one", b"two", b"", b"four"]


def test_a_giant_line_is_skipped_not_read() -> None:
    """A line without end costs no memory beyond the limit, and the lines after it are read."""
    giant = b"x" * (3 * LONGEST_LINE)
    first, second, third = read_lines(BytesIO(b"a\n" + giant + b"\nb\n"))
    assert (first, third) == (b"a", b"b")
    assert isinstance(second, LineTooLong)


@pytest.mark.parametrize("line", [b"{", b"\xff", b"", b"nul", b"[" * 100_000, LineTooLong("too long")])
def test_a_bad_line_is_told_without_its_content(line: bytes | LineTooLong) -> None:
    """Whatever stands there, the error says nothing of it."""
    with pytest.raises(BadJson) as told:
        read_json(line)
    assert "nul" not in str(told.value)


@pytest.mark.slow
@pytest.mark.usefixtures("small_company")
def test_a_replay_tells_what_became_of_each_line(call: Call, tmp_path: Path) -> None:
    """One result a line in the input's order, with exactly the promised fields and no raw value anywhere."""
    source = write(
        tmp_path / "in.jsonl",
        {"id": "a", "text": f"do you take {CARD}?"},
        {"id": 2, "text": "I want to talk to a person", "customer": "mehmet@example.org"},
        {"id": "c", "text": "are you there?", "customer": "mehmet@example.org"},
        {"id": "d", "text": "are you there?", "customer": "somebody else", "label": "ignored"},
    )
    done = call("contact", "replay", source, "--out", tmp_path / "out.jsonl")
    assert done.code == 0, done.err
    lines = results(tmp_path / "out.jsonl")
    assert [line["id"] for line in lines] == ["a", 2, "c", "d"]
    assert all(set(line) == REPLAYED for line in lines)
    card = lines[0]["findings"]
    assert isinstance(card, list)
    assert [set(one) <= FINDING for one in card] == [True]
    assert (card[0]["kind"], card[0]["start"], card[0]["end"]) == ("CARD", 12, 31)
    assert [line["decision"]["action"] for line in lines][1:3] == ["hand_over", "relay"]  # type: ignore[index]  # it is an object
    assert lines[2]["reply"] is None
    assert lines[3]["decision"]["action"] != "relay"  # type: ignore[index]  # as above
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert CARD not in written
    assert "4111" not in written
    assert "mehmet" not in written
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("doorward")] == []


@pytest.mark.slow
@pytest.mark.usefixtures("small_company")
def test_bad_lines_stand_in_their_place(call: Call, tmp_path: Path) -> None:
    """A bad line gives its id, if it can be read, and an error; the others go on; the exit code is 3."""
    source = write(
        tmp_path / "in.jsonl",
        b"not json",
        {"id": "b", "text": ""},
        {"id": "c", "text": "x" * 4001},
        {"id": "d"},
        {"text": "no id"},
        {"id": ["e"], "text": "hello"},
        b'{"id": "f", "text": "lone \\ud800 surrogate"}',
        b"\xff\xfe",
        {"id": "h", "text": "hello"},
        {"id": "h", "text": "hello"},
    )
    done = call("contact", "replay", source, "--out", "-")
    assert done.code == 3
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["id"] for line in lines] == [None, "b", "c", "d", None, None, "f", None, "h", "h"]
    assert ["error" in line for line in lines] == [True] * 6 + [False, True, False, False]
    assert "xxxx" not in done.out


def test_input_and_output_must_differ(call: Call, tmp_path: Path) -> None:
    """An input is never overwritten by its own results."""
    source = write(tmp_path / "in.jsonl", {"id": "a", "text": "hello"})
    for command in (("contact", "replay"), ("screen",)):
        done = call(*command, source, "--out", source)
        assert done.code == 2
        assert results(source) == [{"id": "a", "text": "hello"}]


def test_screening_masks_line_by_line(call: Call, tmp_path: Path) -> None:
    """Guards alone: no database is made, every line has its result in its place, bad ones an error and code 3."""
    source = write(
        tmp_path / "in.jsonl", {"id": "a", "text": f"my card is {CARD}"}, {"id": "b"}, {"id": "c", "text": "hi"}
    )
    done = call("screen", source, "--out", tmp_path / "out.jsonl")
    assert done.code == 3, done.err
    first, second, third = results(tmp_path / "out.jsonl")
    assert first["masked"] == "my card is [CARD·1111]"
    assert set(second) == {"id", "error"}
    assert (third["masked"], third["findings"]) == ("hi", [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "in.jsonl", "out.jsonl"]


def test_plain_lines_are_numbered(call: Call, tmp_path: Path) -> None:
    """A file of plain text is screened line by line; only the chosen guards report."""
    source = write(tmp_path / "in.txt", f"pay with {CARD}".encode(), b"see http://bit.ly/x")
    done = call("screen", source, "--out", "-", "--guards", "threats")
    assert done.code == 0, done.err
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (first["id"], first["masked"], first["findings"]) == (1, "pay with [CARD·1111]", [])
    assert second["findings"]


def test_an_unknown_guard_is_refused(call: Call, tmp_path: Path) -> None:
    """A guard that does not exist is named with those that do."""
    done = call("screen", write(tmp_path / "in.txt", b"hi"), "--out", "-", "--guards", "none")
    assert done.code == 2
    assert "sensitive, threats" in done.err
