"""From an action at the desk to its painted result, in a real Chromium over a large past."""

import shutil
from typing import Any, Final

from playwright.sync_api import Locator, Page, sync_playwright
from sqlalchemy import text

from bench.desk.past import Past, vocabularies
from bench.pages.browser import QUIET, conversation_of, program, signed_in
from bench.pages.company import PASSWORD, add_staff, reload_settings
from bench.walk.founding import founded, scratch
from bench.walk.outside import START_SECONDS, serve
from bench.walk.watching import spread
from doorward.bootstrap import House
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings
from doorward.plugins.companies.halden.plugin import build
from doorward.record.search import SearchIndex, Terms
from doorward.vocabulary.scope import system_scope
from tests.support.house import shared_engines, tenant_of
from tests.support.words import packs

WORDS: Final = ("card", "payment", "konto", "überweisung", "kart", "ödeme", "kartu", "pembayaran", "карта", "платёж")
FILTERS: Final = ("lang:en", "label:label-7", "state:waiting", "channel:mail", "lang:tr label:label-3")

_CLICKED: Final = """document.addEventListener("click", () =>
  sessionStorage.setItem("bench", String(performance.timeOrigin + performance.now())), { capture: true })"""
_PAINTED: Final = """() => new Promise((done) => {
  const tell = () => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (!paint) return void setTimeout(tell, 5);
    done((performance.timeOrigin + paint.startTime - Number(sessionStorage.getItem("bench"))) / 1000);
  };
  tell();
})"""
_HERE: Final = """([pressed, shown]) => new Promise((done, failed) => {
  const before = new Set(document.querySelectorAll(shown));
  const begun = performance.now();
  const timer = setTimeout(() => failed(new Error("nothing new like " + shown)), 10000);
  const watcher = new MutationObserver(() => {
    if (![...document.querySelectorAll(shown)].some((one) => !before.has(one))) return;
    watcher.disconnect();
    clearTimeout(timer);
    requestAnimationFrame(() => setTimeout(() => done((performance.now() - begun) / 1000), 0));
  });
  watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
  document.querySelector(pressed).click();
})"""


def measure(kind: str, *, messages: int, rounds: int) -> dict[str, Any]:
    """Return milliseconds from a click to the frame that shows what it did, for each action, in JSON figures.

    Where another page comes, that is its first contentful paint; where the page stays, the frame after the change. The
    demo company gets `messages` made-up messages first. Raises `playwright` errors.
    """
    with founded(kind) as founded_settings:
        settings = reload_settings(founded_settings)
        _write_past(settings, messages)
        [name] = add_staff(settings, count=1)
        folder = scratch()
        try:
            with serve(settings, folder) as server:
                url = server.wait_for(r"listens on (http://\S+?)\.?\s", seconds=START_SECONDS)[1]
                return _in_chromium(url, name, rounds)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _write_past(settings: Settings, messages: int) -> None:
    database = Database.open(settings.database_url)
    house = House(settings, database=database, keys=FileKeyStore(settings.key_folder), engines=shared_engines())
    scope, index = system_scope(tenant_of(house, "halden").id, "bench"), SearchIndex(Terms(packs().values()))
    past = Past(vocabularies(build(None).articles()), messages=messages, until=house.clock.now())
    past.write(house.transactions, scope, index)
    with database.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    house.close()


def _in_chromium(url: str, name: str, rounds: int) -> dict[str, Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=QUIET)
        state = signed_in(chromium, url, username=name, password=PASSWORD)
        context = chromium.new_context(base_url=url, storage_state=state)
        context.add_init_script(_CLICKED)
        page, visitors = context.new_page(), chromium.new_context(base_url=url)
        took: dict[str, list[float]] = {}
        for number in range(rounds + 1):
            conversation_of(visitors, name=f"person{number}")
            for action, seconds in _round(page, number):
                if number:  # the first round warms up
                    took.setdefault(action, []).append(seconds)
        chromium.close()
    every = [seconds for times in took.values() for seconds in times]
    return {"all": spread(every)} | {action: spread(times) for action, times in took.items()}


def _round(page: Page, number: int) -> list[tuple[str, float]]:
    page.goto("/desk/?show=waiting", wait_until="load")
    opened = _to_page(page, page.locator(".row-waiting .row-link").first)
    assigned = page.evaluate(_HERE, ["form[action$='/take'] button", "[data-standing=mine]"])
    page.locator("#reply-text").fill(f"Your card is on its way, it takes {number + 2} days.")
    sent = page.evaluate(_HERE, [".reply-send button.btn-primary", ".waiting-reply"])
    page.goto("/desk/search", wait_until="load")
    page.locator("#search-text").fill(WORDS[number % len(WORDS)])
    searched = page.evaluate(_HERE, ["#search-form button.btn-primary", "#found"])
    page.goto("/desk/?show=all", wait_until="load")
    page.locator("#filter").fill(FILTERS[number % len(FILTERS)])
    filtered = _to_page(page, page.locator(".narrowing-form button[type=submit]"))
    return [("open", opened), ("assign", assigned), ("send", sent), ("search", searched), ("filter", filtered)]


def _to_page(page: Page, pressed: Locator) -> float:
    """Press what leads to another page; return seconds from the click itself until that page is painted."""
    with page.expect_navigation(wait_until="load"):
        pressed.click()
    seconds: float = page.evaluate(_PAINTED)
    return seconds
