"""A member of staff who works by the interface, with the session of their browser."""

from collections.abc import Mapping
from typing import Any, Self

from playwright.sync_api import BrowserContext, Page

from tools.terminal import say


class Refused(Exception):
    """The house did not do what it was asked for; a picture of less is still one."""


class Member:
    """Asks the interface of a house as whoever is signed in on a page."""

    def __init__(self, context: BrowserContext, url: str, csrf: str) -> None:
        """Use the cookies of `context`; `csrf` is the session's form token."""
        self._request = context.request
        self._url = url
        self._headers = {"origin": url, "x-csrf-token": csrf, "content-type": "application/json"}

    @classmethod
    def of(cls, page: Page, url: str) -> Self:
        """Return the member who is signed in on a page."""
        return cls(page.context, url, page.context.request.get(f"{url}/api/v1/me").json()["csrf"])

    def get(self, path: str) -> Any:
        """Return what is at an address of the interface. Raises `Refused`."""
        return self._answer("GET", path, None, {})

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Send a body and return the answer; a header `if_match` goes as `If-Match`. Raises `Refused`."""
        return self._answer(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def replace(self, path: str, body: Mapping[str, Any]) -> Any:
        """Put something into the place of what is at an address, over the edition that is there. Raises `Refused`."""
        before = self._request.get(f"{self._url}/api/v1{path}")
        return self.send("PUT", path, body, if_match=before.headers.get("etag", ""))

    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Any:
        answer = self._request.fetch(
            f"{self._url}/api/v1{path}",
            method=method,
            headers={**self._headers, **headers},
            data=None if body is None else dict(body),
        )
        if not answer.ok:
            say("screens", f"{method} {path} answered {answer.status}: {answer.text()[:300]}")
            raise Refused(path)
        return answer.json() if answer.body() else None
