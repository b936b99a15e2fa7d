"""Outside the opening hours: customers are told when people answer again, and asking for one works all the same."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.clock import FixedClock
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite
from tests.support.clocks import held_clock, house
from tests.support.portal import Mailbox, PortalGuest, customer
from tests.support.reading import reading
from tests.support.server import Guests

__all__ = ["held_clock", "house"]

WEEKDAYS = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
MONDAY = {"day": "mon", "time": "09:00", "zone": "Europe/Berlin"}
AGAIN = "People answer again on Monday at 09:00 (Europe/Berlin)."
EVENING = timedelta(hours=8)
"""From Friday noon, when the test begins, until Friday evening."""
TO_MONDAY = timedelta(hours=59, minutes=59)
"""From there until Monday, 08:59 by the clocks of Berlin: one hour is left out in the night to Sunday."""


@pytest.fixture(autouse=True)
def hours(house: House, halden: Tenant) -> None:
    """Halden answers on weekdays from nine to five, in Berlin; the test begins on a Friday at noon."""
    open_on(house, halden, hours=WEEKDAYS)


def open_on(house: House, tenant: Tenant, **settings: Any) -> None:
    """Set when the tenant is open."""
    scope, tenants = system_scope(tenant.id, "test"), house.identity.tenants
    wanted = {"time_zone": "Europe/Berlin", **settings}

    def change(tx: Tx) -> Outcome[TenantSettings]:
        return tenants.change_settings(tx, scope, wanted, expected=tenants.tenant(tx, scope).revision)

    house.transactions.write(scope, change)
    house.settings_book.forget(tenant.id)


def available(guests: Guests, *, yes: bool = True) -> None:
    """Have somebody come to the desk, or leave it."""
    guests.member("mira").put("/api/v1/presence", json={"available": yes}).raise_for_status()


def test_an_evening_and_the_monday_after(guests: Guests, halden: Tenant, held_clock: FixedClock) -> None:
    """Within the hours people are there; in the evening nobody is until Monday at nine."""
    available(guests)
    at_noon = guests.visitor(halden)
    assert (at_noon.visit["people"], at_noon.visit["closed"]) == (True, None)
    held_clock.advance(EVENING)
    available(guests, yes=False)
    visitor = guests.visitor(halden)
    assert (visitor.visit["people"], visitor.visit["closed"]) == (False, {"again": MONDAY})
    with reading(visitor.client, "/c/webchat/stream") as stream:
        standing = stream.next("state")["data"]
        assert standing == {"state": "bot", "waiting": None, "people": False, "closed": {"again": MONDAY}}
        assert visitor.ask_for_person() == "waiting"
        waiting = stream.next("state")["data"]
        assert waiting == standing | {"state": "waiting", "waiting": {"position": 1}}
    assert AGAIN in visitor.heard()[-1]
    held_clock.advance(TO_MONDAY)
    late = guests.visitor(halden)
    assert late.visit["closed"] == {"again": MONDAY | {"day": "today"}}
    held_clock.advance(timedelta(minutes=1))
    available(guests)
    morning = guests.visitor(halden)
    assert (morning.visit["people"], morning.visit["closed"]) == (True, None)
    morning.ask_for_person()
    assert "again" not in morning.heard()[-1]


@on_sqlite
def test_whoever_stays_late_answers(guests: Guests, halden: Tenant, held_clock: FixedClock) -> None:
    """Nobody is promised to customers outside the hours; if somebody is there all the same, no wait is talked of."""
    held_clock.advance(EVENING)
    available(guests)
    visitor = guests.visitor(halden)
    assert visitor.visit["people"] is False
    assert visitor.ask_for_person() == "human"
    assert AGAIN not in visitor.heard()[-1]


def test_the_bot_says_the_same_in_the_customers_language(
    guests: Guests, halden: Tenant, held_clock: FixedClock
) -> None:
    """Who asks the assistant for a person is queued and told when one answers; a way to be written to is open."""
    held_clock.advance(EVENING)
    visitor = guests.visitor(halden, language="de")
    with reading(visitor.client, "/c/webchat/stream") as stream:
        visitor.say("Ich möchte mit einem Menschen sprechen")
        said = next(entry for entry in iter(lambda: stream.next("entry")["data"], None) if entry["author"] == "bot")
    assert "Menschen antworten wieder am Montag um 09:00 Uhr (Europe/Berlin)." in said["text"]
    assert visitor.entries()["state"] == "waiting"
    wish = {"id": "c-1", "contact": "ada@example.org"}
    assert visitor.client.post("/c/webchat/callback", json=wish).status_code == 202


@on_sqlite
@pytest.mark.parametrize(("days_off", "day"), [(1, "tue"), (5, "2035-04-02")])
def test_days_off_are_left_out(guests: Guests, house: House, halden: Tenant, *, days_off: int, day: str) -> None:
    """A day off is no opening; one that is a week away is told by its date."""
    open_on(house, halden, hours=WEEKDAYS | {"fri": []}, closed_days=[f"2035-03-{26 + off}" for off in range(days_off)])
    assert guests.visitor(halden).visit["closed"] == {"again": MONDAY | {"day": day}}


@on_sqlite
def test_who_never_opens_says_so(guests: Guests, house: House, halden: Tenant, held_clock: FixedClock) -> None:
    """Without an opening in the next sixty days no day is promised, and asking for a person still works."""
    mondays = [f"{held_clock.now() + timedelta(days=3 + 7 * week):%Y-%m-%d}" for week in range(9)]
    open_on(house, halden, hours={"mon": ["09:00-17:00"]}, closed_days=mondays)
    visitor = guests.visitor(halden)
    assert visitor.visit["closed"] == {"again": None}
    assert visitor.ask_for_person() == "waiting"
    assert "when they do again is not known yet" in visitor.heard()[-1]


@on_sqlite
def test_the_portal_says_it_where_a_conversation_goes_on(
    house: House, url: str, halden: Tenant, held_clock: FixedClock
) -> None:
    """The page with the chat in it says when people answer again; within the hours it says nothing of it."""
    someone = customer(house)
    guest = PortalGuest(url, Mailbox(house)).sign_in(someone.email)
    with closing(guest.client):
        guest.form("/data/correction", page="/data", text="My name is spelt wrong", form="once")
        scope = system_scope(halden.id, "test")
        (asked,) = house.transactions.read(lambda tx: record.list_cards(tx, scope, record.CardQuery()))
        path = f"/conversations/{asked.conversation_id}/continue"
        assert AGAIN not in guest.form(path).text
        held_clock.advance(timedelta(hours=5))
        guest.sign_in(someone.email)
        assert AGAIN in guest.form(path).text


@pytest.mark.browser
@on_sqlite
def test_the_chat_says_it_in_the_language_that_is_chosen(open_context: OpenContext, held_clock: FixedClock) -> None:
    """The widget tells of the opening before and after a person was asked for, and anew in another language."""
    held_clock.advance(EVENING)
    page = open_context().new_page()
    page.goto("/demo/halden")
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_text(f"The assistant answers at once. {AGAIN}")).to_be_visible()
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_text(f"You are number 1 in line for a person. {AGAIN}")).to_be_visible()
    expect(page.get_by_role("button", name="Get an answer later")).to_be_visible()
    page.get_by_label("Language", exact=True).last.select_option("de")
    expect(page.get_by_text("wieder am Montag um 09:00 Uhr").first).to_be_visible()


def plan_by_language(guests: Guests) -> None:
    """German conversations go to a team of their own, in Istanbul and from Saturday on."""
    team = {"name": "saturday", "queues": ["german"], "time_zone": "Europe/Istanbul", "hours": {"sat": ["10:00-14:00"]}}
    lane = {"languages": ["de"], "queue": "german"}
    plan = {"queues": [{"name": "german"}], "teams": [team], "lanes": [lane]}
    admin = guests.member("admin")
    tag = admin.get("/api/v1/routing/plan").headers["etag"]
    admin.put("/api/v1/routing/plan", json=plan, headers={"if-match": tag}).raise_for_status()


def test_customers_are_told_the_hours_of_the_team_that_they_go_to(
    house: House, guests: Guests, halden: Tenant, held_clock: FixedClock, url: str
) -> None:
    """The chat before the first word, the words of who passes on, who waits, and the portal: each by its own team."""
    plan_by_language(guests)
    held_clock.advance(EVENING)
    saturday = {"day": "sat", "time": "10:00", "zone": "Europe/Istanbul"}
    german, english = guests.visitor(halden, language="de"), guests.visitor(halden)
    assert german.visit["closed"] == {"again": saturday}
    assert english.visit["closed"] == {"again": MONDAY}
    german.say("Ich möchte bitte mit einem Menschen sprechen")
    german.wait_for_answer()
    assert "am Samstag um 10:00 Uhr (Europe/Istanbul)" in german.heard()[-1]
    assert german.entries()["closed"] == {"again": saturday}
    english.ask_for_person()
    assert AGAIN in english.heard()[-1]
    asked = guests.visitor(halden, language="de")
    mailbox, email = Mailbox(house), customer(house).email
    asked.client.post("/c/webchat/verification", json={"email": email})
    asked.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(email)}).raise_for_status()
    asked.say("Guten Tag, ich habe eine Frage zu meiner Karte")
    asked.wait_for_answer()
    guest = PortalGuest(url, mailbox).sign_in(email)
    page = guest.form(f"/conversations/{asked.conversation_id}/continue").text
    assert "10:00" in page
    assert "Europe/Istanbul" in page
    guest.client.close()
