"""What customers can do in the chat besides talking: files, feedback, call-backs, transcripts, deletion, typing."""

import base64
import json
import threading
from typing import Any

import httpx
import pytest

from doorward import record
from doorward.bootstrap import House
from doorward.flow.attachments import safe_name
from doorward.flow.typing_signs import typing_topic
from doorward.identity import Tenant
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import MaskedText, Span
from tests.support.server import Guests, WebVisitor

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels of a secret drawing" * 20
ADDRESS = "ada.lovelace@example.org"


@pytest.fixture
def visitor(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who has just opened Halden's chat."""
    return guests.visitor(halden)


def hand_in(visitor: WebVisitor, content: bytes = PNG, **other: str) -> httpx.Response:
    """Hand a file in."""
    data = base64.b64encode(content).decode()
    body = {"id": "a-1", "name": "slip.png", "type": "image/png", "data": data} | other
    return visitor.client.post("/c/webchat/attachments", json=body)


def lines_of(visitor: WebVisitor) -> list[dict[str, Any]]:
    """Return what the visitor is shown."""
    return list(visitor.entries()["entries"])


def test_the_visit_says_what_may_be_written_and_handed_in(visitor: WebVisitor) -> None:
    """Limits, types, whether people are there and the words beside secrets come with the visit, in every language."""
    visit = visitor.visit
    assert visit["characters"] == 4000
    assert visit["attachments"] == {
        "bytes": 4_194_304,
        "types": ["image/png", "image/jpeg", "image/webp", "image/heic", "application/pdf"],
        "scanned": True,
    }
    assert visit["people"] is False
    assert {"pin", "cvv", "passwort*", "şifre*", "sandi*", "парол*"} <= set(visit["secrets"])
    assert len(json.dumps(visit["secrets"], ensure_ascii=False)) < 4_000


def test_people_are_shown_as_there_when_somebody_is(guests: Guests, halden: Tenant) -> None:
    """Once an agent takes conversations, the visit and the conversation say so."""
    guests.member("mira").put("/api/v1/presence", json={"available": True}).raise_for_status()
    visitor = guests.visitor(halden)
    assert visitor.visit["people"] is True
    assert visitor.entries()["people"] is True


def test_a_file_that_is_sent_twice_is_there_once(visitor: WebVisitor) -> None:
    """The same client id is the same file, whatever its acknowledgement came to."""
    assert hand_in(visitor).json()["duplicate"] is False
    assert hand_in(visitor).json()["duplicate"] is True
    assert [one["kind"] for one in lines_of(visitor)].count("attachment.received") == 1


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"<html><script>alert(1)</script>", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"MZ\x90\x00 a program", "application/pdf"),
        (PNG, "application/pdf"),
        (b"x%PDF-1.7", "application/pdf"),
    ],
)
def test_a_file_is_what_its_bytes_say(visitor: WebVisitor, content: bytes, type_: str) -> None:
    """What is not one of the few types, or was called something else, is refused and not kept."""
    assert hand_in(visitor, content, type=type_).status_code == 415
    assert lines_of(visitor) == []


def test_a_file_over_the_limit_is_refused(visitor: WebVisitor) -> None:
    """One byte too many is too large, and a body far beyond is not even read."""
    assert hand_in(visitor, PNG[:8] + b"0" * (4_194_304 - 7)).status_code == 413
    assert hand_in(visitor, PNG[:8] + b"0" * 7_000_000).status_code == 413


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "_._.._etc_passwd.png"),
        ("<img src=x onerror=alert(1)>.png", "_img src=x onerror=alert(1)_.png"),
        ("invoice\u202egnp.exe", "invoice_gnp.exe.png"),
        ("a\r\nContent-Type: text/html", "a__Content-Type_ text_html.png"),
        ("C:\\fakepath\\x.PNG", "C__fakepath_x.PNG"),
        (".htaccess", "_htaccess.png"),
    ],
)
def test_a_hostile_name_becomes_a_plain_one(visitor: WebVisitor, given: str, shown: str) -> None:
    """No separator, control or direction character is left, and the ending says what the file is."""
    assert hand_in(visitor, name=given).json()["name"] == shown


def test_a_name_is_masked_like_any_text(visitor: WebVisitor) -> None:
    """A card number in a file's name is masked, and its place is told."""
    kept = hand_in(visitor, name="card 4242 4242 4242 4242.png")
    assert "4242 4242" not in kept.text
    assert lines_of(visitor)[0]["spans"][0]["kind"] == "CARD"
    assert safe_name(MaskedText("a/[PIN]", (Span(kind="PIN", start=2, end=7),)), "image/png").text[2:7] == "[PIN]"


def test_the_places_of_masks_come_with_what_was_said(visitor: WebVisitor) -> None:
    """A real mask has a span and a typed look-alike has none, in the acknowledgement and in the transcript."""
    said = visitor.say("[CARD·4242] and 4242 4242 4242 4242")
    (place,) = said["spans"]
    assert said["text"][place["start"] : place["end"]] == "[CARD·4242]"
    assert said["text"].startswith("\\[CARD·4242]")
    assert set(place) == {"start", "end", "kind"}
    assert lines_of(visitor)[0]["spans"] == [place]


def test_feedback_is_kept_once_for_each_part(house: House, visitor: WebVisitor, halden: Tenant) -> None:
    """Before the first word there is nothing to judge; after it the first judgement counts, its comment masked."""
    give = {"id": "f-1", "helpful": True, "comment": f"Write to {ADDRESS}"}
    assert visitor.client.post("/c/webchat/feedback", json=give).status_code == 404
    visitor.say("Hello")
    first = visitor.client.post("/c/webchat/feedback", json=give)
    assert (first.status_code, first.json()) == (202, {"helpful": True, "duplicate": False})
    again = visitor.client.post("/c/webchat/feedback", json={"id": "f-2", "helpful": False})
    assert again.json() == {"helpful": True, "duplicate": True}
    scope = system_scope(halden.id, "test")
    kept = house.transactions.read(
        lambda tx: record.find_entry(tx, scope, ConversationId(visitor.conversation_id), "feedback:0")
    )
    assert kept is not None
    assert kept.entry.text is not None
    assert ADDRESS not in kept.entry.text.text


@pytest.mark.parametrize("contact", [ADDRESS, "+44 20 7946 0991", "the blue house by the mill"])
def test_a_call_back_reaches_the_desk_and_is_masked(guests: Guests, visitor: WebVisitor, contact: str) -> None:
    """Whatever the field holds is masked as a whole or where it is known, and the conversation waits for a person."""
    wish = {"id": "c-1", "contact": contact}
    for _ in range(2):
        answer = visitor.client.post("/c/webchat/callback", json=wish)
        assert (answer.status_code, answer.json()) == (202, {"state": "waiting"})
    shown = json.dumps(lines_of(visitor), ensure_ascii=False)
    assert contact not in shown
    assert shown.count('"callback.requested"') == 1
    mira = guests.member("mira")
    (waiting,) = mira.get("/api/v1/conversations", params={"state": "waiting"}).json()["items"]
    assert waiting["reason"] == "callback_requested"
    (task,) = mira.get(f"/api/v1/conversations/{visitor.conversation_id}").json()["tasks"]
    assert task["text"].startswith({ADDRESS: "Write back", "+44 20 7946 0991": "Call"}.get(contact, "Get back"))


def test_a_wish_to_be_deleted_reaches_the_desk(guests: Guests, visitor: WebVisitor) -> None:
    """It stands in the conversation, waits for a person, and asking twice is asking once."""
    assert visitor.client.post("/c/webchat/deletion", json={"id": "d-1"}).status_code == 404
    visitor.say("Hello")
    for _ in range(2):
        assert visitor.client.post("/c/webchat/deletion", json={"id": "d-1"}).status_code == 202
    wishes = [one for one in lines_of(visitor) if one["kind"] == "deletion.requested"]
    assert [one["text"] for one in wishes] == ["Please delete this conversation."]
    mira = guests.member("mira")
    (waiting,) = mira.get("/api/v1/conversations", params={"state": "waiting"}).json()["items"]
    assert waiting["reason"] == "deletion_requested"


def test_a_transcript_is_mailed_to_nobody_who_has_not_proven_themselves(visitor: WebVisitor) -> None:
    """A visitor is told to prove who they are; there is no way to name an address."""
    visitor.say("Hello")
    refused = visitor.client.post("/c/webchat/transcript", json={"id": "t-1"})
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    named = visitor.client.post("/c/webchat/transcript", json={"id": "t-2", "email": "eve@example.com"})
    assert named.status_code == 400


def test_a_source_can_be_read(guests: Guests, visitor: WebVisitor, brisa: Tenant) -> None:
    """The article behind an answer is shown; another company's is not found."""
    source = visitor.client.get("/c/webchat/source", params={"slug": "lost-card", "language": "de"})
    assert source.status_code == 200
    assert source.json()["language"] == "de"
    assert source.json()["sections"][0]["body"]
    other = guests.visitor(brisa)
    assert other.client.get("/c/webchat/source", params={"slug": "lost-card", "language": "de"}).status_code == 404


def test_why_an_answer_was_given_is_told_in_plain_words(guests: Guests, visitor: WebVisitor, halden: Tenant) -> None:
    """What, why and by whom in the language that is wanted; of what is no answer, or not theirs, nothing is told."""
    visitor.say("Hello")
    for _ in range(500):
        if len(lines := visitor.entries()["entries"]) >= 2:
            break
    wanted = {"number": lines[1]["seq"], "language": "de"}
    told = visitor.client.get("/c/webchat/why", params=wanted)
    assert told.status_code == 200
    assert told.json()["why"] == "Weil darin nur ein Gruß, ein Dank oder ein Abschied stand."
    assert told.json()["decided"] == "Der Assistent hat einen Gruß erwidert."
    assert told.json()["rule"].startswith("first_line.small_talk@")
    for number in (lines[0]["seq"], 99_999):
        assert visitor.client.get("/c/webchat/why", params={**wanted, "number": number}).status_code == 404
    assert guests.visitor(halden).client.get("/c/webchat/why", params=wanted).status_code == 404


def test_writing_is_told_to_the_other_side_and_kept_nowhere(house: House, halden: Tenant, visitor: WebVisitor) -> None:
    """An agent's sign reaches the customer's stream; the ledger stays as it was."""
    visitor.say("Hello")
    conversation_id = ConversationId(visitor.conversation_id)
    before = visitor.entries()["last"]
    heard: list[str] = []
    with visitor.client.stream("GET", "/c/webchat/stream", params={"after": before}) as stream:
        lines = stream.iter_lines()
        while not next(lines).startswith("event: state"):
            pass
        threading.Timer(0.05, lambda: house.contact.signs.give(halden.id, conversation_id, side="agent")).start()
        for line in lines:
            heard.append(line)
            if line.startswith("event: typing"):
                break
    assert "event: typing" in heard
    assert visitor.entries()["last"] >= before
    assert visitor.client.post("/c/webchat/typing", json={}).status_code == 202
    assert typing_topic(halden.id, conversation_id, side="agent") != typing_topic(
        halden.id, conversation_id, side="customer"
    )
