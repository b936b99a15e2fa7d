import mailbox
import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from doorward.flow.archives.copying.html import visible_text
from tests.support.archives import CARD, IBAN, box, copied, mail


def copy_of(original: EmailMessage | bytes, tmp_path: Path) -> EmailMessage:
    """Return the masked copy of a mail, parsed strictly: any defect of ours is an error."""
    data = original if isinstance(original, bytes) else original.as_bytes()
    copy, _ = copied("eml", data, tmp_path, secret=b"s")
    return message_from_bytes(copy, policy=policy.default.clone(raise_on_defect=True))


def test_headings_are_masked(tmp_path: Path) -> None:
    """Addresses lead nowhere, names are gone, the subject is masked; what programs add is dropped."""
    original = mail(subject=f"Karte {CARD} für Ä", X_Originating_IP="203.0.113.7", Cc='"Bo, A." <bo@x.de>, c@x.de')
    copy = copy_of(original, tmp_path)
    assert copy["From"] == '"[PERSON]" <masked@masked.invalid>'
    assert copy["To"] == "masked@masked.invalid"
    assert [one.addr_spec for one in copy["Cc"].addresses] == ["masked@masked.invalid"] * 2
    assert copy["Subject"] == "Karte [CARD·1111] für Ä"
    assert "X-Originating-IP" not in copy


def test_answers_still_lead_to_questions(tmp_path: Path) -> None:
    """Ids are replaced, the same by the same."""
    question = copy_of(mail(Message_ID="<anna.schmidt@example.com>"), tmp_path)
    answer = copy_of(mail(In_Reply_To="<anna.schmidt@example.com>"), tmp_path)
    assert question["Message-ID"] == answer["In-Reply-To"]
    assert "anna" not in question["Message-ID"]


def test_bodies_are_masked_in_both_forms(tmp_path: Path) -> None:
    """A value that markup cuts into pieces is found, in text and in HTML; scripts are gone."""
    copy = copy_of(
        mail(html=f"<p>4111&nbsp;<b>1111</b> 1111 1111</p><script>x='{CARD}'</script><a href='http://x.io/?c=1'>y</a>"),
        tmp_path,
    )
    text, html = (part.get_content() for part in copy.iter_parts())
    assert text == "my card is [CARD·1111]\n"
    assert "[CARD·1111]" in html
    assert not re.search(r"script|4111", html)


def test_attachments_leave_a_note(tmp_path: Path) -> None:
    """Text that is attached is masked, everything else replaced; names of files are gone."""
    original = mail()
    original.add_attachment(b"\0\1", maintype="application", subtype="pdf", filename=f"{CARD}.pdf")
    original.add_attachment(f"iban;{IBAN}\n", subtype="csv", filename="anna.csv")
    copy = copy_of(original, tmp_path)
    _, note, table = copy.iter_parts()
    assert note.get_content() == "[attachment left out]"
    assert table.get_content() == "iban;[IBAN·3000]\n"
    assert b"anna" not in copy.as_bytes()


def test_a_mail_inside_a_mail_is_masked_too(tmp_path: Path) -> None:
    """Forwarded as an attachment, it is masked with its own heading."""
    outer = mail("see below")
    outer.add_attachment(mail(subject=f"inner {IBAN}"))
    inner = next(copy_of(outer, tmp_path).iter_attachments()).get_content()
    assert inner["Subject"] == "inner [IBAN·3000]"
    assert inner.get_content() == "my card is [CARD·1111]\n"


def test_a_box_is_read_again_as_it_was(tmp_path: Path) -> None:
    """Other programs find the same mails in the copy; lines that look like a beginning stay lines."""
    body = "one\n>From two\n>>From three\n"
    copy, _ = copied("mbox", box(mail(body).as_bytes(), mail("bye", subject="second").as_bytes()), tmp_path)
    path = tmp_path / "copy.mbox"
    path.write_bytes(copy)
    with_box = mailbox.mbox(path)
    first, second = list(with_box)
    with_box.close()
    assert second["Subject"] == "second"
    payload = first.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert b">From two\n>>From three" in payload


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"Content-Type: text/plain; charset=klingon\n\nhello", "unknown_charset"),
        (b"Content-Type: text/plain; charset=unicode_escape\n\nhello", "unknown_charset"),
        (b"Content-Type: text/plain; charset=utf-8\n\n\xff\xfe", "wrong_encoding"),
        (b'Content-Type: text/plain; charset="utf-8\0"\n\n\xc3\xa4', "unknown_charset"),
        (b"Content-Type: text/plain\n\n" + b"x" * 1_100_000, "too_large"),
        (b"Content-Type: multipart/mixed\n\nhello", "broken_mail"),
    ],
    ids=["klingon", "escapes", "bytes", "nul", "giant", "no mark"],
)
def test_a_part_that_cannot_be_read_is_replaced(body: bytes, reason: str, tmp_path: Path) -> None:
    """The mail stays, with a note in the part's place."""
    copy = copy_of(b"Subject: x\n" + body, tmp_path)
    assert copy["Subject"] == "x"
    assert copy.get_content() == "[left out: it could not be screened]"
    _, findings = copied("eml", b"Subject: x\n" + body, tmp_path)
    assert "error" not in findings[0]
    assert reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no heading at all", "broken_mail"),
        (b"", "broken_mail"),
        (b"Subject: x\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 1_000, "too_many_parts"),
        (b"Subject: x\n" + b"X: boundary=y\n" * 200 + b"\n", "too_many_parts"),
        (b"Subject: " + b"x" * 70_000 + b"\n\n", "too_large"),
        (b"Subject: x\n\n" + b"\n" * 700_000, "too_large"),
        (b"Subject: =?klingon?q?x?=\n\n", "unknown_charset"),
    ],
    ids=["words", "empty", "parts", "marks", "subject", "lines", "words encoded"],
)
def test_a_mail_that_cannot_be_taken_apart_is_refused(data: bytes, reason: str, tmp_path: Path) -> None:
    """Quickly, with its reason, and without a copy."""
    copy, findings = copied("eml", data, tmp_path)
    assert (copy, findings[0]["error"]) == (b"", reason)


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "</", "&", "<script>", "<p>", "&#x110000;", "<a href='", ">"])
def test_markup_of_any_kind_takes_no_longer_the_more_there_is(piece: str) -> None:
    """A megabyte of unfinished markup is read in time that grows with its length, not with its square."""
    begun = time.process_time()
    visible_text(piece * (300_000 // len(piece)))
    assert time.process_time() - begun < 5


def test_what_a_reader_sees_is_kept() -> None:
    """Blocks are lines, entities letters, comments and styles nothing, targets of links text."""
    shown = visible_text("<style>p{}</style><!-- no --><p>a &lt; b</p><div>c<br>d</div><a href=https://x.io>e</a> 1<2")
    assert shown.split("\n") == ["a < b", "", "c", "d", "https://x.io e 1<2"]
