"""The knowledge pages: drafts never answer, publishing does, nothing that somebody wrote is lost."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, follow, on_sqlite, sign_in, tab_to, violations
from tests.support.server import Guests

NEW = "/desk/knowledge/new"
HOSTILE = "<script>alert(1)</script> [go](javascript:alert(2)) ![x](https://evil.example/x.png) **bold**"


def article(member: httpx.Client, **wishes: Any) -> dict[str, str]:
    """Return the fields of an article's form."""
    fields = {
        "csrf": member.headers["x-csrf-token"],
        "expected": "0",
        "language": "en",
        "title": "Umbrella rental",
        "slug": "",
        "summary": "How to rent an umbrella.",
        "keywords": "umbrella, rain",
        "section-1-id": "",
        "section-1-heading": "Renting an umbrella",
        "section-1-body": "Umbrellas cost two coins a day at every branch.",
        "section-1-questions": "Can I rent an umbrella?\nHow much is an umbrella?",
        "do": "save",
    }
    return fields | {name.replace("__", "-"): value for name, value in wishes.items()}


def answer_to(guests: Guests, tenant: Tenant) -> list[str]:
    """Ask for the umbrella and return what is said."""
    visitor = guests.visitor(tenant)
    visitor.say("Can I rent an umbrella?")
    for _ in range(200):
        if heard := visitor.heard():
            return heard
    return []


def test_a_draft_never_answers_and_a_published_article_does(guests: Guests, halden: Tenant) -> None:
    """Saving answers nobody, publishing answers, withdrawing ends it, and the history tells all three."""
    writer = guests.member("nadia")
    saved = writer.post(NEW, data=article(writer))
    assert saved.headers["location"] == "/desk/knowledge/umbrella-rental/en?done=saved"
    assert not any("two coins" in text for text in answer_to(guests, halden))
    address = "/desk/knowledge/umbrella-rental/en"
    published = writer.post(f"{address}/edit", data=article(writer, expected="1", do="publish"))
    assert published.status_code == 303, published.text
    assert any("two coins" in text for text in answer_to(guests, halden))
    draft = article(writer, expected="2", section_1_body="x") | {"section-1-body": "Umbrellas are free now."}
    assert writer.post(f"{address}/edit", data=draft).status_code == 303
    assert any("two coins" in text for text in answer_to(guests, halden))
    writer.post(f"{address}/withdraw", data={"csrf": writer.headers["x-csrf-token"]})
    assert not any("coins" in text or "free now" in text for text in answer_to(guests, halden))
    history = writer.get(f"{address}/history").text
    assert all(word in history for word in ("Withdrawn", "Published", "Draft saved", "Nadia Orlova", "free now"))


def test_four_eyes_publish_where_the_company_wants_them(guests: Guests, house: House, halden: Tenant) -> None:
    """A writer's press publishes nothing and loses nothing; handed in, returned, and published by somebody else."""
    scope = system_scope(halden.id, "test")
    tenants = house.identity.tenants
    house.transactions.write(scope, lambda tx: tenants.change_setting(tx, scope, name="article_review", value=True))
    writer, reader = guests.member("nadia"), guests.member("admin")
    refused = writer.post(NEW, data=article(writer, do="publish"))
    assert (refused.status_code, "two coins" in refused.text, "Four eyes" in refused.text) == (403, True, True)
    address = "/desk/knowledge/umbrella-rental/en"
    assert writer.get(address).status_code == 404
    assert writer.post(NEW, data=article(writer)).status_code == 303
    token = {member: {"csrf": member.headers["x-csrf-token"]} for member in (writer, reader)}
    assert (
        "done=submitted" in writer.post(f"{address}/submit", data=token[writer] | {"expected": "1"}).headers["location"]
    )
    assert (
        "done=review" in writer.post(f"{address}/publish", data=token[writer] | {"expected": "2"}).headers["location"]
    )
    back = reader.post(f"{address}/return", data=token[reader] | {"expected": "2", "note": "<b>Three</b> coins!"})
    assert "done=returned" in back.headers["location"]
    assert "&lt;b&gt;Three&lt;/b&gt; coins!" in writer.get(address).text
    writer.post(f"{address}/submit", data=token[writer] | {"expected": "3"})
    assert "umbrella-rental" in reader.get("/desk/knowledge?stage=review").text
    assert (
        "done=published"
        in reader.post(f"{address}/publish", data=token[reader] | {"expected": "4"}).headers["location"]
    )
    assert any("two coins" in text for text in answer_to(guests, halden))
    kept = writer.post(f"{address}/steward", data=token[writer] | {"owner": "", "review_by": "2020-01-01"})
    assert "done=entrusted" in kept.headers["location"]
    assert "The day is past" in writer.get(address).text
    assert writer.post(f"{address}/steward", data=token[writer] | {"review_by": "soon"}).status_code == 400
    assert writer.post(f"{address}/steward", data=token[writer] | {"owner": "nobody"}).status_code == 404


def test_the_later_of_two_writers_loses_nothing(guests: Guests) -> None:
    """The later save is refused with what the other changed; the text is in the form and a second save keeps it."""
    first, second = guests.member("nadia"), guests.member("admin")
    first.post(NEW, data=article(first))
    address = "/desk/knowledge/umbrella-rental/en/edit"
    theirs = article(first, expected="1", summary="Umbrellas, dry and cheap.")
    assert first.post(address, data=theirs).status_code == 303
    mine = article(second, expected="1", title="My umbrella title", do="publish")
    refused = second.post(address, data=mine)
    assert refused.status_code == 409
    assert "Umbrellas, dry and cheap." in refused.text
    assert "Nadia Orlova" in refused.text
    assert 'value="My umbrella title"' in refused.text
    assert 'name="expected" value="2"' in refused.text
    assert second.post(address, data=mine | {"expected": "2", "do": "save"}).status_code == 303


def test_a_lost_session_shows_the_text_again(guests: Guests) -> None:
    """Without a session the form comes back with all that was written; with a new one a second press saves it."""
    writer = guests.member("nadia")
    fields = article(writer, title="Written <b>long</b>")
    nobody = guests.client(headers={"origin": guests.url})
    lost = nobody.post(NEW, data=fields)
    assert lost.status_code == 401
    assert 'value="Written &lt;b&gt;long&lt;/b&gt;"' in lost.text
    assert "Umbrellas cost two coins" in lost.text
    again = writer.post(NEW, data=fields | {"csrf": ""})
    assert again.status_code == 403
    assert "Umbrellas cost two coins" in again.text
    assert writer.post(NEW, data=fields).status_code == 303


def test_hostile_articles_are_text(guests: Guests) -> None:
    """Markup of any kind neither runs nor loads anything: not in the preview, the page, the editor or the history."""
    writer = guests.member("nadia")
    fields = article(writer, title=HOSTILE) | {
        "section-1-body": HOSTILE,
        "section-1-heading": HOSTILE,
        "slug": "hostile",
    }
    assert writer.post(NEW, data=fields | {"do": "publish"}).status_code == 303
    address = "/desk/knowledge/hostile/en"
    pages = [writer.get(f"{address}{end}").text for end in ("", "/edit", "/history", "?beside=de")]
    pages += [writer.post("/desk/knowledge/preview", data=fields).text, writer.get("/desk/knowledge?q=script").text]
    for html in pages:
        assert "<script>alert" not in html
        assert 'href="javascript' not in html
        assert "<img" not in html


def test_faults_are_named_beside_their_fields(guests: Guests) -> None:
    """What is missing is said at its field, with everything else kept; a taken name is refused."""
    writer = guests.member("nadia")
    empty = writer.post(NEW, data=article(writer, title="", do="publish") | {"section-1-body": " "})
    assert empty.status_code == 400
    assert 'id="title-error"' in empty.text
    assert 'id="section-1-body-error"' in empty.text
    writer.post(NEW, data=article(writer))
    assert writer.post(NEW, data=article(writer)).status_code == 303, "a second press saves the same, once"
    taken = writer.post(NEW, data=article(writer, summary="Another umbrella."))
    assert taken.status_code == 409
    assert 'id="slug-error"' in taken.text
    added = writer.post(NEW, data=article(writer, do="add"))
    assert 'name="section-2-heading"' in added.text


def test_agents_read_and_do_not_write(guests: Guests, halden: Tenant) -> None:
    """An agent finds and reads articles; writing is for those who may."""
    agent = guests.member("mira")
    assert agent.get("/desk/knowledge?q=card").status_code == 200
    assert "/desk/knowledge/new" not in agent.get("/desk/knowledge").text
    assert agent.get(NEW).status_code == 403
    assert agent.post(NEW, data=article(agent)).status_code == 403
    owner = guests.member("owner", company="brisa")
    assert owner.get("/desk/knowledge/card-delivery/en").status_code == 404


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_article_in_two_languages(open_context: OpenContext, halden: Tenant, scheme: str) -> None:
    """Somebody writes an article, sees it live as customers will, publishes it, and writes it in a second language."""
    page = sign_in(
        open_context(color_scheme=scheme, viewport={"width": 1280, "height": 900}).new_page(), username="nadia"
    )
    page.goto("/desk/knowledge")
    assert violations(page) == []
    follow(page, page.get_by_role("link", name="Write an article"))
    page.get_by_label("Title").fill("Umbrella rental")
    page.get_by_label("Heading").fill("Renting an umbrella")
    page.get_by_label("Answer").press_sequentially("- two coins\n- every branch")
    expect(page.locator("#preview")).to_contain_text("• two coins")
    assert violations(page) == []
    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.get_by_text("The article is published")).to_be_visible()
    assert violations(page) == []
    follow(page, page.get_by_role("link", name="Deutsch Not written"))
    follow(page, page.get_by_role("link", name="Write it in this language"))
    expect(page.get_by_text("• two coins")).to_be_visible()
    page.get_by_label("Title").fill("Schirmverleih")
    page.get_by_label("Heading").fill("Einen Schirm leihen")
    page.get_by_label("Answer").fill("Zwei Münzen am Tag.")
    page.get_by_role("button", name="Save draft").last.press("Enter")
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    follow(page, page.get_by_role("link", name="History"))
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    for address in (
        "/desk/knowledge",
        "/desk/knowledge/umbrella-rental/de/edit?beside=en",
        "/desk/knowledge/umbrella-rental/de?beside=en",
    ):
        page.goto(address)
        assert violations(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), address


@pytest.mark.browser
@on_sqlite
def test_an_article_in_two_languages_click_by_click(open_context: OpenContext, guests: Guests, halden: Tenant) -> None:
    """Whoever never saw the pages follows what they say: write, publish, take the offered language, publish it."""
    page = sign_in(open_context(viewport={"width": 1280, "height": 900}).new_page(), username="nadia")
    page.get_by_role("link", name="Knowledge").click()
    page.get_by_role("link", name="Write an article").click()
    page.get_by_label("Title").fill("Umbrella rental")
    page.get_by_label("Heading").fill("Renting an umbrella")
    page.get_by_label("Answer").fill("Umbrellas cost two coins a day.")
    page.get_by_label("Ways of asking").fill("Can I rent an umbrella?")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="English Published")).to_be_visible()  # slow machines show progress before
    page.get_by_role("link", name="Deutsch", exact=True).click()
    expect(page.get_by_text("Umbrellas cost two coins a day.")).to_be_visible()
    page.get_by_label("Title").fill("Schirmverleih")
    page.get_by_label("Heading").fill("Einen Schirm leihen")
    page.get_by_label("Answer").fill("Zwei Münzen am Tag.")
    page.get_by_role("button", name="Save draft").last.click()
    page.get_by_role("button", name="Publish this draft").click()
    expect(page.get_by_role("link", name="Deutsch Published")).to_be_visible()  # slow machines show progress before
    assert any("two coins" in text for text in answer_to(guests, halden))
    page.get_by_role("link", name="Knowledge").first.click()
    page.get_by_role("link", name="Umbrella rental", exact=True).click()
    expect(page.get_by_role("link", name="Deutsch Published")).to_be_visible()


@pytest.mark.browser
@on_sqlite
def test_an_article_in_two_languages_by_keyboard_alone(open_context: OpenContext, halden: Tenant) -> None:
    """The same without a pointer: every step is reached by the tabulator key and shows where one is."""
    page = sign_in(open_context(viewport={"width": 1280, "height": 900}).new_page(), username="nadia")
    keys = page.keyboard
    tab_to(page, page.get_by_role("link", name="Knowledge"))
    keys.press("Enter")
    tab_to(page, page.get_by_role("link", name="Write an article"))
    keys.press("Enter")
    for label, words in (("Title", "Umbrella rental"), ("Heading", "Renting an umbrella"), ("Answer", "Two coins.")):
        tab_to(page, page.get_by_label(label))
        keys.type(words)
    tab_to(page, page.get_by_role("button", name="Publish"))
    keys.press("Enter")
    expect(page.get_by_role("link", name="English Published")).to_be_visible()  # slow machines show progress before
    tab_to(page, page.get_by_role("link", name="Deutsch", exact=True), most=60)
    keys.press("Enter")
    for label, words in (("Title", "Schirmverleih"), ("Heading", "Einen Schirm leihen"), ("Answer", "Zwei Münzen.")):
        tab_to(page, page.get_by_label(label))
        keys.type(words)
    tab_to(page, page.get_by_role("button", name="Publish"))
    keys.press("Enter")
    expect(page.get_by_role("link", name="Deutsch Published")).to_be_visible()  # slow machines show progress before
    expect(page.get_by_role("link", name="Deutsch Published")).to_be_visible()
