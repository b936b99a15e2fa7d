"""What asks for care, at the desk and by program."""

import socket
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import expect

from doorward.answering.links import asking, jobs
from doorward.bootstrap import House, upkeep
from doorward.identity import Tenant
from doorward.kit.http import Exit
from doorward.kit.settings import Links, Settings
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests
from tests.support.sites import Site, site

PAGE = "/desk/knowledge/report"
LISTED = "/api/v1/knowledge/report"
CHECKS = "/api/v1/knowledge/link-checks"


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


@pytest.fixture
def served() -> Iterator[Site]:
    """A site on loopback."""
    with site() as running:
        yield running


@pytest.fixture
def house_settings(house_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A house whose check of links may reach the site, and asks nobody else, not even for a name."""

    def resolve(host: str, port: int, **_wishes: Any) -> list[Any]:
        if host not in {"127.0.0.1", "10.1.2.3"}:
            raise OSError("no such host")
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, port))]

    monkeypatch.setattr(upkeep, "Exit", partial(Exit, resolve=resolve))
    return msgspec.structs.replace(house_settings, links=Links(allowed_hosts="127.0.0.1", seconds=2))


def test_links_to_other_sites_are_looked_at_when_somebody_asks(
    guests: Guests, house: House, halden: Tenant, served: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is there is no trouble, one that is gone or inside is; once mended and asked again, neither is."""
    monkeypatch.setattr(asking, "PAUSE", 0.0)
    monkeypatch.setattr(jobs, "SECONDS", 0.0)
    served.pages = {"/there": 200}
    nadia = guests.member("nadia")
    body = " ".join(f"[x]({one})" for one in (f"{served.url}/there", f"{served.url}/gone", "http://10.1.2.3/"))
    article = {"slug": "sites", "language": "en", "title": "Sites", "sections": [{"heading": "Sites", "body": body}]}
    assert nadia.put("/api/v1/articles", json=article).status_code == 200
    assert nadia.get(f"{CHECKS}/latest").status_code == 404
    assert guests.member("mira").post(CHECKS).status_code == 403
    assert "broken_web_link" not in str(nadia.get(LISTED).json())
    first = checked(nadia)
    assert first["done"] == first["total"] >= 3
    found = {
        one["detail"]: one["why"] for one in nadia.get(LISTED).json()["items"] if one["slug"] == "sites" and one["why"]
    }
    assert found == {f"{served.url}/gone": "missing", "http://10.1.2.3/": "refused"}
    page = nadia.get(f"{PAGE}?concern=broken_web_link").text
    assert "there is no such page" in page
    assert "leads into a private network" in page
    served.pages["/gone"] = 200
    checked(nadia)
    assert f"{served.url}/gone" not in nadia.get(f"{PAGE}?concern=broken_web_link").text
    assert guests.member("owner", company="brisa").get(f"{CHECKS}/latest").status_code == 404


def checked(editor: httpx.Client) -> Any:
    """Have links checked, and return the check once it is over."""
    form = {"csrf": editor.headers["x-csrf-token"]}
    assert editor.post(f"{PAGE}/links", data=form).status_code == 303
    until = time.monotonic() + 60
    while (check := editor.get(f"{CHECKS}/latest").json())["state"] != "done":
        assert time.monotonic() < until, check
        time.sleep(0.1)
    return check


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
