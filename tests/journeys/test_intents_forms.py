"""Intents at the desk without a script: forms alone teach them, and then a customer is understood."""

import re
import time
from typing import Any

import httpx
import pytest

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import system_scope
from tests.support.intents import STRANGERS, WISHES
from tests.support.server import Guests

pytestmark = pytest.mark.slow


def send(member: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """Send a form of the desk, and follow where it leads."""
    form = {"csrf": member.headers["x-csrf-token"], **fields}
    return member.post(f"/desk/intents{path}", data=form, follow_redirects=True)


def understood(house: House, tenant: Tenant, conversation_id: str) -> Any:
    """Return what was decided about the latest message of a conversation."""
    scope = system_scope(tenant.id, "test")
    found = house.transactions.read(
        lambda tx: record.entries_of_kinds(tx, scope, [ConversationId(conversation_id)], kinds=("decision.made",))
    )
    return found[0].entry.data


def wait_for_model(member: httpx.Client, version: int) -> str:
    """Return the page of all intents once a training has made this version."""
    until = time.monotonic() + 300
    while f"Version {version} was made" not in (page := member.get("/desk/intents").text):
        assert time.monotonic() < until, page
        time.sleep(0.5)
    return page


def test_forms_teach_and_customers_are_understood(guests: Guests, house: House, halden: Tenant) -> None:
    """Typed, trained, understood; asked again by buttons; suggested, moved, removed, rolled back; another has none."""
    nadia = guests.member("nadia")
    assert "Nothing was learnt yet" in nadia.get("/desk/intents").text
    assert send(nadia, "", name="Lamp Buy").status_code == 400
    for name, lines in WISHES.items():
        made = send(nadia, "", name=name, **{"label-en": f"About {name}"})
        assert "The intent is there." in made.text
        for language, *texts in lines:
            added = send(nadia, f"/named/{name}/phrases", phrases="\n".join(texts), language=language)
            assert "Added." in added.text
    again = send(nadia, "/named/lamp.buy/phrases", phrases="I WANT to buy a lamp", language="en")
    assert "were there already" in again.text
    send(nadia, "/named/none/phrases", phrases="\n".join(STRANGERS))
    assert "what is the capital of Peru" in nadia.get("/desk/intents/named/none").text
    assert "The training is asked for." in send(nadia, "/train").text
    page = wait_for_model(nadia, 1)
    assert "in use" in page
    assert "Unseen phrases right" in nadia.get("/desk/intents/report").text
    visitor = guests.visitor(halden)
    visitor.say("I would like to buy a new lamp")
    visitor.wait_for_answer()
    decided = understood(house, halden, visitor.conversation_id)
    assert (decided["intent"], decided["stranger"]) == ("lamp.buy", False), decided
    assert "intents@" in decided["understanding"]
    for text in ("do you rent umbrellas by the week", "can I rent an umbrella for a week"):
        lost = guests.visitor(halden)
        lost.say(text)
        lost.wait_for_answer()
    suggested = nadia.get("/desk/intents/suggestions").text
    heap = re.findall(r'name="line" value="([^"]+)"', suggested)
    if heap:  # whether they lie together is the model's to say
        taken = send(nadia, "/suggestions", line=heap, name="umbrella.rent")
        assert "Added." in taken.text
        assert "umbrella" in nadia.get("/desk/intents/named/umbrella.rent").text
    phrase = re.search(r"/desk/intents/phrases/([0-9a-z]{26})/move", nadia.get("/desk/intents/named/lamp.buy").text)
    assert phrase is not None
    assert "Moved." in send(nadia, f"/phrases/{phrase[1]}/move", intent="none").text
    assert "Removed." in send(nadia, f"/phrases/{phrase[1]}/remove", back="report").text
    assert "cannot be used, or there was none before" in send(nadia, "/roll-back").text
    assert "No version is in use." in send(nadia, "/off").text
    assert "This version is in use now." in send(nadia, "/models/1/activate").text
    assert "Remove intent" in nadia.get("/desk/intents/named/lamp.buy/remove").text
    assert "is gone with its phrases" in send(nadia, "/named/lamp.buy/remove").text
    assert nadia.get("/desk/intents/named/lamp.buy").status_code == 404
    owner = guests.member("owner", company="brisa")
    assert "lamp" not in owner.get("/desk/intents").text
