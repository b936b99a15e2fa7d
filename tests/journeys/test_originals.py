"""What stands behind a masked place: one value, for a purpose and a reason, for a moment, and never unseen."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.record import AuditQuery, FoundLine, find_audit
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, tab_to, violations
from tests.support.server import Guests, WebVisitor

CARD = "4242 4242 4242 4242"
WHY: dict[str, Any] = {"purpose": "resolve_contact", "reason": "Ada Nwosu's payment is stuck"}


@pytest.fixture
def customer(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who wrote a card number."""
    visitor = guests.visitor(halden)
    visitor.say(f"My card is {CARD} and my mail is ada@example.com")
    return visitor


def span_of(visitor: WebVisitor, guests: Guests) -> str:
    """Return the id of the first masked place, as the desk is told it; customers are told none."""
    assert "id" not in visitor.entries()["entries"][0]["spans"][0]
    shown = guests.member("jonas").get(f"/api/v1/conversations/{visitor.conversation_id}").json()
    return str(shown["lines"][0]["spans"][0]["id"])


def unmaskings(house: House, tenant: Tenant) -> tuple[FoundLine, ...]:
    """Return the audit lines of unmasking, the newest first."""
    scope, wanted = system_scope(tenant.id, "test"), AuditQuery(action="protection.original.unmasked")
    return house.transactions.read(lambda tx: find_audit(tx, scope, wanted))


def test_one_value_is_shown_for_a_purpose_and_a_reason(
    guests: Guests, customer: WebVisitor, house: House, halden: Tenant
) -> None:
    """The answer holds the one value and may be kept by nobody; the audit tells who and what for, not why."""
    mira, span_id = guests.member("mira"), span_of(customer, guests)
    answer = mira.post(f"/api/v1/originals/{span_id}/open", json=WHY)
    shown = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (shown["kind"], shown["value"], shown["seconds"]) == ("CARD", CARD, 30)
    (line,) = unmaskings(house, halden)
    assert (line.object_id, line.fields, line.actor_kind) == (span_id, ("card",), "staff")
    assert line.reason == f"resolve_contact:{shown['opening_id']}"
    opening = guests.member("admin").get(f"/api/v1/originals/openings/{shown['opening_id']}").json()
    assert (opening["reason"], opening["purpose"], opening["span_id"]) == (WHY["reason"], WHY["purpose"], span_id)


def test_who_may_not_or_says_not_why_sees_nothing(
    guests: Guests, customer: WebVisitor, house: House, halden: Tenant
) -> None:
    """Without the permission, a purpose, a reason or a place there is no value, and no line that there had been one."""
    where = f"/api/v1/originals/{span_of(customer, guests)}/open"
    assert guests.member("admin").post(where, json=WHY).status_code == 403
    mira = guests.member("mira")
    for wrong in (
        {"purpose": "curiosity"},
        {"reason": "x"},
        {"reason": " " * 9},
        {"reason": "x" * 301},
        {"purpose": "perform_action"},
    ):
        assert mira.post(where, json=WHY | wrong).status_code == 400, wrong
    assert mira.post(f"/api/v1/originals/{'0' * 26}/open", json=WHY).status_code == 404
    assert mira.get("/api/v1/originals/openings/" + "0" * 26).status_code == 403
    assert unmaskings(house, halden) == ()


@on_sqlite
def test_nobody_reads_out_a_whole_transcript(guests: Guests, customer: WebVisitor) -> None:
    """After twenty values in a minute the next must wait; a repeated key gets no kept answer."""
    mira, where = guests.member("mira"), f"/api/v1/originals/{span_of(customer, guests)}/open"
    key = {"idempotency-key": "k-1"}
    answers = [mira.post(where, json=WHY, headers=key) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert len({answer.json()["opening_id"] for answer in answers[:20]}) == 20


@on_sqlite
@pytest.mark.browser
def test_a_masked_place_opens_by_keyboard_and_closes_by_itself(open_context: OpenContext, customer: WebVisitor) -> None:
    """Reached with the tabulator key, opened with Enter, shown for half a minute, gone by itself; focus comes back."""
    page: Page = sign_in(open_context().new_page(), username="mira")
    page.clock.install()
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    chip = page.locator("a.mask[data-kind=CARD]")
    tab_to(page, chip, most=60)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Show what stands here")
    expect(dialog.get_by_label("Why")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("Why").fill("Payment is stuck")
    dialog.get_by_label("Why").press("Enter")
    expect(dialog.get_by_text(CARD)).to_be_visible()
    # The page's clock goes on by itself as well: a busy machine needs some of the half minute.
    page.clock.run_for(10_000)
    expect(dialog.get_by_text(CARD)).to_be_visible()
    assert violations(page) == []
    page.clock.run_for(31_000)
    expect(dialog).to_be_hidden()
    assert CARD not in page.content()
    expect(chip).to_be_focused()


@on_sqlite
@pytest.mark.browser
def test_a_closed_dialog_keeps_nothing(open_context: OpenContext, customer: WebVisitor) -> None:
    """Closed by hand, the value leaves the page at once; a refused reason is told in the dialog."""
    page: Page = sign_in(open_context().new_page(), username="mira")
    page.goto(f"/desk/conversations/{customer.conversation_id}")
    page.locator("a.mask[data-kind=EMAIL]").click()
    dialog = page.get_by_role("dialog", name="Show what stands here")
    dialog.get_by_label("Why").fill("   ")
    dialog.get_by_role("button", name="Show").click()
    expect(dialog.get_by_role("alert")).to_contain_text("say why")
    dialog.get_by_label("Why").fill("Writing to her")
    dialog.get_by_role("button", name="Show").click()
    expect(dialog.get_by_text("ada@example.com")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert "ada@example.com" not in page.content()


@on_sqlite
def test_without_a_script_the_page_leaves_by_itself(guests: Guests, customer: WebVisitor) -> None:
    """A page of its own asks and shows, is kept nowhere, and goes back to the conversation after half a minute."""
    mira = guests.member("mira")
    where = f"/desk/originals/{span_of(customer, guests)}"
    asked = mira.get(where, params={"conversation": customer.conversation_id})
    assert (asked.status_code, asked.headers["cache-control"]) == (200, "no-store")
    form = WHY | {"conversation": customer.conversation_id, "csrf": mira.headers["x-csrf-token"]}
    shown = mira.post(where, data=form)
    assert CARD in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert f'content="30;url=/desk/conversations/{customer.conversation_id}"' in shown.text
    assert guests.member("admin").get(where).status_code == 403
