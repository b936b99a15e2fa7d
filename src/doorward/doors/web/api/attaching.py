"""Files for replies: attach them, see how they stand, take them away again."""

from typing import Annotated

import msgspec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.flow.attachments import AttachmentKept, OutgoingFile
from doorward.flow.desk import NewFile
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import WildText

_AROUND = 65_536


class NewFileBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file: its name, its media type (`application/octet-stream` claims nothing), and its bytes in base 64."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    type: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,80}$")]
    data: bytes

    def file(self) -> NewFile:
        """Return it as the desk takes it."""
        return NewFile(name=WildText(self.name), media_type=self.type, content=self.data)


class OutgoingFileList(msgspec.Struct, frozen=True, kw_only=True):
    """Files that go with no reply yet, the oldest first: 20 of a conversation at most."""

    items: tuple[OutgoingFile, ...]


def body_size(limit: int, *, files: int = 1) -> int:
    """Return how large a body with files of at most `limit` bytes may be: base 64 writes three bytes as four."""
    return files * limit * 4 // 3 + _AROUND


def attach_handler(limit: int) -> HTTPRouteHandler:
    """Return the handler that takes files of at most `limit` bytes."""

    @post(
        "/conversations/{conversation_id:str}/attachments",
        status_code=201,
        responses=problems(404, 409, 413, 415, 422),
        security=ANY_OF,
        operation_id="attach_file",
        request_max_body_size=body_size(limit),
    )
    async def attach_file(
        call: ACall, conversation_id: IdPath, data: JSONBody[NewFileBody]
    ) -> Response[AttachmentKept]:
        """Attach a file to a conversation that the caller has. It is held until it is scanned; a reply that names it in
        `attachments` sends it, once it is clean. Its name is screened like every text.
        """
        scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
        file = data.file()
        return await call.answer_once(
            scope, lambda key: call.house.desk.attaching.attach(scope, wanted, file, key=key), status=201
        )

    return attach_file


@get(
    "/conversations/{conversation_id:str}/attachments",
    responses=problems(404),
    security=ANY_OF,
    operation_id="list_attached_files",
)
async def list_attached_files(call: ACall, conversation_id: IdPath) -> OutgoingFileList:
    """List the files that the caller attached and that go with no reply yet, and how each stands."""
    scope, wanted = call.member_scope("conversations:read"), ConversationId(conversation_id)
    return OutgoingFileList(items=await call.house.desk.attaching.beside(scope, wanted))


@delete(
    "/conversations/{conversation_id:str}/attachments/{attachment_id:str}",
    status_code=204,
    responses=problems(404, 409),
    security=ANY_OF,
    operation_id="withdraw_file",
)
async def withdraw_file(call: ACall, conversation_id: IdPath, attachment_id: IdPath) -> None:
    """Take a file away that goes with no reply; its content is gone. One that goes with a reply is a conflict."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    await call.house.desk.attaching.withdraw(scope, wanted, attachment_id)


HANDLERS = [list_attached_files, withdraw_file]
