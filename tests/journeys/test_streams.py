"""Live streams: what is said arrives as it is said, a reader resumes where they were, and waiting costs nothing."""

import threading
from contextlib import ExitStack

import httpx

from doorward.bootstrap import House
from doorward.doors.web.streams import PER_HOLDER
from doorward.identity import Tenant
from doorward.kit.db.engine import READERS
from tests.support.browsing import on_sqlite
from tests.support.reading import reading
from tests.support.server import Guests, WebVisitor, serving


def test_what_is_said_arrives_as_it_is_said(guests: Guests, halden: Tenant) -> None:
    """The customer's own message, the answer and the change of state come by themselves, in order."""
    visitor = guests.visitor(halden)
    with reading(visitor.client, "/c/webchat/stream") as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["cache-control"] == "no-store"
        assert stream.next("state")["data"] == {"state": "bot", "waiting": None, "people": False}
        visitor.say("Hello, my card number is 4242 4242 4242 4242")
        said = stream.next("entry")
        assert (said["data"]["author"], said["data"]["client_id"]) == ("customer", "m1")
        assert said["data"]["text"] == "Hello, my card number is [CARD·4242]"
        assert said["id"] == str(said["data"]["seq"])
        assert stream.next("entry")["data"]["author"] == "bot"
        visitor.ask_for_person()
        waiting = stream.next("state")
        assert waiting["data"] == {"state": "waiting", "waiting": {"position": 1}, "people": False}


@on_sqlite
def test_a_reader_resumes_where_it_was(guests: Guests, halden: Tenant) -> None:
    """After a break only what is new is sent: by the last id that was seen, or by the address."""
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    with reading(visitor.client, "/c/webchat/stream") as stream:
        seen = stream.next("entry")["id"]
    visitor.say("Are you there?")
    with reading(visitor.client, "/c/webchat/stream?after=0", **{"last-event-id": seen}) as stream:
        assert stream.next("entry")["data"]["text"] == "Are you there?"
    with reading(visitor.client, f"/c/webchat/stream?after={seen}") as stream:
        assert stream.next("entry")["data"]["text"] == "Are you there?"


@on_sqlite
def test_the_desk_hears_that_something_changed_and_not_what(guests: Guests, halden: Tenant, brisa: Tenant) -> None:
    """Events name the conversation that is followed and nothing of it; another company's changes are not heard."""
    visitor = guests.visitor(halden)
    visitor.ask_for_person()
    mira, owner = guests.member("mira"), guests.member("owner", company="brisa")
    path = f"/desk/stream?conversation={visitor.conversation_id}"
    with reading(mira, path) as stream, reading(owner, path) as elsewhere:
        for one in (stream, elsewhere):
            assert {one.next("conversation", "desk")["event"] for _ in range(2)} == {"conversation", "desk"}
        visitor.say("A secret")
        heard = stream.next("conversation", "desk")
        assert "secret" not in str(heard)
        guests.visitor(brisa).ask_for_person()
        # The first thing that the other company hears of is its own.
        assert elsewhere.next("conversation", "desk")["event"] == "desk"


def all_given_back(house: House) -> bool:
    """Return whether nobody has a connection now; if somebody has, give them a moment."""
    if house.database.reader.pool.checkedout() == 0:  # type: ignore[attr-defined]  # because the pool is a QueuePool
        return True
    threading.Event().wait(0.05)
    return False


@on_sqlite
def test_waiting_holds_no_thread(guests: Guests, house: House, halden: Tenant) -> None:
    """Open streams take no thread each and no connection of the database, and every one still hears."""
    visitors = [guests.visitor(halden) for _ in range(20)]
    for visitor in visitors:
        visitor.ask_for_person()
    with ExitStack() as open_streams:
        before = threading.active_count()
        streams = [open_streams.enter_context(reading(one.client, "/c/webchat/stream")) for one in visitors]
        for stream in streams:
            stream.next("state")
        # The readers' pool fills up to its fixed size by and by; 20 streams would need more, if each held a thread.
        assert threading.active_count() <= before + READERS < before + len(streams)
        assert any(all_given_back(house) for _ in range(100)), "streams hold connections"
        for visitor, stream in zip(visitors, streams, strict=True):
            visitor.say("Still here")
            assert stream.next("entry")["data"]["text"] == "Still here"


@on_sqlite
def test_nobody_opens_streams_without_end(guests: Guests, halden: Tenant) -> None:
    """One visitor may have so many streams at a time; the next is refused, with the time to come back."""
    visitor = guests.visitor(halden)
    with ExitStack() as open_streams:
        readers = [open_streams.enter_context(reading(visitor.client, "/c/webchat/stream")) for _ in range(PER_HOLDER)]
        for reader in readers:
            reader.next("state")
        with visitor.client.stream("GET", "/c/webchat/stream") as refused:
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) >= 1


def test_the_server_stops_at_once_with_streams_open(house: House, halden: Tenant) -> None:
    """Stopping ends every stream cleanly; nobody waits for readers that never leave."""
    with ExitStack() as closing:
        with serving(house) as url:
            visitor = WebVisitor(closing.enter_context(httpx.Client(base_url=url, timeout=30)), halden, language="en")
            stream = closing.enter_context(reading(visitor.client, "/c/webchat/stream"))
            stream.next("state")
        assert stream.rest() == []


@on_sqlite
def test_strangers_get_no_stream(guests: Guests) -> None:
    """Without a token or a session there is a refusal and no stream."""
    assert guests.client().get("/c/webchat/stream").status_code == 401
    assert guests.client(follow_redirects=False).get("/desk/stream").status_code == 303
