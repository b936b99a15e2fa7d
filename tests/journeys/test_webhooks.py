"""Webhooks from end to end: a customer writes, a receiver of its own making hears of it, and people look after it."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import expect

from doorward.doors.cli.program import run
from doorward.identity import Tenant
from doorward.kit.settings import Settings, Webhooks
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, violations
from tests.support.receivers import Receiver, receiver, verified
from tests.support.server import Guests

CARD = "4111 1111 1111 1111"


@pytest.fixture
def house_settings(house_settings: Settings) -> Settings:
    """Receivers on this computer are named by the settings."""
    return msgspec.structs.replace(house_settings, webhooks=Webhooks(allowed_hosts="127.0.0.1", seconds=2))


@pytest.fixture
def heard() -> Iterator[Receiver]:
    """A receiver on loopback."""
    with receiver() as running:
        yield running


def made(member: httpx.Client, url: str, **wishes: Any) -> dict[str, Any]:
    """Make a webhook by the interface and return it with its secret."""
    answer = member.post("/api/v1/webhooks", json={"url": url, "with_text": True} | wishes)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


def wait_for_log(member: httpx.Client, webhook_id: str, state: str) -> dict[str, Any]:
    """The newest delivery, once it is in this state."""
    for _ in range(200):
        items = member.get(f"/api/v1/webhooks/{webhook_id}/deliveries").json()["items"]
        if items and items[0]["state"] == state:
            return dict(items[0])
        threading.Event().wait(0.05)
    raise AssertionError(items)


def test_what_a_customer_writes_is_told_masked_and_signed(guests: Guests, halden: Tenant, heard: Receiver) -> None:
    """The receiver verifies it by its own means; no digit of a card is in it, and no line of the log has a text."""
    admin = guests.member("admin")
    webhook = made(admin, heard.url, events=["message.customer", "conversation.opened"])
    guests.visitor(halden).say(f"My card is {CARD}, please help")
    told = [verified(webhook["secret"], request.headers, request.body) for request in heard.wait(2)]
    assert {one["type"] for one in told} == {"conversation.opened", "message.customer"}
    text = next(one["data"]["text"] for one in told if "text" in one["data"])
    assert "[CARD·1111]" in text
    everything = b"".join(request.body for request in heard.requests)
    assert b"4111" not in everything.replace(b" ", b"")
    wait_for_log(admin, webhook["webhook"]["id"], "delivered")
    log = admin.get(f"/api/v1/webhooks/{webhook['webhook']['id']}/deliveries?limit=1").json()
    assert log["next_cursor"] == log["items"][0]["id"]
    assert "text" not in log["items"][0]
    rest = admin.get(f"/api/v1/webhooks/{webhook['webhook']['id']}/deliveries?cursor={log['next_cursor']}").json()
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)


def test_a_webhook_is_read_changed_and_removed_by_its_edition(guests: Guests, heard: Receiver) -> None:
    """ETags guard against changes that nobody saw; the secret is in no answer but the first."""
    admin = guests.member("admin")
    webhook = made(admin, heard.url, name="CRM")
    path = f"/api/v1/webhooks/{webhook['webhook']['id']}"
    shown = admin.get(path)
    assert shown.headers["etag"] == '"1"'
    assert "secret" not in shown.text
    body = {"url": heard.url, "name": "Core", "state": "off"}
    assert admin.put(path, json=body).status_code == 400
    assert admin.put(path, json=body, headers={"if-match": '"7"'}).status_code == 412
    changed = admin.put(path, json=body, headers={"if-match": '"1"'})
    assert (changed.json()["name"], changed.json()["state"], changed.headers["etag"]) == ("Core", "off", '"2"')
    assert admin.post(f"{path}/test").status_code == 409
    assert admin.delete(path, headers={"if-match": '"1"'}).status_code == 412
    assert admin.delete(path, headers={"if-match": '"2"'}).status_code == 204
    assert admin.get(path).status_code == 404
    audit = [one["action"] for one in admin.get("/api/v1/audit").json()["items"] if one["object_kind"] == "webhook"]
    assert audit == ["webhook.removed", "webhook.changed", "webhook.made"]


def test_asking_twice_with_one_key_makes_one_webhook(guests: Guests, heard: Receiver) -> None:
    """Whoever lost the answer asks again and gets the same one, with its secret."""
    admin = guests.member("admin")
    body, headers = {"url": heard.url}, {"idempotency-key": "one"}
    answers = [admin.post("/api/v1/webhooks", json=body, headers=headers).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(admin.get("/api/v1/webhooks").json()["items"]) == 1


def test_pages_of_webhooks_go_on_where_they_ended(guests: Guests, heard: Receiver) -> None:
    """Each webhook comes once, the oldest first."""
    admin = guests.member("admin")
    ids = [made(admin, heard.url)["webhook"]["id"] for _ in range(3)]
    first = admin.get("/api/v1/webhooks?limit=2").json()
    second = admin.get(f"/api/v1/webhooks?limit=2&cursor={first['next_cursor']}").json()
    assert [one["id"] for one in (*first["items"], *second["items"])] == ids
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    "inner", ["https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/", "https://127.1/"]
)
def test_what_is_inside_is_never_asked(guests: Guests, inner: str) -> None:
    """An address of the inner network can be written down, and nothing is sent there: the log says so."""
    admin = guests.member("admin")
    webhook = made(admin, inner)
    assert admin.post(f"/api/v1/webhooks/{webhook['webhook']['id']}/test").status_code == 202
    for _ in range(200):
        (line,) = admin.get(f"/api/v1/webhooks/{webhook['webhook']['id']}/deliveries").json()["items"]
        if line["attempts"]:
            break
        threading.Event().wait(0.05)
    assert (line["state"], line["trouble"], line["status"]) == ("waiting", "refused", None)


def test_who_may_and_who_may_not(guests: Guests, brisa: Tenant, heard: Receiver) -> None:
    """Administrators alone; another company's webhooks are not there."""
    admin, agent = guests.member("admin"), guests.member("mira")
    webhook = made(admin, heard.url)["webhook"]["id"]
    for member in (agent, guests.client()):
        assert member.get("/api/v1/webhooks").status_code in {401, 403}
        assert member.post("/api/v1/webhooks", json={"url": heard.url}).status_code in {401, 403}
    assert agent.get("/desk/webhooks").status_code == 403
    stranger = guests.member("owner", company="brisa")
    for path in (f"/api/v1/webhooks/{webhook}", f"/api/v1/webhooks/{webhook}/deliveries", f"/desk/webhooks/{webhook}"):
        assert stranger.get(path).status_code == 404, path


def test_the_command_makes_lists_and_removes(house_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """What the interface can do, the command line can do."""
    from tests.journeys.test_backups import stamp  # noqa: PLC0415 - the table of contents of a test house

    stamp(house_settings)
    words = ["--tenant", "halden", "--data", str(house_settings.folder), "--database", house_settings.database_url]
    assert run(["webhook", "add", "https://hooks.example/x", "--name", "CRM", "--json", *words]) == 0
    made = msgspec.json.decode(capsys.readouterr().out)
    assert made["secret"].startswith("whsec_")
    assert run(["webhook", "list", "--json", *words]) == 0
    (listed,) = msgspec.json.decode(capsys.readouterr().out)
    assert (listed["name"], listed["state"]) == ("CRM", "on")
    assert run(["webhook", "switch", listed["id"], "off", *words]) == 0
    assert run(["webhook", "secret", listed["id"], *words]) == 0
    assert run(["webhook", "log", listed["id"], *words]) == 0
    assert run(["webhook", "replay", listed["id"], *words]) == 0
    assert run(["webhook", "add", "http://hooks.example/x", *words]) == 1
    assert "https" in capsys.readouterr().err
    assert run(["webhook", "remove", listed["id"], *words]) == 0


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_webhooks_by_keyboard(open_context: OpenContext, halden: Tenant, heard: Receiver, scheme: str) -> None:
    """An administrator makes one, sees its secret once, tests it, reads the log, replays, and removes it."""
    page = sign_in(open_context(color_scheme=scheme).new_page(), username="admin")
    page.goto("/desk/webhooks")
    assert violations(page) == []
    page.get_by_label("Address").fill("ftp://nowhere")
    page.get_by_label("Address").evaluate("field => field.setAttribute('type', 'text')")
    page.get_by_role("button", name="Make webhook").press("Enter")
    expect(page.get_by_text("This cannot be")).to_be_visible()
    page.get_by_label("Address").fill(heard.url)
    page.locator("#name").fill("CRM")
    page.get_by_label("message.customer").check()
    page.get_by_role("button", name="Make webhook").press("Enter")
    secret = page.locator("#secret-value").text_content() or ""
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]{44}", secret)
    assert violations(page) == []
    follow(page, page.get_by_role("link", name="Webhooks").last)
    follow(page, page.get_by_role("link", name="Open webhook CRM"))
    expect(page.locator("#secret-value")).to_have_count(0)
    page.get_by_role("button", name="Send a test").press("Enter")
    expect(page.get_by_text("The test is on its way")).to_be_visible()
    assert verified(secret, heard.wait()[0].headers, heard.requests[0].body)["type"] == "webhook.test"
    for _ in range(100):
        page.reload()
        if page.get_by_role("cell", name="delivered").count():
            break
    page.get_by_role("button", name=re.compile("Replay webhook.test")).press("Enter")
    expect(page.get_by_text("It is told once more.")).to_be_visible()
    assert len(heard.wait()) == 2
    page.set_viewport_size({"width": 390, "height": 800})
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert violations(page) == []
    follow(page, page.get_by_role("link", name="Remove webhook"))
    assert violations(page) == []
    page.get_by_role("button", name="Remove webhook").press("Enter")
    expect(page.get_by_text("The webhook is removed.")).to_be_visible()
