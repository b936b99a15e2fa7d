"""A real browser, a host site's page with the widget, and a stand-in for the door: started once for all its tests."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.browsing import browser_program
from tests.support.webchat_twin import WIDGET, TwinServer, WebChatTwin


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    program = browser_program()
    if not program and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine: python3 run.py test installs one")
    assert WIDGET.exists(), "the front end is not built: python3 run.py assets"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def twins() -> Iterator[TwinServer]:
    """The stand-ins' server."""
    with TwinServer().running() as server:
        yield server


@pytest.fixture
def twin(twins: TwinServer) -> Iterator[WebChatTwin]:
    """A fresh stand-in for the door."""
    twin = twins.fresh()
    yield twin
    twin.streams = False


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A British visitor's browser."""
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, twin: WebChatTwin) -> Iterator[Page]:
    """A new tab with a host site's page and the widget's tag; whatever the browser complains of fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    page.goto(twin.address, wait_until="domcontentloaded")
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def talking(page: Page) -> Page:
    """The page with the chat open and the notice read."""
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="I have read this").click()
    return page
