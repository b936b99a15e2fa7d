"""The JSON API as programs use it: who may, what is repeated, and how it says no."""

import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import Scope, system_scope
from tests.support.browsing import on_sqlite
from tests.support.server import Guests, WebVisitor


def token_of(house: House, tenant: Tenant, *permissions: str) -> str:
    """Make an API token."""
    scope: Scope = system_scope(tenant.id, "test")
    tokens = house.identity.tokens
    return house.transactions.write(
        scope, lambda tx: tokens.make(tx, scope, name="test", permissions=permissions)
    ).secret


@pytest.fixture
def customer(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who waits for a person."""
    visitor = guests.visitor(halden)
    visitor.say("Hello, my card number is 4242 4242 4242 4242")
    visitor.ask_for_person()
    return visitor


def test_an_agents_day_by_program(guests: Guests, customer: WebVisitor) -> None:
    """Found in the queue, taken, answered, handed back: each step shows in what the API says next."""
    mira, where = guests.member("mira"), f"/api/v1/conversations/{customer.conversation_id}"
    queue = mira.get("/api/v1/queue").json()["waiting"]
    assert [card["conversation_id"] for card in queue] == [customer.conversation_id]
    assert mira.post(f"{where}/take").json()["state"] == "human"
    assert mira.get("/api/v1/conversations", params={"assignee": "me"}).json()["counts"]["human"] == 1
    answer = mira.post(f"{where}/replies", json={"text": "My PIN is 4711, what is yours?"})
    assert answer.status_code == 201
    assert answer.json()["text"] == "My PIN is [PIN], what is yours?"
    assert answer.json()["text"] in customer.heard()
    assert mira.post(f"{where}/hand-back").json()["state"] == "bot"
    lines = mira.get(f"{where}/entries").json()["entries"]
    assert lines[0]["text"] == "Hello, my card number is [CARD·4242]"
    later = mira.get(f"{where}/entries", params={"after": lines[-1]["seq"]}).json()["entries"]
    assert later == []


def test_a_repeated_request_is_answered_again_and_done_once(guests: Guests, customer: WebVisitor) -> None:
    """The same key and body get the same answer, other content under it is refused, another key is another reply."""
    mira, where = guests.member("mira"), f"/api/v1/conversations/{customer.conversation_id}"
    mira.post(f"{where}/take").raise_for_status()
    first = mira.post(f"{where}/replies", json={"text": "Once"}, headers={"idempotency-key": "k-1"})
    again = mira.post(f"{where}/replies", json={"text": "Once"}, headers={"idempotency-key": '"k-1"'})
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = mira.post(f"{where}/replies", json={"text": "Twice"}, headers={"idempotency-key": "k-1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert customer.heard().count("Once") == 1
    mira.post(f"{where}/replies", json={"text": "Once"}, headers={"idempotency-key": "k-2"}).raise_for_status()
    assert customer.heard().count("Once") == 2


@on_sqlite
def test_a_key_belongs_to_who_used_it(guests: Guests, customer: WebVisitor) -> None:
    """Two agents may use the same key: neither sees what the other was answered."""
    mira, jonas = guests.member("mira"), guests.member("jonas")
    where = f"/api/v1/conversations/{customer.conversation_id}/take"
    assert mira.post(where, headers={"idempotency-key": "same"}).status_code == 200
    assert jonas.post(where, headers={"idempotency-key": "same"}).status_code == 409


def test_two_agents_race_and_one_wins(guests: Guests, customer: WebVisitor) -> None:
    """The slower one gets a conflict that says in words what happened, and cannot answer either."""
    mira, jonas = guests.member("mira"), guests.member("jonas")
    where = f"/api/v1/conversations/{customer.conversation_id}"
    mira.post(f"{where}/take").raise_for_status()
    for refused in (jonas.post(f"{where}/take"), jonas.post(f"{where}/replies", json={"text": "Me too"})):
        assert refused.status_code == 409
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "conflict"
        assert refused.json()["detail"].startswith("This has changed in the meantime")


@on_sqlite
def test_roles_open_what_is_theirs(guests: Guests) -> None:
    """An agent neither reads the audit nor changes settings; an administrator does both, and the change is audited."""
    mira, admin = guests.member("mira"), guests.member("admin")
    for path in ("audit", "settings", "figures"):
        assert mira.get(f"/api/v1/{path}").status_code == 403
        assert admin.get(f"/api/v1/{path}").status_code == 200
    assert mira.patch("/api/v1/settings", json={"agent_capacity": 9}).status_code == 403
    assert admin.patch("/api/v1/settings", json={"agent_capacity": 9}).json()["agent_capacity"] == 9
    assert admin.get("/api/v1/audit").json()["items"][0]["fields"] == ["settings.agent_capacity"]


@on_sqlite
def test_settings_and_the_audit_are_read_in_steps(guests: Guests) -> None:
    """Settings that somebody else changed meanwhile are not overwritten; the audit goes on where a page ended."""
    admin = guests.member("admin")
    seen = admin.get("/api/v1/settings").headers["etag"]
    changed = admin.patch("/api/v1/settings", json={"agent_capacity": 7}, headers={"if-match": seen})
    assert (changed.json()["agent_capacity"], changed.headers["etag"] != seen) == (7, True)
    late = admin.patch("/api/v1/settings", json={"agent_capacity": 2}, headers={"if-match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "outdated")
    assert admin.get("/api/v1/settings").json()["agent_capacity"] == 7
    whole = [line["id"] for line in admin.get("/api/v1/audit").json()["items"]]
    pages: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = admin.get("/api/v1/audit", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        pages += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
    assert pages == whole


@on_sqlite
def test_whoever_reads_about_customers_is_noted(guests: Guests, halden: Tenant) -> None:
    """A conversation, its lines, the list and the queue: each look leaves its line in the audit."""
    visitor = guests.visitor(halden)
    visitor.say("How do I change my PIN?")
    mira, admin = guests.member("mira"), guests.member("admin")
    one = f"/api/v1/conversations/{visitor.conversation_id}"
    for path in (one, f"{one}/entries", "/api/v1/conversations", "/api/v1/queue"):
        mira.get(path).raise_for_status()
    seen = [line["action"] for line in admin.get("/api/v1/audit").json()["items"][:4]]
    assert seen == ["queue.listed", "conversations.listed", "conversation.read", "conversation.read"]


@on_sqlite
@pytest.mark.parametrize("wrong", [{"languages": []}, {"languages": ["EN"]}, {"allowed_origins": ["javascript:x"]}])
def test_settings_that_would_take_a_company_down_are_refused(guests: Guests, wrong: dict[str, list[str]]) -> None:
    """No language at all, or an origin that is none, is an answer with the field's name, and nothing changes."""
    admin = guests.member("admin")
    before = admin.get("/api/v1/settings").json()
    refused = admin.patch("/api/v1/settings", json=wrong)
    assert refused.status_code == 400
    assert next(iter(wrong)) in refused.text
    assert admin.get("/api/v1/settings").json() == before


@on_sqlite
def test_settings_change_together_or_not_at_all(guests: Guests) -> None:
    """One impossible value leaves all as it was, and the sentence names it without repeating it."""
    admin = guests.member("admin")
    before = admin.get("/api/v1/settings").json()
    refused = admin.patch("/api/v1/settings", json={"agent_capacity": 9, "accent": "<script>"})
    assert refused.status_code == 400
    assert "accent" in refused.json()["reason"]
    assert "<script>" not in refused.text
    unknown = admin.patch("/api/v1/settings", json={"<script>": 1})
    assert unknown.status_code == 400
    assert "<script>" not in unknown.text
    assert admin.get("/api/v1/settings").json() == before


def test_a_token_opens_what_it_was_made_for(guests: Guests, house: House, halden: Tenant) -> None:
    """A program with a token needs no form token, does what the token permits, and no more."""
    reader = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'articles:read')}"})
    assert reader.get("/api/v1/me").json()["permissions"] == ["articles:read"]
    assert reader.get("/api/v1/articles", params={"language": "en"}).json()["items"]
    assert reader.get("/api/v1/conversations").status_code == 403
    writer = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})
    article = {
        "slug": "test-article",
        "language": "en",
        "title": "Do you sell umbrellas?",
        "sections": [{"heading": "Do you sell umbrellas?", "body": "Yes, in green."}],
    }
    published = writer.put("/api/v1/articles", json=article)
    assert (published.status_code, published.json()["state"]) == (200, "published")
    withdrawn = writer.post(f"/api/v1/articles/{published.json()['id']}/withdraw")
    assert withdrawn.json()["state"] == "draft"
    assert reader.put("/api/v1/articles", json=article).status_code == 403


@on_sqlite
def test_a_program_cannot_hold_a_conversation(
    guests: Guests, house: House, halden: Tenant, customer: WebVisitor
) -> None:
    """Taking over is for people: even a token for everything is refused."""
    program = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})
    refused = program.post(f"/api/v1/conversations/{customer.conversation_id}/take")
    assert refused.status_code == 403


def test_a_program_speaks_for_a_customer(guests: Guests, house: House, halden: Tenant) -> None:
    """The plain API channel takes messages with a token and says in which conversation they are."""
    program = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'messages:write')}"})
    message = {"id": "m-1", "customer": "C-1", "text": "My IBAN is DE89 3704 0044 0532 0130 00"}
    first = program.post("/c/api/messages", json=message)
    assert first.status_code == 202
    assert "3704" not in first.json()["text"]
    again = program.post("/c/api/messages", json=message)
    assert again.json() == {**first.json(), "duplicate": True}
    other = program.post("/c/api/messages", json=message | {"text": "Something else"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    conversation = f"/api/v1/conversations/{first.json()['conversation_id']}"
    said = guests.member("mira").get(f"{conversation}/entries").json()["entries"]
    assert [entry["author"] for entry in said].count("customer") == 1


@on_sqlite
def test_refusals_are_told_in_the_readers_language(guests: Guests) -> None:
    """The same refusal has the same code and another sentence for each language; unknown languages get English."""
    sentences = set()
    for language in ("en", "de-AT,de;q=0.9", "tr", "id", "ru", "xx"):
        refused = guests.client().get("/api/v1/me", headers={"accept-language": language})
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
        sentences.add(refused.json()["detail"])
    assert len(sentences) == 5


WRONG = (
    ("GET", "/api/v1/nothing", 404, "not_found"),
    ("GET", "/nothing", 404, "not_found"),
    ("DELETE", "/api/v1/me", 405, "method_not_allowed"),
    ("POST", "/c/webchat/nothing", 404, "not_found"),
    ("GET", "/api/v1/conversations?limit=0", 400, "malformed"),
    ("GET", "/api/v1/conversations?state=dancing", 400, "malformed"),
    ("GET", "/api/v1/conversations/short", 400, "malformed"),
    ("GET", f"/api/v1/conversations/{'0' * 26}", 404, "not_found"),
    ("GET", "/api/v1/figures?since=yesterday", 400, "malformed"),
    ("GET", "/api/v1/figures?since=2026-01-01T00:00:00", 400, "malformed"),
    ("GET", "/static/../../../etc/passwd", 404, "not_found"),
    ("GET", "/static/.stamp", 404, "not_found"),
)


@on_sqlite
def test_what_is_wrong_is_said_as_a_problem(guests: Guests) -> None:
    """Each kind of wrong request has its status and its stable code, in a problem document."""
    admin = guests.member("admin")
    for method, path, status, code in WRONG:
        answer = admin.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"/problems/{code}"


UNREADABLE = {
    "cut off": (b"{", "application/json", 400),
    "too deep": (b"[" * 30_000, "application/json", 400),
    "not UTF-8": (b'{"text": "\xff"}', "application/json", 400),
    "unknown field": (b'{"text": "x", "secret-4242424242424242": 1}', "application/json", 400),
    "wrong type": (b'{"text": 4242424242424242}', "application/json", 400),
    "lone surrogate": (b'{"text": "\\ud800"}', "application/json", 400),
    "wrong kind": (b"text=x", "application/x-www-form-urlencoded", 415),
    "too large": (b"x" * 70_000, "application/json", 413),
    "empty": (b"", "application/json", 400),
}


@on_sqlite
def test_bodies_that_cannot_be_read_are_refused(guests: Guests, customer: WebVisitor) -> None:
    """What cannot be read is refused at once, and nothing of it comes back in the answer."""
    mira = guests.member("mira")
    for name, (body, kind, status) in UNREADABLE.items():
        answer = mira.post(
            f"/api/v1/conversations/{customer.conversation_id}/replies", content=body, headers={"content-type": kind}
        )
        assert answer.status_code == status, name
        assert "4242424242424242" not in answer.text


@on_sqlite
def test_numbers_are_for_this_computer_and_for_those_who_may(guests: Guests) -> None:
    """Counters are shown to the computer itself without a token, and hold no ids of people."""
    answer = guests.client().get("/metrics")
    assert answer.status_code == 200
    assert "doorward_entries_total" in answer.text


def test_health_tells_names_and_states_alone(guests: Guests) -> None:
    """Anybody may ask whether the house is well; what is wrong in detail is not told."""
    assert guests.client().head("/health").status_code == 200
    report = guests.client().get("/health").json()
    assert report["state"] == "ok"
    assert {frozenset(one) for one in report["checks"]} == {frozenset({"name", "state"})}
