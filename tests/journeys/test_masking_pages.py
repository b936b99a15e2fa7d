"""The pages of masking: rules and own kinds by keyboard, faults with their place, a text tried and kept nowhere."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations
from tests.support.server import Guests

TRIED = "zyzzyva MB-123456"


def revision(house: House, tenant: Tenant) -> str:
    """Return the revision of a tenant's settings."""
    house.settings_book.forget(tenant.id)
    return str(house.settings_book.tenant(tenant.id).revision)


def save(admin: httpx.Client, house: House, tenant: Tenant, part: str, **fields: str) -> httpx.Response:
    """Send a part's form."""
    shared = {"csrf": admin.headers["x-csrf-token"], "revision": revision(house, tenant)}
    named = {name.replace("__", "-"): value for name, value in fields.items()}
    return admin.post(f"/desk/settings/{part}", data=shared | named)


def test_rules_and_kinds_are_saved_shown_and_taken_back(guests: Guests, house: House, halden: Tenant) -> None:
    """A kind is made, a rule about it, the history shows both, and removing the kind first is refused with a reason."""
    admin = guests.member("admin")
    made = save(admin, house, halden, "kinds", kind__0__name="MEMBER_NUMBER", kind__0__patterns=r"MB-\d{6}")
    assert made.status_code == 303, made.text
    ruled = save(admin, house, halden, "masking", new_kind="MEMBER_NUMBER", new_channel="all", new_action="refuse")
    assert ruled.status_code == 303, ruled.text
    house.settings_book.forget(halden.id)
    settings = house.settings_book.settings_of(halden.id)
    assert settings.masking == {"MEMBER_NUMBER": {"*": "refuse"}}
    assert [kind.name for kind in settings.own_kinds] == ["MEMBER_NUMBER"]
    assert "MEMBER_NUMBER" in admin.get("/desk/settings/history").text
    refused = save(admin, house, halden, "kinds", kind__0__name="MEMBER_NUMBER", kind__0__remove="yes")
    assert refused.status_code == 400
    assert "There is no kind MEMBER_NUMBER." in refused.text
    gone = save(admin, house, halden, "masking", **{"rule-MEMBER_NUMBER-all": ""})
    assert gone.status_code == 303
    assert save(admin, house, halden, "kinds", kind__0__name="MEMBER_NUMBER", kind__0__remove="yes").status_code == 303


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Line 2: Character 5: A group cannot be repeated without end"),
        ("de", "Zeile 2: Zeichen 5: Eine Gruppe kann nicht endlos wiederholt werden"),
        ("tr", "Satır 2: Karakter 5: Bir grup sonsuz yinelenemez"),
        ("id", "Baris 2: Karakter 5: Kelompok tidak dapat diulang tanpa batas"),
        ("ru", "Строка 2: Знак 5: Группу нельзя повторять без конца"),
    ],
)
@on_sqlite
def test_what_is_wrong_is_said_in_the_readers_language(
    guests: Guests, house: House, halden: Tenant, language: str, words: str
) -> None:
    """A pattern that could hurt is named with line, character and what to write instead; nothing is saved."""
    admin = guests.member("admin")
    admin.cookies.set("doorward_language", language)
    admin.headers["accept-language"] = language
    answer = save(admin, house, halden, "kinds", kind__0__name="BAD", kind__0__patterns="ok\n(a+)+b")
    assert answer.status_code == 400
    assert words in answer.text
    assert "{2,5}" in answer.text
    assert 'id="kind-0-patterns-error"' in answer.text


def test_a_text_is_tried_before_saving_and_kept_nowhere(guests: Guests, house: House, halden: Tenant) -> None:
    """The box says what would become of a text by what stands on the page; neither text nor kind is stored."""
    admin = guests.member("admin")
    fields = {"kind-0-name": "MEMBER_NUMBER", "kind-0-patterns": r"MB-\d{6}", "try": "yes", "try_text": TRIED}
    tried = save(admin, house, halden, "kinds", **fields, try_channel="webchat")
    assert tried.status_code == 200
    assert "zyzzyva [MEMBER_NUMBER]" in tried.text
    refusing = save(admin, house, halden, "kinds", **fields, **{"kind-0-action": "refuse"}, try_channel="webchat")
    assert "This message would be refused because of: member number." in refusing.text
    house.settings_book.forget(halden.id)
    assert house.settings_book.settings_of(halden.id).own_kinds == ()
    stored = b"".join(path.read_bytes() for path in Path(house.settings.folder).rglob("*") if path.is_file())
    assert b"zyzzyva" not in stored


def test_hostile_forms_change_nothing(guests: Guests, house: House, halden: Tenant) -> None:
    """Names that are markup, actions that there are not and lists without end are refused; readers change nothing."""
    admin = guests.member("admin")
    assert save(admin, house, halden, "kinds", kind__0__name="<script>", kind__0__words="x").status_code == 400
    assert (
        save(admin, house, halden, "masking", new_kind="NOPE", new_channel="all", new_action="mask").status_code == 400
    )
    assert (
        save(admin, house, halden, "masking", new_kind="PIN", new_channel="fax", new_action="mask").status_code == 400
    )
    many = "\n".join(f"word{number}" for number in range(5001))
    assert save(admin, house, halden, "kinds", kind__0__name="MANY", kind__0__words=many).status_code == 400
    assert guests.member("mira").get("/desk/settings/masking").status_code == 403
    house.settings_book.forget(halden.id)
    settings = house.settings_book.settings_of(halden.id)
    assert (settings.masking, settings.own_kinds) == ({}, ())


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_masking_by_keyboard(open_context: OpenContext, halden: Tenant, scheme: str) -> None:
    """An administrator makes a kind, is told what is wrong, tries it, saves it and refuses it, without a mouse."""
    page = sign_in(open_context(color_scheme=scheme).new_page(), username="admin")
    page.goto("/desk/settings/kinds")
    page.get_by_label("Name", exact=True).fill("MEMBER_NUMBER")
    page.get_by_label("Patterns").fill("(MB)+-[0-9]{6}")
    page.get_by_role("button", name="Save changes").press("Enter")
    expect(page.locator("#kind-0-patterns-error")).to_contain_text("Line 1: Character 5")
    assert violations(page) == []
    page.get_by_label("Patterns").first.fill("MB-[0-9]{6}")
    page.get_by_label("A text to try it on").fill("I am MB-123456")
    page.get_by_role("button", name="Try it out").press("Enter")
    expect(page.locator("#trial")).to_contain_text("I am [MEMBER_NUMBER]")
    assert violations(page) == []
    page.get_by_role("button", name="Save changes").press("Enter")
    expect(page.get_by_text("The settings are saved")).to_be_visible()
    page.goto("/desk/settings/masking")
    page.get_by_label("Kind", exact=True).select_option("MEMBER_NUMBER")
    page.get_by_label("What becomes of it").select_option("refuse")
    page.get_by_role("button", name="Save changes").press("Enter")
    expect(page.get_by_text("The settings are saved")).to_be_visible()
    expect(page.get_by_label("What becomes of MEMBER_NUMBER on All channels")).to_have_value("refuse")
    for part in ("masking", "kinds"):
        page.goto(f"/desk/settings/{part}")
        assert violations(page) == [], part
        page.set_viewport_size({"width": 390, "height": 800})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), part
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
        page.set_viewport_size({"width": 1280, "height": 800})
