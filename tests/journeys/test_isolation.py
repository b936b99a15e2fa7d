"""No address of the interface tells one company anything of another's: made from the interface's own description."""

from typing import Any

import pytest

from doorward.identity import Tenant
from tests.support.server import Guests

BODIES: dict[str, Any] = {"replies": {"text": "Hello"}}


@pytest.fixture
def foreign(guests: Guests, halden: Tenant) -> dict[str, str]:
    """Ids of Halden's: a conversation and an article."""
    visitor = guests.visitor(halden)
    visitor.say("A secret of Halden's customer")
    visitor.ask_for_person()
    article = guests.member("admin").get("/api/v1/articles").json()["items"][0]
    return {"conversation_id": visitor.conversation_id, "article_id": str(article["id"])}


def test_every_address_with_an_id_finds_nothing_of_another_company(guests: Guests, foreign: dict[str, str]) -> None:
    """Each operation that takes an id answers 404 to another company's id, exactly as to one that nobody has."""
    owner = guests.member("owner", company="brisa")
    paths = owner.get("/api/v1/openapi.json").json()["paths"]
    asked = 0
    for path, methods in paths.items():
        if "{" not in path:
            continue
        for method in methods:
            body = BODIES.get(path.rpartition("/")[2])
            theirs = owner.request(method, path.format(**foreign), json=body)
            nobodys = owner.request(method, path.format(**dict.fromkeys(foreign, "0" * 26)), json=body)
            assert (theirs.status_code, theirs.json()) == (404, nobodys.json()), path
            asked += 1
    assert asked >= 8


def test_every_list_is_empty_of_another_company(guests: Guests, foreign: dict[str, str]) -> None:
    """No list and no sum of one company holds an id or a word of another's."""
    owner = guests.member("owner", company="brisa")
    paths = owner.get("/api/v1/openapi.json").json()["paths"]
    lists = [path for path, methods in paths.items() if "get" in methods and "{" not in path and "visitor" not in path]
    read = [owner.get(path) for path in lists if path.startswith("/api/")]
    assert len(read) >= 6
    for answer in read:
        assert answer.status_code == 200, answer.url
        assert not any(foreign_id in answer.text for foreign_id in foreign.values()), answer.url
        assert "Halden" not in answer.text


def test_a_visitor_token_is_good_for_its_own_conversation_alone(guests: Guests, halden: Tenant, brisa: Tenant) -> None:
    """What a visitor of one company says and reads never shows in another's, and a foreign token renews nothing."""
    ours, theirs = guests.visitor(halden), guests.visitor(brisa)
    ours.say("A secret of Halden's customer")
    assert not any("secret" in entry["text"] for entry in theirs.entries()["entries"])
    begun = guests.client().post(
        "/c/webchat/visits", json={"widget_key": brisa.widget_key, "resume": ours.visit["token"]}
    )
    assert begun.status_code == 201
    assert begun.json()["conversation_id"] != ours.conversation_id
