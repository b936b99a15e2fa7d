"""Files through the doors: handed in, held, scanned, then handed out or destroyed, on both databases."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from doorward import record
from doorward.bootstrap import House
from doorward.doors.web.downloads import SANDBOX
from doorward.flow.attachments import CLEAN, HELD, REFUSED
from doorward.flow.attachments.repository import find_attachment
from doorward.flow.tables import attachment_table
from doorward.identity import Tenant
from doorward.kit.clock import FixedClock, SystemClock
from doorward.kit.jobs import LAST_ATTEMPT, ClaimedJob, JobWorker, job_table
from doorward.kit.settings import Settings
from doorward.plugins.connectors.eicar_demonstration.plugin import EICAR
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations
from tests.support.clamd import NAME, clamd_twin
from tests.support.house import tenant_of
from tests.support.portal import Mailbox, PortalGuest, customer
from tests.support.scanning import GatedScanner, asking, open_scanning_house
from tests.support.server import Guests, WebVisitor, serving

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels of a secret drawing" * 20
HARMFUL = b"%PDF-1.7\n" + EICAR


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still, so that a test says when a job is tried again."""
    return FixedClock(SystemClock().now())


@pytest.fixture
def scanner() -> Iterator[GatedScanner]:
    """Clamd's connector before a twin of the daemon, with a gate between."""
    with clamd_twin() as twin:
        yield GatedScanner(asking(twin))


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs and sweeps run when a test says so."""
    monkeypatch.setattr(JobWorker, "start", lambda _worker: None)


@pytest.fixture
def house(house_settings: Settings, scanner: GatedScanner, clock: FixedClock) -> Iterator[House]:
    """A house that has files scanned."""
    opened = open_scanning_house(house_settings, scanner, clock=clock)
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def visitor(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who has just opened Halden's chat."""
    return guests.visitor(halden)


def hand_in(
    visitor: WebVisitor, content: bytes = PNG, *, name: str = "slip.png", kind: str = "image/png", key: str = "a-1"
) -> str:
    """Hand a file in and return its id."""
    data = base64.b64encode(content).decode()
    body = {"id": key, "name": name, "type": kind, "data": data}
    answer = visitor.client.post("/c/webchat/attachments", json=body)
    assert (answer.status_code, answer.json()["state"]) == (202, HELD), answer.text
    return str(answer.json()["attachment_id"])


def hand_in_harm(visitor: WebVisitor) -> str:
    """Hand a harmful file in and return its id."""
    return hand_in(visitor, HARMFUL, name="bill.pdf", kind="application/pdf")


def told(visitor: WebVisitor) -> list[tuple[str, str]]:
    """What the customer is told of files: kinds of lines and states."""
    return [
        (one["kind"], one["attachment"]["state"])
        for one in visitor.entries()["entries"]
        if one["kind"].startswith("attachment.")
    ]


def row_of(house: House, tenant: Tenant, attachment_id: str) -> Any:
    """What the database holds of a file."""
    scope = system_scope(tenant.id, "test")
    return house.transactions.read(lambda tx: find_attachment(tx, scope, attachment_id))


def job_states(house: House) -> list[str]:
    """How the jobs that scan stand, in order of their keys."""
    query = select(job_table.c.state).where(job_table.c.kind == "attachment.scan").order_by(job_table.c.key)
    return list(house.transactions.read(lambda tx: tx.execute(query).scalars().all()))


def fetch(client: httpx.Client, visitor: WebVisitor, attachment_id: str, *, api: bool = False) -> httpx.Response:
    """Ask for a file at the desk, or by the interface."""
    if api:
        return client.get(f"/api/v1/conversations/{visitor.conversation_id}/attachments/{attachment_id}")
    return client.get(f"/desk/conversations/{visitor.conversation_id}/files/{attachment_id}")


def audited(house: House, tenant: Tenant, action: str) -> list[Any]:
    """The audit lines of an action about anything."""
    scope = system_scope(tenant.id, "test")
    return [
        one
        for one in house.transactions.read(lambda tx: record.latest_audit(tx, scope, limit=100))
        if one.action == action
    ]


def test_a_file_is_kept_sealed_and_held(house: House, halden: Tenant, guests: Guests, visitor: WebVisitor) -> None:
    """Until it is scanned nothing of it stands in the clear, both sides read that, and nobody can open it."""
    attachment_id = hand_in(visitor)
    (line,) = visitor.entries()["entries"]
    assert (line["author"], line["text"], line["client_id"]) == ("customer", "slip.png", "a-1")
    assert told(visitor) == [("attachment.received", HELD)]
    assert b"secret drawing" not in bytes(row_of(house, halden, attachment_id).sealed)
    for path in ("/c/webchat/attachments", f"/c/webchat/attachments/{attachment_id}"):
        assert visitor.client.get(path).status_code in {404, 405}
    mira = guests.member("mira")
    page = mira.get(f"/desk/conversations/{visitor.conversation_id}").text
    assert "slip.png" in page
    assert "PNG, 1 kB" in page
    assert "Held until it has been scanned" in page
    assert f"/files/{attachment_id}" not in page
    for api in (False, True):
        assert fetch(mira, visitor, attachment_id, api=api).status_code == 409
    assert audited(house, halden, "attachment.downloaded") == []


def test_a_clean_file_is_handed_out_and_that_is_noted(
    house: House, halden: Tenant, guests: Guests, visitor: WebVisitor
) -> None:
    """After the scan both sides read so, an agent gets exactly what was handed in, safely, and the audit says who."""
    attachment_id = hand_in(visitor, name="Überweisung\u202e.png")
    assert house.jobs.run_jobs() == 1
    assert told(visitor) == [("attachment.received", CLEAN), ("attachment.scanned", CLEAN)]
    mira = guests.member("mira")
    page = mira.get(f"/desk/conversations/{visitor.conversation_id}").text
    assert "Scanned: nothing was found." in page
    assert f"/files/{attachment_id}" in page
    for api in (False, True):
        answer = fetch(mira, visitor, attachment_id, api=api)
        assert (answer.status_code, answer.content) == (200, PNG)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == (
            "attachment; filename=\"Uberweisung_.png\"; filename*=UTF-8''%C3%9Cberweisung_.png"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == SANDBOX
        assert answer.headers["cache-control"] == "no-store"
    noted = audited(house, halden, "attachment.downloaded")
    assert [(one.object_id, one.actor_kind) for one in noted] == [(attachment_id, "staff")] * 2
    assert [one.reason for one in audited(house, halden, "attachment.scanned")] == ["clean"]


def test_a_harmful_file_is_refused_and_destroyed(
    house: House, halden: Tenant, guests: Guests, visitor: WebVisitor
) -> None:
    """The content goes with the verdict, both sides read that, and only the desk reads what was found, by what."""
    attachment_id = hand_in_harm(visitor)
    house.jobs.run_jobs()
    row = row_of(house, halden, attachment_id)
    assert (row.state, row.finding, bytes(row.sealed)) == (REFUSED, NAME, b"")
    assert told(visitor) == [("attachment.received", REFUSED), ("attachment.scanned", REFUSED)]
    assert NAME not in json.dumps(visitor.entries())
    mira = guests.member("mira")
    page = mira.get(f"/desk/conversations/{visitor.conversation_id}").text
    assert "The content was destroyed." in page
    assert NAME in page
    assert f"/files/{attachment_id}" not in page
    for api in (False, True):
        assert fetch(mira, visitor, attachment_id, api=api).status_code == 409
    (scanned,) = audited(house, halden, "attachment.scanned")
    assert (scanned.object_id, scanned.reason, scanned.fields) == (attachment_id, "infected", ("state", "content"))
    (event,) = [
        one
        for one in mira.get(f"/api/v1/conversations/{visitor.conversation_id}").json()["events"]
        if one["kind"] == "attachment.scanned"
    ]
    assert event["data"]["scanner"] == "clamd"
    assert event["data"]["version"].startswith("ClamAV ")


def test_a_scanner_that_is_away_leaves_files_held_and_is_asked_again(
    house: House, halden: Tenant, visitor: WebVisitor, scanner: GatedScanner, clock: FixedClock
) -> None:
    """Never clean without a verdict: the job waits and tries again, and the file is free once the scanner is back."""
    scanner.there = False
    attachment_id = hand_in(visitor)
    assert house.jobs.run_jobs() == 1
    assert house.jobs.run_jobs() == 0
    assert row_of(house, halden, attachment_id).state == HELD
    assert job_states(house) == ["waiting"]
    assert house.health.report()[0] == "degraded"
    house.scan_held()
    assert job_states(house) == ["waiting"]
    scanner.there = True
    clock.advance(timedelta(seconds=5))
    assert house.jobs.run_jobs() == 1
    assert row_of(house, halden, attachment_id).state == CLEAN
    assert scanner.asked == 2


def test_a_scanner_that_is_away_for_hours_is_still_asked_again(
    house: House, halden: Tenant, visitor: WebVisitor, scanner: GatedScanner, clock: FixedClock
) -> None:
    """When a job has been given up, the sweep asks for another, once an hour."""
    scanner.there = False
    attachment_id = hand_in(visitor)
    for _ in range(LAST_ATTEMPT):
        house.jobs.run_jobs()
        clock.advance(timedelta(hours=1))
    assert job_states(house) == ["failed"]
    house.scan_held()
    house.scan_held()
    assert job_states(house) == ["failed", "waiting"]
    scanner.there = True
    house.jobs.run_jobs()
    assert row_of(house, halden, attachment_id).state == CLEAN


def test_a_scan_that_runs_twice_is_written_once(
    house: House, halden: Tenant, visitor: WebVisitor, scanner: GatedScanner
) -> None:
    """A job whose worker died after its work finds nothing to do, and asks no scanner."""
    attachment_id = hand_in(visitor)
    house.jobs.run_jobs()
    again = ClaimedJob(
        id="x",
        tenant_id=halden.id,
        kind="attachment.scan",
        key=attachment_id,
        payload={"attachment_id": attachment_id},
        attempts=2,
    )
    house.scanning(again)
    assert scanner.asked == 1
    assert [kind for kind, _ in told(visitor)] == ["attachment.received", "attachment.scanned"]
    house.scan_held()
    assert job_states(house) == ["done"]


def test_a_row_that_was_tampered_with_is_never_clean(house: House, halden: Tenant, visitor: WebVisitor) -> None:
    """Another file's seal in its place opens for nobody: the job fails, the file stays held."""
    first, second = hand_in(visitor), hand_in(visitor, key="a-2")
    other = bytes(row_of(house, halden, second).sealed)
    change = update(attachment_table).where(attachment_table.c.attachment_id == first).values(sealed=other)
    house.transactions.write(None, lambda tx: Outcome(tx.execute(change).rowcount))
    house.jobs.run_jobs()
    assert (row_of(house, halden, first).state, row_of(house, halden, second).state) == (HELD, CLEAN)


def test_a_file_of_somebody_who_was_erased_is_gone(
    house: House, halden: Tenant, guests: Guests, visitor: WebVisitor
) -> None:
    """With the party's key both the scan and the download come to nothing."""
    scanned = hand_in(visitor)
    house.jobs.run_jobs()
    held = hand_in(visitor, key="a-2")
    house.keys.destroy_party(halden.id, row_of(house, halden, held).party_id)
    house.jobs.run_jobs()
    assert row_of(house, halden, held).state == HELD
    assert fetch(guests.member("mira"), visitor, scanned).status_code == 404


def test_a_file_is_found_in_its_own_conversation_and_tenant_alone(
    house: House, guests: Guests, halden: Tenant, visitor: WebVisitor
) -> None:
    """Another company's staff, another conversation and nobody at all get as much as for a file that never was."""
    attachment_id = hand_in(visitor)
    house.jobs.run_jobs()
    owner, mira, other = guests.member("owner", company="brisa"), guests.member("mira"), guests.visitor(halden)
    other.say("Hello")
    for api in (False, True):
        assert fetch(owner, visitor, attachment_id, api=api).status_code == 404
        assert fetch(mira, other, attachment_id, api=api).status_code == 404
        assert fetch(mira, visitor, "0" * 26, api=api).status_code == 404
        assert fetch(guests.client(), visitor, attachment_id, api=api).status_code in {303, 401}


def test_the_portal_shows_how_a_file_stands_and_who_has_it(
    house: House, url: str, guests: Guests, halden: Tenant
) -> None:
    """A customer reads how their file stands, and who downloaded it."""
    visitor, email, mailbox = guests.visitor(halden), customer(house).email, Mailbox(house)
    visitor.say("Here is my slip")
    visitor.client.post("/c/webchat/verification", json={"email": email})
    visitor.client.post("/c/webchat/verification/confirm", json={"code": mailbox.code(email)}).raise_for_status()
    attachment_id = hand_in(visitor)
    guest = PortalGuest(url, mailbox).sign_in(email)
    place = f"/conversations/{visitor.conversation_id}"
    house.jobs.run_jobs()
    shown = guest.get(place).text
    assert "Arrived: it was scanned and nothing was found." in shown
    assert shown.count("slip.png") == 1
    assert fetch(guests.member("mira"), visitor, attachment_id).status_code == 200
    assert "Downloaded a file that you handed in" in guest.get("/access").text
    guest.client.close()


def test_files_from_before_the_scanner_are_scanned_once_there_is_one(
    house_settings: Settings, scanner: GatedScanner
) -> None:
    """Without a scanner files stay held, and everybody is told that; the first sweep with one picks them up."""
    before = open_scanning_house(house_settings, None)
    before.start()
    halden = tenant_of(before, "halden")
    with serving(before) as url:
        guests = Guests(url)
        visitor = guests.visitor(halden)
        assert visitor.visit["attachments"]["scanned"] is False
        attachment_id = hand_in(visitor)
        before.jobs.run_due()
        page = guests.member("mira").get(f"/desk/conversations/{visitor.conversation_id}").text
        assert "nothing here scans files" in page
        guests.leave()
    assert row_of(before, halden, attachment_id).state == HELD
    before.close()
    after = open_scanning_house(house_settings, scanner)
    after.scan_held()
    after.jobs.run_jobs()
    assert row_of(after, halden, attachment_id).state == CLEAN
    scope = system_scope(halden.id, "test")
    kept = ConversationId(row_of(after, halden, attachment_id).conversation_id)
    card = after.transactions.read(lambda tx: record.card_of(tx, scope, kept))
    assert card == after.transactions.read(lambda tx: record.rebuild_card(tx, scope, kept))
    after.close()


@pytest.mark.browser
@on_sqlite
def test_the_desk_shows_the_end_of_a_scan_by_itself(
    open_context: OpenContext, house: House, visitor: WebVisitor
) -> None:
    """An agent who looks at the conversation sees a file become clean and saves it; a refused one offers nothing."""
    visitor.say("Here is my slip")
    hand_in(visitor)
    page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    expect(page.get_by_text("Held until it has been scanned")).to_be_visible()
    house.jobs.run_jobs()
    link = page.get_by_role("link", name="Download slip.png")
    expect(link).to_be_visible()
    with page.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == "slip.png"
    assert saved.value.path().read_bytes() == PNG
    hand_in(visitor, HARMFUL, name="bill.pdf", kind="application/pdf", key="a-2")
    house.jobs.run_jobs()
    expect(page.locator(".line-file").get_by_text("Refused: the scan found something harmful")).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_have_count(1)
    assert violations(page) == []
