"""A customer writes that somebody has died: a person sees a note beside the conversation, and nobody else sees one."""

import pytest

from doorward.identity import Tenant
from tests.support.server import Guests, WebVisitor

SAID = "My husband passed away last week, what happens to his account?"
HIDDEN = ("bereavement", "vulnerable")


@pytest.fixture
def mourner(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody who has written so."""
    found = guests.visitor(halden)
    found.say(SAID)
    found.wait_for_answer()
    return found


def test_the_colleague_reads_how_to_go_gently(guests: Guests, mourner: WebVisitor) -> None:
    """What was heard, what helps, what to leave alone; the customer has kind words, and waits for a person."""
    page = guests.member("mira").get(f"/desk/conversations/{mourner.conversation_id}").text
    assert "Please go gently" in page
    assert "seems to have died" in page
    assert "Thank you for telling me. I am passing you to a person now." in page


def test_no_program_is_told_how_somebody_felt(guests: Guests, mourner: WebVisitor) -> None:
    """Neither by the conversation's own address, nor in lists, nor in what is taken away as a file."""
    mira = guests.member("mira")
    own = f"/api/v1/conversations/{mourner.conversation_id}"
    answers = [mira.get(address) for address in (own, "/api/v1/conversations")]
    answers += [mira.get(f"/desk/conversations/{mourner.conversation_id}/export", params={"form": "json"})]
    for one in answers:
        assert one.status_code == 200, one.url
        assert not [word for word in HIDDEN if word in one.text], one.url
