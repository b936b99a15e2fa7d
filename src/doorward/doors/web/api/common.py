"""What all parts of the API share: parameters, who calls, and answers that are given twice."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter, SkipValidation

from doorward.bootstrap import House
from doorward.doors.web.api.conditions import content_tag, is_seen
from doorward.doors.web.callers import Caller
from doorward.doors.web.door import AnyRequest, AtDoor, Door
from doorward.doors.web.problems import MEDIA_TYPE, Problem
from doorward.flow.idempotency import Answer, read_key
from doorward.flow.idempotency import Request as RepeatableRequest
from doorward.identity import Permission, Principal, require_permission
from doorward.kit.ids import new_id
from doorward.vocabulary.errors import NotAllowed
from doorward.vocabulary.scope import Scope

ID_PATTERN: Final = "^[0-9a-z]{26}$"

IdPath = Annotated[str, PathParameter(pattern=ID_PATTERN, description="An id that Doorward made.")]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="At most so many.")]
Offset = Annotated[
    int,
    QueryParameter(
        ge=0, le=1_000_000, description="Leave out so many first; a `cursor` loses nothing while the list changes."
    ),
]
After = Annotated[int, QueryParameter(ge=0, le=2**31 - 1, description="Lines with numbers above this.")]

ANY_OF: Final[list[dict[str, list[str]]]] = [{"session": []}, {"token": []}]
"""Either security scheme will do."""

_WORDS: Final = {
    400: "The request cannot be read; `reason` names the field.",
    401: "No valid session or token.",
    403: "Known, but not entitled.",
    404: "No such thing in this tenant.",
    409: "The thing changed meanwhile, or its state does not allow this.",
    412: "Somebody wrote meanwhile: `If-Match` names an edition that is not the latest; `reason` says which is.",
    413: "The body is larger than allowed.",
    415: "Send application/json.",
    422: "The idempotency key was used for another request.",
    429: "Too many for now; `retry_after` says when to come back.",
    503: "Not possible right now; nothing was accepted and nothing was lost.",
    507: "Nothing can be stored right now; nothing was changed.",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the documentation of an operation's problem answers: these, and those that any operation may give."""
    return {
        status: ResponseSpec(Problem, media_type=MEDIA_TYPE, description=_WORDS[status], generate_examples=False)
        for status in sorted({400, 401, 403, 429, 503, 507, *statuses})
    }


class Call:
    """One call of the API: the house, the request, and who makes it."""

    def __init__(self, door: Door, request: AnyRequest, caller: Caller) -> None:
        """Hold what every handler needs."""
        self.house: House = door.house
        self._answers = door.answers
        self.request = request
        self.caller = caller

    @property
    def principal(self) -> Principal:
        """Return who calls and what they may do."""
        return self.caller.principal

    def scope(self, permission: Permission) -> Scope:
        """Return the scope in which the caller may do this. Raises `NotAllowed`."""
        require_permission(self.principal, permission)
        return self.principal.scope

    def member_scope(self, permission: Permission) -> Scope:
        """Return the scope of a member of staff who may do this. Raises `NotAllowed`, for programs in any case."""
        if self.principal.staff_id is None:
            raise NotAllowed("only members of staff do this: a program cannot hold a conversation")
        return self.scope(permission)

    async def answer_once(
        self, scope: Scope, act: Callable[[str], Awaitable[Any]], *, status: int = 200, tagged: bool = False
    ) -> Response[Any]:
        """Do `act(key)` and answer with its value; the same `Idempotency-Key` again gets the same answer.

        With `tagged` the value has a `number` or `revision`, which is answered as `ETag` too. Without the header every
        request is a new one. `act` must be safe to repeat under its key.
        """
        header = self.request.headers.get("idempotency-key")
        if header is None:
            fresh = Answer(status=status, body=msgspec.json.encode(await act(f"once:{new_id()}")))
            return _json(fresh, tagged=tagged)
        house = self.house
        asked = RepeatableRequest(
            key=read_key(header),
            route=f"{self.request.method} {self.request.url.path}",
            body=await self.request.body(),
        )
        before = await house.transactions.read_async(lambda tx: self._answers.find(tx, scope, asked))
        if before is not None:
            return _json(before, tagged=tagged, replayed=True)
        fresh = Answer(status=status, body=msgspec.json.encode(await act(f"key:{asked.key}")))
        kept = await house.transactions.write_async(
            scope, lambda tx: self._answers.remember(tx, scope, asked, answer=fresh)
        )
        return _json(kept, tagged=tagged)

    def shown(self, value: Any, *, tag: str | None = None, tagged: Any = None) -> Response[Any]:
        """Answer with a value and its `ETag`, or with 304 where `If-None-Match` names that.

        Without a `tag` it is made of what is said: of `tagged` where not all of that counts, as the moment of asking.
        """
        body = msgspec.json.encode(value)
        told = tag or content_tag(body if tagged is None else msgspec.json.encode(tagged))
        if is_seen(self.request.headers.get("if-none-match", ""), told):
            return Response(b"", status_code=304, headers={"etag": told})
        return Response(body, media_type=MediaType.JSON, headers={"etag": told})


def make_call(door: AtDoor, request: AnyRequest) -> Any:
    """Return the call; the API's guard has found out before who makes it."""
    return Call(door, request, request.scope["state"]["caller"])


ACall: TypeAlias = NamedDependency[SkipValidation[Call]]
"""A handler's parameter `call`."""


class _Numbered(msgspec.Struct):
    number: int = 0
    revision: int = 0


def etag(number: int) -> str:
    """Return the entity tag of an edition (RFC 9110, 8.8.3)."""
    return f'"{number}"'


def _json(answer: Answer, *, tagged: bool, replayed: bool = False) -> Response[Any]:
    headers = {"idempotency-replayed": "true"} if replayed else {}
    if tagged:
        said = msgspec.json.decode(answer.body, type=_Numbered)
        headers["etag"] = etag(said.number or said.revision)
    return Response(answer.body, status_code=answer.status, media_type=MediaType.JSON, headers=headers)
