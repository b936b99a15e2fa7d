"""Attaching files to a reply, and taking them away again: forms of the conversation's page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.desk.conversation.view import conversation_places, line_number
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.forms import read_member_files
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.attachments import MEDIA_TYPES
from doorward.flow.desk import NewFile
from doorward.vocabulary.errors import (
    Conflict,
    Malformed,
    NotFound,
    Refusal,
    SecretRefused,
    TooLarge,
    UnsupportedType,
)
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import WildText

AT_ONCE: Final = 5
"""Files that one form brings."""
_AROUND: Final = 65_536
_MEGABYTE: Final = 1_048_576

WHYS: Final[Mapping[str, str]] = {
    "file_empty": "attach.trouble.empty",
    "file_gone": "attach.trouble.gone",
    "file_none": "attach.trouble.none",
    "file_refused": "attach.trouble.refused",
    "files_held": "attach.trouble.held",
    "files_many": "attach.trouble.many",
    "files_unscanned": "attach.trouble.unscanned",
}
"""What an agent is told of files, by why it could not be done."""

_REFUSED: Final = (Conflict, Malformed, NotFound, SecretRefused, TooLarge, UnsupportedType)


def file_handlers(limit: int) -> list[HTTPRouteHandler]:
    """Return the handlers of the forms; files may have at most `limit` bytes each."""

    @post(
        "/desk/conversations/{conversation_id:str}/files",
        status_code=200,
        include_in_schema=False,
        request_max_body_size=AT_ONCE * limit + _AROUND,
        name="desk.conversation.files",
    )
    async def attach(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
        """Attach files; those before one that is refused stay attached."""
        scope = desk.require("conversations:write")
        fields, files = await read_member_files(desk.request, desk.caller, most=AT_ONCE)
        wanted, attaching = ConversationId(conversation_id), desk.house.desk.attaching
        try:
            for number, file in enumerate(await _files(files)):
                await attaching.attach(scope, wanted, file, key=f"desk:{number}:{fields.get('key', '')[:60]}")
        except _REFUSED as error:
            return await _shown(desk, wanted, fields, refused=error)
        return await _shown(desk, wanted, fields)

    return [attach, detach]


@post("/desk/conversations/{conversation_id:str}/detach", status_code=200, include_in_schema=False)
async def detach(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Take a file away that is not sent."""
    scope = desk.require("conversations:write")
    fields, wanted = await desk.form(), ConversationId(conversation_id)
    try:
        await desk.house.desk.attaching.withdraw(scope, wanted, fields.get("file", "")[:40])
    except _REFUSED as error:
        return await _shown(desk, wanted, fields, refused=error)
    return await _shown(desk, wanted, fields)


async def _files(files: Sequence[UploadFile]) -> list[NewFile]:
    if not files:
        raise Malformed("files: none was chosen", why="file_none")
    return [
        NewFile(name=WildText(one.filename), media_type=one.content_type.lower(), content=await one.read())
        for one in files
    ]


async def _shown(
    desk: DeskCall, wanted: ConversationId, fields: Mapping[str, str], *, refused: Refusal | None = None
) -> Response[Any]:
    """Show the conversation, with a kind sentence when something was refused."""
    status = 200 if refused is None else refused.status
    if refused is None and not desk.by_script:
        return Redirect(f"/desk/conversations/{wanted}#attached", status_code=303)
    places = await conversation_places(desk, wanted, since=line_number(fields.get("since", "")))
    places |= {"trouble": "" if refused is None else _told(desk, refused)}
    if desk.by_script:
        return await desk.part("desk/conversation/_conversation.html", status=status, **places)
    return await desk.page("desk/conversation/page.html", status=status, here="inbox", **places)


def _told(desk: DeskCall, refused: Refusal) -> str:
    why = WHYS.get(str(refused.facts.get("why")))
    if isinstance(refused, SecretRefused):
        what = kinds_in_words(desk.house.translator, desk.language, str(refused.facts["kinds"]).split())
        return desk.say("attach.trouble.secret", what=what)
    if isinstance(refused, UnsupportedType):
        return desk.say("attach.trouble.type", types=", ".join(ending.upper() for ending in MEDIA_TYPES.values()))
    if isinstance(refused, TooLarge):
        megabytes = desk.house.settings.limits.attachment_bytes / _MEGABYTE
        return desk.say("attach.trouble.large", megabytes=f"{megabytes:g}")
    key = why or ("desk.conversation.conflict" if isinstance(refused, Conflict) else refused.message_key)
    return desk.say(key, **refused.facts)
