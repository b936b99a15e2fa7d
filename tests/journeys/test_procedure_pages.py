"""The pages of procedures: drawn and in words, in the language that is asked for, for those who may read settings."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.answering.procedures.agreements import count_asked
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.settings import Settings
from doorward.plugins.companies.halden import plugin
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from doorward.record import CardQuery
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.house import open_test_house
from tests.support.server import Guests

PROCEDURES = Path(plugin.__file__).parent / "procedures"


@pytest.fixture
def house(house_settings: Settings) -> Iterator[House]:
    """A house whose threads are not started: nothing is carried out while somebody looks."""
    opened = open_test_house(house_settings)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def procedures(house: House, halden: Tenant, tmp_path: Path) -> None:
    """Halden's own procedures."""
    core = HaldenCore(tmp_path / "core", seed=make_seed_of({}), clock=house.clock)
    loaded = house.procedure_book.load(halden.id, PROCEDURES, core=core, languages=halden.settings.languages)
    assert loaded.refused == ()


@on_sqlite
def test_all_procedures_are_listed_and_one_is_drawn_and_told(guests: Guests) -> None:
    """With its version, what starts it, its languages; then the drawing, the same in words, slots and texts."""
    admin = guests.member("admin")
    listed = admin.get("/desk/procedures").text
    assert listed.count('href="/desk/procedures/') >= 25
    assert "account.close" in listed
    page = admin.get("/desk/procedures/close_account").text
    assert page.count("<foreignObject") == page.count('class="flow-step')
    assert 'role="img" aria-labelledby="flow-title flow-desc"' in page
    assert "Carry out: close_account" in page
    assert "If waiting: step 11" in page
    assert "one of the customer&#39;s own" in page
    german = admin.get("/desk/procedures/close_account?language=de").text
    assert "Welches Konto möchten Sie schließen?" in german
    odd = admin.get("/desk/procedures/close_account?language=xx")
    assert "Which account do you want to close?" in odd.text


@on_sqlite
def test_the_interface_tells_the_same(guests: Guests) -> None:
    """What there is, and one of them as a diagram and in words; to those who may read settings."""
    admin = guests.member("admin")
    items = admin.get("/api/v1/procedures").json()["items"]
    (closing,) = [one for one in items if one["id"] == "close_account"]
    assert (closing["version"], closing["intents"], closing["endings"]) == (2, ["account.close"], {})
    one = admin.get("/api/v1/procedures/close_account").json()
    assert len(one["steps"]) == 31
    assert {"source": "close", "target": "waiting", "label": "waiting", "back": False} in one["edges"]
    assert [slot["name"] for slot in one["slots"]] == ["account", "open_bill"]
    assert admin.get("/api/v1/procedures/nothing").status_code == 404
    assert guests.member("mira").get("/api/v1/procedures").status_code == 403
    assert guests.member("owner", company="brisa").get("/api/v1/procedures").json()["items"] == []


@on_sqlite
def test_nobody_sees_what_they_may_not(guests: Guests) -> None:
    """Agents, other companies, and names that there are none of."""
    mira = guests.member("mira")
    assert mira.get("/desk/procedures").status_code == 403
    assert mira.get("/desk/procedures/close_account").status_code == 403
    owner = guests.member("owner", company="brisa")
    assert "There are no procedures" in owner.get("/desk/procedures").text
    assert owner.get("/desk/procedures/close_account").status_code == 404
    assert guests.member("admin").get("/desk/procedures/<script>").status_code == 404


@on_sqlite
@pytest.mark.parametrize("width", [1280, 380])
def test_they_can_be_used_by_everybody(open_context: OpenContext, width: int) -> None:
    """Nothing to hold against them in light and dark, wide and narrow; the drawing scrolls by itself."""
    page = sign_in(open_context(viewport={"width": width, "height": 800}).new_page(), username="admin")
    for address in ("/desk/procedures", "/desk/procedures/close_account", "/desk/agreements"):
        page.goto(address)
        assert violations_in_both_schemes(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


TRY = "/desk/procedures/close_account/try"
FREEZE = "/desk/procedures/block_card/try"
ASKS_SECOND = 'value="ask_second"'


def pressed(client: httpx.Client, page: str, press: str, *, of: str = TRY, **fields: str) -> httpx.Response:
    """Press a button of a rehearsal, with what travels in its form."""
    found = re.search(r'name="events" value="([^"]*)"', page)
    events = "[]" if found is None else html.unescape(found[1])
    form = {"csrf": client.headers["x-csrf-token"], "language": "en", "events": events, "press": press}
    return client.post(of, data=form | fields)


@on_sqlite
def test_somebody_plays_the_customer_and_the_bank(guests: Guests, house: House, halden: Tenant) -> None:
    """From the first words to a second person's refusal; the way is drawn, and nobody is asked or told anything."""
    admin = guests.member("admin")
    began = admin.get(f"{TRY}?language=en").text
    assert "You play the customer" in began
    find = pressed(admin, began, "begin", level="1", text="please close my account").text
    assert "please close my account" in find
    assert 'name="thing-0-state"' in find
    things = {"there-0": "yes", "key-0": "A1", "thing-0-state": "open", "thing-0-balance_cents": "500"}
    bills = pressed(admin, find, "things", **things).text
    assert "own things are fetched" in bills
    sure = pressed(admin, bills, "things").text
    assert "Shall I have your" in sure
    assert 'value="choose:yes"' in sure
    proof = pressed(admin, sure, "say", text="yes, do it").text
    act = pressed(admin, proof, "proven").text
    assert "asked for close_account" in act
    assert ASKS_SECOND in act
    waits = pressed(admin, act, "ask_second").text
    assert "is recorded; nothing is closed yet" in waits
    over = pressed(admin, waits, "refuse").text
    assert "was not agreed to" in over
    assert re.search(r"<code>close</code> → <code>not_agreed</code>", over)
    assert "flow-here" in over
    assert "End: not wanted." in over
    scope = system_scope(halden.id, "test")
    assert house.transactions.read(lambda tx: count_asked(tx, scope)) == 0
    cards = house.transactions.read(lambda tx: record.list_cards(tx, scope, CardQuery(states=("bot", "waiting"))))
    assert cards == ()


@on_sqlite
def test_a_second_person_is_offered_only_where_one_is_wanted(guests: Guests) -> None:
    """Freezing a card is done on the customer's yes alone: nobody else can be asked first."""
    admin = guests.member("admin")
    find = pressed(admin, admin.get(f"{FREEZE}?language=en").text, "begin", of=FREEZE, level="1").text
    things = {"there-0": "yes", "key-0": "4471", "thing-0-status": "active"}
    how = pressed(admin, find, "things", of=FREEZE, **things).text
    act = pressed(admin, how, "choose:freeze", of=FREEZE).text
    assert "asked for freeze_card" in act
    assert ASKS_SECOND not in act


@on_sqlite
def test_why_a_person_takes_over_is_said_in_words(guests: Guests) -> None:
    """In those that the desk has for it, else its code is read as words."""
    admin = guests.member("admin")
    began = pressed(admin, admin.get(f"{TRY}?language=en").text, "begin", level="1", text="close my account").text
    things = {"there-0": "yes", "key-0": "A1", "thing-0-state": "open", "thing-0-balance_cents": "500"}
    page = pressed(admin, pressed(admin, began, "things", **things).text, "things").text
    for text in ("green", "blue", "yellow"):
        page = pressed(admin, page, "say", text=text).text
    assert "A person takes over: not understood" in page


@on_sqlite
def test_a_rehearsal_survives_whatever_is_sent(guests: Guests) -> None:
    """Nonsense, what cannot happen now, numbers that are none, markup and too much."""
    admin = guests.member("admin")
    began = admin.get(TRY).text
    find = pressed(admin, began, "begin", level="1", text="<b>close</b> it").text
    assert "&lt;b&gt;close&lt;/b&gt; it" in find
    for press in ("", "told", "proven", "things2", "choose"):
        assert pressed(admin, find, press).status_code == 400, press
    wrong = pressed(admin, find, "things", **{"there-0": "yes", "key-0": "A1", "thing-0-balance_cents": "many"})
    assert wrong.status_code == 400
    assert "That cannot happen at this point" in wrong.text
    assert 'name="thing-0-state"' in wrong.text
    for nonsense in ("{", "[1]", '[{"type": "Act"}]', '[{"type": "Said"}]', "[" * 5000):
        sent = pressed(admin, "", "begin", events=nonsense)
        assert sent.status_code in {200, 400}, nonsense
        assert "You play the customer" in sent.text
    many = "[" + ",".join(['{"type": "Waits"}'] * 500) + "]"
    assert pressed(admin, "", "say", events=many).status_code == 400
    assert pressed(admin, began, "begin", text="x" * 5000).status_code == 400
    assert pressed(admin, began, "begin", text="x" * 500_000).status_code == 413
    assert guests.member("mira").get(TRY).status_code == 403
    token = admin.post(TRY, data={"press": "begin"}, headers={"x-csrf-token": ""})
    assert token.status_code == 403


@on_sqlite
def test_what_is_written_there_is_masked_like_everything(guests: Guests) -> None:
    """A telephone number or a card travels in no form and stands on no page."""
    admin = guests.member("admin")
    page = pressed(admin, admin.get(TRY).text, "begin", level="1", text="close it, call me at +49 30 901820 17").text
    assert "901820" not in page
    assert "PHONE" in page


@on_sqlite
def test_a_rehearsal_is_played_by_keyboard(open_context: OpenContext) -> None:
    """In a narrow window too, with nothing to hold against it in light and dark."""
    page = sign_in(open_context(viewport={"width": 380, "height": 800}).new_page(), username="admin")
    page.goto(TRY)
    page.get_by_label("First message").fill("close my account")
    page.get_by_role("button", name="Begin").press("Enter")
    expect(page.get_by_text("own things are fetched")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    page.get_by_role("button", name="Answer so").press("Enter")
    expect(
        page.get_by_role("button", name="current account ending in A1").or_(page.get_by_label("Your answer"))
    ).to_be_visible()
    assert violations_in_both_schemes(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
