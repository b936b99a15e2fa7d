"""Intents at the desk by keyboard: phrases are typed, learnt, and then a customer is understood."""

from functools import partial

import msgspec
import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.understanding import NewPhrase, phrase_id_of
from doorward.understanding.intents import Pair, judge_unseen, pack_model
from doorward.understanding.models import HarmfulPhrase, Made, ModelReport
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import MaskedText
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.intents import STRANGERS, WISHES, learnt, wishes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTES = 180_000


def understood(house: House, tenant: Tenant, conversation_id: str) -> list[str]:
    """Return what the messages of a conversation were taken for, the latest first."""
    scope = system_scope(tenant.id, "test")
    found = house.transactions.read(
        lambda tx: record.entries_of_kinds(tx, scope, [ConversationId(conversation_id)], kinds=("decision.made",))
    )
    return [str(one.entry.data["intent"]) for one in found]


@on_sqlite
def test_phrases_are_typed_learnt_and_then_understood(
    open_context: OpenContext, guests: Guests, house: House, halden: Tenant
) -> None:
    """From an empty page to a customer's message that has the intent; all by keyboard, on a narrow window."""
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="nadia")
    page.goto("/desk/intents")
    expect(page.get_by_text("Nothing was learnt yet")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("textbox", name="Name").fill("Lamp Buy")
    page.get_by_role("button", name="Make intent").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("check the name")
    for name, lines in [*WISHES.items(), ("none", (("en", *STRANGERS),))]:
        if name != "none":
            page.goto("/desk/intents")
            page.get_by_role("textbox", name="Name").fill(name)
            page.get_by_role("textbox", name="English").fill(f"About {name}")
            page.get_by_role("button", name="Make intent").press("Enter")
            expect(page.get_by_text("The intent is there.")).to_be_visible()
        page.goto(f"/desk/intents/named/{name}")
        page.get_by_label("Phrases, one a line").fill("\n".join(lines[0][1:]))
        page.get_by_role("button", name="Add phrases").press("Enter")
        expect(page.get_by_text("Added. It counts from the next training on.")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    page.goto("/desk/intents")
    page.get_by_role("button", name="Train", exact=True).press("Enter")
    expect(page.get_by_text("Version 1 was made")).to_be_visible(timeout=MINUTES)
    page.goto("/desk/intents")
    expect(page.get_by_role("row", name="in use")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    follow(page, page.get_by_role("link", name="What is confused"))
    expect(page.get_by_role("heading", name="Phrases that mislead")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    visitor = guests.visitor(halden)
    visitor.say("I would like to buy a new lamp")
    visitor.wait_for_answer()
    assert understood(house, halden, visitor.conversation_id)[0] == "lamp.buy"
    page.goto("/desk/intents/suggestions")
    expect(page.get_by_role("heading", name="Intents", level=1)).to_be_visible()
    assert violations_in_both_schemes(page) == []


@on_sqlite
def test_what_is_confused_is_a_picture_and_a_table(open_context: OpenContext, house: House, halden: Tenant) -> None:
    """What misleads is moved by one press; both in both schemes, and on a narrow window."""
    scope = system_scope(halden.id, "test")
    texts = ("buy a lamp", "buy a new lamp", "lamp is broken")
    new = [NewPhrase(text=MaskedText(text), intent="lamp.buy", language="en") for text in texts]
    told = HarmfulPhrase(id=phrase_id_of(scope, texts[2]), intent="lamp.buy", taken_for="lamp.broken", score=0.8)
    trained = learnt(strangers=True)
    unseen = msgspec.structs.replace(
        judge_unseen(trained, wishes(strangers=True)),
        confusions=(Pair(intent="lamp.buy", taken_for="lamp.broken", phrases=3),),
    )
    description, weights = pack_model(trained.heads, encoder=house.reader.encoder_id, languages=("en",), phrases=3)
    report = ModelReport(unseen=unseen, harmful=(told,))
    made = Made(description=description, weights=weights, report=report)
    for name in ("lamp.buy", "lamp.broken"):
        house.transactions.write(scope, partial(house.intents.put, scope=scope, name=name, labels={"en": name}))
    house.transactions.write(scope, lambda tx: house.intents.add(tx, scope, new))

    def learn(tx: Tx) -> Outcome[int | None]:
        """Ask and finish in one transaction: its job finds nothing to do."""
        training = house.intent_models.ask(tx, scope).value
        return house.intent_models.finish(tx, scope, training.id, made)

    house.transactions.write(scope, learn)
    page = sign_in(open_context(viewport={"width": 390, "height": 800}).new_page(), username="admin")
    page.goto("/desk/intents/report")
    expect(page.get_by_role("img", name="Which intents, by rows")).to_be_visible()
    expect(page.get_by_role("table", name="Commonest confusions")).to_contain_text("lamp.broken")
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("button", name="Move “lamp is broken” to lamp.broken").press("Enter")
    expect(page.get_by_text("Moved.")).to_be_visible()
    expect(page.get_by_role("table", name="Misleading phrases")).to_have_count(0)
    page.goto("/desk/intents/named/lamp.broken")
    expect(page.get_by_role("table", name="Phrases, the newest first")).to_contain_text("lamp is broken")
    assert violations_in_both_schemes(page) == []
