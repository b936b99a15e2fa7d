"""Putting conversations in order without a script: every form works by itself, and says what came of it."""

import re
from functools import partial

import httpx
import pytest

from doorward import workspace
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.workspace import Label, PieceName
from tests.support.server import Guests, WebVisitor


@pytest.fixture
def visitor(guests: Guests, halden: Tenant, house: House) -> WebVisitor:
    """Somebody with the assistant, at a company with a label."""
    scope = system_scope(halden.id, "test")
    label = Label(name="Refund & return")
    house.transactions.write(scope, partial(workspace.put_piece, scope=scope, name=PieceName("refund"), piece=label))
    visitor = guests.visitor(halden)
    visitor.say("hello")
    visitor.wait_for_answer()
    return visitor


def send(client: httpx.Client, page: str, address: str, **fields: str | list[str]) -> httpx.Response:
    """Send a form of a page."""
    token = client.get(page).text.partition('name="csrf" value="')[2].partition('"')[0]
    return client.post(address, data={"csrf": token, **fields})


def test_one_conversation_is_put_in_order(guests: Guests, visitor: WebVisitor) -> None:
    """Each form leads back to the page, which shows it; what cannot be is said on the page."""
    mira, page = guests.member("mira"), f"/desk/conversations/{visitor.conversation_id}"
    assert send(mira, page, f"{page}/labels", label="refund & RETURN").status_code == 303
    assert send(mira, page, f"{page}/order", priority="2", status="").status_code == 303
    assert send(mira, page, f"{page}/sleep", until="at", at="2999-01-01T08:00").status_code == 400
    assert send(mira, page, f"{page}/sleep", until="tomorrow", zone="Mars/Olympus").status_code == 303
    shown = mira.get(page).text
    assert "Mira Castellan added the label Refund &amp; return" in shown
    assert "Asleep until" in shown
    assert send(mira, page, f"{page}/sleep", until="wake").status_code == 303
    assert send(mira, page, f"{page}/labels", remove="refund").status_code == 303
    wrong = send(mira, page, f"{page}/labels", label="<b>")
    assert wrong.status_code == 404
    assert "There is no label “&lt;b&gt;”." in wrong.text


def test_many_are_changed_on_a_page_of_their_own(guests: Guests, visitor: WebVisitor) -> None:
    """The page says what changed and offers to undo it; nothing picked is said too."""
    mira, one = guests.member("mira"), visitor.conversation_id
    assert "Pick some first." in send(mira, "/desk/", "/desk/inbox/bulk", act="resolve").text
    done = send(mira, "/desk/", "/desk/inbox/bulk", id=[one, "0" * 26], act="label", label="Refund & return")
    assert done.status_code == 200
    assert "1 conversation changed. 1 could not be changed:" in done.text
    found = re.search(r'name="undo" value="([^"]*)"', done.text)
    assert found is not None
    undo = found[1].replace("&#34;", '"')
    undone = send(mira, "/desk/", "/desk/inbox/undo", undo=undo)
    assert "Undone in 1 conversation." in undone.text
    assert send(mira, "/desk/", "/desk/inbox/undo", undo="[]x").status_code == 400
    unknown = send(mira, "/desk/", "/desk/inbox/bulk", id=[one], act="label", label="nothing")
    assert "There is no label “nothing”." in unknown.text


def test_views_are_one_s_own_or_everybody_s(guests: Guests, visitor: WebVisitor) -> None:
    """An agent keeps their own; everybody's need a permission, and others' can neither be seen nor removed."""
    mira, jonas, nadia = (guests.member(name) for name in ("mira", "jonas", "nadia"))
    made = send(mira, "/desk/", "/desk/inbox/views", name="My cards", q="agent:me", order="oldest")
    assert made.status_code == 303
    key = made.headers["location"].partition("view=")[2]
    assert "My cards" in mira.get("/desk/").text
    assert "My cards" not in jonas.get("/desk/").text
    assert send(jonas, "/desk/", f"/desk/inbox/views/{key}/remove").status_code == 404
    assert "There is no such view any more." in jonas.get(f"/desk/?view={key}").text
    refused = send(mira, "/desk/", "/desk/inbox/views", name="Ours", q="", everybody="yes")
    assert refused.status_code == 403
    assert send(nadia, "/desk/", "/desk/inbox/views", name="Ours", q="", everybody="yes").status_code == 303
    assert "Ours" in jonas.get("/desk/").text
    wrong = send(mira, "/desk/", "/desk/inbox/views", name="Wrong", q="colour:red")
    assert "There is no filter “colour”." in wrong.text
    for address in ("/desk/?after=nowhere", "/desk/?order=sideways", "/desk/?show=nothing", f"/desk/?q={'x' * 600}"):
        assert mira.get(address).status_code == 200
