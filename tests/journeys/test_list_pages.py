"""Lists of the interface in pages, and answers that are not sent twice."""

from datetime import timedelta
from typing import Any

import httpx

from doorward.identity import Tenant
from doorward.kit.clock import SystemClock
from tests.support.server import Guests

LISTS = ("queue", "colleagues", "conversations", "routing/agents", "routing/at-risk", "tasks", "reports/agents")
"""Those that were not in pages, or in pages by numbers, and have no edition: their tag is made of what they say."""


def walk(client: httpx.Client, path: str, *, items: str = "items", **wanted: Any) -> list[Any]:
    """Return all that the pages of a list hold."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(f"/api/v1/{path}", params=wanted | cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page[items]) <= wanted["limit"]
        found += page[items]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def kinds_of_times(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return of whom and of what times are; how long they are grows while somebody looks."""
    return [(one["staff_id"], one["state"], one["reason"]) for one in found]


def test_the_queue_is_walked_through_while_others_come(guests: Guests, halden: Tenant) -> None:
    """Who waited at the beginning is on one page exactly; whoever comes meanwhile breaks nothing."""
    nadia = guests.member("nadia")
    visitors = [guests.visitor(halden) for _ in range(6)]
    for visitor in visitors[:4]:
        visitor.ask_for_person()
    first = nadia.get("/api/v1/queue", params={"limit": 3}).json()
    for visitor in visitors[4:]:
        visitor.ask_for_person()
    second = nadia.get("/api/v1/queue", params={"limit": 200, "cursor": first["next_cursor"]}).json()
    shown = [one["conversation_id"] for one in (*first["waiting"], *second["waiting"])]
    assert len(shown) == len(set(shown))
    assert {one.conversation_id for one in visitors[:4]} <= set(shown)
    assert second["next_cursor"] is None
    whole = [one["conversation_id"] for one in nadia.get("/api/v1/queue").json()["waiting"]]
    assert [one["conversation_id"] for one in walk(nadia, "queue", items="waiting", limit=1)] == whole
    for odd in ("x", "e30", first["next_cursor"][:-3]):
        assert nadia.get("/api/v1/queue", params={"cursor": odd}).status_code == 400
    assert guests.member("owner", company="brisa").get("/api/v1/queue").json()["waiting"] == []


def test_people_are_listed_in_pages(guests: Guests) -> None:
    """Colleagues, and who may have conversations: everybody once, and without a limit all at once, as ever."""
    nadia, mira = guests.member("nadia"), guests.member("mira")
    for name in ("jonas", "elif"):
        guests.member(name)
    mira.put("/api/v1/presence", json={"available": True}).raise_for_status()
    whole = nadia.get("/api/v1/colleagues").json()
    assert (whole["items"][0]["name"], whole["next_cursor"]) == ("Mira Castellan", None)
    paged = walk(nadia, "colleagues", limit=1)
    assert [one["staff_id"] for one in paged] == sorted(one["staff_id"] for one in whole["items"])
    agents = nadia.get("/api/v1/routing/agents").json()["items"]
    assert [one["staff_id"] for one in walk(nadia, "routing/agents", limit=2)] == sorted(
        one["staff_id"] for one in agents
    )
    mira.put("/api/v1/presence", json={"available": False, "reason": "lunch"}).raise_for_status()
    until = {"until": (SystemClock().now() + timedelta(days=1)).isoformat()}
    times = nadia.get("/api/v1/presence/times", params=until).json()["items"]
    assert kinds_of_times(walk(nadia, "presence/times", limit=1, **until)) == kinds_of_times(times)


def test_tasks_are_listed_in_pages(guests: Guests, halden: Tenant) -> None:
    """What is due first first, what is due some day last, and each once."""
    visitor, mira = guests.visitor(halden), guests.member("mira")
    visitor.ask_for_person()
    address = f"/api/v1/conversations/{visitor.conversation_id}"
    mira.post(f"{address}/take").raise_for_status()
    me = mira.get("/api/v1/me").json()["staff_id"]
    for due in (None, "2027-01-02T00:00:00Z", "2027-01-01T00:00:00Z", None, "2027-01-01T00:00:00Z"):
        body = {"text": "Call the branch", "assignee": me, "due_at": due}
        mira.post(f"{address}/tasks", json=body).raise_for_status()
    whole = mira.get("/api/v1/tasks").json()["items"]
    assert [one["due_at"] for one in whole][:3] == ["2027-01-01T00:00:00Z"] * 2 + ["2027-01-02T00:00:00Z"]
    for limit in (1, 2, 5):
        assert walk(mira, "tasks", limit=limit) == whole


def test_a_conversation_is_read_in_pages(guests: Guests, halden: Tenant) -> None:
    """From its first line to its last, each once; without a limit all that was said lately, as ever."""
    visitor, nadia = guests.visitor(halden), guests.member("nadia")
    for number in range(3):
        visitor.say(f"Where is my card? {number}")
    visitor.ask_for_person()
    address = f"/api/v1/conversations/{visitor.conversation_id}/entries"
    whole = nadia.get(address).json()
    assert whole["next_after"] is None
    page = nadia.get(address, params={"limit": 2}).json()
    said = page["entries"]
    while page["next_after"] is not None:
        page = nadia.get(address, params={"after": page["next_after"], "limit": 2}).json()
        said += page["entries"]
    assert said == whole["entries"]


def test_who_has_it_is_sent_nothing(guests: Guests, halden: Tenant) -> None:
    """The same tag while it is the same, an answer without a body to who names it, and another one once it changed."""
    member = guests.member("nadia")
    for path in LISTS:
        seen = member.get(f"/api/v1/{path}")
        tag = seen.headers["etag"]
        for header in (tag, f'"1", {tag}', "*"):
            again = member.get(f"/api/v1/{path}", headers={"if-none-match": header})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
        assert member.get(f"/api/v1/{path}", headers={"if-none-match": '"1"'}).json() == seen.json()
    tags = {path: member.get(f"/api/v1/{path}").headers["etag"] for path in ("queue", "conversations")}
    guests.visitor(halden).ask_for_person()
    for path, tag in tags.items():
        changed = member.get(f"/api/v1/{path}", headers={"if-none-match": tag})
        assert (changed.status_code, changed.headers["etag"] != tag) == (200, True), path


def test_editions_are_not_sent_twice(guests: Guests) -> None:
    """What has an edition says so by its tag, and is sent to nobody who has it: but for what can be another thing under
    the same tag, such as a piece that was removed and made again.
    """
    admin = guests.member("admin")
    label = {"piece": {"type": "label", "name": "Important"}}
    admin.put("/api/v1/workspace/labels/important", json=label).raise_for_status()
    article = admin.get("/api/v1/articles").json()["items"][0]["id"]
    paths = ("settings", "routing/plan", "automation/rules", f"articles/{article}")
    for path in paths:
        tag = admin.get(f"/api/v1/{path}").headers["etag"]
        again = admin.get(f"/api/v1/{path}", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b""), path
    here = "/api/v1/workspace/labels/important"
    tag = admin.get(here).headers["etag"]
    admin.delete(here).raise_for_status()
    admin.put(here, json={"piece": label["piece"] | {"name": "Other"}}).raise_for_status()
    anew = admin.get(here, headers={"if-none-match": tag})
    assert (anew.headers["etag"], anew.json()["piece"]["name"]) == (tag, "Other")
