"""Bad input by the public doors: refused clearly or screened whole, in bounded time, and never passed through."""

import json
import time
import tracemalloc
from itertools import repeat

import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from tests.journeys.test_api import token_of
from tests.support.browsing import on_sqlite
from tests.support.server import Guests, WebVisitor

CARD = "4242 4242 4242 4242"
TEN_MEGABYTES = 10_000_000
LONGEST = 4000
PATIENCE = 10
"""Seconds of this process for one message: a hundred times what one takes, for machines that have much to do."""

BARE_CARD = CARD.replace(" ", "")
UNICODE = {
    "combining marks on every digit": "".join(sign + "\u0301" * 3 for sign in CARD),
    "a thousand marks on one digit": CARD[:-1] + "\u0301" * 1000 + CARD[-1],
    "written from right to left": f"\u202e{CARD}\u202c",
    "isolated sign by sign": "".join(f"\u2066{sign}\u2069" for sign in CARD),
    "NULs between": "\0".join(BARE_CARD),
    "invisible signs between": "\u200b\u200d\u2060".join(BARE_CARD),
    "variation selectors": "\ufe0f".join(BARE_CARD),
    "keycaps": "".join(f"{sign}\ufe0f\u20e3" for sign in BARE_CARD),
    "tags behind": CARD + "\U000e0041" * 500,
    "the last character there is": f"\U0010ffff{CARD}\U0010ffff",
    "a mathematical alphabet": "".join(chr(0x1D7CE + int(sign)) for sign in BARE_CARD),
    "right-to-left letters around": f"\u05d0\u05d1 {CARD} \u0627\u0644",
}


@pytest.fixture
def visitor(guests: Guests, halden: Tenant) -> WebVisitor:
    """Somebody at the web chat."""
    return guests.visitor(halden)


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text, whatever stands between them."""
    return "".join(sign for sign in text if sign in "0123456789")


@on_sqlite
@pytest.mark.parametrize("channel", ["webchat", "api"])
def test_ten_megabytes_are_refused(
    channel: str, house: House, halden: Tenant, guests: Guests, visitor: WebVisitor
) -> None:
    """With a sentence; and where no length was told before, a hundred are not kept until the last has come."""
    client = visitor.client
    if channel == "api":
        client = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'messages:write')}"})
    body = json.dumps({"id": "big", "text": CARD + "x" * TEN_MEGABYTES}).encode()
    kind = {"content-type": "application/json"}
    whole = client.post(f"/c/{channel}/messages", content=body, headers=kind)
    tracemalloc.start()
    try:
        endless = client.post(f"/c/{channel}/messages", content=repeat(body[:100_000], 1000), headers=kind)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    for answer in (whole, endless):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert CARD not in answer.text
    assert peak < 4 * TEN_MEGABYTES
    assert visitor.entries()["entries"] == []


@on_sqlite
def test_pathological_unicode_is_masked(visitor: WebVisitor) -> None:
    """However a card's number is dressed in signs that nobody sees, nothing of it is stored or comes back."""
    for name, dressed in UNICODE.items():
        begun = time.process_time()
        visitor.say(f"my card number is {dressed} ok")
        assert time.process_time() - begun < PATIENCE, name
        said = [one["text"] for one in visitor.entries()["entries"] if one["author"] == "customer"][-1]
        assert "[CARD" in said, name
        assert BARE_CARD[:-4] not in digits_of(said), name
        assert "\0" not in said, name


@on_sqlite
def test_lone_surrogates_hide_nothing(visitor: WebVisitor) -> None:
    """JSON can write half a character (RFC 8259, 8.2): stored as U+FFFD, and what it parts is masked as a whole."""
    kind = {"content-type": "application/json"}
    for number, escape in enumerate(("\\ud800", "\\udfff", "\\ud800\\ud800", "\\udc00\\ud800")):
        body = f'{{"id": "s{number}", "text": "{escape} my card number is {escape.join(BARE_CARD)}"}}'.encode()
        answer = visitor.client.post("/c/webchat/messages", content=body, headers=kind)
        assert answer.status_code == 202, answer.text
        said = [one["text"] for one in visitor.entries()["entries"] if one["author"] == "customer"][-1]
        assert said == "\ufffd" * (len(escape) // 6) + " my card number is [CARD·4242]"


@on_sqlite
@pytest.mark.parametrize("sign", ["\0", "\u0301", "\u202e", "\U000e0041", "\ufffe", "[", "\\", "\U0010ffff", "1", "@"])
def test_as_much_as_fits_of_anything_is_taken(sign: str, visitor: WebVisitor) -> None:
    """The longest message there may be, of nothing else: taken in bounded time, and one sign more is refused."""
    begun = time.process_time()
    visitor.say(sign * LONGEST)
    assert time.process_time() - begun < PATIENCE
    answer = visitor.client.post("/c/webchat/messages", json={"id": "more", "text": sign * (LONGEST + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
