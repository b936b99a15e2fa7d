from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.doors.cli.importing import rooms_of
from doorward.flow.importing import Imported, Importing, ImportOrder, Mapped, VendorName
from doorward.flow.importing.journey import AT_ONCE
from doorward.flow.views.conversation import ConversationView, conversation
from doorward.flow.views.inbox import Asked, inbox
from doorward.flow.webhooks.announcing import Announcer
from doorward.identity import Tenant
from doorward.kit.db import metadata
from doorward.kit.jobs import waiting_keys
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Actor, Scope, system_scope
from doorward.webhooks import Deliveries, Endpoint, Endpoints
from tests.support.browsing import OpenContext, on_sqlite, sign_in
from tests.support.exports import (
    CANARIES,
    CARD,
    CARD_DIGITS,
    EXPORTS,
    MAIL,
    PHONE,
    PNG,
    lines_of,
    zendesk_export,
    zendesk_ticket,
    zendesk_users,
)
from tests.support.house import open_test_house, tenant_of


@pytest.fixture
def desk(house_settings: Settings) -> Iterator[House]:
    """A house in which nobody works but the import, once of each kind of database."""
    opened = open_test_house(house_settings)
    yield opened
    opened.close()


@pytest.fixture
def acme(desk: House) -> Tenant:
    """The tenant that is imported into."""
    return tenant_of(desk, "halden")


def scope_of(tenant: Tenant) -> Scope:
    """Return the scope in which an import acts."""
    return system_scope(tenant.id, "import")


def order(source: Path, vendor: VendorName = "zendesk", **more: Any) -> ImportOrder:
    """Return an order."""
    return ImportOrder(source=source, vendor=vendor, **more)


def run(house: House, tenant: Tenant, wanted: ImportOrder) -> Imported:
    """Import."""
    return Importing(rooms_of(house)).run(scope_of(tenant), wanted, tell=lambda *_, **__: None)


def mira_of(house: House, tenant: Tenant) -> StaffId:
    """Return the agent who works here and there."""
    found = house.transactions.read(lambda tx: house.identity.staff.find_by_username(tx, scope_of(tenant), "mira"))
    assert found is not None
    return found.id


def cards(house: House, tenant: Tenant) -> tuple[Card, ...]:
    """Return the imported conversations as lists show them."""
    found = house.transactions.read(lambda tx: record.list_cards(tx, scope_of(tenant), CardQuery(limit=1000)))
    return tuple(card for card in found if card.channel == "import")


def view(house: House, tenant: Tenant, card: Card) -> ConversationView:
    """Return a conversation as the desk sees it."""
    return house.transactions.read(lambda tx: conversation(tx, scope_of(tenant), card.conversation_id))


def readable(house: House) -> bytes:
    """Return everything that the database holds outside of sealed columns, as bytes."""

    def read(tx: Tx) -> list[bytes]:
        rows = (row for table in metadata.sorted_tables for row in tx.execute(table.select()))
        return [msgspec.json.encode([str(value) for value in row]) for row in rows]

    return b"\n".join(house.transactions.read(read))


def test_an_export_is_in_the_list_and_in_the_transcript(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """Conversations come in masked, at their own times, whole, with their agent, and stand in the list like others."""
    mira = mira_of(desk, acme)
    imported = run(desk, acme, order(zendesk_export(tmp_path / "export")))
    assert (imported.tally.conversations, imported.tally.messages, imported.tally.people) == (3, 9, 2)
    assert (imported.tally.files, imported.tally.notes, imported.tally.labels) == (1, 3, 6)
    assert imported.tally.left == {"file_missing": 2, "field": 3}
    assert [card.state for card in cards(desk, acme)] == ["resolved"] * 3
    first = min(cards(desk, acme), key=lambda card: card.opened_at)
    assert first.opened_at.isoformat() == "2024-03-01T00:10:00+00:00"
    last = max(cards(desk, acme), key=lambda card: card.opened_at)
    assert (last.opened_at.isoformat(), last.last_at.isoformat()) == (
        "2024-03-01T00:30:00+00:00",
        "2024-03-01T00:35:00+00:00",
    )
    assert (first.labels, first.notes, first.agent_messages, first.customer_messages) == (("refund", "vip"), 1, 1, 2)
    shown = view(desk, acme, first)
    said = [(line.author, line.text) for line in shown.lines]
    assert said[0] == ("customer", "Order 1\n\nMy card is [CARD·1111], call [PHONE·23]")
    assert ("customer", "receipt.png") in said
    assert ("agent", "Thank you,\nwe look into it.") in said
    assert [event.data.get("staff_id") for event in shown.events if event.kind == "handoff.assigned"] == [mira]
    rebuilt = desk.transactions.read(lambda tx: record.rebuild_card(tx, scope_of(acme), first.conversation_id))
    assert rebuilt == first


@pytest.mark.parametrize("vendor", list(EXPORTS))
def test_every_vendor_comes_in_once(desk: House, acme: Tenant, tmp_path: Path, vendor: VendorName) -> None:
    """Whatever the vendor, a second run changes nothing, and nothing that was masked is readable anywhere."""
    source = EXPORTS[vendor](tmp_path / "export")
    first = run(desk, acme, order(source, vendor))
    assert first.tally.conversations >= 1
    before = readable(desk)
    again = run(desk, acme, order(source, vendor))
    assert (again.tally.conversations, again.tally.messages, again.tally.people, again.tally.files) == (0, 0, 0, 0)
    assert again.tally.again == first.tally.conversations
    assert readable(desk) == before
    assert [value for value in CANARIES if value.encode() in before] == []


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        (
            "freshdesk",
            (
                [
                    ("customer", "Delayed delivery\n\nWhere is it? My card: [CARD·1111]"),
                    ("agent", "It is on its way."),
                    ("note", "Check the depot"),
                ],
                ("delivery",),
            ),
        ),
        (
            "chatwoot",
            (
                [
                    ("customer", "Card [CARD·1111]"),
                    ("bot", "Hello, I am a bot"),
                    ("agent", "I will help"),
                    ("note", "a note"),
                ],
                ("billing",),
            ),
        ),
        (
            "zammad",
            (
                [
                    ("customer", "Router is offline\n\nIt is offline.\nCard [CARD·1111]"),
                    ("agent", "Try again"),
                    ("note", "hm"),
                ],
                ("network",),
            ),
        ),
    ],
)
def test_every_vendor_says_who_spoke(
    desk: House, acme: Tenant, tmp_path: Path, vendor: VendorName, expected: tuple[list[tuple[str, str]], tuple[str]]
) -> None:
    """Customers, agents, bots and notes are told apart in each format, and agents are known by their addresses."""
    run(desk, acme, order(EXPORTS[vendor](tmp_path / "export"), vendor))
    spoken, labels = expected
    card = min(cards(desk, acme), key=lambda one: one.opened_at)
    shown = view(desk, acme, card)
    assert [(line.author, line.text) for line in shown.lines] == spoken
    assert {line.by for line in shown.lines if line.author in {"agent", "note"}} == {mira_of(desk, acme)}
    assert card.labels == labels


def test_an_export_that_changes_meanwhile_is_refused(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """What was written stays; nothing is taken from a place that holds something else now."""
    source = zendesk_export(tmp_path / "export", count=2)

    def changing(_done: int, _total: int, /, *, doing: str) -> None:
        if doing == "customers":
            data = (source / "tickets.json").read_bytes()
            (source / "tickets.json").write_bytes(data.replace(b"Order 2", b"Order 9"))

    with pytest.raises(Conflict, match="changed while it was read"):
        Importing(rooms_of(desk)).run(scope_of(acme), order(source), tell=changing)


def test_open_conversations_wait_or_are_with_their_agent(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """What is open there is open here: with its agent if that is somebody here, else in the queue."""
    mira = mira_of(desk, acme)
    run(desk, acme, order(EXPORTS["freshdesk"](tmp_path / "f"), "freshdesk"))
    run(desk, acme, order(EXPORTS["chatwoot"](tmp_path / "c"), "chatwoot"))
    states = {card.state: card for card in cards(desk, acme)}
    assert sorted(states) == ["human", "resolved", "waiting"]
    assert states["human"].assignee == mira
    scope = scope_of(acme).acting_as(Actor(kind="staff", id=mira))
    seen = desk.transactions.read(lambda tx: inbox(tx, scope, Asked(), read=desk.filters.of_list))
    assert states["waiting"].conversation_id in [card.conversation_id for card in seen.waiting]
    assert [card.conversation_id for card in seen.mine] == [states["human"].conversation_id]
    assert view(desk, acme, states["waiting"]).lines[-1].text == "From apart"


def settled(card: Card) -> tuple[str, int, int]:
    """Return how a conversation stands and how much was said in it."""
    return card.state, card.customer_messages, card.agent_messages


def test_a_newer_export_brings_what_is_new(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """New messages come in behind those that are here; who wrote after the end waits if it is open there again."""
    later = {"id": 99, "author_id": 501, "public": True, "body": "Again!", "created_at": "2024-05-01T00:00:00Z"}
    first, second = zendesk_ticket(1), zendesk_ticket(2)
    run(desk, acme, order(zendesk_export(tmp_path / "export", tickets=[first, second])))
    first["comments"].append(later)
    first["status"] = "open"
    first["assignee_id"] = 902
    third = zendesk_ticket(3)
    newer = run(desk, acme, order(zendesk_export(tmp_path / "export", tickets=[first, second, third])))
    assert (newer.tally.conversations, newer.tally.messages, newer.tally.again) == (1, 4, 1)
    by_opening = sorted(cards(desk, acme), key=lambda card: card.opened_at)
    assert [settled(card) for card in by_opening] == [("waiting", 3, 1), ("resolved", 2, 1), ("resolved", 2, 1)]
    assert view(desk, acme, by_opening[0]).lines[-1].text == "Again!"


def test_nothing_of_a_hostile_export_is_readable(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """Sensitive values in every field there is, markup and broken letters: all masked, sealed, hashed or left out."""
    hostile = zendesk_ticket(
        1,
        subject=f"{CARD} <script>alert(1)</script>",
        status=CARD,
        priority=CARD,
        tags=[CARD, f"{MAIL}", "fine", "a" * 500],
        custom_fields=[{"id": CARD_DIGITS, "value": MAIL}, {"id": 1, "value": f"{CARD} and {MAIL}"}],
        via={"channel": CARD_DIGITS},
    )
    hostile["comments"][0] |= {"plain_body": f"\0\ud800 {CARD} {MAIL} {PHONE}", "id": f"{CARD}"}
    hostile["comments"][0]["attachments"][0]["file_name"] = f"../{CARD}.png"
    hostile["comments"][1]["html_body"] = f"<p onclick='x'>{CARD}</p><script>{MAIL}</script>"
    source = zendesk_export(tmp_path / "export", tickets=[hostile, zendesk_ticket(2) | {"id": CARD_DIGITS}])
    users = zendesk_users()
    users[0]["external_id"] = CARD_DIGITS
    (source / "users.json").write_bytes(lines_of(users))
    mapped = Mapped(fields={"1": "note", "360001": "plan"}, origin=CARD_DIGITS)
    imported = run(desk, acme, order(source, mapped=mapped))
    assert imported.tally.conversations == 2
    assert imported.tally.left["label"] == 2
    before = readable(desk)
    assert [value for value in CANARIES if value.encode() in before] == []
    card = min(cards(desk, acme), key=lambda one: one.opened_at)
    assert card.attributes == {"note": "[CARD·1111] and [EMAIL]"}
    assert [line.text for line in view(desk, acme, card).lines if line.attachment] == ["_._[CARD·1111].png"]


def test_nobody_is_told_of_the_past(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """Webhooks hear of what happens now; what happened at another desk is told to nobody."""
    scope, asked = scope_of(acme), []

    class Asked(Endpoints):
        def list_all(self, tx: Tx, scope: Scope, *, after: str = "", limit: int = 0) -> tuple[Endpoint, ...]:
            asked.append(scope)
            return ()

    run(desk, acme, order(zendesk_export(tmp_path / "export", count=1)))
    (card,) = cards(desk, acme)
    announcer = Announcer(Asked(desk.keys), Deliveries())

    def announce(tx: Tx) -> tuple[Job, ...]:
        written = record.entries_after(tx, scope, card.conversation_id)
        assert len(written) > 5
        return announcer.announce(tx, scope, written)

    assert desk.transactions.read(announce) == ()
    assert asked == []


def test_who_was_erased_does_not_come_back(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """Neither the customer nor what they said is taken in again, and that is told."""
    source = zendesk_export(tmp_path / "export", count=1)
    run(desk, acme, order(source))
    (card,) = cards(desk, acme)
    desk.destruction.shred(scope_of(acme), card.party_id)
    other = zendesk_export(tmp_path / "export", tickets=[zendesk_ticket(1), zendesk_ticket(2)])
    again = run(desk, acme, order(other))
    assert again.tally.left["customer_erased"] == 3
    assert (again.tally.conversations, again.tally.people) == (0, 0)
    assert len(cards(desk, acme)) == 1


def test_known_customers_are_found_and_kept_as_they_are(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """By the company's number or by the one mail address; what is known of them here is not written over."""
    scope, parties = scope_of(acme), desk.identity.parties
    seed = CustomerSeed(reference="C-77001", name="Known", email="known@mail.example", phone="", language="de")
    other = CustomerSeed(reference="C-2", name="Otto", email="otto@mail.example", phone="", language="en")
    known = desk.transactions.write(scope, lambda tx: parties.register_customer(tx, scope, seed))
    otto = desk.transactions.write(scope, lambda tx: parties.register_customer(tx, scope, other))
    tickets = [zendesk_ticket(1), zendesk_ticket(2, requester=502), zendesk_ticket(3, requester=777)]
    imported = run(desk, acme, order(zendesk_export(tmp_path / "export", tickets=tickets)))
    assert imported.tally.people == 0
    by_opening = sorted(cards(desk, acme), key=lambda card: card.opened_at)
    assert [card.party_id for card in by_opening[:2]] == [known.id, otto.id]
    profile = desk.transactions.write(scope, lambda tx: parties.read_profile(tx, scope, known.id, reason="test"))
    assert (profile.name, profile.email) == ("Known", "known@mail.example")


def test_files_are_held_until_they_are_scanned(desk: House, acme: Tenant, tmp_path: Path) -> None:
    """A file comes in only by its content and size, is held, and waits for its scan; those of notes stay out."""
    ticket = zendesk_ticket(1)
    ticket["comments"][1]["attachments"] = [{"id": 7002, "file_name": "x.exe", "content_type": "image/png"}]
    ticket["comments"][1]["attachments"].append({"id": 7003, "file_name": "a.png", "content_type": "image/png"})
    ticket["comments"][2]["attachments"] = [{"id": 7001, "file_name": "n.png", "content_type": "image/png"}]
    source = zendesk_export(tmp_path / "export", tickets=[ticket])
    (source / "attachments" / "7002").write_bytes(b"MZ\x90 not a picture")
    (source / "attachments" / "7003").mkdir()
    (source / "attachments" / "7003" / "whatever.png").write_bytes(PNG)
    imported = run(desk, acme, order(source))
    assert imported.tally.files == 2
    assert {name: imported.tally.left[name] for name in ("file_type", "file_of_note")} == {
        "file_type": 1,
        "file_of_note": 1,
    }
    (card,) = cards(desk, acme)
    files = [(line.author, line.attachment) for line in view(desk, acme, card).lines if line.attachment]
    assert [(author, file.state) for author, file in files] == [("customer", "held"), ("agent", "held")]
    waiting = desk.transactions.read(lambda tx: waiting_keys(tx, acme.id, "attachment.scan"))
    assert set(waiting) == {file.attachment_id for _, file in files}


@pytest.mark.parametrize("stop_at", ["customers", "conversations"])
def test_a_stopped_run_goes_on(desk: House, acme: Tenant, tmp_path: Path, stop_at: str) -> None:
    """What is durable is not done again, what is not is done, and the counts are those of one undisturbed run."""
    count = AT_ONCE + 10
    tickets = [zendesk_ticket(number, comments=None) for number in range(1, count + 1)]
    source = zendesk_export(tmp_path / "export", tickets=[*tickets, {"rubbish": 1}])

    def stopping(_done: int, _total: int, /, *, doing: str) -> None:
        if doing == stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Importing(rooms_of(desk)).run(scope_of(acme), order(source), tell=stopping)
    with pytest.raises(Conflict, match="--resume"):
        run(desk, acme, order(source))
    with pytest.raises(Conflict, match="mapping"):
        run(desk, acme, order(source, resume=True, mapped=Mapped(other_status="skip")))
    whole = run(desk, acme, order(source, resume=True))
    assert (whole.tally.people, whole.tally.conversations, whole.tally.again) == (2, count, 0)
    assert whole.tally.left == {"without_id": 1, "field": count}
    assert len(cards(desk, acme)) == count


@pytest.mark.browser
@on_sqlite
def test_the_desk_shows_them_like_others(
    open_context: OpenContext, house: House, halden: Tenant, tmp_path: Path
) -> None:
    """They stand in the inbox and open as every conversation does."""
    ticket = zendesk_ticket(1, status="open", assignee_id=902)
    run(house, halden, order(zendesk_export(tmp_path / "export", tickets=[ticket])))
    (card,) = cards(house, halden)
    page = sign_in(open_context().new_page(), username="mira")
    page.goto("/desk/")
    page.locator(f"a[href*='{card.conversation_id}']").first.click()
    expect(page.get_by_role("group", name="Transcript (masked)").get_by_text("we look into it")).to_be_visible()
    expect(page.get_by_text("Looks like fraud")).to_be_visible()
    expect(page.get_by_text("It was imported from another desk.").first).to_be_visible()
