"""Files are saved under their names, whatever the names hold, and nothing in a name becomes a header."""

import re
from urllib.parse import unquote

import pytest

from doorward.doors.web.downloads import SANDBOX, disposition, file_response
from doorward.doors.web.pages import size_of
from doorward.flow.attachments import OpenedFile

FORM = re.compile(
    r"attachment; filename=\"([^\"\\\x00-\x1f\x7f-\uffff]*)\"; filename\*=UTF-8''([!#$&+.^_`|~A-Za-z0-9%-]*)"
)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("slip.png", "slip.png"),
        ("Überweisung café.pdf", "Uberweisung cafe.pdf"),
        ("şikâyet.pdf", "sikayet.pdf"),
        ("квитанция.pdf", "_________.pdf"),
        ("ad 😀 \u202egnp.exe.png", "ad _ _gnp.exe.png"),
        ('a"; filename="evil.exe.png', "a__ filename__evil.exe.png"),
        ("a\r\nSet-Cookie: x=1.png", "a__Set-Cookie_ x_1.png"),
        ("..\\..\\etc/passwd.png", ".._.._etc_passwd.png"),
        ("100%41.png", "100_41.png"),
        ("[CARD·4242].png", "[CARD_4242].png"),
        ("", ""),
    ],
)
def test_a_name_is_told_in_two_ways(name: str, plain: str) -> None:
    """Old readers get plain letters, the others the whole name, and both parts keep their form (RFC 6266, 8187)."""
    found = FORM.fullmatch(disposition(name))
    assert found is not None
    assert found.group(1) == plain
    assert unquote(found.group(2)) == name


def test_a_file_is_kept_and_never_shown() -> None:
    """It is saved, not opened; no browser guesses another type; if it is shown all the same, it may do nothing."""
    answer = file_response(OpenedFile(name="a.png", content=b"x"))
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == SANDBOX
    assert SANDBOX.startswith("sandbox;")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.media_type == "application/octet-stream"


def test_an_opened_file_shows_nothing_of_itself() -> None:
    """Neither the name nor the content is in the repr."""
    assert "secret" not in repr(OpenedFile(name="secret.png", content=b"secret"))


@pytest.mark.parametrize(
    ("size", "language", "words"),
    [(0, "en", "1 kB"), (1499, "en", "1 kB"), (999_400, "de", "999 kB"), (1_440_000, "de", "1,4 MB")],
)
def test_sizes_are_said_in_words(size: int, language: str, words: str) -> None:
    """In the reader's language, never as nothing."""
    assert size_of(size, language=language).replace("\N{NO-BREAK SPACE}", " ") == words
