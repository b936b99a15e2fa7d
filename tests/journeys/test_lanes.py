"""Work in the background that waits for somebody outside, and who must not wait with it, on both databases."""

import base64
import threading
from collections.abc import Iterator

import httpx
import pytest

from doorward.bootstrap import House
from doorward.identity import Mail, Mailer, Tenant
from doorward.kit.settings import Settings
from tests.support.portal import customer
from tests.support.scanning import HangingScanner, open_scanning_house
from tests.support.server import Guests

FILE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"pixels" * 20).decode()


@pytest.fixture
def scanner() -> Iterator[HangingScanner]:
    """A scanner that takes files and does not answer."""
    hanging = HangingScanner()
    yield hanging
    hanging.let_go.set()


@pytest.fixture
def house(house_settings: Settings, scanner: HangingScanner) -> Iterator[House]:
    """A house at work, with that scanner."""
    opened = open_scanning_house(house_settings, scanner)
    opened.start()
    yield opened
    scanner.let_go.set()
    opened.close()


@pytest.fixture
def mailed(house: House, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once the house has mailed something."""
    mailed = threading.Event()
    send = type(house.mailer).send

    def send_and_tell(mailer: Mailer, mail: Mail) -> None:
        send(mailer, mail)
        mailed.set()

    monkeypatch.setattr(type(house.mailer), "send", send_and_tell)
    return mailed


def test_a_scanner_that_hangs_keeps_no_code_waiting(
    house: House, halden: Tenant, guests: Guests, scanner: HangingScanner, mailed: threading.Event
) -> None:
    """A customer's sign-in code is mailed while the scanner still holds another customer's file."""
    body = {"id": "a-1", "name": "slip.png", "type": "image/png", "data": FILE}
    assert guests.visitor(halden).client.post("/c/webchat/attachments", json=body).status_code == 202
    assert scanner.asked.wait(30), "nobody scanned the file"
    origin = guests.url.replace("127.0.0.1", "localhost")
    asked = httpx.post(f"{origin}/my/halden/code", data={"email": customer(house).email}, headers={"origin": origin})
    assert asked.status_code == 200, asked.text
    assert mailed.wait(30), "the code waited for the scanner"
    assert not scanner.let_go.is_set()
