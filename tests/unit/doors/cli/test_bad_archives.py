"""`doorward screen` over what should not be: left out with its reason, in bounded time, and never copied unscreened."""

import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from doorward.doors.cli.leaks.canaries import Template, templates_of
from doorward.doors.cli.leaks.values import draw, word
from doorward.kit.plugins import discover
from doorward.vocabulary.text import WildText
from tests.support.archives import CARD, box, mail
from tests.support.screening import screener
from tests.unit.doors.cli.conftest import Call

TEMPLATES = [one for one in templates_of(discover("detector")) if one.language == "en"]
SECONDS_A_CHARACTER = 2e-4
"""Ten times what the hardest near-matches take on a machine that others use too."""


def words(source: Path, copy: Path, *more: str) -> tuple[str | Path, ...]:
    """Return a call that screens an archive."""
    return ("screen", source, "--masked", copy, "--findings", copy.with_suffix(".found"), "--workers", "1", *more)


def broken_parts(size: int) -> Iterator[bytes]:
    """Yield a mail of so many bytes whose parts never end, name no charset there is, and lie about their encoding."""
    yield b"From: a@example.com\nSubject: %s\nContent-Type: multipart/mixed; boundary=b\n\n" % CARD.encode()
    part = (
        b'--b\nContent-Type: text/plain; charset="none\0"\nContent-Transfer-Encoding: base64\n\n=%s\n' % CARD.encode()
    )
    for _ in range(0, size, len(part)):
        yield part


@pytest.mark.parametrize("form", ["eml", "mbox"])
def test_a_mail_of_forty_megabytes_is_left_out(form: str, call: Call, tmp_path: Path) -> None:
    """Unread, with its reason; the mails beside it are masked."""
    giant = b"".join(broken_parts(40_000_000))
    small = mail().as_bytes()
    source = tmp_path / "mails"
    if form == "eml":
        source.mkdir()
        (source / "a.eml").write_bytes(giant)
        (source / "b.eml").write_bytes(small)
    else:
        source.write_bytes(box(giant, small))
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = call(*words(source, tmp_path / "copy", "--form", form))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun < 400_000
    assert done.code == 3, done.err
    assert "too_large 1" in done.err
    copied = tmp_path / "copy"
    pieces = [one.read_bytes() for one in copied.iterdir()] if form == "eml" else [copied.read_bytes()]
    assert sum(b"[CARD" in one or b"=5BCARD" in one or b"CARD" in one for one in pieces) == 1
    assert not any(CARD.encode() in one for one in pieces)


def test_a_mail_of_broken_parts_is_left_out(call: Call, tmp_path: Path) -> None:
    """Small enough to be read, but of more parts than anybody takes apart: refused before it is."""
    source = tmp_path / "a.eml"
    source.write_bytes(b"".join(broken_parts(20_000_000)))
    begun = time.process_time()
    done = call(*words(source, tmp_path / "copy"))
    assert time.process_time() - begun < 60
    assert (done.code, "left out" in done.err.lower()) == (3, True), done.err
    assert list((tmp_path / "copy").iterdir()) == []


def test_broken_rows_are_left_out(call: Call, tmp_path: Path) -> None:
    """Quotation marks that never end, cells too many and too few, NULs, other encodings, a giant: whole rows come out
    masked, and nothing of the others.
    """
    rows = [
        b"id,text\n",
        b"1,my card is %s\n" % CARD.encode(),
        b"2\n",
        b"3,x,y,%s\n" % CARD.encode(),
        b"4,\xff\xfe %s\n" % CARD.encode(),
        b"5,\0card \0%s\n" % CARD.encode(),
        b'6,"%s ""broken"" %s"\n' % (b"x" * 2_000_000, CARD.encode()),
        b"7,my card is %s\n" % CARD.encode(),
        b'8,"never ended %s\n' % CARD.encode(),
    ]
    source = tmp_path / "rows.csv"
    source.write_bytes(b"".join(rows))
    done = call(*words(source, tmp_path / "copy.csv"))
    assert done.code == 3, done.err
    copied = (tmp_path / "copy.csv").read_bytes()
    assert CARD.encode() not in copied
    lines = copied.splitlines()
    assert lines[0] == b"id,text"
    assert b"1,my card is [CARD\xc2\xb71111]" in lines
    assert b"7,my card is [CARD\xc2\xb71111]" in lines
    found = [json.loads(line) for line in (tmp_path / "copy.found").read_bytes().splitlines()]
    assert {one["error"] for one in found if "error" in one} >= {"wrong_columns", "wrong_encoding", "too_large"}


def near_matches(template: Template, size: int) -> str:
    """Return sentences with values of a kind that lack their last sign, all different."""
    chance = Random(size)
    made, length = [], 0
    while length < size:
        value = draw(template.value, chance).whole[:-1]
        made.append(template.text.replace("{tag}", word(chance)).replace("{}", value) + ". ")
        length += len(made[-1])
    return "".join(made)


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.kind)
def test_near_matches_take_time_in_proportion(template: Template) -> None:
    """Tens of thousands of characters that are nearly of a kind, side by side: judged or withheld, in bounded time.

    A million of them take as long as so many texts of this one's length: a record has a megabyte at most.
    """
    text = near_matches(template, 40_000)
    begun = time.process_time()
    screened = screener().screen(WildText(text))
    assert time.process_time() - begun < 1 + SECONDS_A_CHARACTER * len(text)
    assert all(finding.end <= len(text) for finding in screened.findings)
    withheld = any(finding.kind == "GUARD_UNAVAILABLE" for finding in screened.findings)
    assert not withheld or "[WITHHELD]" in screened.masked.text
