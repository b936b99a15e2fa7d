"""Answers and rules that were wrong: who got them is found, told once in their language, and that is written down."""

import time
from functools import partial
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.flow.corrections import finding, telling
from doorward.identity import Tenant
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests, WebVisitor

ARTICLES = "/api/v1/articles"
CORRECTIONS = "/api/v1/corrections"
ASKED = "how much does it cost to rent an umbrella?"
WRONG = {"wrong": "We said two coins. It was never two.", "right": "It costs nine coins.", "sections": [0]}


def umbrella(price: str) -> dict[str, Any]:
    """Return an article with one section that costs something, and one that never changes."""
    rent = {
        "heading": "What an umbrella costs",
        "body": f"It costs {price} coins to rent an umbrella.",
        "questions": [ASKED],
    }
    back = {"heading": "Bringing umbrellas back", "body": "Bring it to the desk.", "questions": []}
    return {"slug": "umbrellas", "language": "en", "title": "Umbrellas", "sections": [rent, back]}


def publish(editor: httpx.Client, price: str) -> str:
    """Publish the article and return its id."""
    made = editor.put(ARTICLES, json=umbrella(price))
    assert made.status_code == 200, made.text
    return str(made.json()["id"])


def answered(guests: Guests, tenant: Tenant, *, language: str = "en", text: str = ASKED) -> WebVisitor:
    """Have a customer ask what an umbrella costs, and be answered."""
    visitor = guests.visitor(tenant, language=language)
    visitor.say(text)
    hear(visitor, "coins")
    return visitor


def hear(visitor: WebVisitor, words: str) -> None:
    """Wait until something is said to a customer that has these words in it."""
    until = time.monotonic() + 30
    while not any(words in one for one in visitor.heard()):
        assert time.monotonic() < until, visitor.heard()
        time.sleep(0.05)


def settled(editor: httpx.Client, correction_id: str, state: str) -> Any:
    """Return a correction with its receivers once it is in a state."""
    until = time.monotonic() + 30
    while True:
        seen = editor.get(f"{CORRECTIONS}/{correction_id}/receivers").json()
        if seen["correction"]["state"] == state:
            return seen
        assert time.monotonic() < until, seen
        time.sleep(0.1)


def begun(editor: httpx.Client, article_id: str, **wishes: Any) -> Any:
    """Say that the earlier answer was wrong, and return who got it."""
    made = editor.post(f"{ARTICLES}/{article_id}/corrections", json=WRONG | wishes)
    assert made.status_code == 202, made.text
    return settled(editor, made.json()["id"], "found")


def test_who_got_the_wrong_answer_is_told_once(guests: Guests, house: House, halden: Tenant, brisa: Tenant) -> None:
    """In their own conversation, by the words that were previewed; who got the right one hears nothing."""
    nadia = guests.member("nadia")
    article_id = publish(nadia, "two")
    wronged = answered(guests, halden)
    publish(nadia, "nine")
    right = answered(guests, halden)
    seen = begun(nadia, article_id)
    assert (seen["customers"], seen["conversations"]) == (1, 1)
    assert [one["conversation_id"] for one in seen["page"]] == [wronged.conversation_id]
    correction = seen["correction"]
    assert correction["wrong"] == [{"revision": 1, "section": 0}]
    said = next(
        one["text"]
        for one in nadia.get(f"{CORRECTIONS}/{correction['id']}/preview").json()["items"]
        if one["language"] == "en"
    )
    assert "It costs nine coins." in said
    assert "two coins. It was never" not in str(wronged.heard())
    for _ in range(2):
        assert nadia.post(f"{CORRECTIONS}/{correction['id']}/tell").status_code == 202
    told = settled(nadia, correction["id"], "told")
    assert (told["correction"]["told"], told["correction"]["skipped"]) == (1, 0)
    assert [one for one in wronged.heard() if "never two" in one] == [said]
    assert "never two" not in str(right.heard())
    scope = system_scope(halden.id, "test")
    line = house.transactions.read(
        lambda tx: record.find_entry(
            tx, scope, ConversationId(wronged.conversation_id), f"correction:{correction['id']}"
        )
    )
    assert line is not None
    assert (line.entry.kind, line.entry.data["action"]) == ("message.bot", "correction.told")
    for action in ("correction.made", "correction.read", "correction.telling", "conversation.corrected"):
        assert house.transactions.read(partial(find_audit, scope=scope, wanted=AuditQuery(action=action))), action
    owner = guests.member("owner", company="brisa")
    assert owner.get(f"{CORRECTIONS}/{correction['id']}/receivers").status_code == 404
    assert owner.post(f"{CORRECTIONS}/{correction['id']}/tell").status_code == 404
    assert owner.get(CORRECTIONS).json() == {"items": []}
    assert guests.member("mira").get(f"{CORRECTIONS}/{correction['id']}/receivers").status_code == 403


def test_an_earlier_revision_that_said_the_same_counts(guests: Guests, halden: Tenant) -> None:
    """Another section changed between the two; what was wrong stood in both. An article that was withdrawn counts."""
    nadia = guests.member("nadia")
    article_id = publish(nadia, "two")
    first = answered(guests, halden)
    other = umbrella("two")
    other["sections"][1]["body"] = "Bring it to any desk."
    assert nadia.put(ARTICLES, json=other).status_code == 200
    second = answered(guests, halden)
    assert nadia.post(f"{ARTICLES}/{article_id}/withdraw").status_code == 200
    seen = begun(nadia, article_id, right="")
    assert {one["conversation_id"] for one in seen["page"]} == {first.conversation_id, second.conversation_id}
    assert seen["correction"]["wrong"] == [{"revision": 1, "section": 0}, {"revision": 2, "section": 0}]
    assert begun(nadia, article_id, sections=[1], right="")["page"] == []
    assert nadia.post(f"{ARTICLES}/{article_id}/corrections", json=WRONG | {"sections": [7]}).status_code == 400
    assert nadia.post(f"{ARTICLES}/{article_id}/corrections", json=WRONG | {"revision": 9}).status_code == 404


def test_erased_customers_are_gone_and_each_is_told_once(guests: Guests, house: House, halden: Tenant) -> None:
    """Whoever is shredded after being found is not told; their row goes with them."""
    nadia = guests.member("nadia")
    article_id = publish(nadia, "two")
    gone, stays = answered(guests, halden), answered(guests, halden)
    stays.say(ASKED)
    stays.wait_for_answer()
    publish(nadia, "nine")
    seen = begun(nadia, article_id)
    assert seen["customers"] == 2
    scope = system_scope(halden.id, "test")
    card = house.transactions.read(lambda tx: record.card_of(tx, scope, ConversationId(gone.conversation_id)))
    assert card is not None
    house.destruction.shred(scope, PartyId(card.party_id))
    nadia.post(f"{CORRECTIONS}/{seen['correction']['id']}/tell")
    told = settled(nadia, seen["correction"]["id"], "told")
    assert (told["customers"], told["correction"]["told"]) == (1, 1)
    assert len([one for one in stays.heard() if "never two" in one]) == 1
    assert "never two" not in str(gone.heard())


def test_a_long_ledger_is_done_in_many_jobs_and_telling_can_be_stopped(
    guests: Guests, halden: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job does one conversation here, and all are done in the end; what was stopped goes on where it stood."""
    monkeypatch.setattr(finding, "AT_ONCE", 1)
    monkeypatch.setattr(finding, "SECONDS", 0.0)
    monkeypatch.setattr(telling, "SECONDS", 0.0)
    nadia = guests.member("nadia")
    article_id = publish(nadia, "two")
    wronged = [answered(guests, halden) for _ in range(3)]
    publish(nadia, "nine")
    seen = begun(nadia, article_id)
    assert seen["customers"] == 3
    assert seen["correction"]["looked"] == seen["correction"]["total"] >= 3
    address = f"{CORRECTIONS}/{seen['correction']['id']}"
    nadia.post(f"{address}/tell")
    stopped = nadia.post(f"{address}/stop").json()
    assert stopped["state"] in {"stopped", "told"}
    nadia.post(f"{address}/tell")
    assert settled(nadia, seen["correction"]["id"], "told")["correction"]["told"] == 3
    for visitor in wronged:
        assert len([one for one in visitor.heard() if "never two" in one]) == 1


def test_what_may_not_be_said_is_not(guests: Guests, halden: Tenant) -> None:
    """A card number in the company's own words is masked on its way out, in the preview and in what is said."""
    nadia = guests.member("nadia")
    article_id = publish(nadia, "two")
    wronged = answered(guests, halden)
    publish(nadia, "nine")
    seen = begun(nadia, article_id, wrong="Pay to 4111 1111 1111 1111, we said.")
    address = f"{CORRECTIONS}/{seen['correction']['id']}"
    preview = nadia.get(f"{address}/preview").json()["items"][0]["text"]
    assert "1111 1111" not in preview
    nadia.post(f"{address}/tell")
    settled(nadia, seen["correction"]["id"], "told")
    assert preview in wronged.heard()


def test_whom_a_wrong_rule_decided_about_is_told_in_their_language(
    guests: Guests, house: House, halden: Tenant
) -> None:
    """The rule is named with its version; without words in their language, the first ones come in a frame of theirs."""
    visitor = guests.visitor(halden, language="de")
    visitor.say("Guten Tag")
    visitor.wait_for_answer()
    admin = guests.member("admin")
    page = admin.get("/desk/corrections/rules").text
    scope = system_scope(halden.id, "test")
    decided = house.transactions.read(lambda tx: house.upkeep.correcting.deciding_rules(tx, scope))
    rule = next(one for one in decided if "small_talk" in one)
    assert rule in page
    form = {"csrf": admin.headers["x-csrf-token"], "rule": rule}
    assert admin.post("/desk/corrections/rules", data=form).status_code == 400
    made = admin.post("/desk/corrections/rules", data=form | {"wrong-en": "We should not have greeted you."})
    assert made.status_code == 303, made.text
    correction_id = made.headers["location"].rpartition("/")[2]
    assert settled(admin, correction_id, "found")["customers"] == 1
    assert admin.post(f"/desk/corrections/{correction_id}/tell", data={"csrf": form["csrf"]}).status_code == 303
    settled(admin, correction_id, "told")
    heard = [one for one in visitor.heard() if "should not have greeted" in one]
    assert len(heard) == 1
    assert heard[0].startswith("Wir müssen etwas richtigstellen.")
    unknown = {"rules": ["first_line.nothing@0"], "words": {"en": {"wrong": "Wrong."}}}
    assert admin.post(f"{CORRECTIONS}/rules", json=unknown).status_code == 404
    assert guests.member("nadia").post(f"{CORRECTIONS}/rules", json=unknown).status_code == 403


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("width", [1280, 380])
def test_a_correction_by_keyboard(open_context: OpenContext, guests: Guests, halden: Tenant, width: int) -> None:
    """From the article to the last customer told; in both schemes, on wide and narrow windows."""
    nadia = guests.member("nadia")
    publish(nadia, "two")
    wronged = answered(guests, halden)
    publish(nadia, "nine")
    page = sign_in(open_context(viewport={"width": width, "height": 800}).new_page(), username="nadia")
    page.goto("/desk/knowledge/umbrellas/en")
    page.get_by_role("link", name="The earlier answer was wrong").press("Enter")
    expect(page.get_by_role("checkbox", name="What an umbrella costs")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Bringing umbrellas back")).not_to_be_checked()
    assert "nine coins" in page.get_by_label("What is right").input_value()
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_label("What was wrong").fill("We said two coins. It was never two.")
    page.get_by_role("button", name="Find who got it").press("Enter")
    expect(page.get_by_role("button", name="Tell them")).to_be_visible(timeout=30_000)
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("button", name="Tell them").press("Enter")
    expect(page.get_by_role("table", name="Conversations in which").get_by_text("Told", exact=True)).to_be_visible(
        timeout=30_000
    )
    hear(wronged, "never two")
    page.goto("/desk/knowledge/corrections")
    expect(page.get_by_role("row", name="Umbrellas")).to_contain_text("Told")
    assert violations_in_both_schemes(page) == []
