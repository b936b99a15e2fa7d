"""The settings pages: faults at their fields, a history with undo, nobody overwrites another unseen."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, violations
from tests.support.server import Guests


def form(member: httpx.Client, part: str, **changes: str) -> dict[str, str]:
    """Return a part's form as it stands, with changes; fields named with `__` have a hyphen there."""
    html = member.get(f"/desk/settings/{part}").text
    found = dict.fromkeys(re.findall(r'<(?:input|textarea|select)[^>]* name="([a-zA-Z_-]+)"', html), "")
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = value[1] if value else ""
        elif name:
            found.pop(name[1], None)
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL))
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        if name == "first_language":
            found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return found | {name.replace("__", "-"): value for name, value in changes.items()}


def test_hours_hold_at_once_and_can_be_taken_back(guests: Guests, house: House, halden: Tenant) -> None:
    """Saved hours are the tenant's, the history shows old and new and who, undo brings back what was."""
    admin = guests.member("admin")
    fields = form(admin, "hours", time_zone="Europe/Berlin", mon="09:00-12:00, 13:00-17:00")
    assert admin.post("/desk/settings/hours", data=fields).headers["location"].endswith("done=saved")
    settings = house.settings_book.settings_of(halden.id)
    assert settings.hours == {"mon": ("09:00-12:00", "13:00-17:00")}
    html = admin.get("/desk/settings/history").text
    assert "Tom Archer" in html
    assert "mon: 09:00-12:00, 13:00-17:00" in html
    change = re.findall(r"/desk/settings/history/([0-9a-z]{26})/undo", html)[0]
    csrf = {"csrf": admin.headers["x-csrf-token"]}
    assert admin.post(f"/desk/settings/history/{change}/undo", data=csrf).status_code == 303
    assert house.settings_book.settings_of(halden.id).hours == {}
    assert admin.post(f"/desk/settings/history/{change}/undo", data=csrf).status_code == 409


def test_faults_stand_beside_their_fields_and_nothing_is_saved(guests: Guests, house: House, halden: Tenant) -> None:
    """Every impossible value is named at its field in words, shown again, and changes nothing."""
    admin = guests.member("admin")
    before = house.settings_book.settings_of(halden.id)
    wrong = {
        "hours": {"time_zone": "Mars/Base", "tue": "9-5", "closed_days": "2026-02-30"},
        "look": {"accent": "teal<script>"},
        "limits": {"risk_threshold": "2", "agent_capacity": "0", "allowed_origins": "shop.example/path"},
        "contact": {"first_language": "xx"},
    }
    for part, values in wrong.items():
        answer = admin.post(f"/desk/settings/{part}", data=form(admin, part) | values)
        assert answer.status_code == 400, part
        for name in values:
            assert f'id="{name}-error"' in answer.text, (part, name)
        assert "<script>" not in re.sub(r"<script src=[^>]*>", "", answer.text)
    house.settings_book.forget(halden.id)
    assert house.settings_book.settings_of(halden.id) == before


def test_a_stale_form_overwrites_nobody(guests: Guests, house: House, halden: Tenant) -> None:
    """Who saves from an older page is told, with what they wrote kept."""
    admin = guests.member("admin")
    stale = form(admin, "limits", agent_capacity="7")
    admin.post("/desk/settings/limits", data=form(admin, "limits", service_minutes="9"))
    refused = admin.post("/desk/settings/limits", data=stale)
    assert refused.status_code == 409
    assert 'value="7"' in refused.text
    settings = house.settings_book.settings_of(halden.id)
    assert (settings.agent_capacity, settings.service_minutes) == (4, 9)


def test_a_closed_channel_takes_nothing_and_a_hostile_greeting_is_text(guests: Guests, halden: Tenant) -> None:
    """A channel that is switched off refuses kindly; greetings are words, whatever stands in them."""
    admin = guests.member("admin")
    greeting = '<img src=x onerror="alert(1)">'
    fields = form(admin, "look") | {"greetings-en": greeting, "accent": "#ffffff"}
    assert admin.post("/desk/settings/look", data=fields).status_code == 303
    page = admin.get("/desk/settings/look").text
    assert "<img src=x" not in page
    assert "too little for text" in page
    visitor = guests.visitor(halden)
    assert visitor.visit["greeting"] == greeting
    contact = form(admin, "contact")
    contact.pop("channel-webchat")
    assert admin.post("/desk/settings/contact", data=contact).status_code == 303
    answer = visitor.client.post("/c/webchat/messages", json={"id": "x", "text": "Hi"})
    assert (answer.status_code, answer.json()["code"]) == (403, "channel_closed")


def test_who_may_see_and_change(guests: Guests) -> None:
    """Supervisors read, administrators change, agents do neither."""
    assert guests.member("mira").get("/desk/settings/hours").status_code == 403
    supervisor = guests.member("nadia")
    assert supervisor.get("/desk/settings/hours").status_code == 200
    fields = {"csrf": supervisor.headers["x-csrf-token"]}
    assert supervisor.post("/desk/settings/hours", data=fields).status_code == 403


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_settings_by_keyboard(open_context: OpenContext, halden: Tenant, scheme: str) -> None:
    """An administrator sets hours, sees the change in the history and takes it back; every part is accessible."""
    page = sign_in(open_context(color_scheme=scheme).new_page(), username="admin")
    for part in ("contact", "look", "limits", "history", "hours"):
        page.goto(f"/desk/settings/{part}")
        assert violations(page) == [], part
        page.set_viewport_size({"width": 390, "height": 800})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), part
        page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("Monday").fill("9-5")
    page.get_by_role("button", name="Save changes").press("Enter")
    expect(page.locator("#mon-error")).to_contain_text("09:00-17:30")
    assert violations(page) == []
    page.get_by_label("Monday").fill("09:00-17:00")
    page.get_by_role("button", name="Save changes").press("Enter")
    expect(page.get_by_text("The settings are saved")).to_be_visible()
    follow(page, page.get_by_role("link", name="History"))
    assert violations(page) == []
    page.get_by_role("button", name="Undo").first.press("Enter")
    expect(page.get_by_text("The setting is as it was before.")).to_be_visible()


@pytest.mark.browser
@on_sqlite
def test_the_history_of_a_long_text_is_short_and_unfolds(open_context: OpenContext, halden: Tenant) -> None:
    """One word changed in a privacy notice is read in one row of a few lines; the whole unfolds by keyboard."""
    page = sign_in(open_context().new_page(), username="admin")
    page.goto("/desk/settings/look")
    notice = page.locator("[name=privacy_notices-en]")
    text = notice.input_value()
    notice.fill(text.replace("in order to", "only in order to", 1))
    with page.expect_navigation():
        page.locator("form[action='/desk/settings/look'] button[type=submit]").first.click()
    page.goto("/desk/settings/history")
    row = page.get_by_role("row").nth(1)
    expect(row.get_by_text("only in order to").first).to_be_visible()
    box = row.bounding_box()
    assert box is not None
    assert box["height"] < 250
    whole = row.get_by_text(text[-60:].strip()).last
    expect(whole).to_be_hidden()
    unfold = row.get_by_text("Show all of it")
    unfold.last.focus()
    page.keyboard.press("Enter")
    expect(whole).to_be_visible()
    assert violations(page) == []
