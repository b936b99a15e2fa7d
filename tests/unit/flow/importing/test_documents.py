import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.flow.importing.reading import Piece, read_documents, read_record
from doorward.flow.importing.reading.documents import BLOCK
from doorward.flow.importing.terms import LONGEST_RECORD

LISTS = ("tickets", "users", "payload")


def read(tmp_path: Path, data: bytes, lists: Sequence[str] = LISTS) -> list[Piece]:
    """Return the pieces of a file; each must be found again by its place, and every byte of it be hashed."""
    path = tmp_path / "export.json"
    path.write_bytes(data)
    digest = hashlib.sha256()
    pieces = list(read_documents(path, lists, digest))
    assert digest.hexdigest() == hashlib.sha256(data).hexdigest()
    for piece in pieces:
        if piece.refused is None:
            assert read_record(data[piece.offset : piece.offset + piece.length]) == piece.record
    assert [piece.number for piece in pieces] == list(range(1, len(pieces) + 1))
    return pieces


def told(pieces: Sequence[Piece]) -> list[Any]:
    """Return the id of each record, or why it is none."""
    return [piece.refused or piece.record["id"] for piece in pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"id":1}\n{"id":2}\n\n{"id":3}', [1, 2, 3]),
        ('[{"id":1,"c":[{"id":9}]},{"id":2}]', [1, 2]),
        ('{"count":2,"tickets":[{"id":1},{"id":2}],"next":null}', [1, 2]),
        ('{"tickets":[{"id":1}]}\n{"tickets":[{"id":2}],"users":[{"id":3}]}', [1, 2, 3]),
        ('{"data":{"meta":{"n":1},"payload":[{"id":1}]}}', [1]),
        ('{"id":1}{"id":2}\x1e{"id":3}', [1, 2, 3]),
        ('\ufeff[{"id":1}]', [1]),
        ("", []),
        ("[]", []),
    ],
)
def test_records_are_found_in_every_shape(tmp_path: Path, text: str, expected: list[Any]) -> None:
    """One a line, one list, pages with lists in them: the records are the same."""
    assert told(read(tmp_path, text.encode())) == expected


def test_records_know_their_list(tmp_path: Path) -> None:
    """What a record is about is told by the list that it stands in."""
    pieces = read(tmp_path, b'{"tickets":[{"id":1}],"users":[{"id":2}]}')
    assert [(piece.record["id"], piece.listed) for piece in pieces] == [(1, "tickets"), (2, "users")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"id":1}\n{"id":2, "x":\n{"id":3}', [1, "not_json", 3]),
        ('{"id":1}\nrubbish\n{"id":3}', [1, "not_json", 3]),
        ('[\n {"id":1},\n {"id":2 "x"},\n {"id":3, "t":"a\nb"},\n {"id":4}\n]', [1, "not_json", "not_json", 4]),
        ('{"tickets":[{"id":1},{"id":2,"s":"abc},{"id":3},{"id":4}]}', [1, "not_json", 3, 4]),
        ('{"n":1,"tickets":[{"id":1},{"id":2', [1, "not_json"]),
        ('{"id":' + "9" * 5000 + '}\n{"id":2}', ["not_json", 2]),
        ('{"id":' + "[" * 100_000 + '\n{"id":2}', ["too_deep", 2]),
    ],
)
def test_what_is_broken_costs_itself(tmp_path: Path, text: str, expected: list[Any]) -> None:
    """Reading goes on at the next record, whatever the fault and the shape."""
    assert told(read(tmp_path, text.encode())) == expected


def test_what_is_too_large_is_passed(tmp_path: Path) -> None:
    """A record beyond the limit is refused, and memory is not filled with what follows."""
    giant = b'{"id":1,"t":"' + b"x" * (LONGEST_RECORD + 10) + b'"}\n{"id":2}\n'
    assert told(read(tmp_path, giant)) == ["too_large", 2]


def test_lists_larger_than_memory_are_read(tmp_path: Path) -> None:
    """A list of many blocks, with letters cut by the blocks' edges, gives each record with its place."""
    records = [{"id": number, "t": "üß€😀" * 40} for number in range(6000)]
    data = json.dumps({"count": 6000, "tickets": records}, ensure_ascii=False).encode()
    assert len(data) > 3 * BLOCK
    assert told(read(tmp_path, data)) == list(range(6000))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
made_up = st.lists(st.fixed_dictionaries({"id": st.integers(0, 999), "x": json_values}), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=made_up, indent=st.sampled_from([None, 1]), laid_out=st.tuples(st.booleans(), st.booleans()))
def test_whatever_is_written_is_read(
    tmp_path: Path, records: list[Any], indent: int | None, laid_out: tuple[bool, bool]
) -> None:
    """Records come back as they are, whatever they hold and however they are laid out."""
    wrapped, plain = laid_out
    whole: Any = {"page": 1, "tickets": records} if wrapped else records
    data = json.dumps(whole, indent=indent, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    assert [piece.record for piece in read(tmp_path, data)] == records


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ \n1ab', max_size=200).map(str.encode))
def test_no_bytes_make_it_raise(tmp_path: Path, data: bytes) -> None:
    """Whatever stands in a file, it is read to its end."""
    read(tmp_path, data)
