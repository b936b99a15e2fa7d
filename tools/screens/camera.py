"""Finds every page by following links, and photographs each in every theme and width."""

import contextlib
import html
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserTrouble

from tools.screens.customer import block_somebody, code_in_outbox, settle_in, talk_as_customer
from tools.screens.demonstration import Demonstration
from tools.screens.furnishing import furnish, review
from tools.screens.member import Member, Refused
from tools.screens.pages import PAGES, name_of, pattern_of, shape_of
from tools.screens.scenes import SCENES, Scene
from tools.screens.working import work_on
from tools.terminal import say

THEMES: Final = ("light", "dark")
WIDTHS: Final = (390, 1280, 1920)
HEIGHTS: Final = {390: 844, 1280: 800, 1920: 1080}
STARTS: Final = ("/desk/", "/desk/?show=all", "/desk/catalogue", "/desk/nothing-here")
OFFICE: Final = (
    "/desk/reports/volume",
    "/desk/reports/schedules",
    "/desk/workspace/labels",
    "/desk/settings/contact",
    "/desk/audit/chain",
)
"""Pages to which addresses lead that are no pages."""
MOST_PAGES: Final = 200
TALLEST: Final = 6000
"""Pixels of a page that a picture holds; what is below looks like what is above."""


@dataclass(frozen=True)
class Wishes:
    """What to photograph: the language of pages, the widths, and a piece of the address that pages must have."""

    language: str = "en"
    widths: tuple[int, ...] = WIDTHS
    only: str = ""


class Shoot:
    """The taking of all pictures, by one page of a browser after the other."""

    def __init__(self, place: Demonstration, folder: Path, wishes: Wishes) -> None:
        """Put the pictures into `folder`."""
        self._place = place
        self._folder = folder
        self._wishes = wishes
        self.language = wishes.language
        self.pictures: dict[str, list[str]] = {}
        self._seen = set[str]()

    def take(self, page: Page, starts: Iterable[str], *, only: Sequence[str] = PAGES) -> None:
        """Photograph a page of each shape that links lead to from `starts`, of these patterns, unless it was before."""
        for address in find_pages(page, starts, self._seen, most=MOST_PAGES):
            if self._wishes.only in address and (pattern_of(address) in only or pattern_of(address) is None):
                self.pictures[address] = _photograph(page, address, self._folder, self._wishes)

    def play(self, page: Page, scenes: Iterable[Scene]) -> None:
        """Photograph pages after something was done on them."""
        for scene in scenes:
            if self._wishes.only in scene.name or self._wishes.only in scene.address:
                try:
                    page.goto(scene.address)
                    scene.act(page)
                    self.pictures[scene.name] = _photograph(page, scene.name, self._folder, self._wishes, there=True)
                except BrowserTrouble as trouble:
                    say("screens", f"{scene.name} could not be played: {trouble.message.splitlines()[0]}")

    def missing(self) -> list[str]:
        """Return the patterns of pages that no link led to."""
        found = {pattern_of(shape) for shape in self._seen}
        return [one for one in PAGES if one not in found]


def take_pictures(browser: Browser, place: Demonstration, folder: Path, *, wishes: Wishes) -> int:
    """Photograph every page into `folder`, with an index.html beside them; how many pages there were."""
    shoot = Shoot(place, folder, wishes)
    context = browser.new_context(base_url=place.url, locale=wishes.language, reduced_motion="reduce")
    page = context.new_page()
    shoot.take(page, ("/desk/sign-in", "/", "/demo/halden", "/demo/halden/shop", "/my", "/problems/conflict"))
    sign_in(page, place.password)
    member, code, starts = Member.of(page, place.url), "", [*STARTS, *OFFICE]
    furnish(member)
    talked = talk_as_customer(page, place.customer, url=place.url) if place.customer else None
    if talked is not None:
        work_on(member, talked, url=place.url)
        code = talked.code
        starts = [f"/desk/conversations/{talked.conversations[0]}", *starts]
    with contextlib.suppress(Refused):
        review(member)
    objection = block_somebody(page, url=place.url)
    starts += [*_over(member), *([objection] if objection else [])]
    shoot.take(page, starts)
    shoot.play(page, SCENES)
    _take_as_supervisor(browser, shoot, place, starts)
    if place.customer and sign_in_customer(page, place.customer, but=code):
        settle_in(page)
        shoot.take(page, ("/my/halden", "/my/halden/again"))
    for one in shoot.missing():
        say("screens", f"{one} was not reached")
    _write_index(folder, shoot.pictures)
    context.close()
    return len(shoot.pictures)


def _over(member: Member) -> list[str]:
    """Return where a conversation that is over is reviewed."""
    with contextlib.suppress(Refused):
        drawn = member.get("/review-sample?size=5&seed=form")["items"]
        return [f"/desk/conversations/{one['conversation_id']}/review" for one in drawn[-1:]]
    return []


def _take_as_supervisor(browser: Browser, shoot: Shoot, place: Demonstration, starts: Sequence[str]) -> None:
    """Photograph what an administrator may not see: what was masked."""
    context = browser.new_context(base_url=place.url, locale=shoot.language, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, place.password, username="nadia")
    page.goto(starts[0])
    shoot.take(page, [one for one in _links(page) if one.startswith("/desk/originals/")][:1])
    context.close()


def sign_in(page: Page, password: str, *, username: str = "admin") -> None:
    """Sign in at the first company, as the administrator unless somebody else is named: they see the most pages."""
    page.goto("/desk/sign-in")
    company = page.locator("[name=company]")
    if company.count() and company.evaluate("node => node.tagName") == "SELECT":
        company.select_option("halden")
    page.locator("[name=username]").fill(username)
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


def find_pages(page: Page, starts: Iterable[str], seen: set[str], *, most: int) -> list[str]:
    """Return the address of one page of each shape that links lead to and that is not in `seen`, which they join."""
    found: list[str] = []
    waiting = deque(starts)
    while waiting and len(found) < most:
        address = waiting.popleft()
        if shape_of(address) in seen or not _is_page(address):
            continue
        seen.add(shape_of(address))
        try:
            answer = page.goto(address)
        except BrowserTrouble:  # a download is no page
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        there = urlsplit(page.url).path
        if there.rstrip("/") != urlsplit(address).path.rstrip("/"):  # led on, to where it is looked at in its own turn
            seen.discard(shape_of(address))
            waiting.append(there)
            continue
        found.append(address)
        waiting.extend(_links(page))
    return found


def _is_page(address: str) -> bool:
    """Whether it is a page of ours, or one that there is not: how that is told is a page too."""
    pattern = pattern_of(address)
    return pattern in PAGES or (pattern is None and address in STARTS)


def _links(page: Page) -> list[str]:
    hrefs: list[str] = page.eval_on_selector_all("a[href]", "nodes => nodes.map(node => node.getAttribute('href'))")
    own = urlsplit(page.url)
    there = [urlsplit(urljoin(page.url, href)) for href in hrefs if not href.startswith("#")]
    return [one.path + (f"?{one.query}" if one.query else "") for one in there if one.netloc == own.netloc]


def _photograph(page: Page, address: str, folder: Path, wishes: Wishes, *, there: bool = False) -> list[str]:
    """Photograph what is at an address, or what the page shows if it is `there` already."""
    files = []
    if not there:
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
