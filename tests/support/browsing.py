"""A real Chromium for journeys, and members of staff who use it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.support.house import PASSWORD

STATIC = Path(__file__).resolve().parents[2] / "src/doorward/doors/web/static"
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
PATIENCE = 20_000
"""Milliseconds that an expectation may take on a busy machine; a kept promise takes a fraction of it."""

on_sqlite = pytest.mark.parametrize("house_settings", ["sqlite"], indirect=True)
"""For what a page promises whatever database is behind it."""


def browser_program() -> str | None:
    """Return the Chromium that was named, or one of this machine; rather one without windows (see tools/browser.py)."""
    names = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome")
    return os.environ.get("DOORWARD_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine, for one module: Playwright keeps an event loop running in this thread while it lives.

    Were it open longer, tests of other modules could not run loops of their own.
    """
    program = browser_program()
    if not program and os.environ.get("CI", "").lower() not in {"true", "1"}:
        pytest.skip("no Chromium on this machine: python3 run.py test installs one")
    assert (STATIC / "desk.js").exists(), "the front end is not built: python3 run.py assets"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def open_context(chromium: Browser, url: str) -> Iterator[OpenContext]:
    """Opens browser profiles at the test's server; whatever their pages complain of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(**wishes: Any) -> BrowserContext:
        context = chromium.new_context(base_url=url, locale="en-GB", reduced_motion="reduce", **wishes)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, *, username: str, company: str = "halden") -> Page:
    """Sign a member of staff in and return the page with the inbox."""
    page.goto("/desk/sign-in")
    page.get_by_label("Company").select_option(company)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    return page


def agree(page: Page, name: str) -> None:
    """Press the button of the question that is asked before something is done, named as what was pressed."""
    page.get_by_role("alertdialog").get_by_role("button", name=name).click()


def write_until(box: Locator, sign: Locator) -> None:
    """Go on writing in a box, as people do, until the other side's sign of it is seen; fail when it never is.

    A sign is told once every three seconds, and one that meets a stream still opening is not told again.
    """
    began = time.monotonic()
    while not sign.is_visible() and time.monotonic() - began < PATIENCE / 1000:
        box.press_sequentially("so ", delay=100)
    expect(sign).to_be_visible()


def open_palette(page: Page) -> None:
    """Open the command palette by its keys."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go somewhere or do something")).to_be_focused()


def tab_to(page: Page, wanted: Locator, *, most: int = 45) -> None:
    """Press the tabulator key until `wanted` has the focus; fail after `most` times."""
    wanted.wait_for()
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    expect(wanted).to_be_focused(timeout=1)


LOADED = """() => new Promise((done) =>
    document.readyState === "complete" ? done() : window.addEventListener("load", () => done()))"""
"""Ends once the page has loaded. Playwright's own waiting evaluates text again and again, which the page's policy
forbids."""


def follow(page: Page, link: Locator) -> None:
    """Follow a link by the keyboard and wait for the page behind it: what is read next is read from that page.

    The page is asked itself whether its scripts have run: on a busy machine Playwright has taken the end of loading for
    that of the page before, and a key that is pressed then is heard by nobody.
    """
    with page.expect_navigation(timeout=PATIENCE):
        link.press("Enter")
    page.evaluate(LOADED)


ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""Groups of axe-core's rules: WCAG 2.2, A and AA, and good practice. Of those rules the ones that colours decide."""


def violations(page: Page, *, rules: Sequence[str] = ALL_RULES) -> list[str]:
    """Return what axe-core holds against the page, as `rule: selector`."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", list(rules))
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


def violations_in_both_schemes(page: Page) -> list[str]:
    """Return what axe-core holds against the page in light, and against its colours in dark.

    Light and dark are the same document with other values of the same colours: names, roles and order, which most rules
    are about, cannot differ.
    """
    found = []
    schemes: tuple[tuple[Literal["light", "dark"], Sequence[str]], ...] = (("light", ALL_RULES), ("dark", COLOURS))
    for scheme, rules in schemes:
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme} {fault}" for fault in violations(page, rules=rules)]
    return found
