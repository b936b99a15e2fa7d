"""Callers at the scratch house: plain HTTP with cookies, and an ear that keeps all they are told."""

import contextlib
import http.client
import threading
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

PATIENCE: Final = 300
_FIRST_WORD: Final = 20


class Ear:
    """All that came out of the server, by the sink it counts as. Thread-safe."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._heard: dict[str, list[bytes]] = {}
        self._lock = threading.Lock()

    def hear(self, sink: str, piece: bytes) -> None:
        """Keep something."""
        with self._lock:
            self._heard.setdefault(sink, []).append(piece)

    def told(self) -> Mapping[str, tuple[bytes, ...]]:
        """Return everything, in the order in which it came."""
        with self._lock:
            return {sink: tuple(pieces) for sink, pieces in self._heard.items()}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return msgspec.json.decode(self.body)

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")

    def __repr__(self) -> str:
        """Show the status only."""
        return f"<Answer {self.status}>"


class Caller:
    """Somebody with a browser or a program of their own. Not thread-safe."""

    def __init__(self, url: str, ear: Ear, *, headers: Mapping[str, str] | None = None) -> None:
        """Come to the server at `url`; `headers` go with every request."""
        self.url = url
        self._host, self._port = urlsplit(url).hostname or "", urlsplit(url).port
        self._ear = ear
        self.headers = dict(headers or {})
        self._cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, *, query: Mapping[str, str] | None = None, **wishes: Any) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path + ("?" + urlencode(query, quote_via=quote) if query else ""), **wishes)

    def post(self, path: str, body: object, *, headers: Mapping[str, str] | None = None, **wishes: Any) -> Answer:
        """Send JSON: a value, or bytes that may be none."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        typed = {"content-type": "application/json", **(headers or {})}
        return self.ask("POST", path, data=data, headers=typed, **wishes)

    def send(
        self, path: str, fields: Mapping[str, str], *, headers: Mapping[str, str] | None = None, **wishes: Any
    ) -> Answer:
        """Send a form."""
        typed = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.ask("POST", path, data=urlencode(fields).encode(), headers=typed, **wishes)

    def ask(
        self,
        method: str,
        path: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        sink: str = "answers",
    ) -> Answer:
        """Send a request and return the answer, which is kept under `sink`; under none if that is empty.

        A form that shows again what was typed into it, to whoever typed it, is the one answer not to be kept.
        """
        sent = {**self.headers, **(headers or {})}
        if self._cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = self._exchange(method, path, data, {name: value.encode("utf-8") for name, value in sent.items()})
        if sink:
            self._ear.hear(sink, repr(dict(answer.headers)).encode() + b"\n" + answer.body)
        return answer

    def _exchange(self, method: str, path: str, data: bytes | None, headers: Mapping[str, bytes]) -> Answer:
        for last in (False, True):
            fresh = self._connection is None
            connection = self._connection or http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)
            self._connection = connection
            try:
                connection.request(method, path, data, dict(headers))
                response = connection.getresponse()
                body = response.read()
            except (http.client.HTTPException, OSError):
                self.leave()
                if fresh or last:
                    raise
                continue  # a connection that lay idle was closed by the server
            self._remember(response.headers.get_all("set-cookie", []))
            if response.will_close:
                self.leave()
            return Answer(status=response.status, headers={k.lower(): v for k, v in response.getheaders()}, body=body)
        raise AssertionError("the second try returns or raises")

    def _remember(self, lines: list[str]) -> None:
        for line in lines:
            with contextlib.suppress(CookieError):
                self._cookies |= {name: one.value for name, one in SimpleCookie(line).items()}

    def listen(self, path: str) -> threading.Thread:
        """Keep what a stream says from now on, in a thread that ends with the stream; return once it has begun."""
        begun = threading.Event()
        headers = {**self.headers, "cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

        def read() -> None:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)
            with contextlib.suppress(http.client.HTTPException, OSError), contextlib.closing(connection):
                connection.request("GET", path, headers=headers)
                with connection.getresponse() as response:  # it outlives its connection where that closes at its end
                    while piece := response.read1(65536):
                        self._ear.hear("streams", piece)
                        begun.set()

        thread = threading.Thread(target=read, name="leaks-stream", daemon=True)
        thread.start()
        begun.wait(_FIRST_WORD)
        return thread

    def leave(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
