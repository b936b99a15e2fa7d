"""Policies at the doors: refused, dropped and blocked messages, by every channel, and nothing of them anywhere."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.settings import SettingsInvalid
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.scope import Scope, system_scope
from tests.support.server import Guests, WebVisitor

PIN = "73914"
SAYING = f"Hello, my PIN is {PIN}"


def set_setting(house: House, tenant: Tenant, name: str, value: Any) -> None:
    """Set one of a tenant's settings, as the command line does."""
    scope, tenants = system_scope(tenant.id, "test"), house.identity.tenants
    house.transactions.write(scope, lambda tx: tenants.change_setting(tx, scope, name=name, value=json.dumps(value)))
    house.settings_book.forget(tenant.id)


def send(visitor: WebVisitor, message_id: str, text: str) -> httpx.Response:
    """Send a message under an id of the sender's choice."""
    return visitor.client.post("/c/webchat/messages", json={"id": message_id, "text": text})


def audited(house: House, scope: Scope, action: str) -> list[tuple[str, tuple[str, ...], str | None]]:
    """Return the audit's lines of an action: object, fields and reason."""
    lines = house.transactions.read(lambda tx: record.latest_audit(tx, scope, limit=500))
    return [(one.object_kind, one.fields, one.reason) for one in lines if one.action == action]


def stored_bytes(house: House) -> bytes:
    """Return every file of the house's data folder."""
    return b"".join(path.read_bytes() for path in Path(house.settings.folder).rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Please never send this here: "),
        ("de", "Bitte senden Sie das hier nie: "),
        ("tr", "asla"),
        ("id", "jangan"),
        ("ru", "никогда"),
    ],
)
def test_a_refused_message_is_not_kept_and_its_writer_is_told(
    guests: Guests, house: House, halden: Tenant, language: str, words: str
) -> None:
    """The sentence is in the writer's language, the same id is refused again, and only the fact is written down."""
    set_setting(house, halden, "masking", {"PIN": {"webchat": "refuse"}})
    visitor = guests.visitor(halden, language=language)
    visitor.client.headers["accept-language"] = language
    answers = [send(visitor, "one", SAYING), send(visitor, "one", SAYING), send(visitor, "one", "harmless")]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(422, "secret_refused")] * 3
    assert words in answers[0].json()["detail"]
    assert PIN not in answers[0].text
    scope = system_scope(halden.id, "test")
    assert audited(house, scope, "message.refused") == [("message", ("pin",), "webchat")]
    assert visitor.entries()["entries"] == []
    assert PIN.encode() not in stored_bytes(house)
    assert send(visitor, "two", "Hello").status_code in {200, 201, 202}


def test_a_value_in_two_messages_is_refused_with_its_second_half(guests: Guests, house: House, halden: Tenant) -> None:
    """What began in one message is refused when the next one ends it; again after that too."""
    set_setting(house, halden, "masking", {"PIN": {"*": "refuse"}})
    visitor = guests.visitor(halden)
    visitor.say("my PIN is")
    for message_id in ("second", "second", "third"):
        assert send(visitor, message_id, PIN).json()["code"] == "secret_refused"
    assert [one["text"] for one in visitor.entries()["entries"] if one["author"] == "customer"] == ["my PIN is"]


def test_what_is_dropped_leaves_nothing_to_open(guests: Guests, house: House, halden: Tenant) -> None:
    """The message goes on masked, its place has no original, and the audit names the kind."""
    set_setting(house, halden, "masking", {"CARD": {"*": "drop"}})
    visitor = guests.visitor(halden)
    said = visitor.say("my card 4111 1111 1111 1111")
    assert said["text"] == "my card [CARD]"
    scope = system_scope(halden.id, "test")
    assert audited(house, scope, "message.dropped") == [("message", ("card",), "webchat")]


def test_a_blocked_sender_may_object_and_any_colleague_decides(guests: Guests, house: House, halden: Tenant) -> None:
    """Blocking refuses, turns the sender away with a way to object, and is a block like any other at the desk."""
    set_setting(house, halden, "own_kinds", [{"name": "CODENAME", "words": ["zarya"], "action": "block"}])
    visitor = guests.visitor(halden)
    first = send(visitor, "one", "Tell me about ZARYA")
    assert (first.status_code, first.json()["code"]) == (403, "sender_blocked")
    assert "/appeals/" in first.json()["appeal"]
    assert send(visitor, "two", "Hello").json()["code"] == "sender_blocked"
    page = guests.member("nadia").get("/desk/senders").text
    assert "Sent what must not be sent" in page


def test_an_agent_is_refused_with_words(guests: Guests, house: House, halden: Tenant) -> None:
    """A reply with a PIN in it is neither sent nor kept; the desk says why, the interface has the code."""
    set_setting(house, halden, "masking", {"PIN": {"desk": "refuse"}})
    visitor = guests.visitor(halden)
    visitor.say("Hello")
    visitor.ask_for_person()
    mira = guests.member("mira")
    where = f"conversations/{visitor.conversation_id}"
    csrf = {"csrf": mira.headers["x-csrf-token"]}
    mira.post(f"/desk/{where}/take", data=csrf)
    page = mira.post(f"/desk/{where}/replies", data={**csrf, "text": SAYING, "key": "k1"})
    assert page.status_code == 422
    assert "This must not be sent to customers: " in page.text
    told = mira.post(f"/api/v1/{where}/replies", json={"text": SAYING}, headers={"idempotency-key": "k2"})
    assert (told.status_code, told.json()["code"]) == (422, "secret_refused")
    assert PIN not in json.dumps(visitor.entries())
    assert {one[2] for one in audited(house, system_scope(halden.id, "test"), "message.refused")} == {"desk"}


def test_whoever_asks_to_be_called_back_may_give_a_number(guests: Guests, house: House, halden: Tenant) -> None:
    """The form asks for a number, so no policy refuses it there; in the chat it is refused."""
    set_setting(house, halden, "masking", {"PHONE": {"*": "refuse"}})
    visitor = guests.visitor(halden)
    assert send(visitor, "one", "call me: +49 170 1234567").json()["code"] == "secret_refused"
    wish = visitor.client.post("/c/webchat/callback", json={"id": "c1", "contact": "+49 170 1234567"})
    assert wish.status_code < 300, wish.text


def test_rules_hold_at_once_and_for_one_company_alone(
    guests: Guests, house: House, halden: Tenant, brisa: Tenant
) -> None:
    """A new own kind needs no restart, and nobody else's texts are read by it."""
    kind = {"name": "MEMBER_NUMBER", "patterns": [r"MB-\d{6}"]}
    visitor, other = guests.visitor(halden), guests.visitor(brisa)
    assert visitor.say("I am MB-123456")["text"] == "I am MB-123456"
    set_setting(house, halden, "own_kinds", [kind])
    assert visitor.say("I am MB-123456")["text"] == "I am [MEMBER_NUMBER]"
    assert other.say("I am MB-123456")["text"] == "I am MB-123456"


def test_the_companys_own_hotline_is_not_masked_in_either_direction(
    guests: Guests, house: House, halden: Tenant
) -> None:
    """Customers and agents write the hotline in their own ways, and it stays readable; a digit more does not."""
    set_setting(house, halden, "public_contacts", ["+49 30 1234567"])
    set_setting(house, halden, "allowed_origins", ["https://halden.example"])
    visitor = guests.visitor(halden)
    assert visitor.say("is 030 1234567 yours?")["text"] == "is 030 1234567 yours?"
    assert visitor.say("is https://halden.example/faq yours?")["text"] == "is https://halden.example/faq yours?"
    assert visitor.say("is +49 30 12345678 yours?")["text"] == "is [PHONE·78] yours?"
    assert "[URL" in visitor.say("is https://halden.example.evil.com yours?")["text"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("masking", {"PNI": {"*": "refuse"}}, "There is no kind PNI."),
        ("masking", {"PIN": {"fax": "refuse"}}, "There is no channel fax."),
        ("masking", {"PIN": {"*": "keep_last_four"}}, "Nothing of PIN may be shown"),
        ("masking", {"PIN": {"*": "shred"}}, "Invalid enum value"),
        ("own_kinds", [{"name": "PIN", "words": ["x"]}], "The name PIN is taken."),
        ("own_kinds", [{"name": "EMPTY"}], "at least one word or one pattern"),
        ("own_kinds", [{"name": "BAD", "patterns": ["ok", "(a+)+b"]}], "Line 2: Character 5: A group cannot"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(
    house: House, halden: Tenant, name: str, value: Any, sentence: str
) -> None:
    """Unknown kinds, channels and actions, and patterns that could hurt, are refused when they are set."""
    with pytest.raises((Malformed, SettingsInvalid)) as refused:
        set_setting(house, halden, name, value)
    assert sentence in str(refused.value)


def test_who_answers_may_sign_with_their_own_name(guests: Guests, halden: Tenant) -> None:
    """A customer reads who writes to them; other people's names in an answer are masked as everywhere."""
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    jonas = guests.member("jonas")
    where = f"/api/v1/conversations/{visitor.conversation_id}"
    jonas.post(f"{where}/take").raise_for_status()
    jonas.post(f"{where}/replies", json={"text": "Hello, this is Jonas Wiegand."}).raise_for_status()
    jonas.post(f"{where}/replies", json={"text": "My colleague is called Dieter Hofmann."}).raise_for_status()
    said = [entry["text"] for entry in visitor.entries()["entries"] if entry["author"] == "agent"]
    assert said == ["Hello, this is Jonas Wiegand.", "My colleague is called [PERSON]."]
