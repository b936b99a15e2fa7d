"""The widget on other people's sites: who may embed it, and what browsers are told."""

import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import on_sqlite
from tests.support.server import Guests

pytestmark = on_sqlite

SHOP, OTHER = "https://shop.example", "https://other.example"


@pytest.fixture
def particular(house: House, halden: Tenant) -> Tenant:
    """Halden, which lets only one site embed its chat."""
    scope, tenants = system_scope(halden.id, "test"), house.identity.tenants
    house.transactions.write(scope, lambda tx: tenants.change_setting(tx, scope, name="allowed_origins", value=[SHOP]))
    return halden


def test_any_site_may_embed_a_company_that_names_none(guests: Guests, halden: Tenant) -> None:
    """Every answer may be read by the page that asked, refusals too, and never with the browser's own credentials."""
    client = guests.client(headers={"origin": OTHER})
    begun = client.post("/c/webchat/visits", json={"widget_key": halden.widget_key})
    expired = client.get("/c/webchat/entries", headers={"authorization": "Bearer none"})
    for answer, status in ((begun, 201), (expired, 401)):
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == OTHER
        assert "origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers


def test_a_company_says_which_sites_may_embed_it(guests: Guests, particular: Tenant) -> None:
    """From the named site all works; from another neither a visit nor a token that was got elsewhere is any good."""
    begin = {"widget_key": particular.widget_key}
    shop, other = guests.client(headers={"origin": SHOP}), guests.client(headers={"origin": OTHER})
    begun = shop.post("/c/webchat/visits", json=begin)
    assert begun.status_code == 201
    assert other.post("/c/webchat/visits", json=begin).status_code == 403
    token = {"authorization": f"Bearer {begun.json()['token']}"}
    message = {"id": "m-1", "text": "Hello"}
    assert other.post("/c/webchat/messages", json=message, headers=token).status_code == 403
    assert shop.get("/c/webchat/entries", headers=token).json()["entries"] == []
    assert shop.post("/c/webchat/messages", json=message, headers=token).status_code == 202


def test_a_browser_is_told_what_it_may_send(guests: Guests) -> None:
    """The preflight names the method and the headers that the widget uses, and nothing about cookies."""
    ask = {"origin": OTHER, "access-control-request-method": "POST"}
    answer = guests.client().options("/c/webchat/messages", headers=ask)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_the_api_is_for_no_other_site(guests: Guests) -> None:
    """Neither the staff API nor the desk lets another origin read anything."""
    mira = guests.member("mira")
    for path in ("/api/v1/me", "/desk/", "/api/v1/openapi.json"):
        answer = mira.get(path, headers={"origin": OTHER})
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_widget_and_its_words_may_be_loaded_from_anywhere(guests: Guests) -> None:
    """The script and its strings are readable across origins, compressed, and not sent again when unchanged."""
    client = guests.client(headers={"origin": OTHER})
    script = client.get("/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["access-control-allow-origin"] == "*"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["content-encoding"] == "gzip"
    again = client.get("/widget.js", headers={"if-none-match": script.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    words = client.get("/c/webchat/strings/tr.json")
    assert words.headers["access-control-allow-origin"] == "*"
    assert {key.partition(".")[0] for key in words.json()} == {"widget", "hours"}
    assert client.get("/c/webchat/strings/xx.json").status_code == 404


def test_built_files_are_kept_for_good_by_their_hash(guests: Guests) -> None:
    """A page asks for files by their hash, and the browser may keep those for ever; another hash is kept shortly."""
    client = guests.client()
    page = client.get("/desk/sign-in").text
    (style,) = [part.split('"')[0] for part in page.split('href="') if part.startswith("/static/desk.css")]
    assert "immutable" in client.get(style).headers["cache-control"]
    assert "immutable" not in client.get("/static/desk.css?v=0").headers["cache-control"]
