"""Readers of event streams, by plain HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import httpx
import msgspec


def _is_sign_of_life(line: str) -> bool:
    """Return whether a line says nothing but that the house is there: a comment to customers, an event at the desk."""
    return line.startswith(":") or line == "event: alive"


class Reader:
    """Reads one stream event by event."""

    def __init__(self, response: httpx.Response) -> None:
        """Read an open response."""
        self.response = response
        self._lines = response.iter_lines()

    def next(self, *names: str) -> dict[str, Any]:
        """Return the next event with one of these names: its `event`, `id` if any, and decoded `data`."""
        event: dict[str, Any] = {}
        silences = 0
        for line in self._lines:
            silences += _is_sign_of_life(line)
            assert silences < 2, f"nothing came but {silences} signs of life"
            if not line and event.get("event") in names:
                return event
            if not line:
                event = {}
                continue
            field, _, value = line.partition(": ")
            event[field] = msgspec.json.decode(value) if field == "data" else value
        raise AssertionError("the stream ended")

    def signs_of_life(self, count: int) -> None:
        """Read on until so many came."""
        signs = filter(_is_sign_of_life, self._lines)
        assert sum(1 for _ in islice(signs, count)) == count, "the stream ended"

    def ends(self, *, within: int = 200) -> bool:
        """Return whether the stream ends before so many lines came."""
        return sum(1 for _ in islice(self._lines, within)) < within

    def rest(self) -> list[str]:
        """Return what is left until the stream ends."""
        return list(self._lines)


@contextmanager
def reading(client: httpx.Client, path: str, **headers: str) -> Iterator[Reader]:
    """Open a stream."""
    with client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200, response.read()
        yield Reader(response)
