"""Publishing as its writers see it: honest progress, whatever happens to their network, their tab, or the model."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from doorward.bootstrap import House
from doorward.doors.web.desk.knowledge import publishing
from doorward.identity import Tenant
from doorward.vocabulary.errors import Unavailable
from tests.journeys.test_knowledge_pages import NEW, article
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations
from tests.support.server import Guests

HERE = "/desk/knowledge/umbrella-rental/en"


class Gate:
    """Stands before the reading of texts: lets sections through one by one, or has it fail."""

    def __init__(self, read: Any) -> None:
        """Stand before `read`."""
        self._read = read
        self._passes = threading.Semaphore(0)
        self.error: Exception | None = None

    def read_own(self, texts: Sequence[str], *, language: str) -> Any:
        """Read a section's texts when it is let through."""
        assert self._passes.acquire(timeout=60)
        if self.error is not None:
            raise self.error
        return self._read(texts, language=language)

    def let(self, sections: int = 1) -> None:
        """Let sections through."""
        self._passes.release(sections)


@pytest.fixture
def gate(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A gate before the house's reader; pages do not wait for what it holds back."""
    made = Gate(house.reader.read_own)
    monkeypatch.setattr(house.reader, "read_own", made.read_own)
    monkeypatch.setattr(publishing, "PATIENCE_SECONDS", 0.05)
    yield made
    made.let(100)


def two_sections(member: Any, **wishes: Any) -> dict[str, str]:
    """Return the form of an article with two sections, to be published."""
    second = {"section-2-heading": "Buying one", "section-2-body": "Nine coins.", "section-2-questions": ""}
    return article(member, do="publish") | second | wishes


def test_a_closed_tab_and_a_second_publisher_change_nothing(guests: Guests, gate: Gate, halden: Tenant) -> None:
    """Publishing goes on without its writer; a second press joins it; another's text is refused; then it answers."""
    writer, other = guests.member("nadia"), guests.member("admin")
    assert writer.post(NEW, data=two_sections(writer)).headers["location"] == f"{HERE}?done=published"
    page = other.get(HERE).text
    assert "0 of 2 sections read" in page
    assert "answers customers from now on" not in other.get(f"{HERE}?done=published").text
    assert writer.get("/health").json()["state"] == "ok", "the server answers meanwhile"
    again = other.post(f"{HERE}/publish", data={"csrf": other.headers["x-csrf-token"], "expected": "1"})
    assert again.status_code == 303
    theirs = two_sections(other, title="Mine") | {"expected": "0"}
    assert other.post(f"{HERE}/edit", data=theirs).status_code == 409
    gate.let(2)
    for _ in range(500):
        if "sections read" not in (page := other.get(HERE).text):
            break
    assert page.count("Two coins") <= 1
    assert "Published" in page
    history = other.get(f"{HERE}/history").text
    assert history.count("<strong>Published</strong>") == 1


@pytest.mark.parametrize("error", [Unavailable("rests"), ValueError("broken")])
def test_a_model_that_fails_is_said_in_words(guests: Guests, gate: Gate, error: Exception) -> None:
    """The article stays as it was, the text is kept as a draft, the page says so and offers to try again."""
    writer = guests.member("nadia")
    gate.error = error
    gate.let()
    writer.post(NEW, data=two_sections(writer))
    for _ in range(500):
        if "sections read" not in (page := writer.get(HERE).text):
            break
    assert "What customers read has not changed" in page
    assert "Try publishing again" in page
    gate.error = None
    gate.let(2)
    writer.post(f"{HERE}/publish", data={"csrf": writer.headers["x-csrf-token"], "expected": "1"})
    for _ in range(500):
        if "sections read" not in (page := writer.get(HERE).text):
            break
    assert "Not published" not in page
    assert "Withdraw" in page


def write(page: Page) -> None:
    """Write an article with two sections and press Publish."""
    page.goto(NEW)
    page.get_by_label("Title").fill("Umbrella rental")
    page.get_by_label("Heading").fill("Renting an umbrella")
    page.get_by_label("Answer").fill("Two coins.")
    page.get_by_role("button", name="Add a section").click()
    expect(page.get_by_label("Heading").last).to_be_focused()
    page.get_by_label("Heading").last.fill("Buying one")
    page.get_by_label("Answer").last.fill("Nine coins.")
    page.get_by_role("button", name="Publish").click()


@pytest.mark.browser
@on_sqlite
def test_the_bar_moves_and_survives_a_lost_network(open_context: OpenContext, gate: Gate) -> None:
    """The bar stands at the sections that are read; without network it waits, and afterwards shows the end."""
    context = open_context(viewport={"width": 390, "height": 800})
    page = sign_in(context.new_page(), username="nadia")
    write(page)
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    expect(bar).to_have_attribute("max", "2")
    assert violations(page) == []
    context.set_offline(True)
    with page.expect_event("requestfailed"):
        gate.let(2)
    expect(bar).to_be_visible()
    context.set_offline(False)
    ended = page.locator(".notice", has_text="The article is published")
    expect(ended).to_be_focused()
    expect(bar).to_have_count(0)
    assert violations(page) == []


def test_what_ends_before_its_page_is_shown_is_said_too(guests: Guests, gate: Gate, halden: Tenant) -> None:
    """A publication that outlasts the press of the button and is over when the page comes ends in its sentence."""
    writer = guests.member("nadia")
    way = writer.post(NEW, data=two_sections(writer)).headers["location"]
    gate.let(2)
    for _ in range(500):
        if "sections read" not in (page := writer.get(way).text):
            break
    assert "answers customers from now on" in page
    assert "answers customers from now on" not in writer.get(HERE).text


@pytest.mark.browser
@on_sqlite
def test_somebody_who_is_busy_elsewhere_keeps_the_focus(open_context: OpenContext, gate: Gate) -> None:
    """The end of a publication takes no focus from the palette that its writer has opened meanwhile."""
    page = sign_in(open_context().new_page(), username="nadia")
    write(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.locator("#palette-input")
    expect(field).to_be_focused()
    gate.let(2)
    expect(page.locator(".notice", has_text="The article is published")).to_be_attached()
    expect(field).to_be_focused()


@pytest.mark.browser
@on_sqlite
def test_what_is_not_saved_is_not_lost_by_leaving(open_context: OpenContext, halden: Tenant) -> None:
    """Leaving with words that are not saved is asked about; a removed section comes back; saved, nothing is asked."""
    page = sign_in(open_context().new_page(), username="nadia")
    page.goto(NEW)
    page.get_by_label("Title").fill("Umbrella rental")
    page.get_by_label("Heading").fill("Renting an umbrella")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_label("Title")).to_have_value("Umbrella rental")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Add a section").click()
    page.get_by_role("button", name="Remove section 1").click()
    expect(page.get_by_role("button", name="Put it back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Heading").first).to_have_value("Renting an umbrella")
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    assert asked == ["beforeunload"]
