"""A demonstration house of its own for the pictures, with something on every page."""

import contextlib
import json
import re
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tools.environment import PROGRAMS
from tools.terminal import ROOT, Stop

START_SECONDS: Final = 600
SAID: Final = (
    ("en", ("I lost my card, what should I do?", "My card number is 4242 4242 4242 4242"), True),
    ("de", ("Wie hoch sind die Gebühren für eine Überweisung ins Ausland?",), False),
    ("tr", ("Kartım çalındı, hemen kapatın lütfen!", "Telefonum 0532 123 45 67"), True),
    ("ru", ("Здравствуйте! Как изменить адрес?",), False),
)
"""What visitors say before the pictures are taken, in which language, and whether they ask for a person."""


@dataclass(frozen=True)
class Demonstration:
    """Where it runs, the password of everybody on its staff, and the mail address of one customer, if one is known."""

    url: str
    password: str = field(repr=False)
    customer: str = field(default="", repr=False)


@contextlib.contextmanager
def demonstration() -> Iterator[Demonstration]:
    """Run a fresh demonstration on a free port, and stop it afterwards. Raises Stop when it does not start."""
    with tempfile.TemporaryDirectory(prefix="doorward-screens-") as folder:
        words = [str(PROGRAMS / "doorward"), "demo", "--port", "0", "--no-traffic", "--no-browser", "--data", folder]
        told = Path(folder).with_suffix(".log")
        with told.open("wb") as output:
            house = subprocess.Popen(words, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            place = _started(house, told)
            yield replace(place, customer=_customer(Path(folder)))
        finally:
            house.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                house.wait(30)
            house.kill()
            told.unlink(missing_ok=True)


def _started(house: subprocess.Popen[bytes], told: Path) -> Demonstration:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and house.poll() is None:
        text = told.read_text(encoding="utf-8", errors="replace")
        url = re.search(r"Doorward runs: (http://\S+)", text)
        password = re.search(r"with the password (\S+)", text)
        if url and password:
            return Demonstration(url=url[1].rstrip("/"), password=password[1])
        time.sleep(0.3)
    raise Stop("The demonstration did not start.", output=told.read_text(encoding="utf-8", errors="replace"))


def _customer(folder: Path, *, company: str = "halden") -> str:
    """Return the mail address of one of the made-up customers, from the made-up company's own books."""
    for books in (folder / "core" / company).glob("*.sqlite"):
        with contextlib.closing(sqlite3.connect(f"{books.as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT email FROM customer ORDER BY reference LIMIT 1").fetchone()
            return str(row[0]) if row else ""
    return ""


def widget_key(url: str, *, company: str = "halden") -> str:
    """Return the key of a company's chat, from the page that shows it."""
    page = urllib.request.urlopen(f"{url}/demo/{company}", timeout=30).read().decode()  # noqa: S310 - our own house
    key = re.search(r'data-key="([^"]+)"', page)
    if key is None:
        raise Stop(f"The page of {company} names no widget key.")
    return key[1]


def fill(url: str, *, company: str = "halden") -> None:
    """Let a few visitors write to a company, so that no list is empty."""
    key = widget_key(url, company=company)
    for language, texts, person in SAID:
        visit = post_json(f"{url}/c/webchat/visits", {"widget_key": key, "language": language})
        for number, text in enumerate(texts):
            post_json(f"{url}/c/webchat/messages", {"id": f"m{number}", "text": text}, token=visit["token"])
        if person:
            post_json(f"{url}/c/webchat/person", {"id": "p1"}, token=visit["token"])
            wish = {"id": "c1", "contact": "+44 20 7946 0018"}
            post_json(f"{url}/c/webchat/callback", wish, token=visit["token"])
            verdict = {"id": "f1", "helpful": False, "comment": "My card 5555 5555 5555 4444 is still open"}
            post_json(f"{url}/c/webchat/feedback", verdict, token=visit["token"])


def post_json(address: str, body: dict[str, Any], *, token: str = "") -> Any:
    """Send JSON as a visitor with this token would, and return the answer. Raises Stop when it is refused."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(address, data=json.dumps(body).encode(), headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise Stop(f"{address} answered {error.code}.", output=error.read().decode(errors="replace")) from error
