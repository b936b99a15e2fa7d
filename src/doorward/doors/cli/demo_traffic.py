"""Simulated visitors: they come in by the public address like everybody else, one at a time, now and then."""

import http.client
import threading
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from doorward.kit.ids import new_id
from doorward.kit.logging import get_logger
from doorward.vocabulary.company import Company, Visit

log = get_logger("cli.traffic")

BETWEEN_VISITS: Final = (8.0, 30.0)
"""Seconds from one visit to the next, at least and at most."""
_PATIENCE: Final = 20
_SHORTEST, _LONGEST = timedelta(seconds=2), timedelta(seconds=20)


class Traffic:
    """A thread that visits the demo companies until it is stopped."""

    def __init__(self, url: str, companies: Sequence[tuple[str, Company]], *, random: Random) -> None:
        """Visit the house at `url`; `companies` are pairs of widget key and company."""
        self._address = urlsplit(url)
        self._companies = tuple(companies)
        self._random = random
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._come_and_go, name="traffic", daemon=True)

    def start(self) -> None:
        """Let them come."""
        self._thread.start()

    def stop(self) -> None:
        """Send them home; returns at once."""
        self._stopping.set()

    def _come_and_go(self) -> None:
        while not self._stopping.wait(self._random.uniform(*BETWEEN_VISITS)):
            key, company = self._random.choice(self._companies)
            visit = company.next_visit(self._random)
            if visit is None:
                continue
            try:
                self._visit(key, visit)
            except (OSError, http.client.HTTPException, msgspec.MsgspecError, LookupError):
                # A full house, a stopping one, a refusal: visitors come again.
                log.info("cli.traffic.gave_up")

    def _visit(self, key: str, visit: Visit) -> None:
        opened = self._post("visits", {"widget_key": key, "language": visit.language})
        for line in visit.lines:
            if self._stopping.wait(min(max(visit.pause, _SHORTEST), _LONGEST).total_seconds()):
                return
            self._post("messages", {"id": new_id(), "text": line}, token=opened["token"])

    def _post(self, what: str, body: dict[str, Any], *, token: str = "") -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=_PATIENCE)
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        try:
            connection.request("POST", f"/c/webchat/{what}", msgspec.json.encode(body), headers)
            return msgspec.json.decode(connection.getresponse().read(), type=dict[str, Any])
        finally:
            connection.close()
