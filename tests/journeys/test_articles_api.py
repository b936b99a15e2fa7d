"""Articles by program: the same drafts, conflicts, history and publishing as on the desk's pages."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.journeys.test_api import token_of
from tests.support.browsing import on_sqlite
from tests.support.server import Guests

ARTICLES = "/api/v1/articles"
UMBRELLAS: dict[str, Any] = {
    "slug": "umbrellas",
    "language": "en",
    "title": "Umbrella rental",
    "sections": [{"heading": "Renting an umbrella", "body": "Two coins a day.", "id": "rent"}],
}
FREE: dict[str, Any] = {
    "title": "Umbrella rental",
    "sections": [{"heading": "Renting an umbrella", "body": "Free.", "id": "rent"}],
}


@pytest.fixture
def program(guests: Guests, house: House, halden: Tenant) -> httpx.Client:
    """A program that may do everything."""
    return guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})


def begin(program: httpx.Client, **wishes: Any) -> str:
    """Begin an article and return its address."""
    answer = program.post(ARTICLES, json=UMBRELLAS | wishes)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"'), answer.text
    return f"{ARTICLES}/{answer.json()['article_id']}"


def publish(program: httpx.Client, where: str) -> dict[str, Any]:
    """Publish and return how it ended."""
    begun = program.post(f"{where}/publish")
    assert begun.status_code == 202, begun.text
    for _ in range(500):
        now: dict[str, Any] = program.get(f"{where}/publication").json()
        if now["state"] != "running":
            return now
    return now


def pages(program: httpx.Client, address: str, **wishes: Any) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages of a list."""
    cursor: dict[str, Any] = {}
    while True:
        answer = program.get(address, params=wishes | cursor)
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return
        cursor = {"cursor": answer.json()["next_cursor"]}


def test_an_article_from_its_draft_to_its_end(program: httpx.Client) -> None:
    """Begun, published, changed, published again, withdrawn: what answers and what is edited are told apart."""
    where = begin(program)
    shown = program.get(where)
    assert (shown.json()["state"], shown.json()["stage"], shown.json()["revision"]) == ("draft", "draft", 0)
    assert (publish(program, where)["state"], publish(program, where)["done"]) == ("done", 1)
    seen = program.get(where).headers["etag"]
    written = program.put(f"{where}/draft", json=FREE, headers={"if-match": seen})
    assert (written.status_code, written.headers["etag"]) == (200, '"3"')
    shown = program.get(where).json()
    assert (shown["stage"], shown["edition"], shown["sections"][0]["body"]) == ("changed", 3, "Two coins a day.")
    assert program.get(f"{where}/draft").json()["sections"][0] == FREE["sections"][0] | {"questions": []}
    assert publish(program, where)["edition"] == 3
    assert program.get(where).json()["sections"][0]["body"] == "Free."
    assert program.post(f"{where}/withdraw").json()["state"] == "draft"
    history = [one for page in pages(program, f"{where}/editions", limit=2) for one in page]
    kinds = [(one["number"], one["kind"], one["sections"][0]["body"]) for one in history]
    assert kinds[0] == (5, "withdrawn", "Free.")
    assert kinds[-1] == (1, "saved", "Two coins a day.")
    assert len(kinds) == 5


def test_whoever_wrote_later_hears_it_and_nothing_is_lost(program: httpx.Client, guests: Guests) -> None:
    """A stale `If-Match` is 412 with its reason, none at all is 400, a taken name 409; the first one's words stand."""
    where, admin = begin(program), guests.member("admin")
    assert admin.put(f"{where}/draft", json=FREE, headers={"if-match": '"1"'}).status_code == 200
    mine = FREE | {"title": "Mine"}
    for late in (
        program.put(f"{where}/draft", json=mine, headers={"if-match": '"1"'}),
        program.post(f"{where}/publish", headers={"if-match": '"1"'}),
        program.post(f"{where}/editions/1/restore", headers={"if-match": '"1"'}),
    ):
        assert (late.status_code, late.json()["code"]) == (412, "outdated"), late.text
        assert late.headers["content-type"] == "application/problem+json"
        assert late.json()["reason"].startswith("if-match")
    taken = program.post(ARTICLES, json=UMBRELLAS | {"title": "Another"})
    assert (taken.status_code, taken.json()["code"]) == (409, "conflict")
    assert program.put(f"{where}/draft", json=mine).status_code == 400
    assert program.get(f"{where}/draft").json()["title"] == "Umbrella rental"
    same = program.put(f"{where}/draft", json=FREE, headers={"if-match": '"1"'})
    assert (same.status_code, same.json()["number"]) == (200, 2), "what stands already is no conflict"


def test_an_earlier_edition_is_restored_as_a_draft(program: httpx.Client) -> None:
    """Restoring writes the old words as the newest draft; what answers stays; an edition that is none is not found."""
    where = begin(program)
    program.put(f"{where}/draft", json=FREE, headers={"if-match": '"1"'}).raise_for_status()
    assert publish(program, where)["state"] == "done"
    restored = program.post(f"{where}/editions/1/restore", headers={"if-match": '"3"'})
    assert (restored.status_code, restored.headers["etag"]) == (200, '"4"')
    assert (
        program.get(f"{where}/editions/4").json()["sections"] == program.get(f"{where}/editions/1").json()["sections"]
    )
    assert program.get(where).json()["sections"][0]["body"] == "Free."
    assert program.get(f"{where}/editions/9").status_code == 404


def test_lists_are_filtered_and_come_in_pages(program: httpx.Client) -> None:
    """Pages of one are together the whole list; language and state narrow it; without a limit all come, as ever."""
    begin(program)
    begin(program, language="de", title="Schirmverleih")
    everything = program.get(ARTICLES).json()
    assert everything["next_cursor"] is None
    for wishes in ({}, {"language": "de"}, {"state": "draft"}, {"state": "published", "language": "en"}):
        whole = [one["id"] for one in program.get(ARTICLES, params=wishes).json()["items"]]
        assert [one["id"] for page in pages(program, ARTICLES, limit=2, **wishes) for one in page] == whole
        assert whole
    drafts = program.get(ARTICLES, params={"state": "draft"}).json()["items"]
    assert [(one["slug"], one["language"]) for one in drafts] == [("umbrellas", "de"), ("umbrellas", "en")]
    assert program.get(ARTICLES, params={"state": "changed"}).json()["items"] == []
    assert program.get(ARTICLES, params={"cursor": "nonsense"}).status_code == 400


@on_sqlite
def test_what_is_sent_again_is_done_once(program: httpx.Client) -> None:
    """The same key gets the same answer with its `ETag`, although the edition that it names is long outdated."""
    key = {"idempotency-key": "k-1"}
    first, again = (program.post(ARTICLES, json=UMBRELLAS, headers=key) for _ in range(2))
    assert (first.status_code, first.json(), first.headers["etag"]) == (201, again.json(), again.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true"
    where = f"{ARTICLES}/{first.json()['article_id']}"
    change = {"if-match": '"1"', "idempotency-key": "k-2"}
    assert program.put(f"{where}/draft", json=FREE, headers=change).json()["number"] == 2
    program.put(f"{where}/draft", json=FREE | {"title": "Later"}, headers={"if-match": '"2"'}).raise_for_status()
    replayed = program.put(f"{where}/draft", json=FREE, headers=change)
    assert (replayed.status_code, replayed.headers["etag"]) == (200, '"2"')
    assert program.get(where).headers["etag"] == '"3"'
    other = program.put(f"{where}/draft", json=FREE | {"title": "x"}, headers=change)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@on_sqlite
def test_agents_read_and_do_not_write(program: httpx.Client, guests: Guests) -> None:
    """As on the pages: an agent reads drafts and history, and every change is refused."""
    where, agent = begin(program), guests.member("mira")
    seen = {"if-match": '"1"'}
    for path in ("", "/draft", "/editions", "/editions/1"):
        assert agent.get(f"{where}{path}").status_code == 200, path
    assert agent.put(f"{where}/draft", json=FREE, headers=seen).status_code == 403
    for path in ("/publish", "/editions/1/restore", "/withdraw"):
        assert agent.post(f"{where}{path}", headers=seen).status_code == 403, path
    assert agent.post(ARTICLES, json=UMBRELLAS).status_code == 403
    assert guests.client().get(f"{where}/draft").status_code == 401


@on_sqlite
def test_what_cannot_be_published_is_said_before_anything_is_read(program: httpx.Client) -> None:
    """A draft without sections is kept and not published; the answer says what is missing."""
    where = begin(program)
    program.put(f"{where}/draft", json={"title": "Only a title"}, headers={"if-match": '"1"'}).raise_for_status()
    refused = program.post(f"{where}/publish")
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert "sections" in refused.json()["reason"]
    assert program.get(f"{where}/publication").status_code == 404


def test_a_program_hands_in_returns_and_entrusts(program: httpx.Client) -> None:
    """Each step rests on the edition before; what does not wait cannot go back; an owner must be somebody."""
    where = begin(program)
    assert program.post(f"{where}/submit", headers={"if-match": '"7"'}).status_code == 412
    submitted = program.post(f"{where}/submit", headers={"if-match": '"1"'})
    assert (submitted.status_code, submitted.json()["kind"], submitted.headers["etag"]) == (200, "submitted", '"2"')
    assert program.get(where).json()["in_review"] is True
    returned = program.post(f"{where}/return", json={"note": "Why?"}, headers={"if-match": '"2"'})
    assert (returned.json()["kind"], returned.json()["note"]) == ("returned", "Why?")
    assert program.post(f"{where}/return", json={}, headers={"if-match": '"3"'}).status_code == 409
    kept = program.put(f"{where}/steward", json={"review_by": "2027-03-31"})
    assert kept.json() == {"slug": "umbrellas", "owner_id": None, "review_by": "2027-03-31"}
    assert program.put(f"{where}/steward", json={"owner_id": "0" * 26}).status_code == 404
