"""What customers want, by program: phrases in, masked and once; each company's its own."""

from typing import Any

import httpx
import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.journeys.test_api import token_of
from tests.support.server import Guests

INTENTS = "/api/v1/intents"
PHRASES = "/api/v1/intent-phrases"


@pytest.fixture
def program(guests: Guests, house: House, halden: Tenant) -> httpx.Client:
    """A program that may do everything."""
    return guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})


def add(program: httpx.Client, intent: str | None, *texts: str) -> Any:
    """Add phrases."""
    phrases = [{"text": text, "intent": intent, "language": "en"} for text in texts]
    return program.post(PHRASES, json={"phrases": phrases})


def test_phrases_are_kept_masked_and_belong_to_one_company(
    program: httpx.Client, guests: Guests, house: House, brisa: Tenant
) -> None:
    """A card number does not get in; the other company has nothing of it, whatever it asks for by id."""
    made = program.put(f"{INTENTS}/card.block", json={"labels": {"en": "Block my card"}})
    assert made.status_code == 200, made.text
    added = add(program, "card.block", "please block 4111 1111 1111 1111", "block my card", "BLOCK my card")
    assert (added.status_code, added.json()["added"]) == (200, 2), added.text
    listed = program.get(PHRASES, params={"intent": "card.block"}).json()["items"]
    assert {one["text"].partition("[")[0] for one in listed} == {"please block ", "block my card"}
    assert "4111 1111" not in str(listed)
    other = guests.client(headers={"authorization": f"Bearer {token_of(house, brisa, 'admin')}"})
    assert other.get(INTENTS).json() == {"intents": [], "strangers": {}}
    assert other.delete(f"{PHRASES}/{listed[0]['id']}").status_code == 404
    assert other.put(f"{PHRASES}/{listed[0]['id']}", json={"intent": None}).status_code == 404
    assert add(other, "card.block", "block it").status_code == 404
    moved = program.put(f"{PHRASES}/{listed[0]['id']}", json={"intent": None})
    assert moved.json()["intent"] == ""
    assert program.delete(f"{PHRASES}/{listed[1]['id']}").status_code == 204
    assert program.get(INTENTS).json() == {
        "intents": [{"name": "card.block", "labels": {"en": "Block my card"}, "phrases": {}}],
        "strangers": {"en": 1},
    }
    assert program.delete(f"{INTENTS}/card.block").status_code == 204


def test_what_cannot_be_is_refused(program: httpx.Client, guests: Guests, house: House, halden: Tenant) -> None:
    """Names, labels and lengths have bounds; nothing to learn is said by the training; agents only look."""
    assert program.put(f"{INTENTS}/none", json={}).status_code == 400
    assert program.put(f"{INTENTS}/Card", json={}).status_code == 400
    assert program.put(f"{INTENTS}/card", json={"labels": {"en": "x" * 41}}).status_code == 400
    assert add(program, None, "x" * 1001).status_code == 400
    assert program.get("/api/v1/intent-trainings/latest").status_code == 404
    assert program.post("/api/v1/intent-models/roll-back").status_code == 409
    assert program.post("/api/v1/intent-models/7/activate").status_code == 404
    assert program.get("/api/v1/intent-suggestions").json() == {"items": []}
    assert program.get("/api/v1/intent-models").json() == {"items": [], "active": None}
    mira = guests.member("mira")
    assert mira.get(INTENTS).status_code == 200
    assert mira.get("/desk/intents").status_code == 403
