"""An authorization server on loopback: it shows its keys and metadata, and gives tokens to clients with a secret."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from joserfc import jws
from joserfc.jwk import ECKey

from doorward.kit.clock import SystemClock

CLIENT, SECRET = "printer-7", "a-secret-of-the-printer"
SCOPES = "help product.facts problem.report order.status order.place notices"
_IDS = count(1)


class AuthorizationServer:
    """Issues access tokens (RFC 9068) with one ES256 key, and anything else that a test wants signed with it."""

    def __init__(self, url: str = "https://login.example") -> None:
        """Be reachable at `url`, or be just called so."""
        self.url = url
        self.key = ECKey.generate_key("P-256")
        self.key_id = "k1"
        self.asked: list[str] = []

    @property
    def keys(self) -> dict[str, Any]:
        """Return the set of public keys."""
        return {"keys": [{**self.key.as_dict(private=False), "kid": self.key_id, "use": "sig", "alg": "ES256"}]}

    @property
    def metadata(self) -> dict[str, Any]:
        """Return what the server says of itself (RFC 8414)."""
        return {
            "issuer": self.url,
            "token_endpoint": f"{self.url}/token",
            "authorization_endpoint": f"{self.url}/authorize",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def claims(self, audience: str, *, now: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good token; `changes` change them, and None takes one away."""
        made = int((now or SystemClock().now()).timestamp())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": audience,
            "sub": "user-1",
            "client_id": CLIENT,
            "iat": made,
            "exp": made + 300,
            "jti": f"t{next(_IDS)}",
            "scope": SCOPES,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, audience: str, *, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """Return a token, signed with the server's key whatever it says."""
        head = {"alg": "ES256", "typ": "at+jwt", "kid": self.key_id, **(header or {})}
        claims = json.dumps(self.claims(audience, **changes)).encode()
        registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
        return jws.serialize_compact(head, claims, self.key, registry=registry)


@contextmanager
def authorization_server() -> Iterator[AuthorizationServer]:
    """Serve one on a free port of loopback."""
    shown = AuthorizationServer()

    class Handler(BaseHTTPRequestHandler):
        """Answers with JSON."""

        def do_GET(self) -> None:
            """Show keys and metadata."""
            shown.asked.append(self.path)
            pages = {"/keys": shown.keys, "/.well-known/oauth-authorization-server": shown.metadata}
            self._answer(200 if self.path in pages else 404, pages.get(self.path, {}))

        def do_POST(self) -> None:
            """Give a token for the resource that is named (RFC 8707)."""
            shown.asked.append(self.path)
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            scope = form.get("scope", [""])[0]
            token = shown.token(form["resource"][0], sub=CLIENT, scope=scope)
            self._answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": scope})

        def _answer(self, status: int, body: Any) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shown.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
