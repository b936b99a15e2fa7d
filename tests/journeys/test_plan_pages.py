"""The routing plan at the desk: read in words, changed in small pieces, and nobody's change overwritten."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.browsing import LOADED, OpenContext, follow, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

PLAN = "/api/v1/routing/plan"


@pytest.fixture
def admin(guests: Guests) -> httpx.Client:
    """The administrator, who changes the plan."""
    return guests.member("admin")


def send(member: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form of the plan's pages, with what it was read with."""
    page = member.get(path).text
    mark = re.search(r'name="mark" value="([^"]*)"', page)
    known = {"csrf": member.headers["x-csrf-token"], "mark": mark[1] if mark else ""}
    return member.post(path, data=known | fields)


def plan_of(member: httpx.Client) -> dict[str, object]:
    """Return the plan as programs read it."""
    found: dict[str, object] = member.get(PLAN).json()["plan"]
    return found


@pytest.mark.browser
@on_sqlite
def test_the_plan_is_made_by_keyboard(open_context: OpenContext) -> None:
    """A queue and a team with hours, at a phone's width; what cannot be is said beside its field; the page says all."""
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="admin")
    page.evaluate(LOADED)
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("q")
    expect(page.get_by_text("There are no teams: everybody serves every queue.")).to_be_visible()
    follow(page, page.get_by_role("link", name="Add a queue"))
    page.get_by_role("textbox", name="Name").fill("Cards!")
    with page.expect_navigation():
        page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A name has small letters")
    page.get_by_role("textbox", name="Name").fill("cards")
    page.get_by_label("Helped out by").select_option("default")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Default queue, after 300 seconds")).to_be_visible()
    follow(page, page.get_by_role("link", name="Add a team"))
    page.get_by_role("textbox", name="Name").fill("night")
    page.get_by_role("checkbox", name="cards").press("Space")
    page.get_by_role("checkbox", name="Mira Castellan").press("Space")
    page.get_by_role("textbox", name="Monday").fill("22:00-21:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("textbox", name="Monday")).to_have_attribute("aria-invalid", "true")
    assert violations_in_both_schemes(page) == []
    page.get_by_role("textbox", name="Monday").fill("08:00-12:00, 13:00-17:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Monday 08:00-12:00, 13:00-17:00")).to_be_visible()
    expect(page.locator("[data-ends]")).to_be_focused()
    expect(page.locator("[data-ends]")).to_have_text("It is saved, and whoever waits was given out by it.")
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []


def test_every_piece_is_added_changed_moved_and_removed(admin: httpx.Client) -> None:
    """Skills, queues, ways and promises, channels, times, and what somebody can, each by its own form."""
    assert send(admin, "/desk/plan/skills", skills="fraud\nloans").status_code == 303
    assert send(admin, "/desk/plan/queues/new", name="cards", overflow_seconds="60").status_code == 303
    way = {"reason-asked_for_person": "yes", "queue": "cards", "priority": "2", "need-fraud": "2", "wanted-fraud": "3"}
    assert send(admin, "/desk/plan/lanes/new", **way).status_code == 303
    assert send(admin, "/desk/plan/lanes/new", queue="default", **{"language-de": "yes"}).status_code == 303
    promise = {"name": "Fast", "first_minutes": "5", "warn_at": "75", "queue-cards": "yes", "priority--1": "yes"}
    assert send(admin, "/desk/plan/levels/new", **promise).status_code == 303
    times = {"patience_seconds": "300", "sticky_days": "3", "reroute_minutes": "0", "callback_minutes": "9"}
    assert send(admin, "/desk/plan/times", **times).status_code == 303
    channels = {"weight-webchat": "2", "patience-webchat": "1,5", "weight-api": ""}
    assert send(admin, "/desk/plan/channels", **channels).status_code == 303
    plan = plan_of(admin)
    assert plan["lanes"][0]["needs"] == [{"skill": "fraud", "level": 2, "wanted": 3}]  # type: ignore[index]
    assert (plan["weights"], plan["patience"]) == ({"webchat": 2}, {"webchat": 1.5})
    assert (plan["patience_seconds"], plan["callback_minutes"]) == (300, 9)
    level = plan["service_levels"][0]  # type: ignore[index]
    assert (level["queues"], level["priorities"], level["warn_at"], level["in_hours"]) == (["cards"], [-1], 0.75, False)
    page = admin.get("/desk/plan").text
    for said in ("fraud (good)", "German", "Every hour counts", "5 minutes", "The customer asked for a person"):
        assert said in page, said
    (second,) = re.findall(r'action="(/desk/plan/lanes/\w+)/up"', page)
    assert admin.post(f"{second}/up", data={"csrf": admin.headers["x-csrf-token"]}).status_code == 303
    assert plan_of(admin)["lanes"][0]["languages"] == ["de"]  # type: ignore[index]
    agent = admin.get("/api/v1/routing/agents").json()["items"][0]["staff_id"]
    can = {"language-de": "3", "language-en": "", "skill-fraud": "2", "most-webchat": "4"}
    assert send(admin, f"/desk/plan/people/{agent}", **can).status_code == 303
    profile = admin.get("/api/v1/routing/agents").json()["items"][0]["profile"]
    assert profile == {"languages": {"de": 3}, "skills": {"fraud": 2}, "most": {"webchat": 4}}


def test_what_the_plan_cannot_be_is_said_and_changes_nothing(admin: httpx.Client) -> None:
    """A queue that something names, a name that is there, numbers beyond what can be."""
    send(admin, "/desk/plan/queues/new", name="cards")
    send(admin, "/desk/plan/teams/new", name="night", **{"queue-cards": "yes"})
    before = admin.get(PLAN).json()
    csrf = {"csrf": admin.headers["x-csrf-token"]}
    refused = admin.post("/desk/plan/queues/cards/remove", data=csrf)
    assert refused.status_code == 400
    assert "Something in the plan names this queue" in refused.text
    twice = send(admin, "/desk/plan/queues/new", name="cards")
    assert "There is one of this name already." in twice.text
    for path, fields, says in (
        ("/desk/plan/queues/new", {"name": "x", "hold_seconds": "99999"}, "Write whole seconds"),
        ("/desk/plan/levels/new", {"name": "", "first_minutes": "1"}, "at most 60 characters"),
        ("/desk/plan/levels/new", {"name": "x", "warn_at": "100"}, "from 1 to 99"),
        ("/desk/plan/teams/night", {"time_zone": "Mars/Base"}, "time zone"),
        ("/desk/plan/times", {"patience_seconds": "1"}, "Patience is 10"),
        ("/desk/plan/channels", {"weight-webchat": "many"}, "1 to 20"),
        ("/desk/plan/lanes/new", {"queue": "nowhere"}, "names this queue"),
    ):
        answer = send(admin, path, **fields)
        assert (answer.status_code, says in answer.text) == (400, True), (path, fields)
    assert admin.get(PLAN).json() == before


def test_who_met_a_colleague_sees_both(admin: httpx.Client, guests: Guests) -> None:
    """Only the same piece conflicts: what stands there now is shown in words, and saving again writes over it."""
    send(admin, "/desk/plan/queues/new", name="cards")
    path, csrf = "/desk/plan/queues/cards", {"csrf": admin.headers["x-csrf-token"]}
    mark = re.search(r'name="mark" value="([^"]*)"', admin.get(path).text)
    assert mark is not None
    send(admin, "/desk/plan/queues/new", name="loans")
    mine = csrf | {"mark": mark[1], "overflow_seconds": "77"}
    assert admin.post(path, data=mine).status_code == 303
    met = admin.post(path, data=mine | {"overflow_to": "loans", "overflow_seconds": "88"})
    assert met.status_code == 412
    assert "Somebody changed this meanwhile." in met.text
    assert 'value="88"' in met.text
    agent, supervisor = guests.member("mira"), guests.member("nadia")
    for reader in (agent, supervisor):
        page = reader.get("/desk/plan").text
        assert "an administrator changes it" in page
        assert "/desk/plan/queues/cards" not in page
        assert reader.get(path).status_code == 403
    assert "What people can" not in agent.get("/desk/plan").text
    other = guests.member("owner", company="brisa")
    assert other.get(path).status_code == 404
    assert "cards" not in re.sub(r"<nav.*?</nav>", "", other.get("/desk/plan").text, flags=re.DOTALL)
