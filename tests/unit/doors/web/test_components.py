"""The design: colours that can be read, drawings that exist, and components that say what they are."""

import asyncio
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from doorward.doors.web import pages as pages_module
from doorward.doors.web.desk.catalogue.routes import show_catalogue
from doorward.vocabulary.errors import NotFound

TEMPLATES = Path(pages_module.__file__).parent
UI = Path(__file__).resolve().parents[4] / "ui"
STYLES = sorted(file for part in ("design", "desk", "portal") for file in (UI / part).glob("*.css"))
TOKENS = (UI / "design/tokens.css").read_text(encoding="utf-8")
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEEDED = {"text": 4.5, "shape": 3.0}
"""Contrast that WCAG 2.2 asks for: of text (1.4.3), and of edges, marks and drawings (1.4.11)."""

Meeting = tuple[str, str, str]


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2, 'relative luminance')."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, 'contrast ratio'), from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def colours() -> dict[str, tuple[str, str]]:
    """Return every colour by its name: in light and in dark."""
    pattern = r"--color-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {name: (light, dark) for name, light, dark in re.findall(pattern, TOKENS)}


@cache
def meetings() -> frozenset[Meeting]:
    """Return which colours may meet, as the tokens' file says it: kind, colour, ground."""
    found: set[Meeting] = set()
    for kind, fronts, grounds in re.findall(r"/\* (text|shape): ([\w, -]+?) on ([\w, -]+?) \*/", TOKENS):
        found.update((kind, front, ground) for front in fronts.split(", ") for ground in grounds.split(", "))
    return frozenset(found)


def without_comments(style: str) -> str:
    """Return a style sheet without what it says to people."""
    return re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)


def blocks(style: str) -> Iterator[str]:
    """Yield the declarations that stand directly in each rule of a style sheet, nested rules apart."""
    open_blocks = [""]
    for piece in re.split(r"([{};])", without_comments(style)):
        if piece == "{":
            open_blocks.append("")
        elif piece == "}":
            yield open_blocks.pop()
        elif piece == ";":
            open_blocks[-1] += ";"
        else:
            open_blocks[-1] += piece


def test_the_measure_of_contrast_is_right() -> None:
    """Black on white is 21 to 1, a colour on itself 1 to 1, and #767676 the lightest grey for text on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_colours_that_may_meet_can_be_told_apart(scheme: str) -> None:
    """Text has 4.5 to 1 on each ground that it may stand on, edges and marks 3 to 1, in both schemes."""
    at = ("light", "dark").index(scheme)
    low = [
        f"{kind}: {front} on {ground} is {ratio:.2f}"
        for kind, front, ground in sorted(meetings())
        if (ratio := contrast(colours()[front][at], colours()[ground][at])) < NEEDED[kind]
    ]
    assert len(meetings()) > 80
    assert low == []


def test_no_colour_is_unjudged() -> None:
    """Every colour is in a pair whose contrast is computed, or is said to be decoration."""
    judged = {name for _, front, ground in meetings() for name in (front, ground)}
    decoration = set(re.findall(r"[\w-]+", re.findall(r"/\* decorative: (.+?) \*/", TOKENS)[0]))
    every = set(re.findall(r"--color-([\w-]+): light-dark", TOKENS))
    assert every - judged == decoration


@pytest.mark.parametrize("file", STYLES, ids=lambda file: str(file.relative_to(UI)))
def test_rules_put_only_judged_colours_together(file: Path) -> None:
    """Whatever rule sets a colour and a ground sets a pair whose contrast was computed."""
    allowed = {(front, ground) for kind, front, ground in meetings() if kind == "text"}
    found = set()
    for block in blocks(file.read_text(encoding="utf-8")):
        fronts = re.findall(r"(?<![\w-])color: var\(--color-([\w-]+)\)", block)
        grounds = re.findall(r"(?<![\w-])background(?:-color)?: var\(--color-([\w-]+)\)", block)
        found |= set(itertools.product(fronts, grounds))
    assert found - allowed == set()


@pytest.mark.parametrize("file", STYLES, ids=lambda file: str(file.relative_to(UI)))
def test_colours_and_sides_have_names(file: Path) -> None:
    """No style sheet has a colour of its own, or knows left from right: tokens and logical properties do both."""
    style = without_comments(file.read_text(encoding="utf-8"))
    if file.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)|\b(?:rgb|hsl)a?\(", style) == []
    sided = (
        r"\b(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right):|(?:text-align|float): (?:left|right)"
    )
    assert re.findall(sided, style) == []


def test_every_drawing_that_is_asked_for_exists() -> None:
    """A drawing that a template or the code names is one of the file's, and each has a name of its own."""
    names = re.findall(r'<symbol id="([\w-]+)"', (UI / "design/icons.svg").read_text(encoding="utf-8"))
    asked: dict[str, str] = {}
    for file in [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.py")]:
        text = file.read_text(encoding="utf-8")
        found = re.findall(r"""\bicon(?:_button)?\(["']([\w-]+)["']|\bicon(?:_name)?=["']([\w-]+)["']""", text)
        asked |= {"".join(groups): str(file.relative_to(TEMPLATES)) for groups in found}
    assert len(names) == len(set(names))
    assert {name: file for name, file in asked.items() if name not in names} == {}


@cache
def environment() -> Environment:
    """Return templates as pages have them."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = lambda name: f"/static/{name}"
    return made


def rendered(text: str, **places: Any) -> str:
    """Return what a template makes of the components, each sentence shown by its key."""
    head = '{% import "layout/components.html" as ui with context %}'
    shared: dict[str, Any] = {
        "t": lambda key, **_places: key,
        "ago": lambda _moment: "some time ago",
        "moment": str,
        "percent": lambda share: f"{share:.0%}",
    }
    return environment().from_string(head + text).render(**shared, **places)


def test_a_field_says_what_it_is_and_what_is_wrong() -> None:
    """Label, hint and mistake of a field are tied to it, so that a screen reader tells all three."""
    html = rendered('{{ ui.field("mail", "Address", hint="Yours", error="Missing", required=true) }}')
    assert '<label for="mail">Address</label>' in html
    assert 'aria-describedby="mail-error mail-hint" aria-invalid="true"' in html
    assert 'id="mail-hint">Yours<' in html
    assert 'id="mail-error"' in html
    assert " required" in html


def test_a_field_without_a_mistake_points_nowhere() -> None:
    """What is not there is not pointed at."""
    html = rendered('{{ ui.field("mail", "Address") }}{{ ui.textarea("text", "Text") }}')
    assert "aria-describedby" not in html
    assert "aria-invalid" not in html


def test_two_fields_of_one_name_can_stand_on_one_page() -> None:
    """An id of its own takes label, hint and mistake along, and is not said twice."""
    html = rendered('{{ ui.field("mail", "Address", error="Missing", attrs={"id": "second"}) }}')
    assert html.count('id="second"') == 1
    assert 'for="second"' in html
    assert 'name="mail"' in html
    assert 'aria-describedby="second-error"' in html


def test_the_list_of_mistakes_leads_to_the_fields() -> None:
    """Each line of the summary is a link to its field; without mistakes there is none."""
    assert '<a href="#mail">Missing</a>' in rendered('{{ ui.error_summary([("mail", "Missing")]) }}')
    assert rendered("{{ ui.error_summary([]) }}").strip() == ""


@pytest.mark.parametrize(
    "call",
    [
        "ui.button(evil, name=evil, value=evil)",
        "ui.link(evil, evil)",
        'ui.field(evil, evil, value=evil, hint=evil, error=evil, attrs={"data-x": evil})',
        "ui.textarea(evil, evil, value=evil)",
        "ui.select(evil, evil, [(evil, evil)], value=evil)",
        "ui.badge(evil, evil)",
        "ui.notice(evil, title=evil)",
        "ui.empty(evil, evil, href=evil, action=evil)",
        'ui.timeline([{"title": evil, "text": evil, "when": evil, "tone": evil}])',
        'ui.chart(evil, evil, [{"name": evil, "points": [(evil, 1)]}], unit=evil)',
        "ui.tabs([(evil, evil, evil)], evil, evil)",
        "ui.avatar(evil)",
    ],
)
def test_nothing_that_is_told_becomes_markup(call: str) -> None:
    """Text that looks like markup stays text in every component."""
    html = rendered("{{ " + call + " }}", evil="\"'><script>alert(1)</script>")
    assert "<script>alert" not in html
    assert "\"'>" not in html


def test_text_keeps_its_first_line_break() -> None:
    """What was written comes back as it was, with an empty first line as well (HTML eats one line break)."""
    assert ">\n\nSecond line</textarea>" in rendered('{{ ui.textarea("a", "A", value="\n" ~ "Second line") }}')


def test_a_choice_is_found_whatever_its_type() -> None:
    """A value that is a number selects the option that is written as text."""
    assert '<option value="2" selected>' in rendered('{{ ui.select("a", "A", [("1", "One"), ("2", "Two")], value=2) }}')


def test_a_table_says_how_it_is_ordered_and_can_be_turned() -> None:
    """The column of the order says its direction and its link turns it; others begin upwards; the address is kept."""
    columns = '[("name", "Name", true), ("age", "Age", true), ("note", "Note", false)]'
    template = "{% call ui.table('People', " + columns + ", sort=sort, url='/people?show=all') %}{% endcall %}"
    upwards, downwards = rendered(template, sort="name"), rendered(template, sort="-name")
    assert 'aria-sort="ascending"' in upwards
    assert 'href="/people?show=all&amp;sort=-name"' in upwards
    assert 'href="/people?show=all&amp;sort=age"' in upwards
    assert 'aria-sort="descending"' in downwards
    assert 'href="/people?show=all&amp;sort=name"' in downwards
    assert "sort=note" not in upwards
    assert "<caption" in upwards


def test_a_chart_has_every_figure_in_its_table() -> None:
    """Whoever cannot see the picture reads the same figures; a missing one is a dash, never a nought."""
    series = [{"name": "Calls", "points": [(MOMENT, 3), (MOMENT, None)]}, {"name": "Mails", "points": [(MOMENT, 5)]}]
    html = rendered('{{ ui.chart("calls", "Calls a day", series, unit="calls") }}', series=series)
    assert re.findall(r'data-y="(\d+)"', html) == ["3", "5"]
    assert html.count(">–</td>") == 2
    assert html.count(f'data-x="{MOMENT.isoformat()}"') == 2
    assert re.search(r"<caption[^>]*>Calls a day</caption>", html)


def test_moments_carry_their_exact_time() -> None:
    """A moment on the timeline is told in words, and exactly to whoever points at it."""
    html = rendered(
        '{{ ui.timeline([{"title": "Taken", "when": now}, {"title": "Old", "when": "yesterday"}]) }}', now=MOMENT
    )
    assert f'<time datetime="{MOMENT.isoformat()}" data-relative' in html
    assert "yesterday" in html


def test_pages_lead_only_where_there_is_something() -> None:
    """A first page has no way back, a last one none onwards, an only one no ways at all."""
    assert 'rel="prev"' not in rendered('{{ ui.pages("", "/next") }}')
    assert 'rel="next"' not in rendered('{{ ui.pages("/before", "") }}')
    assert rendered('{{ ui.pages("", "") }}').strip() == ""


def test_a_real_installation_has_no_catalogue() -> None:
    """The catalogue is the demonstration's; elsewhere its address leads nowhere."""
    settings = SimpleNamespace(demo=False)
    desk: Any = SimpleNamespace(require=lambda _permission: None, house=SimpleNamespace(settings=settings))
    show: Any = show_catalogue.fn
    with pytest.raises(NotFound):
        asyncio.run(show(desk, None))
