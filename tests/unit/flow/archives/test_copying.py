import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.flow.archives import Dialect, FormatName, Order, Record, screen_chunk
from doorward.flow.archives.chunks import Chunk
from doorward.flow.archives.terms import LONGEST_RECORD
from doorward.vocabulary.text import WildText
from tests.support.archives import CARD, IBAN, box, copied, lines_of_tickets, mail
from tests.support.screening import generated_texts, screener

FORMS: tuple[FormatName, ...] = ("jsonl", "csv", "mbox", "eml", "text")


def of_line(data: bytes, tmp_path: Path, **order: Any) -> Any:
    """Return the copy of one JSON line, read again, or the reason why there is none."""
    copy, findings = copied("jsonl", data, tmp_path, **order)
    return json.loads(copy) if copy else findings[0]["error"]


def test_objects_keep_everything_that_is_not_found(tmp_path: Path) -> None:
    """Texts at any depth are masked, in lists too; all else keeps its value, its order and how numbers are written."""
    line = b'{"id": "a", "n": 1.50, "big": 1e400, "ok": true, "none": null, "l": [{"t": "card %s"}], "e": {}}'
    copy, findings = copied("jsonl", line % CARD.encode(), tmp_path)
    assert copy.decode() == (
        '{"id": "a", "n": 1.50, "big": 1e400, "ok": true, "none": null, "l": [{"t": "card [CARD·1111]"}], "e": {}}\n'
    )
    (found,) = findings
    assert (found["id"], found["record"], found["byte"]) == ("a", 1, 0)
    assert [(one["field"], one["kind"], one["start"], one["end"]) for one in found["findings"]] == [
        ("l[].t", "CARD", 5, 24)
    ]


def test_names_and_numbers_are_no_way_around(tmp_path: Path) -> None:
    """A value in a field's name, a number without quotation marks, and an id are masked like any text."""
    line = {"id": "anna@example.com", "max@example.com": "x", "card": 4111111111111111, "pin": 1234, "n": 12}
    copy = of_line(json.dumps(line).encode(), tmp_path)
    assert copy == {"id": "[EMAIL]", "[EMAIL]": "x", "card": "[CARD·1111]", "pin": "[PIN]", "n": 12}


def test_a_fields_name_tells_what_a_short_value_is(tmp_path: Path) -> None:
    """What a person would take from the heading, the detectors do too: of objects and of tables."""
    assert of_line(b'{"cardPin": "4711", "date_of_birth": "1980-01-02", "note": "4711"}', tmp_path) == {
        "cardPin": "[PIN]",
        "date_of_birth": "[DATE_OF_BIRTH]",
        "note": "4711",
    }
    copy, _ = copied("csv", b"note,cvv\n123,123\n", tmp_path, columns=("note", "cvv"))
    assert copy == b"note,cvv\n123,[CARD_SECURITY_CODE]\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"nonsense", "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b"[1, 2]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"a": "\xff"}', "wrong_encoding"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a@b.com": 1, "c@d.com": 2}', "same_name_twice"),
        (b'{"a": "%s"}' % (b"x" * LONGEST_RECORD), "too_large"),
    ],
    ids=["words", "nan", "list", "string", "bytes", "deep", "deepest", "doubled", "giant"],
)
def test_a_bad_line_is_refused_and_not_copied(line: bytes, reason: str, tmp_path: Path) -> None:
    """The reason is told, and the copy has nothing of it."""
    assert of_line(line, tmp_path) == reason


def test_fields_are_chosen(tmp_path: Path) -> None:
    """Only the fields that are named, with all below them; or all but those that are to be kept."""
    line = json.dumps({"a": {"b": CARD, "c": CARD}, "d": [{"b": CARD}], "e": CARD}).encode()
    masked = "[CARD·1111]"
    assert of_line(line, tmp_path, fields=("b",)) == {"a": {"b": masked, "c": CARD}, "d": [{"b": masked}], "e": CARD}
    assert of_line(line, tmp_path, fields=("a",)) == {"a": {"b": masked, "c": masked}, "d": [{"b": CARD}], "e": CARD}
    assert of_line(line, tmp_path, kept=("a", "e")) == {"a": {"b": CARD, "c": CARD}, "d": [{"b": masked}], "e": CARD}


def test_rows_keep_their_dialect(tmp_path: Path) -> None:
    """Separator, quotation marks, line ends, other cells, and rows without findings byte for byte."""
    data = b'"id";"text"\r\n"1";"a ""b"" c"\r\n"2";"card %s; x"\r\n' % CARD.encode()
    dialect = Dialect(separator=";", quote_all=True, line_end="\r\n")
    copy, findings = copied("csv", data, tmp_path, dialect=dialect, columns=("id", "text"))
    assert copy == b'"id";"text"\r\n"1";"a ""b"" c"\r\n"2";"card [CARD\xc2\xb71111]; x"\r\n'
    assert [len(one.get("findings", ())) for one in findings] == [0, 0, 1]
    assert findings[2]["findings"][0]["field"] == "text"


def test_a_row_that_does_not_fit_its_heading_is_refused(tmp_path: Path) -> None:
    """With cells too many or too few nobody knows which column is which, so no choice of columns can be kept to."""
    data = b"keep,text\nx\nx,y,%s\nx,y\n" % CARD.encode()
    copy, findings = copied("csv", data, tmp_path, columns=("keep", "text"), kept=("keep",))
    assert copy == b"keep,text\nx,y\n"
    assert [one.get("error") for one in findings] == [None, "wrong_columns", "wrong_columns", None]


def test_other_encodings_are_kept(tmp_path: Path) -> None:
    """A table in Cyrillic letters of one byte comes back in them."""
    data = f"имя;карта\nЗоя;{CARD}\n".encode("windows-1251")
    copy, _ = copied("csv", data, tmp_path, encoding="windows-1251", dialect=Dialect(separator=";"))
    assert copy.decode("windows-1251") == "имя;карта\n[PERSON];[CARD·1111]\n"


def test_of_a_text_only_the_bad_lines_are_left_out(tmp_path: Path) -> None:
    """A line that is not in the encoding is refused, its neighbours are masked."""
    copy, _ = copied("text", b"card %s\n\xff\xfe\nhello\n" % CARD.encode(), tmp_path)
    assert copy.decode() == "card [CARD·1111]\nhello\n"


def test_a_value_over_two_lines_of_a_text_is_found(tmp_path: Path) -> None:
    """Lines of a text are screened together."""
    copy, findings = copied("text", f"IBAN {IBAN[:14]}\n{IBAN[14:]}\n".encode(), tmp_path)
    assert IBAN[-7:] not in copy.decode()
    assert findings[0]["findings"]


CHECKED = ("card.", "iban.")
"""Rules that rest on check digits (others tell of halves)."""


def test_a_copy_holds_nothing_with_check_digits_any_more(tmp_path: Path) -> None:
    """Screened again, the copy of many texts made to be difficult has no card and no account number."""
    texts = [" ".join(text.split()) for text in generated_texts(400, seed=11)]
    lines = [json.dumps({"text": text}) for text in texts]
    copy, findings = copied("jsonl", "\n".join(lines).encode(), tmp_path)
    again = [screener().screen(WildText(json.loads(line)["text"])) for line in copy.splitlines()]
    assert sum(any(f["rule"].startswith(CHECKED) for f in one["findings"]) for one in findings) > 20
    assert [one for one in again if any(finding.rule.startswith(CHECKED) for finding in one.findings)] == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    *(
                        b'{"a":"',
                        b'"}\n',
                        b'{"a":{"b":[',
                        b"]}}\n",
                        b"\\ud800",
                        b'"',
                        b",",
                        b"\n",
                        b"\r",
                        b"\0",
                        b"\xff",
                    ),
                    *(b"Content-Type: ", b"multipart/mixed; boundary=x\n", b"--x\n", b"--x--\n", b"text/html", b"\n\n"),
                    *(b"Content-Transfer-Encoding: base64\n", b"Subject: =?utf-8?b?eA=?=\n", b"From: a <b@c.de>\n"),
                    *(b"<a href='", b"<!--", b"<script>", b"message/rfc822\n\n", CARD.encode(), b"=?x?q?=00?="),
                ]
            ),
            st.binary(max_size=12),
        ),
        max_size=30,
    ).map(b"".join)
)
def test_any_bytes_are_copied_or_refused(data: bytes) -> None:
    """No record makes the chunk function raise, whatever the format; a card number is in no copy."""
    for form in FORMS:
        order = Order(format=form, size=len(data) + 1)
        done = screen_chunk(Chunk(number=0, records=(Record(1, 0, data),)), screener(), order)
        assert done.tally.records == 1
        assert all(CARD.encode() not in copy for _, copy in done.copies)
        assert all(CARD.encode() not in line for line in done.findings.splitlines())


def test_the_matchers_give_the_same_bytes() -> None:
    """Hyperscan's copy and findings are those of the pure twin."""
    texts = generated_texts(300, seed=29)
    records = tuple(
        Record(number, number, json.dumps({"text": text}).encode()) for number, text in enumerate(texts, start=1)
    )
    order = Order(format="jsonl", size=300)
    chunk = Chunk(number=0, records=records)
    fast, plain = (screen_chunk(chunk, screener(matcher), order) for matcher in ("hyperscan", "re"))
    assert fast == plain


def test_counts_tell_what_was_found_where(tmp_path: Path) -> None:
    """Records, kinds, fields and places are counted, and examples are masked."""
    data = lines_of_tickets(30)
    source = tmp_path / "a.jsonl"
    source.write_bytes(data)
    records = tuple(Record(n + 1, n * 10, line) for n, line in enumerate(data.splitlines()))
    tally = screen_chunk(Chunk(number=0, records=records), screener(), Order(format="jsonl", size=300)).tally
    assert (tally.records, tally.clean, tally.kinds) == (30, 20, {"CARD": 10})
    assert tally.fields == {"text": {"CARD": 10}}
    assert sum(tally.slices.values()) == 10
    assert [one.text for one in tally.excerpts["CARD"]] == ["card [CARD·1111]"] * 3


def test_a_mail_box_stays_one(tmp_path: Path) -> None:
    """Rows of a table read back as rows, a box as a box: see the mails' own tests; here the table."""
    copy, _ = copied("csv", f'a,b\n"x\ny",{CARD}\n'.encode(), tmp_path, columns=("a", "b"))
    assert list(csv.reader(io.StringIO(copy.decode()))) == [["a", "b"], ["x\ny", "[CARD·1111]"]]
    copy, _ = copied("mbox", box(mail().as_bytes(), mail("bye").as_bytes()), tmp_path)
    assert copy.count(b"\nFrom masked@masked.invalid") == 1
