"""An agent takes a conversation over and is helped: what to answer, what comes next, what happened so far."""

import re

import pytest
from playwright.sync_api import Page, expect

from doorward.identity import Tenant
from tests.support.browsing import LOADED, OpenContext, on_sqlite, sign_in, violations
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

ASKED = "How long does it take until a new card arrives by post? My card number is 4111 1111 1111 1111."


@pytest.fixture
def visitor(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who asked, asked for a person, and asked again."""
    found = guests.visitor(halden)
    found.say(ASKED)
    found.wait_for_answer()
    found.ask_for_person()
    return found


def test_programs_are_helped_and_see_nothing_unmasked(guests: Guests, halden: Tenant, visitor: WebVisitor) -> None:
    """The answer with its source and a likelihood in words, the summary with masked places; the look is in the
    audit.
    """
    mira, admin = guests.member("mira"), guests.member("admin")
    address = f"/api/v1/conversations/{visitor.conversation_id}/assist"
    found = mira.get(address)
    assert found.status_code == 200
    help_ = found.json()
    assert help_["answers"][0]["slug"] == "card-delivery"
    assert help_["answers"][0]["likelihood"] in {"very_likely", "likely"}
    assert [one["kind"] for one in help_["summary"]["tried"]] == ["answered"]
    assert help_["summary"]["open"][0] == {
        "seq": help_["summary"]["open"][0]["seq"],
        "kind": "reason",
        "name": "asked_for_person",
        "detail": "asked_for_person",
        "words": None,
    }
    told = help_["summary"]["told"][0]
    assert told["spans"][0]["kind"] == "CARD"
    assert "4111" not in found.text
    assert mira.get(f"{address}?language=deutsch").status_code == 400
    assert guests.member("owner", company="brisa").get(address).status_code == 404
    assert guests.client().get(address).status_code == 401
    lines = admin.get("/api/v1/audit", params={"limit": 50}).json()["items"]
    assert "conversation.read" in {one["action"] for one in lines}


def test_without_script_the_help_is_a_page_and_an_answer_begins_the_reply(guests: Guests, visitor: WebVisitor) -> None:
    """The page leads there; pressing brings the conversation with the answer in its field, and nothing is sent."""
    mira, address = guests.member("mira"), f"/desk/conversations/{visitor.conversation_id}"
    mira.post(f"/api/v1/conversations/{visitor.conversation_id}/take").raise_for_status()
    assert f'href="{address}/assist"' in mira.get(address).text
    page = mira.get(f"{address}/assist")
    assert "Suggested answer" in page.text
    assert re.findall(r"<h([1-6])", page.text)[:3] == ["1", "2", "3"]
    assert "4111" not in page.text
    before = visitor.heard()
    begun = mira.post(f"{address}/assist", data={"text": "About a week.", "csrf": mira.headers["x-csrf-token"]})
    assert begun.status_code == 200
    assert "About a week.</textarea>" in begun.text
    assert visitor.heard() == before
    assert guests.member("owner", company="brisa").get(f"{address}/assist").status_code == 404


@pytest.mark.browser
@on_sqlite
def test_an_answer_is_used_and_changed_by_its_agent(open_context: OpenContext, visitor: WebVisitor) -> None:
    """What the assistant passed on stands above; the answer goes into the field behind what is there, unsent."""
    page = _opened(open_context, visitor)
    noted = page.locator("#noted")
    expect(noted).to_contain_text("Passed on by the assistant")
    expect(noted).to_contain_text("How long does it take")
    panel = page.get_by_role("region", name="Help with this conversation")
    expect(panel.get_by_role("heading", name="Suggested answer")).to_be_visible()
    expect(panel.get_by_role("button", name="Use it")).to_have_count(0)
    page.keyboard.press("t")
    field = page.get_by_label("Your reply")
    expect(field).to_be_focused()
    page.keyboard.type("Hello.")
    use = panel.get_by_role("button", name="Use it").first
    expect(use).to_be_visible()
    use.press("Enter")
    expect(field).to_be_focused()
    answer = panel.locator(".assist-text").first.inner_text()
    assert field.input_value().startswith("Hello.\n\n")
    assert answer.split("\n")[0] in field.input_value()
    expect(page.get_by_text("Nothing has been sent.")).to_be_visible()
    assert answer not in "".join(visitor.heard()[1:])
    assert violations(page) == []
    assert faults_of_tree(page) == []
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def _opened(open_context: OpenContext, visitor: WebVisitor) -> Page:
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    page.evaluate(LOADED)
    return page
