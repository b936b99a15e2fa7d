"""A second person at the desk and by the interface: sees what would be done, decides, and the customer hears of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.settings import Settings
from doorward.plugins.companies.halden import plugin
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import CUSTOMER, make_seed_of
from tests.support.browsing import on_sqlite
from tests.support.house import open_test_house
from tests.support.playing import Customer, Stage, World
from tests.support.server import Guests

PROCEDURES = Path(plugin.__file__).parent / "procedures"
ACCOUNT: dict[str, Any] = {"account": [{"last4": "0815", "balance_cents": 12000}]}


@pytest.fixture
def house(house_settings: Settings) -> Iterator[House]:
    """A house whose threads are not started: what is to be done is done when a test says so."""
    opened = open_test_house(house_settings)
    yield opened
    opened.close()


@pytest.fixture
def stage(house: House, halden: Tenant, tmp_path: Path) -> Stage:
    """The house with Halden's own procedures."""
    core = HaldenCore(tmp_path / "core", seed=make_seed_of({}), clock=house.clock)
    house.procedure_book.load(halden.id, PROCEDURES, core=core, languages=halden.settings.languages)
    return Stage(house, halden)


def closing(stage: Stage) -> tuple[World, Customer]:
    """Return a customer who wants their account closed, and proved who they are."""
    world = stage.people(ACCOUNT, language="en")
    stage.hints = {"close my account": "account.close"}
    customer = world.customer()
    customer.say("close my account")
    customer.say("yes")
    customer.say(customer.code())
    return world, customer


def account(world: World) -> str:
    """Return how the account stands."""
    return str(world.snapshot()[CUSTOMER]["account"][0]["state"])


def only(client: httpx.Client) -> dict[str, Any]:
    """Return the one thing that waits for a second person."""
    (item,) = client.get("/api/v1/agreements").json()["items"]
    return dict(item)


@on_sqlite
def test_a_colleague_reads_what_would_be_done_and_agrees(stage: Stage, guests: Guests) -> None:
    """The page shows the operation, its arguments, what was said yes to, and until when; then it is done."""
    world, customer = closing(stage)
    assert customer.state() == "waiting"
    admin = guests.member("admin")
    page = admin.get("/desk/agreements")
    for shown in (
        "close_account",
        "current account ending in 0815",
        "Shall I have your current account",
        "Verified by",
    ):
        assert shown in page.text, shown
    conversation = admin.get(f"/desk/conversations/{customer.conversation_id}").text
    assert "close_account" in conversation
    assert "A second person was asked" in conversation
    item = only(admin)
    form = {"csrf": admin.headers["x-csrf-token"], "press": "agree", "reason": ""}
    done = admin.post(f"/desk/agreements/{item['id']}", data=form)
    assert (done.status_code, done.headers["location"]) == (303, "/desk/agreements?done=agreed")
    stage.settle()
    assert account(world) == "closing"
    said = customer.bot_lines()[-1].entry.text
    assert said is not None
    assert "is being closed" in said.text
    after = admin.get("/desk/agreements?done=agreed")
    assert "You agreed." in after.text
    assert "Nothing waits for a second person" in after.text
    late = admin.post(f"/desk/agreements/{item['id']}", data=form)
    assert late.status_code == 409
    assert "decided about this already" in late.text


@on_sqlite
def test_a_refusal_needs_words_and_keeps_what_was_written(stage: Stage, guests: Guests) -> None:
    """Too many words, none at all and markup are taken for what they are."""
    world, customer = closing(stage)
    admin = guests.member("admin")
    item, csrf = only(admin), admin.headers["x-csrf-token"]
    address = f"/desk/agreements/{item['id']}"
    none = admin.post(address, data={"csrf": csrf, "press": "refuse", "reason": " "})
    assert (none.status_code, "Write why you refuse." in none.text) == (400, True)
    long = admin.post(address, data={"csrf": csrf, "press": "refuse", "reason": "<b>" * 200})
    assert long.status_code == 413
    assert "&lt;b&gt;" in long.text
    assert "<b><b>" not in long.text
    assert admin.post(address, data={"press": "refuse", "reason": "no"}).status_code == 403
    assert only(admin)["state"] == "asked"
    refused = admin.post(address, data={"csrf": csrf, "press": "refuse", "reason": "<i>fishy</i>"})
    assert refused.status_code == 303
    stage.settle()
    assert account(world) == "open"
    said = customer.bot_lines()[-1].entry.text
    assert said is not None
    assert "not agreed to" in said.text
    conversation = admin.get(f"/desk/conversations/{customer.conversation_id}").text
    assert "&lt;i&gt;fishy&lt;/i&gt;" in conversation


@on_sqlite
def test_the_interface_does_the_same(stage: Stage, guests: Guests) -> None:
    """Agents read, and decide nothing; whoever had the conversation is told why not; twice is once."""
    world, customer = closing(stage)
    mira, admin = guests.member("mira"), guests.member("admin")
    item = only(mira)
    assert (item["operation"], item["state"], item["level"], item["why_not"]) == ("close_account", "asked", 2, "")
    assert [one["value"] for one in item["arguments"]] == ["current account ending in 0815"]
    address = f"/api/v1/agreements/{item['id']}/decision"
    assert mira.post(address, json={"agrees": True}).status_code == 403
    assert mira.get("/desk/agreements").status_code == 403
    assert admin.post(f"/api/v1/conversations/{customer.conversation_id}/take").status_code in {200, 204}
    assert only(admin)["why_not"] == "yours"
    had = admin.post(address, json={"agrees": True})
    assert had.status_code == 409
    assert account(world) == "open"
    other = guests.member("nadia")
    assert other.post(address, json={"agrees": False}).status_code == 400
    agreed = other.post(address, json={"agrees": True, "reason": "checked"}, headers={"idempotency-key": "a" * 20})
    assert agreed.status_code == 200
    again = other.post(address, json={"agrees": True, "reason": "checked"}, headers={"idempotency-key": "a" * 20})
    assert again.json() == agreed.json()
    stage.settle()
    assert account(world) == "closing"
    shown = mira.get(f"/api/v1/agreements/{item['id']}").json()
    assert (shown["state"], shown["reason"]) == ("used", "checked")
    assert admin.get(f"/api/v1/agreements/{'0' * 26}").status_code == 404


@on_sqlite
def test_another_company_sees_nothing(stage: Stage, guests: Guests) -> None:
    """Neither by the list nor by the id."""
    closing(stage)
    item = only(guests.member("admin"))
    other = guests.member("owner", company="brisa")
    assert other.get("/api/v1/agreements").json()["items"] == []
    assert other.get(f"/api/v1/agreements/{item['id']}").status_code == 404
    assert other.post(f"/api/v1/agreements/{item['id']}/decision", json={"agrees": True}).status_code == 404
