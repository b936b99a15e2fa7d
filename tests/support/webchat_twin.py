"""A stand-in for the web chat's door, with a network that misbehaves on request: for tests of the widget alone."""

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import altcha
import uvicorn

from doorward.doors import web
from doorward.kit.i18n import Translator
from doorward.kit.plugins import discover

WIDGET = Path(web.__path__[0]) / "static" / "widget.js"
CARD = "4242 4242 4242 4242"
MASK = "[CARD·4242]"
_POLICY = b"default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'none'; img-src 'none'"
_PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>
<meta name="viewport" content="width=device-width"><body><h1>Host page</h1><button>Theirs</button>
<script type="module" src="/widget.js" data-key="wk_test" data-language="auto"></script>"""

_FURTHER = {"/typing", "/attachments", "/file", "/source", "/feedback", "/callback", "/transcript", "/deletion"}

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass
class WebChatTwin:
    """One conversation, kept in memory. Tests read and change its fields from their own thread.

    `typing` is sent once as a sign that this side writes; `heard` is what was asked besides talking, by path.
    `troubles` are what happens to the next messages, in order: an HTTP status, or "lost" for one that is accepted while
    its acknowledgement is not. `expired` are tokens whose time has run out. `streams` False refuses streams. `address`
    is where it is served. `listened_to` is set once a stream was opened: what is said from then on is news. `effort` is
    asked of the device when the visit begins, or, with `effort_later`, with the next answer.
    """

    translator: Translator
    entries: list[dict[str, Any]] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[int | str] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)
    state: str = "bot"
    position: int | None = None
    minutes: int | None = None
    people: bool = True
    verified: bool = False
    scanned: bool = True
    typing: str = ""
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    streams: bool = True
    address: str = ""
    listened_to: threading.Event = field(default_factory=threading.Event)
    effort: altcha.Challenge | None = None
    effort_later: bool = False

    @property
    def token(self) -> str:
        """Return the newest token."""
        return f"token{len(self.visits)}"

    def say(self, author: str, text: str, **more: Any) -> None:
        """Add a line to the conversation; numbers have gaps, as in the ledger."""
        seq = 2 * len(self.entries) + 2
        entry = {"seq": seq, "kind": f"message.{author}", "at": "2026-01-02T10:00:00Z", "author": author, "text": text}
        self.entries.append(entry | more)

    def scan(self, state: str) -> None:
        """End the scan of the file that was handed in."""
        kept = {"attachment_id": "a", "media_type": "image/png", "size": 1, "state": state}
        self.say("system", "slip.png", attachment=kept)
        self.entries[-1]["kind"] = "attachment.scanned"

    def send_file(self, name: str) -> None:
        """Have an agent's reply bring a file."""
        kept = {"attachment_id": "b", "media_type": "image/png", "size": 8, "state": "clean"}
        self.say("agent", name, attachment=kept)
        self.entries[-1]["kind"] = "attachment.received"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        path = scope["path"].removeprefix("/c/webchat")
        if path == "/":
            await _answer(send, 200, _PAGE, kind="text/html")
        elif path == "/widget.js":
            await _answer(send, 200, WIDGET.read_bytes(), kind="text/javascript")
        elif path.startswith("/strings/"):
            language = path.removeprefix("/strings/").removesuffix(".json")
            await _answer(send, 200, self.translator.strings(language, "widget."))
        elif path == "/visits":
            await self._visit(body, send)
        elif _token(scope) in self.expired:
            await _problem(send, 401, "token_expired")
        elif path == "/stream":
            await self._stream(_after(scope), send)
        else:
            await self._call(path, body, send, after=_after(scope))

    async def _visit(self, body: dict[str, Any], send: Send) -> None:
        self.visits.append(body)
        say, language = self.translator.say, self.translator.resolve(body.get("language"))
        visit = {
            "token": self.token,
            "expires_at": "2030-01-01T00:00:00Z",
            "conversation_id": "c1",
            "language": language,
            "languages": list(self.translator.languages),
            "company": {"name": "Twin & Co <b>", "accent": "#0f6b5c", "accent_dark": "#5fd0b8"},
            "notice": say(language, "notice.privacy", company="Twin & Co"),
            "greeting": say(language, "reply.greeting"),
            "disclosure": say(language, "disclosure.bot"),
            "characters": 400,
            "people": self.people,
            "attachments": {"bytes": 2000, "types": ["image/png", "application/pdf"], "scanned": self.scanned},
            "secrets": ["pin", "passwor*", "şifre*"],
            "effort": self.effort is not None and not self.effort_later,
        }
        await _answer(send, 201, visit)

    async def _call(self, path: str, body: dict[str, Any], send: Send, *, after: int) -> None:
        if path == "/entries":
            fresh = [entry for entry in self.entries if entry["seq"] > after]
            last = self.entries[-1]["seq"] if self.entries else 0
            await _answer(send, 200, {"entries": fresh, "last": last, **self._standing()})
        elif path == "/messages":
            await self._message(body, send)
        elif path in {"/effort", "/effort/work"}:
            await self._effort(body, send)
        elif path == "/person":
            self.state, self.position = "waiting", 2
            await _answer(send, 202, {"state": "waiting"})
        elif path == "/verification" and not body.get("code"):
            await _answer(send, 202, {})
        elif body.get("code") == "123456":
            self.verified = True
            await _answer(send, 200, {"level": "verified"})
        elif path in _FURTHER:
            await self._further(path, body, send)
        else:
            await _problem(send, 422, "refused")

    async def _effort(self, body: dict[str, Any], send: Send) -> None:
        if not body:
            challenge = None if self.effort is None else self.effort.to_dict()
            await _answer(send, 200, {"challenge": challenge})
            return
        self.heard.append(("/effort", body))
        judged = altcha.verify_solution(altcha.Payload.from_dict(body), "twin")
        if not judged.verified:
            await _problem(send, 403, "not_allowed")
            return
        self.effort = None
        await _answer(send, 200, {"token": self.token, "expires_at": "2030-01-01T00:00:00Z"})

    async def _further(self, path: str, body: dict[str, Any], send: Send) -> None:
        trouble = self.troubles.pop(0) if self.troubles and path != "/typing" else None
        if trouble is not None:
            await _problem(send, trouble if isinstance(trouble, int) else 503, "trouble")
            return
        before = any(one == path for one, _ in self.heard)
        self.heard.append((path, body))
        if path == "/transcript" and not self.verified:
            await _problem(send, 403, "step_up_required")
        elif path == "/source":
            sections = [{"heading": "Lost <i>cards</i>", "body": "Block it <b>at once</b>."}]
            await _answer(send, 200, {"title": "Lost cards", "language": "en", "sections": sections})
        elif path == "/file":
            await _answer(send, 200, b"the plan", kind="application/octet-stream")
        elif path == "/attachments":
            kept = {"attachment_id": "a", "name": body["name"], "size": 1, "media_type": body["type"], "state": "held"}
            self.say("customer", body["name"], client_id=body["id"], attachment=kept)
            await _answer(send, 202, kept)
        else:
            await _answer(send, 202, {"state": self.state, "duplicate": before, "taken": True, "helpful": True})

    async def _message(self, body: dict[str, Any], send: Send) -> None:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, int):
            await _problem(send, trouble, "trouble", retry_after=1 if trouble == 429 else None)
            return
        text = body["text"].replace("[CARD·4242]", "\\[CARD·4242]").replace(CARD, MASK)
        at = text.rfind(MASK) if CARD in body["text"] else -1
        spans = [{"start": at, "end": at + len(MASK), "kind": "CARD"}] if at >= 0 else []
        duplicate = body["id"] in self.received
        self.received.append(body["id"])
        if not duplicate:
            self.say("customer", text, client_id=body["id"], spans=spans)
            self.say("bot", f"Heard: {text}", choices=[{"label": "<i>Block</i> it", "says": "block it"}])
        if trouble == "lost":
            await _problem(send, 503, "unavailable")
        else:
            await _answer(
                send,
                202,
                {"message_id": "m", "number": 1, "duplicate": duplicate, "text": text, "spans": spans}
                | {"effort": self.effort is not None},
            )

    async def _stream(self, after: int, send: Send) -> None:
        if self._cut_off():
            await _problem(send, 503, "unavailable")
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        self.listened_to.set()
        before: dict[str, Any] | None = None
        while not self._cut_off():
            lines = ""
            for entry in [entry for entry in self.entries if entry["seq"] > after]:
                after = entry["seq"]
                lines += f"id: {after}\nevent: entry\ndata: {json.dumps(entry)}\n\n"
            if before != self._standing():
                before = self._standing()
                lines += f"event: state\ndata: {json.dumps(before)}\n\n"
            if self.typing:
                lines += f"event: typing\ndata: {json.dumps({'author': self.typing})}\n\n"
                self.typing = ""
            await send({"type": "http.response.body", "body": (lines or ":\n\n").encode(), "more_body": True})
            await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b""})

    def _cut_off(self) -> bool:
        return not self.streams

    def _standing(self) -> dict[str, Any]:
        waiting = {"position": self.position} | ({"minutes": self.minutes} if self.minutes else {})
        return {"state": self.state, "waiting": waiting if self.position else None, "people": self.people}


def _after(scope: Scope) -> int:
    _, found, number = scope["query_string"].decode().rpartition("after=")
    return int(number or 0) if found else 0


def _token(scope: Scope) -> str:
    headers = {name: value.decode() for name, value in scope["headers"]}
    return str(headers.get(b"authorization", "")).removeprefix("Bearer ")


async def _body(receive: Receive) -> dict[str, Any]:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return dict(json.loads(body)) if body else {}


async def _answer(send: Send, status: int, content: object, *, kind: str = "application/json") -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = [(b"content-type", kind.encode()), (b"content-security-policy", _POLICY)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _problem(send: Send, status: int, code: str, **more: object) -> None:
    await _answer(send, status, {"status": status, "code": code, **more}, kind="application/problem+json")


class TwinServer:
    """Serves one twin after another under one address, so that each test has a fresh one."""

    def __init__(self) -> None:
        """Read the language packs once."""
        found = discover("language")
        packs = {one.manifest.id: import_module(f"{one.package}.plugin").build(None) for one in found}
        self._translator = Translator(packs)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.twin = self.fresh()

    def fresh(self) -> WebChatTwin:
        """Return a new twin, which serves from now on."""
        self.twin = WebChatTwin(translator=self._translator, address=self.address)
        return self.twin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the twin of the moment serve a request (ASGI)."""
        await self.twin(scope, receive, send)

    @contextmanager
    def running(self) -> Iterator["TwinServer"]:
        """Serve from a thread of its own."""
        config = uvicorn.Config(self, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [self._listener]}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.twin.streams = False
            server.should_exit = True
            thread.join(timeout=10)
            self._listener.close()
