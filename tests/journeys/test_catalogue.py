"""The catalogue of components: complete, accessible in every look, reached by keyboard, readable without pictures."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from doorward.doors.web import pages as pages_module
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations, violations_in_both_schemes
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, on_sqlite]

COMPONENTS = (Path(pages_module.__file__).parent / "layout/components.html").read_text(encoding="utf-8")
WIDTHS = (390, 1280, 1920)

FOCUSABLE = """() => {
  const parts = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const seen = (part) => part.checkVisibility({visibilityProperty: true}) && !part.closest('dialog:not([open])');
  const apart = (part) => part.disabled || part.type === 'hidden' || part.tabIndex < 0 ||
    (part.type === 'radio' && !part.checked);
  return [...document.querySelectorAll('main *')].filter((part) => part.matches(parts) && seen(part) && !apart(part))
    .map((part, at) => { part.dataset.stop = at; return part.outerHTML.slice(0, 120); });
}"""

STANDING = """() => {
  const part = document.activeElement, style = getComputedStyle(part);
  const marked = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const around = part.parentElement && getComputedStyle(part.parentElement).boxShadow !== 'none';
  return {stop: part.dataset.stop ?? null, marked: marked || around};
}"""


@pytest.fixture
def catalogue(open_context: OpenContext) -> Page:
    """The page, before somebody who is signed in."""
    page = sign_in(open_context().new_page(), username="mira")
    page.goto("/desk/catalogue")
    return page


def test_every_component_is_shown(catalogue: Page) -> None:
    """No component of the templates lacks its specimen, and no specimen its component."""
    macros = set(re.findall(r"\{% macro ([a-z]\w*)\(", COMPONENTS))
    shown = catalogue.locator("[data-macro]").evaluate_all("parts => parts.map(part => part.dataset.macro)")
    assert len(macros) > 25
    assert set(shown) == macros
    assert len(shown) == len(macros)


def test_it_is_accessible_in_every_look(catalogue: Page) -> None:
    """axe-core holds nothing against any component, light or dark, on a telephone, a laptop or a large screen."""
    found = []
    for width in WIDTHS:
        catalogue.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} {fault}" for fault in violations_in_both_schemes(catalogue)]
    assert found == []


def test_it_never_scrolls_sideways(catalogue: Page) -> None:
    """Wide tables scroll in themselves; the page does not, from a telephone to a large screen, in any language."""
    for language in ("en", "tr", "ru"):
        catalogue.context.add_cookies([{"name": "doorward_language", "value": language, "url": catalogue.url}])
        for width in WIDTHS:
            catalogue.set_viewport_size({"width": width, "height": 900})
            catalogue.goto("/desk/catalogue")
            assert catalogue.locator("html").get_attribute("lang") == language
            assert catalogue.evaluate("document.documentElement.scrollWidth") == width


def test_the_keyboard_reaches_everything_in_order(catalogue: Page) -> None:
    """Tab comes to every control of the page in the order in which they stand, and each shows that it has the focus."""
    expect(catalogue.locator(".chart-plot canvas")).to_have_count(2)
    stops = catalogue.evaluate(FOCUSABLE)
    catalogue.get_by_role("main").focus()
    reached = []
    for _ in stops:
        catalogue.keyboard.press("Tab")
        standing = catalogue.evaluate(STANDING)
        assert standing["marked"], stops[int(standing["stop"])]
        reached.append(int(standing["stop"]))
    assert len(stops) > 50
    assert reached == list(range(len(stops)))


def test_a_dialog_holds_the_focus_and_gives_it_back(catalogue: Page) -> None:
    """Opened by Enter it is modal and has a name; Escape closes it, and the focus is where it was."""
    opener = catalogue.get_by_role("button", name="Delete the article …")
    opener.focus()
    catalogue.keyboard.press("Enter")
    dialog = catalogue.get_by_role("dialog", name="Delete this article?")
    expect(dialog).to_be_visible()
    assert catalogue.evaluate("document.activeElement.closest('dialog')?.id") == "example-dialog"
    assert violations(catalogue) == []
    catalogue.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_table_is_sorted_by_its_heads(catalogue: Page) -> None:
    """The heads of columns are links: one press sorts upwards, another downwards, and the table says so."""
    table = catalogue.get_by_role("table", name="Queues")
    first = table.get_by_role("row").nth(1).get_by_role("cell")
    table.get_by_role("link", name="Waiting").press("Enter")
    expect(first.nth(1)).to_have_text("0")
    expect(table.get_by_role("columnheader", name="Waiting")).to_have_attribute("aria-sort", "ascending")
    table.get_by_role("link", name="Waiting").press("Enter")
    expect(first.nth(1)).to_have_text("14")
    expect(table.get_by_role("columnheader", name="Waiting")).to_have_attribute("aria-sort", "descending")


def test_every_chart_has_its_table(catalogue: Page) -> None:
    """A chart is a picture for the eye, and below it are all of its figures."""
    charts = catalogue.locator("[data-chart]")
    expect(charts).to_have_count(2)
    for at, rows in enumerate((10, 3)):
        chart = charts.nth(at)
        expect(chart.locator(".chart-plot")).to_have_attribute("aria-hidden", "true")
        expect(chart.locator("canvas")).to_have_count(1)
        chart.get_by_text("Show the figures").press("Enter")
        expect(chart.get_by_role("table").get_by_role("row")).to_have_count(rows + 1)


def test_charts_are_read_without_a_script(open_context: OpenContext) -> None:
    """Where no script runs, the figures stand open instead of the picture."""
    page = sign_in(open_context(java_script_enabled=False).new_page(), username="mira")
    page.goto("/desk/catalogue")
    expect(page.get_by_role("table", name="Conversations a day")).to_be_visible()
    assert page.locator(".chart canvas").count() == 0


def test_nothing_moves_for_those_who_want_no_movement(catalogue: Page) -> None:
    """With reduced motion nothing slides, fades or shimmers."""
    moving = """() => [...document.querySelectorAll('*')].filter((part) => {
      const style = getComputedStyle(part);
      return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
    }).length"""
    assert catalogue.evaluate(moving) == 0
    catalogue.emulate_media(reduced_motion="no-preference")
    assert catalogue.evaluate(moving) > 0


def test_it_reads_from_right_to_left(catalogue: Page) -> None:
    """Turned around, the page still fits, and what points along the line of reading points the other way."""
    catalogue.evaluate("document.documentElement.dir = 'rtl'")
    catalogue.set_viewport_size({"width": 390, "height": 844})
    assert catalogue.evaluate("document.documentElement.scrollWidth") == 390
    assert catalogue.locator(".drawings .icon-arrow-right").evaluate("part => getComputedStyle(part).transform") == (
        "matrix(-1, 0, 0, 1, 0, 0)"
    )


def test_everything_stays_visible_in_the_systems_own_colours(catalogue: Page) -> None:
    """In forced colours what is told by a ground alone has an edge instead: badges, bubbles, masks, notices."""
    catalogue.emulate_media(forced_colors="active")
    edges = catalogue.locator(".badge, .line, .mask, .notice, .btn").evaluate_all(
        "parts => parts.map(part => getComputedStyle(part).borderTopWidth)"
    )
    assert set(edges) == {"1px"}


def test_a_stranger_does_not_see_it(guests: Guests) -> None:
    """Whoever is not signed in is sent to sign in."""
    answer = guests.client().get("/desk/catalogue")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk/sign-in")
