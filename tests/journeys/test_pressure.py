"""More at once than can be answered quickly: newcomers hear when to come again, nothing is lost, nobody else waits."""

import contextlib
import socket
import time
from collections.abc import Iterator

import httpx

from doorward.admission.flood import WorkGate
from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.support.server import Guests


@contextlib.contextmanager
def filled(gate: WorkGate, *, begins: bool) -> Iterator[None]:
    """Take all places that whoever begins something may have, or all there are, and give them back."""
    taken = 0
    while gate.enter(begins=begins):
        taken += 1
    try:
        yield
    finally:
        for _ in range(taken):
            gate.leave(seconds=0.01)


def emptied(gate: WorkGate) -> bool:
    """Return whether all places are given back; a response may be read a moment before its place is."""
    until = time.monotonic() + 20
    while gate.in_flight and time.monotonic() < until:
        time.sleep(0.02)
    return gate.in_flight == 0


def visit(guests: Guests, halden: Tenant) -> httpx.Response:
    """Begin a visit as a browser does."""
    with httpx.Client(base_url=guests.url) as browser:
        return browser.post("/c/webchat/visits", json={"widget_key": halden.widget_key, "language": "de"})


def test_newcomers_are_told_when_to_come_again_and_those_inside_go_on(
    guests: Guests, house: House, halden: Tenant
) -> None:
    """503 in their language with a number of seconds; who has a token is answered, and desk and health are too."""
    inside = guests.visitor(halden, language="en")
    with (
        filled(house.flooding.gate, begins=True),
        httpx.Client(base_url=guests.url, headers={"accept-language": "de"}) as browser,
    ):
        told = browser.post("/c/webchat/visits", json={"widget_key": halden.widget_key, "language": "de"})
        assert (told.status_code, told.json()["code"]) == (503, "busy")
        assert 2 <= int(told.headers["retry-after"]) == told.json()["retry_after"] <= 8
        assert "nichts ist verloren" in told.json()["detail"]
        assert browser.get("/health").status_code == 200
        assert browser.get("/desk/sign-in").status_code == 200
        assert 'doorward_refusals_total{code="busy"}' in browser.get("/metrics").text
        sent = inside.client.post("/c/webchat/messages", json={"id": "one", "text": "Where are you?"})
        assert sent.status_code == 202
    assert visit(guests, halden).status_code == 201


def test_when_all_places_are_taken_a_message_is_kept_out_whole_and_can_come_again(
    guests: Guests, house: House, halden: Tenant
) -> None:
    """Nothing of it was accepted; the same message under the same id is taken later, once."""
    inside = guests.visitor(halden, language="en")
    message = {"id": "one", "text": "Where are you?"}
    with filled(house.flooding.gate, begins=False):
        assert inside.client.post("/c/webchat/messages", json=message).json()["code"] == "busy"
    answers = [inside.client.post("/c/webchat/messages", json=message).status_code for _ in range(2)]
    assert answers == [202, 202]
    said = [one for one in inside.entries()["entries"] if one["kind"] == "message.customer"]
    assert len(said) == 1


def test_refused_broken_and_abandoned_requests_give_their_places_back(
    guests: Guests, house: House, halden: Tenant
) -> None:
    """A wrong key, no JSON, too much of it, and a body that never comes whole."""
    bodies = [b'{"widget_key":"wk_no"}', b"no json", b"x" * 200_000, b""]
    with httpx.Client(base_url=guests.url) as browser:
        kinds = {"content-type": "application/json"}
        answers = [browser.post("/c/webchat/visits", content=one, headers=kinds).status_code for one in bodies]
    assert all(400 <= one < 500 for one in answers)
    host, port = guests.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"POST /c/webchat/visits HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 50\r\n\r\n{")
        assert visit(guests, halden).status_code == 201
    assert visit(guests, halden).status_code == 201
    assert emptied(house.flooding.gate)
