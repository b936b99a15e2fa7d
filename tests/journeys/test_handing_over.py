"""A chat is handed over: to a named colleague, or back into the queue for any of them; nothing is lost on the way."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.ids import new_id
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, tab_to, violations
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

CARD = "4242 4242 4242 4242"


HELLO = "Hello, I need help with my card"


def in_hand(guests: Guests, halden: Tenant, *, hello: str = HELLO) -> tuple[WebVisitor, httpx.Client]:
    """Return somebody whose conversation Mira has, and Mira."""
    visitor = guests.visitor(halden)
    visitor.say(hello)
    visitor.wait_for_answer()  # only then is it known which language they speak
    visitor.ask_for_person()
    mira = guests.member("mira")
    mira.post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    return visitor, mira


def hand_over(member: httpx.Client, visitor: WebVisitor, to: str | None, note: str = "", **headers: str) -> Any:
    """Hand a visitor's conversation over."""
    address = f"/api/v1/conversations/{visitor.conversation_id}/hand-over"
    return member.post(address, json={"to": to, "note": note}, headers=headers)


def staff_id(member: httpx.Client) -> str:
    """Return whose session it is."""
    return str(member.get("/api/v1/me").json()["staff_id"])


def card_of(member: httpx.Client, visitor: WebVisitor) -> dict[str, Any]:
    """Return the card of a visitor's conversation."""
    return dict(member.get(f"/api/v1/conversations/{visitor.conversation_id}").json()["card"])


def test_a_colleague_gets_the_conversation_with_its_note(guests: Guests, halden: Tenant, house: House) -> None:
    """It is theirs at once; the note is masked, told to colleagues alone, in the audit without its words."""
    visitor, mira = in_hand(guests, halden)
    jonas = guests.member("jonas")
    answer = hand_over(mira, visitor, staff_id(jonas), f"Refund to {CARD}, please")
    assert answer.status_code == 200, answer.text
    card = answer.json()
    assert (card["state"], card["assignee"], card["handed_by"]) == ("human", staff_id(jonas), staff_id(mira))
    assert "Refund to" in card["handed_note"]
    assert CARD not in card["handed_note"]
    view = jonas.get(f"/api/v1/conversations/{visitor.conversation_id}").json()
    passed = [event for event in view["events"] if event["kind"] == "handoff.passed"]
    assert [event["note"] for event in passed] == [card["handed_note"]]
    assert [span["kind"] for span in passed[0]["spans"]] == ["CARD"]
    assert visitor.heard()[-1].startswith("You are being passed to a colleague.")
    assert "Refund" not in str(visitor.entries())
    lines = guests.member("admin").get("/api/v1/audit", params={"object_id": visitor.conversation_id}).json()["items"]
    done = [line for line in lines if line["action"] == "conversation.handed_over"]
    assert [(line["actor_id"], line["fields"]) for line in done] == [(staff_id(mira), ["assignee", "note"])]
    scope, wanted = system_scope(halden.id, "test"), ConversationId(visitor.conversation_id)
    stored, rebuilt = house.transactions.read(
        lambda tx: (record.card_of(tx, scope, wanted), record.rebuild_card(tx, scope, wanted))
    )
    assert stored == rebuilt
    reply = {"text": "Good morning, the refund is on its way"}
    jonas.post(f"/api/v1/conversations/{visitor.conversation_id}/replies", json=reply).raise_for_status()
    assert visitor.heard()[-1] == "Good morning, the refund is on its way"


@on_sqlite
def test_one_line_of_what_staff_wrote_is_without_signs_and_the_whole_has_its_form(
    guests: Guests, halden: Tenant
) -> None:
    """In lists, the palette, hits, splits and notices words alone; on the page the note of a hand-over has its form."""
    visitor, mira = in_hand(guests, halden, hello="My **parcel** is late")
    address = f"/desk/conversations/{visitor.conversation_id}"
    assert card_of(mira, visitor)["preview"] == "My **parcel** is late"  # customers' signs are theirs
    reply = {"text": "The *van* with **zebras**, see [here](https://a.example/x)"}
    mira.post(f"/api/v1/conversations/{visitor.conversation_id}/replies", json=reply).raise_for_status()
    said = "The van with zebras, see here ([URL·a.example])"
    assert card_of(mira, visitor)["preview"] == said
    csrf = {"csrf": mira.headers["x-csrf-token"]}
    found = mira.post("/desk/search", data=csrf | {"text": "zebras"}).text
    assert "with <mark>zebras</mark>, see here" in found
    for place in ("/desk/?show=mine", "/desk/recent", f"{address}/split"):
        page = mira.get(place).text
        assert "The van with zebras" in page, place
        assert "*van*" not in page, place
    hand_over(mira, visitor, None, "**Call** him, `now`").raise_for_status()
    assert card_of(mira, visitor)["handed_note"] == "Call him, now"
    assert "Call him, now" in mira.get("/desk/").text
    page = mira.get(address).text
    assert page.count("<strong>Call</strong> him, <code>now</code>") == 2
    events = mira.get(f"/api/v1/conversations/{visitor.conversation_id}").json()["events"]
    (passed,) = [one for one in events if one["kind"] == "handoff.passed"]
    assert passed["note"] == "**Call** him, `now`"
    assert "strong" in [piece["kind"] for piece in passed["formatted"]]


def test_the_queue_gets_it_back_at_its_old_place(guests: Guests, halden: Tenant) -> None:
    """Who came later waits behind; it does not come back to the one who is free and put it back, but to a colleague."""
    visitor, mira = in_hand(guests, halden)
    later = guests.visitor(halden)
    later.say("Hello")
    later.ask_for_person()
    answer = hand_over(mira, visitor, None, "Has the invoice at hand")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["assignee"], answer.json()["reason"]) == (
        "waiting",
        None,
        "handed_on",
    )
    waiting = [one["conversation_id"] for one in mira.get("/api/v1/queue").json()["waiting"]]
    assert waiting == [visitor.conversation_id, later.conversation_id]
    assert visitor.entries()["waiting"]["position"] == 1
    assert "keep your place in the queue" in visitor.heard()[-1]
    mira.put("/api/v1/presence", json={"available": True}).raise_for_status()
    assert card_of(mira, later)["assignee"] == staff_id(mira)
    assert card_of(mira, visitor)["state"] == "waiting"
    jonas = guests.member("jonas")
    jonas.put("/api/v1/presence", json={"available": True}).raise_for_status()
    card = card_of(jonas, visitor)
    assert (card["assignee"], card["handed_note"]) == (staff_id(jonas), "Has the invoice at hand")


def test_handing_over_is_refused_in_clear_words_and_changes_nothing(
    guests: Guests, halden: Tenant, house: House
) -> None:
    """To oneself, to nobody, to a colleague of another company, who may not, who is gone, or who was shut out."""
    visitor, mira = in_hand(guests, halden)
    before = visitor.heard()
    stranger = staff_id(guests.member("lale", company="brisa"))
    admin = guests.member("admin")
    everybody = {one.username: one.id for one in staff_of(house, halden)}
    scope = system_scope(halden.id, "test")
    house.transactions.write(
        scope, lambda tx: house.identity.staff.change_role(tx, scope, everybody["dewi"], role="privacy")
    )
    refused = {
        staff_id(mira): (409, "you have this conversation already"),
        new_id(): (404, None),
        stranger: (404, None),
        everybody["dewi"]: (409, "this colleague may not write to customers"),
        everybody["jonas"]: (409, "this colleague is not signed in"),
    }
    for to, (status, reason) in refused.items():
        answer = hand_over(mira, visitor, to, "a note")
        assert (answer.status_code, answer.json().get("reason")) == (status, reason), to
    jonas = guests.member("jonas")
    house.transactions.write(scope, lambda tx: house.identity.staff.disable(tx, scope, everybody["jonas"]))
    assert jonas.get("/api/v1/me").status_code == 401
    assert hand_over(mira, visitor, everybody["jonas"]).json()["reason"] == "this colleague is not signed in"
    assert card_of(mira, visitor)["assignee"] == staff_id(mira)
    assert visitor.heard() == before
    assert hand_over(mira, visitor, staff_id(admin)).status_code == 200
    assert hand_over(mira, visitor, None).json()["reason"] == "this conversation is not with you; take it over first"


def staff_of(house: House, tenant: Tenant) -> Any:
    """Return everybody who works there."""
    scope = system_scope(tenant.id, "test")
    return house.transactions.read(lambda tx: house.identity.staff.everybody(tx, scope))


def test_who_can_have_it_is_told_with_what_they_have(guests: Guests, halden: Tenant) -> None:
    """Colleagues who are signed in and may write, the free ones first; never the caller, nobody of another company."""
    visitor, mira = in_hand(guests, halden)
    jonas, admin = guests.member("jonas"), guests.member("admin")
    guests.member("lale", company="brisa")
    admin.put("/api/v1/presence", json={"available": True}).raise_for_status()
    listed = mira.get("/api/v1/colleagues").json()["items"]
    assert [(one["staff_id"], one["state"], one["conversations"]) for one in listed] == [
        (staff_id(admin), "available", 0),
        (staff_id(jonas), "away", 0),
    ]
    assert hand_over(mira, visitor, staff_id(jonas)).status_code == 200
    listed = mira.get("/api/v1/colleagues").json()["items"]
    assert [(one["staff_id"], one["conversations"]) for one in listed] == [(staff_id(admin), 0), (staff_id(jonas), 1)]


def test_handed_over_once_however_often_it_is_sent(guests: Guests, halden: Tenant) -> None:
    """The same key is one hand-over, told to the customer once; a note that is too long or secret is none."""
    visitor, mira = in_hand(guests, halden)
    jonas = guests.member("jonas")
    assert hand_over(mira, visitor, staff_id(jonas), "x" * 501).status_code == 400
    first = hand_over(mira, visitor, staff_id(jonas), **{"idempotency-key": "k"})
    again = hand_over(mira, visitor, staff_id(jonas), **{"idempotency-key": "k"})
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert sum(text.startswith("You are being passed") for text in visitor.heard()) == 1


@pytest.mark.parametrize(
    ("hello", "begins"),
    [
        ("Guten Tag, ich brauche Hilfe mit meiner Karte", "Wir geben Sie"),
        ("Merhaba, kartım için yardım istiyorum", "Sizi bir ekip"),
        ("Selamat siang, saya butuh bantuan dengan kartu saya", "Anda sedang"),
        ("Здравствуйте, мне нужна помощь с картой", "Вас передают"),
    ],
)
@on_sqlite
def test_the_customer_is_told_in_their_language(guests: Guests, halden: Tenant, hello: str, begins: str) -> None:
    """Quietly and truly: that it is another person now."""
    visitor, mira = in_hand(guests, halden, hello=hello)
    admin = guests.member("admin")
    assert hand_over(mira, visitor, staff_id(admin)).status_code == 200
    assert visitor.heard()[-1].startswith(begins)


def open_conversation(page: Page, visitor: WebVisitor) -> Page:
    """Go to a visitor's conversation."""
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    expect(page.get_by_role("textbox", name="Your reply")).to_be_visible()
    return page


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_handing_over_by_keyboard(open_context: OpenContext, guests: Guests, halden: Tenant, scheme: str) -> None:
    """A key opens the question, arrows choose, Enter hands over; the colleague is told and keeps their focus."""
    visitor, _ = in_hand(guests, halden)
    theirs = sign_in(open_context(color_scheme=scheme).new_page(), username="jonas")
    switch = theirs.get_by_role("switch")
    switch.focus()
    page = open_conversation(sign_in(open_context(color_scheme=scheme).new_page(), username="mira"), visitor)
    page.get_by_role("textbox", name="Your reply").fill("Half a sentence")
    page.get_by_role("textbox", name="Your reply").blur()
    page.keyboard.press("h")
    asked = page.get_by_role("dialog", name="Hand this conversation over")
    expect(asked.get_by_role("radio", name="Any colleague: back into the queue")).to_be_focused()
    assert violations(page) == []
    assert faults_of_tree(page, within_dialog=True) == []
    page.keyboard.press("ArrowDown")
    expect(asked.get_by_role("radio", name="Jonas Wiegand")).to_be_checked()
    tab_to(page, asked.get_by_label("Note for whoever has it next"))
    page.keyboard.type("Waits for a refund")
    tab_to(page, asked.get_by_role("button", name="Hand over"))
    page.keyboard.press("Enter")
    expect(asked).to_be_hidden()
    expect(page.locator("#standing")).to_have_text("Jonas Wiegand has this conversation.")
    expect(page.locator("#standing")).to_be_focused()
    expect(page.locator("#kept")).to_contain_text("Half a sentence")
    expect(theirs.get_by_role("status")).to_have_text("Mira Castellan has handed a conversation over to you")
    row = theirs.get_by_role("region", name="Mine").get_by_role("link")
    expect(row).to_contain_text("Handed over by Mira Castellan")
    expect(row).to_contain_text("Waits for a refund")
    expect(switch).to_be_focused()
    assert violations(theirs) == []
    row.press("Enter")
    expect(theirs.locator("#handed")).to_contain_text("Waits for a refund")
    expect(theirs.get_by_role("region", name="What happened")).to_contain_text(
        "Mira Castellan handed it over to Jonas Wiegand"
    )
    assert violations(theirs) == []
    assert faults_of_tree(theirs) == []


@pytest.mark.browser
@on_sqlite
def test_the_palette_hands_over_and_escape_does_not(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """The button is among what the page offers; closing the question changes nothing and gives the focus back."""
    visitor, mira = in_hand(guests, halden)
    page = open_conversation(sign_in(open_context().new_page(), username="mira"), visitor)
    page.keyboard.press("Control+k")
    page.keyboard.type("hand over")
    page.keyboard.press("Enter")
    asked = page.get_by_role("dialog", name="Hand this conversation over")
    expect(asked).to_be_visible()
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    assert card_of(mira, visitor)["state"] == "human"
    page.get_by_role("link", name="Hand over…").click()
    asked.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("button", name="Take over")).to_be_visible()
    assert card_of(mira, visitor)["state"] == "waiting"


@pytest.mark.browser
@on_sqlite
def test_what_was_written_outlives_a_refusal(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """The colleague signs out, then another takes the conversation: each is said, and the note stands there still."""
    visitor, mira = in_hand(guests, halden)
    jonas = guests.member("jonas")
    page = open_conversation(sign_in(open_context().new_page(), username="mira"), visitor)
    page.get_by_role("link", name="Hand over…").click()
    asked = page.get_by_role("dialog", name="Hand this conversation over")
    asked.get_by_role("radio", name="Jonas Wiegand").check()
    asked.get_by_label("Note for whoever has it next").fill("Waits for a refund")
    jonas.post("/desk/sign-out", data={"csrf": jonas.headers["x-csrf-token"]})
    asked.get_by_role("button", name="Hand over").click()
    expect(asked.get_by_role("alert")).to_contain_text("not signed in any more")
    expect(asked.get_by_label("Note for whoever has it next")).to_have_value("Waits for a refund")
    mira.put("/api/v1/presence", json={"available": False}).raise_for_status()
    elif_ = guests.member("elif")
    elif_.post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    asked.get_by_role("radio", name="Any colleague").check()
    asked.get_by_role("button", name="Hand over").click()
    expect(asked.get_by_role("alert")).to_contain_text("You do not have this conversation")
    expect(asked.get_by_label("Note for whoever has it next")).to_have_value("Waits for a refund")
    assert card_of(mira, visitor)["assignee"] == staff_id(elif_)


@pytest.mark.browser
@on_sqlite
def test_handing_over_without_scripts(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """The link leads to a page of its own: choose, write, hand over, and read who has it."""
    visitor, _ = in_hand(guests, halden)
    guests.member("jonas")
    page = sign_in(open_context(java_script_enabled=False).new_page(), username="mira")
    open_conversation(page, visitor)
    page.get_by_role("link", name="Hand over…").click()
    expect(page.get_by_role("heading", name="Hand this conversation over", level=1)).to_be_visible()
    page.get_by_role("radio", name="Jonas Wiegand").check()
    page.get_by_label("Note for whoever has it next").fill("No script")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Jonas Wiegand has this conversation.")).to_be_visible()
    expect(page.locator("#handed")).to_contain_text("No script")
