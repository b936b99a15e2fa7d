"""What asks for care, at the desk and by program."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

PAGE = "/desk/knowledge/report"
LISTED = "/api/v1/knowledge/report"


def neglected(editor: httpx.Client) -> None:
    """Publish an article in one language, with a link that leads nowhere, and let its day pass."""
    section = {"heading": "Umbrellas", "body": "See [more](article:no-such-article) about [it](https://example.com/x)."}
    body = {"slug": "umbrellas", "language": "en", "title": "Umbrellas", "sections": [section]}
    made = editor.put("/api/v1/articles", json=body)
    assert made.status_code == 200, made.text
    steward = {"review_by": "2020-01-31"}
    assert editor.put(f"/api/v1/articles/{made.json()['id']}/steward", json=steward).status_code == 200


def concerns(answer: httpx.Response) -> list[tuple[Any, ...]]:
    """Return what is told of the article."""
    return [(one["concern"], one["detail"]) for one in answer.json()["items"] if one["slug"] == "umbrellas"]


def test_what_asks_for_care_is_listed(guests: Guests, halden: Tenant) -> None:
    """With filters; who reads articles may read it; another company has nothing of it."""
    nadia = guests.member("nadia")
    neglected(nadia)
    found = concerns(nadia.get(LISTED))
    assert ("overdue", "2020-01-31") in found
    assert ("broken_link", "article:no-such-article") in found
    assert {one[1] for one in found if one[0] == "missing_language"} == {"de", "tr", "id", "ru"}
    assert concerns(guests.member("owner", company="brisa").get(LISTED)) == []
    mira = guests.member("mira")
    page = mira.get(PAGE).text
    assert "article:no-such-article" in page
    assert "Past its day" in page
    only = mira.get(f"{PAGE}?concern=missing_language&language=tr").text
    assert "article:no-such-article" not in only
    assert "/desk/knowledge/umbrellas/tr" in only
    assert "Nothing asks for care" in mira.get(f"{PAGE}?concern=untouched&untouched=3650").text


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("width", [1280, 380])
def test_the_report_by_keyboard(open_context: OpenContext, guests: Guests, halden: Tenant, width: int) -> None:
    """Filtered by keyboard; in both schemes, on wide and narrow windows."""
    neglected(guests.member("nadia"))
    page = sign_in(open_context(viewport={"width": width, "height": 800}).new_page(), username="nadia")
    page.goto(PAGE)
    page.get_by_label("What", exact=True).select_option("broken_link")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_role("table", name="What asks for care")).to_contain_text("article:no-such-article")
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
