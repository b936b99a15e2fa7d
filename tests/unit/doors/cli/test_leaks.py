"""The leak test's own parts: values are what their patterns say, and whatever is written down is found again."""

import json
import socket
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import quote, urlsplit

import pytest

from doorward.doors.cli.leaks.canaries import Canary
from doorward.doors.cli.leaks.forms import FORMS, Sentence, write
from doorward.doors.cli.leaks.searching import PIECE, Hit, OneByOne, Searcher, make_finder
from doorward.doors.cli.leaks.valkey import everything_in
from doorward.doors.cli.leaks.values import Value, draw, word
from doorward.doors.web.streams import event
from doorward.vocabulary.language import LanguagePack
from tests.support.loopback import free_port, valkey_address

__all__ = ["free_port", "valkey_address"]

CARD = Canary(
    kind="CARD",
    language="en",
    form="plain",
    promised=True,
    value="4929 1634 8207 5518",
    secret="4929 1634 8207 5518",
    messages=("My card is 4929 1634 8207 5518",),
    secrets=("4929 1634 8207 5518",),
)
MAIL = Canary(
    kind="EMAIL",
    language="en",
    form="full_width",
    promised=True,
    value="qwhjkl.zzxmnb@example.org",
    secret="qwhjkl.zzxmnb@example.org",
    messages=("ｑｗｈｊｋｌ．ｚｚｘｍｎｂ＠ｅｘａｍｐｌｅ．ｏｒｇ",),
    secrets=("ｑｗｈｊｋｌ．ｚｚｘｍｎｂ＠ｅｘａｍｐｌｅ．ｏｒｇ", "qwhjkl.zzxmnb@example.org"),
)
WRITINGS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "UTF-16, big end first": lambda text: text.encode("utf-16-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "capital hex": lambda text: text.encode().hex().upper().encode(),
    "base64": lambda text: b64encode(text.encode()),
    "base64, one byte in": lambda text: b64encode(b"x" + text.encode() + b"yz"),
    "base64, two bytes in": lambda text: urlsafe_b64encode(b"xy" + text.encode() + b"z"),
    "an event of a stream": lambda text: event("entry", {"text": f"it is {text}"}, number=1),
    "a line of a log": lambda text: json.dumps({"event": "a.b.c", "text": text}).encode(),
    "an address": lambda text: quote(text, safe="").encode(),
}


def searched(content: bytes, *canaries: Canary) -> set[tuple[str, str]]:
    """Return kind and form of what is found in bytes."""
    return {(hit.kind, hit.form) for hit in Searcher(canaries or (CARD, MAIL)).in_bytes(content, sink="s", place="p")}


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("canary", [CARD, MAIL], ids=lambda canary: canary.kind)
def test_a_canary_is_found_however_it_is_written(canary: Canary, writing: str) -> None:
    """Each writing of a canary among other bytes is found, and nothing else is."""
    for secret in canary.secrets:
        content = b"\x00\xff before " + WRITINGS[writing](secret) + b" behind \xfe"
        assert searched(content) == {(canary.kind, canary.form)}
    assert searched(b"nothing of interest 4929 1634 8207 5519 " * 100) == set()


@pytest.mark.parametrize("separator", ["", "-", ".", "\n", "\u200b", " / "])
def test_what_stands_between_the_signs_hides_nothing(separator: str) -> None:
    """A number is found with other separators and with none."""
    assert searched(f"number {CARD.value.replace(' ', separator)} told".encode()) == {("CARD", "plain")}


def test_what_begins_in_one_piece_and_ends_in_the_next_is_found(tmp_path: Path) -> None:
    """Large files are read in pieces, and nothing is lost between them."""
    searcher, secret = Searcher((CARD, MAIL)), MAIL.value.encode()
    for before in (PIECE - 1, PIECE - len(secret) // 2, 2 * PIECE - 70_000):
        (tmp_path / "dump").write_bytes(b"\x00" * before + secret + b"\x00" * PIECE)
        assert [hit.kind for hit in searcher.in_file(tmp_path / "dump", sink="s", place="p")].count("EMAIL") >= 1


def test_names_of_files_are_searched_like_contents(tmp_path: Path) -> None:
    """A canary in a name is found, and the place does not repeat it."""
    (tmp_path / f"export-{MAIL.value}.csv").write_bytes(b"")
    hits = Searcher((CARD, MAIL)).in_folder(tmp_path, sink_of=lambda _path: "temporary files")
    assert {(hit.sink, hit.kind) for hit in hits} == {("temporary files", "EMAIL")}
    assert all(MAIL.value not in repr(hit) for hit in hits)


def test_looking_one_by_one_finds_the_same() -> None:
    """Where the fast package has no build, the same needles are found."""
    needles = [b"needle", b"straw", b"nothing"]
    haystack = b"straw and a needle in straw"
    finders = (OneByOne(needles), make_finder(needles))
    found = [{number for number, *_ in one.find_matches_as_indexes(haystack, overlapping=True)} for one in finders]
    assert found == [{0, 1}, {0, 1}]


def test_values_are_what_their_patterns_say() -> None:
    """Places are filled, the rest stands for itself, and only what is in braces is secret."""
    chance = Random(1)
    assert draw("AB-<d3>/<7-7>", chance).whole[:3] == "AB-"
    assert draw("https://a.example/?t={<a20>}", chance).before == "https://a.example/?t="
    assert draw("<08-12>", chance).whole in {"08", "09", "10", "11", "12"}
    assert len({draw("<x12>", chance).secret for _ in range(50)}) == 50
    assert word(chance) != word(chance)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sends_the_value_and_searches_for_it(form: str) -> None:
    """What is sent in a form is found by what is searched for, were it stored as it came."""
    digits = {"digit_word": {name: str(place) for place, name in enumerate("abcdefghij")}}
    pack = LanguagePack(code="xx", name="Xx", values=digits)
    sentence = Sentence("my number is {} today", Value("", "4929 1634 8207 5518", ""))
    written = write(form, sentence, pack)
    assert written is not None
    sent = "".join(written.messages) if form == "halves" else "\n".join(written.messages)
    canary = Canary(
        kind="CARD",
        language="en",
        form=form,
        promised=True,
        value="",
        secret="",
        messages=written.messages,
        secrets=written.secrets,
    )
    assert searched(sent.encode(), canary) == {("CARD", form)}


def test_a_hit_never_holds_what_was_found() -> None:
    """Reports name sink, kind and writing; a canary that they printed would be the next leak."""
    hits = Searcher((CARD,)).in_bytes(CARD.value.encode(), sink="logs", place="server.log")
    assert hits
    assert all("4929" not in repr(hit) and isinstance(hit, Hit) for hit in hits)
    assert "4929" not in repr(CARD)


def test_everything_in_a_valkey_is_read(valkey_address: str) -> None:
    """Keys and values of every type come out."""
    place = urlsplit(valkey_address)
    with socket.create_connection((place.hostname, place.port), 10) as connection:
        for words in ("SET one first", "RPUSH two second third", "HSET three field fourth", "ZADD four 1 fifth"):
            connection.sendall(f"{words}\r\n".encode())  # the protocol's inline form
            assert connection.recv(100)
    found = set(everything_in(valkey_address))
    assert {b"one", b"first", b"second", b"third", b"field", b"fourth", b"fifth"} <= found
