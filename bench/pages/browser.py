"""Pages in a real Chromium: cold first loads, actions to their paint, and how much the layout shifts."""

import os
import re
import shutil
from collections.abc import Sequence
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.walk.watching import spread

QUIET: Final = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
LOADS: Final = 7
ACTIONS: Final = 40

_WATCH: Final = """
window.__shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_LOADED: Final = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const parts = performance.getEntriesByType("resource");
  const scripts = parts.filter((one) => one.initiatorType === "script");
  const sum = (all) => all.reduce((total, one) => total + one.encodedBodySize, 0);
  return { load: page.loadEventEnd / 1000, painted: paint ? paint.startTime / 1000 : null,
           script: sum(scripts), all: sum(parts) + page.encodedBodySize, shift: window.__shift };
}"""
_ACT: Final = """([selector, attribute]) => new Promise((done, failed) => {
  const value = () => document.querySelector(selector)?.getAttribute(attribute);
  const before = value();
  const begun = performance.now();
  const timer = setTimeout(() => failed(new Error("nothing changed after " + selector)), 5000);
  const watcher = new MutationObserver(() => {
    const now = value();
    if (now === before || now === null || now === undefined) return;
    watcher.disconnect();
    clearTimeout(timer);
    requestAnimationFrame(() => setTimeout(() => done((performance.now() - begun) / 1000), 0));
  });
  watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
  document.querySelector(selector).click();
})"""


def pages_in_chromium(url: str, *, username: str, password: str) -> dict[str, Any]:
    """Return how quick the pages of a running demo house at `url` are, in JSON figures.

    `loads`: per page the median over cold contexts (no cache, no connection) of seconds to the load event's end and to
    the first contentful paint, bytes of scripts and of everything as they came over the wire, and the largest layout
    shift. `action_to_paint_ms`: from a click to the frame after the change it caused. Raises `playwright` errors.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=QUIET)
        state = signed_in(chromium, url, username=username, password=password)
        addresses = {
            "demo page with the widget": ("/demo/halden", None),
            "sign-in": ("/desk/sign-in", None),
            "inbox": ("/desk/", state),
            "conversation": (_conversation(chromium, url), state),
        }
        loads = {name: _cold(chromium, url + path, kept) for name, (path, kept) in addresses.items()}
        actions = _actions(chromium, url, state)
        chromium.close()
    return {"loads": loads, "action_to_paint_ms": actions}


def program() -> str | None:
    """Return the path of this machine's Chromium; none lets Playwright take its own."""
    return os.environ.get("DOORWARD_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def signed_in(chromium: Browser, url: str, *, username: str, password: str) -> Any:
    """Return the cookies and storage of a context in which a member of staff of a house at `url` has signed in."""
    context = chromium.new_context(base_url=url)
    page = context.new_page()
    page.goto("/desk/sign-in")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    state = context.storage_state()
    context.close()
    return state


def conversation_of(context: BrowserContext, *, name: str = "") -> str:
    """Have a customer ask something, and for a person if `name` tells which request that is; return its address."""
    found = re.search(r'data-key="([^"]+)"', context.request.get("/demo/halden").text())
    if found is None:
        raise LookupError("there is no widget on the demo page")
    visit = context.request.post("/c/webchat/visits", data={"widget_key": found[1]}).json()
    bearer = {"authorization": f"Bearer {visit['token']}"}
    context.request.post("/c/webchat/messages", data={"id": "m1", "text": "I lost my card"}, headers=bearer)
    if name:
        context.request.post("/c/webchat/person", data={"id": name}, headers=bearer)
    return f"/desk/conversations/{visit['conversation_id']}"


def _conversation(chromium: Browser, url: str) -> str:
    context = chromium.new_context(base_url=url)
    address = conversation_of(context)
    context.close()
    return address


def _cold(chromium: Browser, address: str, state: Any) -> dict[str, Any]:
    seen: list[dict[str, Any]] = []
    for _ in range(LOADS):
        context = chromium.new_context(storage_state=state)
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.goto(address, wait_until="load")
        page.wait_for_timeout(400)
        seen.append(page.evaluate(_LOADED))
        context.close()
    return {
        "load_seconds": _median([one["load"] for one in seen]),
        "first_paint_seconds": _median([one["painted"] for one in seen if one["painted"] is not None]),
        "script_bytes": max(one["script"] for one in seen),
        "all_bytes": max(one["all"] for one in seen),
        "layout_shift": round(max(one["shift"] for one in seen), 4),
    }


def _actions(chromium: Browser, url: str, state: Any) -> dict[str, Any]:
    context = chromium.new_context(base_url=url, storage_state=state)
    page = context.new_page()
    page.goto("/desk/")
    figures = {"presence": spread(_repeat(page, "#presence button", "aria-checked"))}
    context.close()
    return figures


def _repeat(page: Page, selector: str, attribute: str) -> list[float]:
    """Click so many times; each time the answer changes an attribute of what was clicked."""
    page.wait_for_selector(selector)
    page.wait_for_timeout(500)
    took = []
    for _ in range(ACTIONS):
        took.append(page.evaluate(_ACT, [selector, attribute]))
        page.wait_for_timeout(60)
    return took


def _median(values: Sequence[float]) -> float | None:
    ordered = sorted(values)
    return round(ordered[len(ordered) // 2], 3) if ordered else None
