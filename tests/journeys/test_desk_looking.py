"""Two agents on one conversation that nobody has: each is told of the other, and only of that."""

import pytest
from playwright.sync_api import Page, expect

from doorward.identity import Tenant
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations
from tests.support.reading import reading
from tests.support.server import Guests, WebVisitor


@pytest.fixture
def visitor(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who waits for a person."""
    found = guests.visitor(halden)
    found.ask_for_person()
    return found


def look(open_context: OpenContext, visitor: WebVisitor, username: str) -> Page:
    """Return the conversation's page in a browser profile of this member's own."""
    page = sign_in(open_context().new_page(), username=username)
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    return page


@pytest.mark.browser
@on_sqlite
def test_two_who_look_see_each_other_until_one_leaves(open_context: OpenContext, visitor: WebVisitor) -> None:
    """Both are told, politely; the word goes away when the other leaves, and when one takes the conversation."""
    mira = look(open_context, visitor, "mira")
    jonas = look(open_context, visitor, "jonas")
    expect(mira.get_by_role("status").get_by_text("Jonas Wiegand is looking at this too.")).to_be_visible()
    expect(jonas.get_by_role("status").get_by_text("Mira Castellan is looking at this too.")).to_be_visible()
    assert violations(mira) == []
    jonas.goto("/desk/")
    expect(mira.locator("#lookers")).to_be_empty()
    jonas.goto(f"/desk/conversations/{visitor.conversation_id}")
    expect(mira.locator("#lookers")).to_contain_text("Jonas Wiegand")
    expect(jonas.locator("#lookers")).to_contain_text("Mira Castellan")
    mira.get_by_role("button", name="Take over").click()
    expect(jonas.get_by_text("Mira Castellan has this conversation.")).to_be_visible()
    expect(jonas.locator("#lookers")).to_be_hidden()
    expect(mira.locator("#lookers")).to_be_hidden()


@pytest.mark.browser
@on_sqlite
def test_a_sign_expires_by_itself(open_context: OpenContext, guests: Guests, visitor: WebVisitor) -> None:
    """Whoever vanishes without a word is forgotten when no sign of them comes any more."""
    page = sign_in(open_context().new_page(), username="mira")
    page.clock.install()
    page.goto(f"/desk/conversations/{visitor.conversation_id}")
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    give(guests, visitor, "jonas")
    expect(page.locator("#lookers")).to_contain_text("Jonas Wiegand")
    page.clock.run_for(45_000)
    expect(page.locator("#lookers")).to_be_empty()


def give(guests: Guests, visitor: WebVisitor, username: str, **fields: str) -> int:
    """Give a sign as the page's script does; return the answer's status."""
    member = guests.member(username)
    form = {"csrf": member.headers["x-csrf-token"], **fields}
    return member.post(f"/desk/conversations/{visitor.conversation_id}/looking", data=form).status_code


def test_the_stream_tells_ids_alone(guests: Guests, visitor: WebVisitor) -> None:
    """A sign names conversation and member; one's own is not told, and another company's is refused."""
    mira, jonas = guests.member("mira"), guests.member("jonas")
    with reading(mira, f"/desk/stream?conversation={visitor.conversation_id}") as stream:
        stream.next("conversation")
        assert give(guests, visitor, "mira") == 204
        assert give(guests, visitor, "jonas") == 204
        came = stream.next("looking")["data"]  # before the next one: of two at once the last is told
        assert give(guests, visitor, "jonas", gone="yes") == 204
        went = stream.next("looking")["data"]
        who = jonas.get("/desk/session").json()["member"]
    sign = {"id": visitor.conversation_id, "who": who}
    assert [came, went] == [sign | {"gone": False}, sign | {"gone": True}]
    stranger = guests.member("owner", company="brisa")
    form = {"csrf": stranger.headers["x-csrf-token"]}
    assert stranger.post(f"/desk/conversations/{visitor.conversation_id}/looking", data=form).status_code == 404
