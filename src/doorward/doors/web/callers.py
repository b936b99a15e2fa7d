"""Who asks: a member of staff with a session cookie, or a program with an API token."""

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from doorward.bootstrap import House
from doorward.doors.web.security import check_csrf, require_same_site
from doorward.identity import Principal
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import NotSignedIn

SESSION: Final = "doorward_session"
DEVICE: Final = "doorward_device"
CSRF_HEADER: Final = "x-csrf-token"
BY_ITSELF: Final[dict[str, Any]] = {"by_itself": True}
"""Mark (`opt`) of a handler that pages ask without anybody doing anything: a session does not stay in use by it."""
DEVICE_SECONDS: Final = 180 * 24 * 3600
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_SECRET: Final = 200

Connection = ASGIConnection[Any, Any, Any, Any]


class Caller(Discreet, frozen=True, kw_only=True):
    """Who asks, and with which session cookie; none for a program."""

    principal: Principal
    session_token: str | None = None


class Callers:
    """Finds out who asks."""

    def __init__(self, house: House, *, cookie_prefix: str) -> None:
        """Cookies are named with `cookie_prefix` (see `security.Guard`)."""
        self._house = house
        self._prefix = cookie_prefix

    async def find(self, connection: Connection) -> Caller:
        """Return who asks. Raises `NotSignedIn`."""
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await self._by_token(secret.strip())
        return await self._by_session(connection)

    async def find_for_api(self, connection: Connection) -> Caller:
        """Return who asks the API; a session must send its form token along with everything that changes something.

        Raises `NotSignedIn`, `NotAllowed`.
        """
        caller = await self.find(connection)
        if caller.session_token is not None and connection.scope.get("method") not in _SAFE:
            require_same_site(connection)
            check_csrf(caller.session_token, connection.headers.get(CSRF_HEADER, ""))
        return caller

    async def find_member(self, connection: Connection) -> Caller:
        """Return the member of staff who asks with a session cookie. Raises `NotSignedIn`."""
        return await self._by_session(connection)

    def session_cookie(self, connection: Connection) -> str | None:
        """Return the session cookie that came along, if any."""
        return self._cookie(connection, SESSION)

    def device_cookie(self, connection: Connection) -> str | None:
        """Return the cookie of a device that signed in before, if any."""
        return self._cookie(connection, DEVICE)

    def make_cookie(self, name: str, value: str, *, seconds: int | None = None) -> Cookie:
        """Return a cookie that scripts and other sites cannot read; `seconds` None ends with the browser."""
        return Cookie(
            key=self._prefix + name,
            value=value,
            path="/",
            max_age=seconds,
            httponly=True,
            secure=bool(self._prefix),
            samesite="lax",
        )

    def _cookie(self, connection: Connection, name: str) -> str | None:
        value = connection.cookies.get(self._prefix + name)
        return value if value and len(value) <= _LONGEST_SECRET else None

    async def _by_session(self, connection: Connection) -> Caller:
        token = self._cookie(connection, SESSION)
        if token is None:
            raise NotSignedIn("no session cookie")
        house = self._house
        session = await house.transactions.read_async(lambda tx: house.identity.sessions.read(tx, token))
        if session.stale and not _asked_by_itself(connection):
            scope = session.principal.scope
            await house.transactions.write_async(
                scope, lambda tx: house.identity.sessions.touch(tx, scope, session.session_id)
            )
        return Caller(principal=session.principal, session_token=token)

    async def _by_token(self, secret: str) -> Caller:
        if not 0 < len(secret) <= _LONGEST_SECRET:
            raise NotSignedIn("not an API token")
        house = self._house
        use = await house.transactions.read_async(lambda tx: house.identity.tokens.read(tx, secret))
        if use.stale:
            scope = use.principal.scope
            await house.transactions.write_async(scope, lambda tx: house.identity.tokens.touch(tx, scope, use.token_id))
        return Caller(principal=use.principal)


def _asked_by_itself(connection: Connection) -> bool:
    handler: Any = connection.scope.get("route_handler")
    return handler is not None and bool(handler.opt.get("by_itself"))
