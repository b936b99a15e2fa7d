"""Files that agents send: attached at the desk, held, scanned, and fetched by the customer, on both databases."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.clock import FixedClock, SystemClock
from doorward.kit.jobs import JobWorker
from doorward.kit.settings import Settings
from doorward.plugins.connectors.eicar_demonstration.plugin import EICAR, EicarDemonstration
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations
from tests.support.portal import Mailbox, PortalGuest, customer
from tests.support.reader import faults_of_tree
from tests.support.scanning import open_scanning_house
from tests.support.server import Guests, WebVisitor

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels of a floor plan" * 20
CARD = "4242 4242 4242 4242"
PASTE = """() => {
    const data = new DataTransfer();
    const bytes = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3]);
    data.items.add(new File([bytes], "photo.png", { type: "image/png" }));
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.getElementById("reply-text").dispatchEvent(event);
}"""
"""Pastes a picture into the reply."""


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still, so that a test says when a reply is due."""
    return FixedClock(SystemClock().now())


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs and sweeps run when a test says so."""
    monkeypatch.setattr(JobWorker, "start", lambda _worker: None)


@pytest.fixture
def house(house_settings: Settings, clock: FixedClock) -> Iterator[House]:
    """A house that has files scanned."""
    opened = open_scanning_house(house_settings, EicarDemonstration(), clock=clock)
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def visitor(house: House, guests: Guests, halden: Tenant) -> WebVisitor:
    """A customer who has proven who they are and whose conversation Mira has."""
    mailbox, email = Mailbox(house), customer(house).email
    found = guests.visitor(halden)
    found.say("Please send me the plan")
    found.client.post("/c/webchat/verification", json={"email": email})
    found.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(email)}).raise_for_status()
    found.ask_for_person()
    guests.member("mira").post(f"/api/v1/conversations/{found.conversation_id}/take").raise_for_status()
    return found


def attach(member: httpx.Client, visitor: WebVisitor, content: bytes = PNG, **more: str) -> httpx.Response:
    """Attach a file by the interface."""
    body = {"name": "plan.png", "type": "image/png", "data": base64.b64encode(content).decode()} | more
    return member.post(f"/api/v1/conversations/{visitor.conversation_id}/attachments", json=body)


def told(visitor: WebVisitor) -> list[tuple[str, str]]:
    """What the customer is told of agents' words and files."""
    return [(one["kind"], one["text"]) for one in visitor.entries()["entries"] if one["author"] == "agent"]


def fetch(client: httpx.Client, attachment_id: Any) -> httpx.Response:
    """Ask for a file as the widget does."""
    return client.get("/c/webchat/file", params={"id": attachment_id})


def test_a_file_goes_out_with_its_reply_once_it_is_clean(
    house: House, guests: Guests, visitor: WebVisitor, clock: FixedClock, url: str
) -> None:
    """Before the scan nobody is told of it; afterwards the customer has it in chat and portal, nobody else."""
    mira, address = guests.member("mira"), f"/api/v1/conversations/{visitor.conversation_id}"
    kept = attach(mira, visitor, name=f"plan of {CARD}.png")
    assert (kept.status_code, kept.json()["state"]) == (201, "held")
    assert CARD not in kept.text
    file = kept.json()["attachment_id"]
    assert [one["attachment_id"] for one in mira.get(f"{address}/attachments").json()["items"]] == [file]
    early = mira.post(f"{address}/replies", json={"text": "Here it is", "attachments": [file]})
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    soon = (clock.now() + timedelta(seconds=5)).isoformat()
    wish = {"text": "Here it is", "send_at": soon, "attachments": [file]}
    assert mira.post(f"{address}/scheduled", json=wish).status_code == 201
    clock.advance(timedelta(seconds=10))
    house.keep_time_at_the_desk()
    assert (told(visitor), fetch(visitor.client, file).status_code) == ([], 404)
    house.jobs.run_jobs()
    assert not any(one["kind"] == "attachment.scanned" for one in visitor.entries()["entries"])
    house.keep_time_at_the_desk()
    assert [kind for kind, _ in told(visitor)] == ["message.agent", "attachment.received"]
    assert CARD not in str(visitor.entries())
    answer = fetch(visitor.client, file)
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    other = guests.visitor(tenant_of_visitor(house))
    other.say("Hello")
    assert fetch(other.client, file).status_code == 404
    guest = PortalGuest(url, Mailbox(house)).sign_in(customer(house).email)
    place = f"/conversations/{visitor.conversation_id}"
    assert f"{place}/files/{file}" in guest.get(place).text
    assert guest.get(f"{place}/files/{file}").content == PNG
    guest.client.close()
    assert mira.delete(f"{address}/attachments/{file}").status_code == 409


def test_files_go_without_words_to_the_customer_or_to_colleagues_alone(
    house: House, guests: Guests, visitor: WebVisitor, clock: FixedClock
) -> None:
    """A reply that only brings a file, at the desk and by program; the file of a note is never the customer's."""
    mira, address = guests.member("mira"), f"/api/v1/conversations/{visitor.conversation_id}"
    page, csrf = f"/desk/conversations/{visitor.conversation_id}", mira.headers["x-csrf-token"]
    file = attach(mira, visitor, name="plan.png").json()["attachment_id"]
    assert mira.post(f"{address}/replies", json={"text": ""}).status_code == 400
    assert "required" not in mira.get(page).text.partition('id="reply-text"')[2].partition(">")[0]
    fields = {"csrf": csrf, "key": "k", "text": "", f"file-{file}": "yes"}
    assert mira.post(f"{page}/replies", data=fields).status_code == 303
    house.jobs.run_jobs()
    clock.advance(timedelta(minutes=1))
    house.keep_time_at_the_desk()
    assert told(visitor) == [("attachment.received", "plan.png")]
    jonas = guests.member("jonas")
    form = {"csrf": jonas.headers["x-csrf-token"], "key": "n", "text": ""}
    brought = {"files": ("inside.png", PNG, "image/png")}
    assert jonas.post(f"{page}/notes", data=form, files=brought).status_code == 303
    many = [("files", (f"{number}.png", PNG, "image/png")) for number in range(6)]
    refused = jonas.post(f"{page}/notes", data=form | {"text": "Six of <them>"}, files=many)
    assert (refused.status_code, "A note brings at most 5 files." in refused.text) == (413, True)
    assert "Six of &lt;them&gt;</textarea>" in refused.text  # whoever wrote it without a script has it still
    body = {"name": "by-program.png", "type": "image/png", "data": base64.b64encode(PNG).decode()}
    assert jonas.post(f"{address}/notes", json={"text": "", "files": [body]}).status_code == 201
    assert jonas.post(f"{address}/notes", json={"text": ""}).status_code == 400
    house.jobs.run_jobs()
    lines = [one for one in jonas.get(address).json()["lines"] if one["author"] == "note"]
    assert [(one["text"], one["attachment"]["state"]) for one in lines] == [
        ("inside.png", "clean"),
        ("by-program.png", "clean"),
    ]
    inside = lines[0]["attachment"]["attachment_id"]
    assert jonas.get(f"{page}/files/{inside}").content == PNG
    assert fetch(visitor.client, inside).status_code == 404
    assert "inside.png" not in str(visitor.entries())
    assert told(visitor) == [("attachment.received", "plan.png")]


def tenant_of_visitor(house: House) -> Tenant:
    """Halden."""
    return next(one for one in house.transactions.read(house.identity.tenants.all_tenants) if one.slug == "halden")


def test_what_customers_hand_in_is_handed_back_to_nobody(house: House, visitor: WebVisitor) -> None:
    """A browser that holds the conversation's token gets no copy of the papers that were handed in there."""
    body = {"id": "a-1", "name": "id.png", "type": "image/png", "data": base64.b64encode(PNG).decode()}
    own = visitor.client.post("/c/webchat/attachments", json=body).json()["attachment_id"]
    house.jobs.run_jobs()
    assert fetch(visitor.client, own).status_code == 404
    assert fetch(visitor.client, "0" * 26).status_code == 404
    assert fetch(visitor.client, "nothing").status_code == 400


def test_forms_attach_files_without_a_script(
    house: House, guests: Guests, visitor: WebVisitor, clock: FixedClock
) -> None:
    """A form attaches, the reply's own form takes along, and what is refused is said in words."""
    mira, page = guests.member("mira"), f"/desk/conversations/{visitor.conversation_id}"
    csrf = mira.headers["x-csrf-token"]

    def send(content: bytes, *, kind: str = "image/png") -> httpx.Response:
        return mira.post(
            f"{page}/files",
            data={"csrf": csrf, "key": content[-9:].hex()},
            files={"files": ("plan.png", content, kind)},
        )

    assert send(PNG).status_code == 303
    assert "plan.png" in mira.get(page).text
    refused = send(b"MZ" + bytes(40))
    assert refused.status_code == 415
    assert "This type of file is not taken" in refused.text
    assert mira.post(f"{page}/files", data={"csrf": csrf}, files={"files": ("", b"")}).status_code == 400
    assert mira.post(f"{page}/files", data={"csrf": "x"}, files={"files": ("a", PNG)}).status_code == 403
    (file,) = mira.get(f"/api/v1/conversations/{visitor.conversation_id}/attachments").json()["items"]
    fields = {"csrf": csrf, "key": "k", "text": "Here", f"file-{file['attachment_id']}": "yes"}
    assert mira.post(f"{page}/replies", data=fields).status_code == 303
    assert "as soon as its files are scanned" in mira.get(page).text
    clock.advance(timedelta(minutes=1))
    house.jobs.run_jobs()
    house.keep_time_at_the_desk()
    assert [text for _, text in told(visitor)] == ["Here", "plan.png"]
    again = send(PNG + b"another")
    assert again.status_code == 303
    (left,) = mira.get(f"/api/v1/conversations/{visitor.conversation_id}/attachments").json()["items"]
    gone = mira.post(f"{page}/detach", data={"csrf": csrf, "file": left["attachment_id"]})
    assert gone.status_code == 303
    assert mira.get(f"/api/v1/conversations/{visitor.conversation_id}/attachments").json()["items"] == []


@pytest.mark.browser
@on_sqlite
def test_a_file_is_attached_by_keyboard(
    open_context: OpenContext, house: House, visitor: WebVisitor, clock: FixedClock, tmp_path: Path
) -> None:
    """A key opens the box, the chosen file goes at once and outlives a reload; the reply takes it along; refused ones
    are named, and the reply comes back with what it brought.
    """
    plan, bad = tmp_path / "plan.png", tmp_path / "bill.pdf"
    plan.write_bytes(PNG)
    bad.write_bytes(b"%PDF-1.7\n" + EICAR)
    page = sign_in(open_context().new_page(), username="mira")
    # Whoever listens only when the key is pressed can be too late: the browser opens its own dialog then.
    page.on("filechooser", lambda _chooser: None)
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    page.keyboard.press("v")
    field = page.get_by_label("Files", exact=True)
    expect(field).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([plan, bad])
    attached = page.get_by_role("list", name="Files that go with your reply")
    expect(attached.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("textbox", name="Your reply")).to_be_focused()
    page.evaluate(PASTE)
    expect(attached.get_by_role("listitem")).to_have_count(3)
    page.keyboard.type("Here is the plan")
    page.reload()
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("Here is the plan")
    expect(attached).to_contain_text("is being scanned")
    assert violations(page) == []
    assert faults_of_tree(page) == []
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    waiting = page.get_by_role("list", name="Replies that wait to be sent")
    expect(waiting).to_contain_text("as soon as its files are scanned")
    house.jobs.run_jobs()
    expect(waiting).to_contain_text("the scan refused one of its files")
    clock.advance(timedelta(minutes=1))
    house.keep_time_at_the_desk()
    page.get_by_role("textbox", name="Your reply").blur()
    page.keyboard.press("u")
    expect(attached).to_contain_text("refused: the scan found something harmful")
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("Here is the plan")
    page.keyboard.press("Control+Enter")
    expect(waiting.get_by_role("listitem").first).to_be_visible()
    clock.advance(timedelta(minutes=1))
    house.keep_time_at_the_desk()
    expect(page.locator("#lines")).to_contain_text("plan.png")
    assert [text for _, text in told(visitor)] == ["Here is the plan", "plan.png", "photo.png"]
    page.get_by_role("button", name="Take bill.pdf away").press("Enter")
    expect(attached).to_have_count(0)
