"""What pages look like once somebody did something: found, opened, chosen, chatted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page


@dataclass(frozen=True)
class Scene:
    """A page after an act; `name` names the pictures."""

    name: str
    address: str
    act: Callable[[Page], None]


def _search(page: Page) -> None:
    page.locator("#search-text").fill("card")
    page.locator("#search-form button[type=submit]").click()
    page.locator("#found mark").first.wait_for(timeout=10_000)


def _find_customer(page: Page) -> None:
    page.locator("[name=value]").fill("hello@doorward.example")
    page.locator("form[action='/desk/customers'] button[type=submit]").click()
    page.locator("#found").wait_for()


def _choose_rows(page: Page) -> None:
    for at in range(3):
        page.locator("[data-pick]").nth(at).check()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette-input").wait_for()


def _keys(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("dialog#keys").wait_for()


def _presence(page: Page) -> None:
    page.locator("#presence-menu > summary").click()


def _say_red(page: Page) -> None:
    page.locator("#level-red").check()
    page.locator("[name=note]").fill("Everybody's assistant writes at once")
    page.locator("#flood-override form button[type=submit]").click()
    page.locator("[data-ends]").wait_for()


def _inbox_in_a_flood(page: Page) -> None:
    page.locator("#inbox-flood p").wait_for(timeout=10_000)


def _take_red_back(page: Page) -> None:
    page.locator("form[action='/desk/flood/release'] button").click()
    page.locator("[data-ends]").wait_for()


def _box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your message")


def _chat(page: Page) -> None:
    page.get_by_role("button", name="Open the chat").click(timeout=10_000)
    box, notice = _box(page), page.get_by_role("button", name="I have read this")
    box.or_(notice).first.wait_for(timeout=10_000)
    if notice.is_visible():  # it is asked once
        notice.click()


def _talk(page: Page) -> None:
    _chat(page)
    _box(page).fill("What does a transfer abroad cost?")
    page.keyboard.press("Enter")
    page.wait_for_timeout(3000)  # until it is answered


SCENES: Final = (
    Scene("desk-found", "/desk/search", _search),
    Scene("desk-customer-not-found", "/desk/customers", _find_customer),
    Scene("desk-rows-chosen", "/desk/?show=all", _choose_rows),
    Scene("desk-palette", "/desk/", _palette),
    Scene("desk-keys", "/desk/", _keys),
    Scene("desk-presence", "/desk/", _presence),
    Scene("desk-flood-red", "/desk/flood", _say_red),
    Scene("desk-inbox-flood", "/desk/", _inbox_in_a_flood),
    Scene("desk-flood-released", "/desk/flood", _take_red_back),
    Scene("widget-open", "/demo/halden", _chat),
    Scene("widget-talking", "/demo/halden", _talk),
)
