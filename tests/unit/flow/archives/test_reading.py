import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.flow.archives import FORMATS, Dialect, FormatName, Order, guess_format
from doorward.flow.archives.reading.rows import read_heading
from doorward.flow.archives.terms import LONGEST_MESSAGE, LONGEST_RECORD
from tests.support.archives import box, records_of

FORMS: tuple[FormatName, ...] = ("jsonl", "csv", "mbox", "eml", "text")


def written(tmp_path: Path, data: bytes, name: str = "archive") -> Path:
    """Return a file with these bytes."""
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_objects_are_numbered_as_lines(tmp_path: Path) -> None:
    """Blank lines hold nothing but count, a byte order mark is no part of the first, the last may lack its end."""
    found = records_of("jsonl", written(tmp_path, b'\xef\xbb\xbf{"a":1}\r\n\n{"a":2}'))
    assert [(record.number, record.offset, record.data) for record in found] == [
        (1, 3, b'{"a":1}\r\n'),
        (3, 10 + 3, b'{"a":2}'),
    ]


@pytest.mark.parametrize("form", ["jsonl", "csv", "text"])
def test_a_giant_is_refused_and_not_kept(form: FormatName, tmp_path: Path) -> None:
    """A line beyond the limit is refused at its place; what stands around it is read."""
    source = written(tmp_path, b"a,b\n" + b"x" * (LONGEST_RECORD + 10) + b"\n" + b"c,d\n")
    found = records_of(form, source)
    assert [(record.refused, len(record.data)) for record in found] == [(None, 4), ("too_large", 0), (None, 4)]
    assert found[1].offset == 4


def test_rows_end_where_csv_says(tmp_path: Path) -> None:
    """A line end between quotation marks is part of a cell."""
    order = Order(format="csv", dialect=Dialect(separator=";"))
    found = records_of("csv", written(tmp_path, b'a;b\n1;"two\nlines"\n\n2;x "y\n3;z\n'), order)
    assert [record.data for record in found] == [b"a;b\n", b'1;"two\nlines"\n', b'2;x "y\n', b"3;z\n"]


def test_a_row_that_never_ends_is_refused_once(tmp_path: Path) -> None:
    """One quotation mark too many costs what it swallows up to the limit, in one refusal, and reading goes on."""
    line = b"2,plain text without any marks\n"
    source = written(tmp_path, b'a,b\n1,"open\n' + line * (2 * LONGEST_RECORD // len(line)))
    found = records_of("csv", source)
    assert [record.refused for record in found[:3]] == [None, "too_large", None]
    assert {record.refused for record in found[2:]} == {None}
    assert sum(len(record.data) for record in found) > 0.9 * LONGEST_RECORD


@pytest.mark.parametrize(
    ("first", "separator", "quoted", "end"),
    [
        (b"a,b,c\r\n", ",", False, "\r\n"),
        (b'"a";"b, c"\n', ";", True, "\n"),
        (b"a\tb\n", "\t", False, "\n"),
        (b"only\n", ",", False, "\n"),
    ],
)
def test_the_first_row_tells_how_rows_are_written(
    first: bytes,
    separator: str,
    quoted: bool,  # noqa: FBT001 - a table of cases
    end: str,
    tmp_path: Path,
) -> None:
    """Separator, quotation marks and line ends are those of the heading."""
    dialect, _ = read_heading(written(tmp_path, first + b"1,2,3\n"), encoding="utf-8", separator=None)
    assert (dialect.separator, dialect.quote_all, dialect.line_end) == (separator, quoted, end)


def test_a_box_is_cut_at_its_beginnings(tmp_path: Path) -> None:
    """A mail begins behind a blank line with `From `; elsewhere that is text. What stands before all is refused."""
    source = written(tmp_path, b"junk\n\n" + box(b"Subject: a\n\nx\nFrom here", b"Subject: b\n\ny"))
    found = records_of("mbox", source)
    assert [(record.number, record.refused) for record in found] == [(0, "broken_mail"), (1, None), (2, None)]
    assert b"From here" in found[1].data


def test_a_mail_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    """Its place is told, the next mail is read."""
    line = b"x" * 999 + b"\n"
    large = b"Subject: a\n\n" + line * (LONGEST_MESSAGE // 1000 + 1)
    found = records_of("mbox", written(tmp_path, box(large, b"Subject: b\n\ny")))
    assert [(record.refused, bool(record.data)) for record in found] == [("too_large", False), (None, True)]


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    """Files of mails in all folders below, no other files, and no links that lead out of it."""
    (tmp_path / "in" / "b").mkdir(parents=True)
    for name in ("z.eml", "b/a.EML", "c.txt"):
        (tmp_path / "in" / name).write_bytes(b"Subject: x\n\ny")
    (tmp_path / "in" / "link.eml").symlink_to("/etc/passwd")
    assert [record.name for record in records_of("eml", tmp_path / "in")] == ["b/a.EML", "z.eml"]


def test_text_is_read_in_blocks(tmp_path: Path) -> None:
    """Neighbouring lines are screened together, up to a blank line; all bytes are in one block or another."""
    data = b"".join(b"line %d of a longer text\n" % n + (b"\n" if n % 50 == 0 else b"") for n in range(3000))
    found = records_of("text", written(tmp_path, data))
    assert 1 < len(found) < 10
    assert b"".join(record.data for record in found) == data
    assert all(record.data.endswith(b"\n\n") for record in found[:-1])


def test_formats_are_told_by_name_or_by_the_first_bytes(tmp_path: Path) -> None:
    """What neither name nor content tells is not guessed."""
    assert guess_format(written(tmp_path, b"x", "a.CSV")) == "csv"
    assert guess_format(written(tmp_path, b"From a@b Thu", "inbox")) == "mbox"
    assert guess_format(written(tmp_path, b' {"a":1}', "export")) == "jsonl"
    assert guess_format(written(tmp_path, b"hello", "unknown")) is None
    assert guess_format(tmp_path) == "eml"


PIECES = st.sampled_from(
    [b"\n", b"\r\n", b"\r", b'"', b",", b";", b"{", b"}", b"\0", b"\xff", b"From ", b">From ", b"\n\n", b"a@b.c", b"\t"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=40).map(b"".join))
def test_any_bytes_are_read_without_an_error(tmp_path: Path, data: bytes) -> None:
    """Every reader takes every file, sees each byte once, and gives records in the order of their places."""
    source = written(tmp_path, data, "any.eml")
    for form in FORMS:
        digest = hashlib.sha256()
        found = list(FORMATS[form](source, Order(format=form), digest))
        assert [record.offset for record in found] == sorted(record.offset for record in found)
        if form != "eml":
            assert digest.digest() == hashlib.sha256(data).digest()
            for record in found:
                assert data[record.offset : record.offset + len(record.data)] == record.data
