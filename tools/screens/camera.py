"""Finds every page by following links, and photographs each in every theme and width."""

import html
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urljoin, urlsplit

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserTrouble

from tools.screens.customer import block_somebody, code_in_outbox, settle_in, talk_as_customer
from tools.screens.demonstration import Demonstration
from tools.terminal import say

THEMES: Final = ("light", "dark")
WIDTHS: Final = (390, 1280, 1920)
HEIGHTS: Final = {390: 844, 1280: 800, 1920: 1080}
STARTS: Final = ("/", "/desk/sign-in", "/desk/", "/desk/catalogue", "/desk/nothing-here", "/problems/conflict")
MOST_PAGES: Final = 80
TALLEST: Final = 6000
"""Pixels of a page that a picture holds; what is below looks like what is above."""

_DEEP: Final = 4
_ID: Final = re.compile(r"^(?:[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{26}|\d+|[0-9a-f-]{32,36})$")
_NOT_PAGES: Final = re.compile(
    r"/(static|c|api|stream)(/|$)|/(sign-out|download|export)|\.(json|csv|txt|js|css|svg|xml)$"
)


@dataclass(frozen=True)
class Wishes:
    """What to photograph: the language of pages, the widths, and a piece of the address that pages must have."""

    language: str = "en"
    widths: tuple[int, ...] = WIDTHS
    only: str = ""


def shape_of(address: str) -> str:
    """Return what addresses of the same page have in common: ids are alike, and so are the values of its questions."""
    parts = urlsplit(address)
    steps = ["~" if _ID.match(step) else step for step in parts.path.split("/")]
    # Deeper than this, steps are names of things (an article, its language), and one thing's page is like another's.
    path = "/".join(steps[:3] + ["~" for _ in steps[3:]] if len(steps) > _DEEP else steps)
    names = sorted(set(parse_qs(parts.query)) - {"page", "sort"})
    return path + (f"?{'&'.join(names)}" if names else "")


def name_of(address: str) -> str:
    """Return a file's name for the pictures of a page."""
    return re.sub(r"[^\w]+", "-", shape_of(address).replace("~", "id")).strip("-") or "welcome"


def take_pictures(browser: Browser, place: Demonstration, folder: Path, *, wishes: Wishes) -> int:
    """Photograph every page into `folder`, with an index.html beside them; how many pages there were."""
    context = browser.new_context(base_url=place.url, locale=wishes.language, reduced_motion="reduce")
    page = context.new_page()
    before = find_pages(page, ("/desk/sign-in", "/"), wishes, most=12)
    pictures = {address: _photograph(page, address, folder, wishes) for address in before}
    sign_in(page, place.password)
    used = talk_as_customer(page, place.customer, url=place.url) if place.customer else None
    block_somebody(page)
    after = [one for one in find_pages(page, STARTS, wishes, most=MOST_PAGES) if one not in before]
    pictures |= {address: _photograph(page, address, folder, wishes) for address in after}
    if place.customer and sign_in_customer(page, place.customer, but=used):
        settle_in(page)
        portal = [one for one in find_pages(page, ("/my/halden/",), wishes, most=MOST_PAGES) if one not in pictures]
        pictures |= {address: _photograph(page, address, folder, wishes) for address in portal}
    _write_index(folder, pictures)
    context.close()
    return len(pictures)


def sign_in(page: Page, password: str) -> None:
    """Sign in as the administrator of the first company, who sees the most pages."""
    page.goto("/desk/sign-in")
    company = page.locator("[name=company]")
    if company.count() and company.evaluate("node => node.tagName") == "SELECT":
        company.select_option("halden")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill(password)
    page.locator("form[action='/desk/sign-in'] button[type=submit]").click()
    page.wait_for_url("**/desk/**")


def sign_in_customer(page: Page, address: str, *, but: str | None = None) -> bool:
    """Sign a customer in to the first company's portal by the code in the demonstration's outbox; whether it worked.

    `but` is the code that was used before.
    """
    page.goto("/my/halden/sign-in")
    page.locator("[name=email]").fill(address)
    page.locator("form[action$='/code'] button[type=submit]").click()
    code = page.locator("[name=code]")
    code.wait_for()
    told = code_in_outbox(page, but=but)
    if told is None:
        return False
    code.fill(told)
    page.locator("form[action$='/confirm'] button[type=submit]").click()
    page.wait_for_load_state()
    return "sign-in" not in page.url


def find_pages(page: Page, starts: Iterable[str], wishes: Wishes, *, most: int) -> list[str]:
    """Return the address of one page of each shape that links lead to, those of the desk's frame included."""
    seen, found = set[str](), list[str]()
    waiting = deque(starts)
    while waiting and len(found) < most:
        address = waiting.popleft()
        if shape_of(address) in seen or _NOT_PAGES.search(urlsplit(address).path):
            continue
        seen.add(shape_of(address))
        try:
            answer = page.goto(address)
        except BrowserTrouble:  # a download is no page
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        there = urlsplit(page.url).path
        if there != urlsplit(address).path:  # led on, to where it is looked at in its own turn
            waiting.append(there)
            continue
        if wishes.only in address:
            found.append(address)
        waiting.extend(_links(page))
    return found


def _links(page: Page) -> list[str]:
    hrefs: list[str] = page.eval_on_selector_all("a[href]", "nodes => nodes.map(node => node.getAttribute('href'))")
    own = urlsplit(page.url)
    there = [urlsplit(urljoin(page.url, href)) for href in hrefs if not href.startswith("#")]
    return [one.path + (f"?{one.query}" if one.query else "") for one in there if one.netloc == own.netloc]


def _photograph(page: Page, address: str, folder: Path, wishes: Wishes) -> list[str]:
    files = []
    page.goto(address)
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        for width in wishes.widths:
            height = HEIGHTS.get(width, 900)
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("window.scrollTo(0, 0)")
            whole = int(page.evaluate("document.documentElement.scrollHeight"))
            file = f"{name_of(address)}--{theme}--{width}.png"
            clip = {"x": 0, "y": 0, "width": width, "height": min(max(whole, height), TALLEST)}
            page.screenshot(path=folder / file, full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
            files.append(file)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                say("screens", f"{address} scrolls sideways at {width}")
    say("screens", address)
    return files


def _write_index(folder: Path, pictures: dict[str, list[str]]) -> None:
    rows = [
        f"<h2>{html.escape(address)}</h2><p>"
        + " ".join(
            f'<a href="{file}"><img src="{file}" alt="{file}" loading="lazy" height="320"></a>' for file in files
        )
        + "</p>"
        for address, files in pictures.items()
    ]
    text = "<!doctype html><meta charset=utf-8><title>Screens</title>" + "\n".join(rows)
    (folder / "index.html").write_text(text, encoding="utf-8")
