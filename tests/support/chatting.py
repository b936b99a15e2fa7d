"""A language model for tests: a real server on loopback that speaks the protocol, and can be told to lie in every way.

It writes its bytes to the socket itself, so that it may also break the protocol.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Twin", socket.socket, dict[str, Any]], None]
"""What the server does with a connection once it has read the request."""

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


@dataclass
class Twin:
    """What the server was asked, and how it answers."""

    url: str = ""
    behave: Behaviour = lambda _twin, _connection, _asked: None
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)
    tokens: tuple[int, int] = (400, 40)

    @property
    def said(self) -> str:
        """All that ever reached the model, as it reads it."""
        return "\n".join(message["content"] for one in self.asked for message in one["messages"])

    def parts(self, place: int = -1) -> list[dict[str, Any]]:
        """The parts of a task that was asked."""
        parts: list[dict[str, Any]] = json.loads(self.asked[place]["messages"][-1]["content"])["parts"]
        return parts

    def answers(self, content: str | Callable[[list[dict[str, Any]]], str]) -> None:
        """Answer from now on with this content, or with what is made of the parts of a task."""

        def behave(twin: "Twin", connection: socket.socket, _asked: dict[str, Any]) -> None:
            text = content if isinstance(content, str) else content(twin.parts())
            connection.sendall(HEAD + events(text, tokens=twin.tokens))

        self.behave = behave


@contextmanager
def chat_twin() -> Iterator[Twin]:
    """Serve a twin on a free loopback port."""
    twin = Twin()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            twin.asked.append(asked)
            twin.keys.append(self.headers["authorization"])
            self.close_connection = True
            with suppress(OSError):
                twin.behave(twin, self.connection, asked)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_where: object) -> None:
            """Say nothing: that the other side goes away is what some tests want."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    twin.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield twin
    finally:
        twin.ends.set()
        server.shutdown()
        server.server_close()
        thread.join()


# -- the protocol -----------------------------------------------------------------------------------------------------


def event(data: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def delta(content: str | None = None, *, finish: str | None = None, **more: Any) -> bytes:
    """An event with a piece of the answer."""
    piece = {"role": "assistant", **({} if content is None else {"content": content}), **more}
    return event({"id": "x", "choices": [{"index": 0, "delta": piece, "finish_reason": finish}]})


def events(content: str, *, tokens: tuple[int, int] = (400, 40), pieces: int = 7) -> bytes:
    """The events of a whole, well-formed answer."""
    size = max(1, len(content) // pieces)
    cut = [content[start : start + size] for start in range(0, len(content), size)]
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return b"".join(
        (
            b": here\n\n",
            delta(""),
            *(delta(piece) for piece in cut),
            delta(finish="stop"),
            event({"choices": [], "usage": usage}),
            b"data: [DONE]\n\n",
        )
    )


def sentences(*said: str, source: int = 1) -> str:
    """An answer as the house asks for it, every sentence from one source."""
    return json.dumps({"sentences": [{"text": one, "source": source} for one in said]}, ensure_ascii=False)


# -- how it misbehaves ------------------------------------------------------------------------------------------------


def sends(*pieces: bytes, every: float = 0.0) -> Behaviour:
    """Send these bytes, with a pause before each, and hang up."""

    def behave(twin: Twin, connection: socket.socket, _asked: dict[str, Any]) -> None:
        for piece in pieces:
            twin.ends.wait(every)
            connection.sendall(piece)

    return behave


def keeps_silent(twin: Twin, _connection: socket.socket, _asked: dict[str, Any]) -> None:
    """Answer nothing until the test is over."""
    twin.ends.wait(60)


def never_ends(twin: Twin, connection: socket.socket, _asked: dict[str, Any]) -> None:
    """Send comments for ever, which keeps a connection alive."""
    connection.sendall(HEAD)
    while not twin.ends.wait(0.02):
        connection.sendall(b": still here\n\n")


def drips(twin: Twin, connection: socket.socket, _asked: dict[str, Any]) -> None:
    """Send a right answer a byte at a time."""
    connection.sendall(HEAD)
    for byte in events(sentences("Slow.")):
        twin.ends.wait(0.05)
        connection.sendall(bytes((byte,)))


def floods(_twin: Twin, connection: socket.socket, _asked: dict[str, Any]) -> None:
    """Send more than anybody wants to read."""
    connection.sendall(HEAD)
    for _ in range(10_000):
        connection.sendall(delta("x" * 1_000))


def fails_with(status: str) -> Behaviour:
    """Answer with a status."""
    return sends(f"HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}".encode())


def all_at_once(content: str) -> bytes:
    """An answer that is no stream."""
    body = json.dumps({"choices": [{"index": 0, "message": {"content": content}, "finish_reason": "stop"}]}).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def broken_endpoints(content: str) -> Sequence[tuple[str, Behaviour]]:
    """Endpoints that give `content` in no way in which it may be taken, each with its name."""
    call = [{"index": 0, "id": "c", "type": "function", "function": {"name": "block_card", "arguments": "{}"}}]
    half = delta(content[: len(content) // 2])
    return (
        ("silence", keeps_silent),
        ("a stream without end", never_ends),
        ("a slow drip", drips),
        ("a flood", floods),
        ("500", fails_with("500 Internal Server Error")),
        ("429", fails_with("429 Too Many Requests")),
        ("401", fails_with("401 Unauthorized")),
        ("a redirect", sends(b"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n")),
        ("a disconnection", sends()),
        ("a disconnection midway", sends(HEAD, half)),
        ("a torn event", sends(HEAD, half, b'data: {"choices": [{"ind')),
        ("no end", sends(HEAD, delta(content), b"data: [DONE]\n\n")),
        ("cut for length", sends(HEAD, half, delta(finish="length"))),
        ("filtered", sends(HEAD, delta(finish="content_filter"))),
        ("a refusal", sends(HEAD, delta(refusal="I cannot help with that."), delta(finish="stop"))),
        ("a tool call", sends(HEAD, delta(tool_calls=call), delta(finish="tool_calls"))),
        ("a tool call beside words", sends(HEAD, delta(content, tool_calls=call), delta(finish="stop"))),
        ("a function call", sends(HEAD, delta(content, function_call={"name": "block_card"}), delta(finish="stop"))),
        ("two answers", sends(HEAD, delta(content), event({"choices": [{"index": 1, "delta": {"content": "x"}}]}))),
        ("words after the end", sends(HEAD, delta(content, finish="stop"), delta("more"))),
        ("an error event", sends(HEAD, delta(content), event({"error": {"message": "overloaded"}}))),
        ("no events", sends(HEAD, b"<html>hello</html>\n\n")),
        ("not JSON", sends(HEAD, b"data: hello\n\n")),
        ("deep JSON", sends(HEAD, b"data: " + b"[" * 50_000 + b"\n\n")),
        ("bytes", sends(HEAD, b"data: " + bytes(range(128, 255)) + b"\n\n")),
        ("a line without end", sends(HEAD, *[b"x" * 60_000] * 9)),
        ("no HTTP", sends(b"hello\r\n\r\n")),
        ("another type", sends(all_at_once(content))),
        ("nothing at all", sends(HEAD, delta(finish="stop"), b"data: [DONE]\n\n")),
    )
