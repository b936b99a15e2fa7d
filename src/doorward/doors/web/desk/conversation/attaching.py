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
from doorward.flow.desk.noting import MOST_FILES, MOST_MENTIONS, NewNote
from doorward.kit.ids import new_id
from doorward.vocabulary.errors import (
    Conflict,
    Malformed,
    NotFound,
    Refusal,
    SecretRefused,
    TooLarge,
    UnsupportedType,
)
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.text import WildText

AT_ONCE: Final = 5
"""Files that one form brings."""
_AROUND: Final = 65_536
_NOTE_FIELDS: Final = MOST_MENTIONS + 20
_NOTES: Final = "note-box"
"""Where on the page notes are written."""
_MENTION: Final = "mention-"
"""What the fields begin with that name colleagues; the rest is whom."""
_MEGABYTE: Final = 1_048_576

WHYS: Final[Mapping[str, str]] = {
    "file_empty": "attach.trouble.empty",
    "file_gone": "attach.trouble.gone",
    "file_none": "attach.trouble.none",
    "file_refused": "attach.trouble.refused",
    "files_held": "attach.trouble.held",
    "files_many": "attach.trouble.many",
    "files_unscanned": "attach.trouble.unscanned",
    "note_files_many": "attach.trouble.note_many",
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

    @post(
        "/desk/conversations/{conversation_id:str}/notes",
        status_code=200,
        include_in_schema=False,
        request_max_body_size=MOST_FILES * limit + _AROUND,
        name="desk.conversation.notes",
    )
    async def write_note(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
        """Write a note, and name the colleagues who shall see it; its files come with it, in the same form."""
        scope = desk.require("conversations:write")
        fields, files = await _note_form(desk)
        wanted = ConversationId(conversation_id)
        text = WildText(fields.get("text", "").replace("\r\n", "\n"))
        named = [StaffId(name.removeprefix(_MENTION)[:40]) for name in fields if name.startswith(_MENTION)]
        # The form's own key makes a double click one note.
        key = f"desk:{fields.get('key') or new_id()}"[:80]
        try:
            note = NewNote(text, tuple(named), tuple(await _new_files(files)))
            await desk.house.desk.noting.write(scope, wanted, note, key=key)
        except _REFUSED as error:
            return await _shown(desk, wanted, fields, refused=error, place=_NOTES)
        return await _shown(desk, wanted, fields, place=_NOTES)

    return [attach, detach, write_note]


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


async def _note_form(desk: DeskCall) -> tuple[Mapping[str, str], Sequence[UploadFile]]:
    """Return the fields and files of a note; a form without files may come as one that can have none."""
    if desk.request.content_type[0] != "multipart/form-data":
        return dict(await desk.pairs(most=_NOTE_FIELDS)), ()
    # Some too many are read, so that whoever chose them is told, and keeps what they wrote.
    fields, files = await read_member_files(desk.request, desk.caller, most=2 * MOST_FILES, most_fields=_NOTE_FIELDS)
    return fields, [one for one in files if one.filename]  # a field in which nothing was chosen sends an empty one


async def _files(files: Sequence[UploadFile]) -> list[NewFile]:
    if not files:
        raise Malformed("files: none was chosen", why="file_none")
    return await _new_files(files)


async def _new_files(files: Sequence[UploadFile]) -> list[NewFile]:
    return [
        NewFile(name=WildText(one.filename), media_type=one.content_type.lower(), content=await one.read())
        for one in files
    ]


async def _shown(
    desk: DeskCall,
    wanted: ConversationId,
    fields: Mapping[str, str],
    *,
    refused: Refusal | None = None,
    place: str = "attached",
) -> Response[Any]:
    """Show the conversation, with a kind sentence when something was refused."""
    status = 200 if refused is None else refused.status
    if refused is None and not desk.by_script:
        return Redirect(f"/desk/conversations/{wanted}#{place}", status_code=303)
    places = await conversation_places(desk, wanted, since=line_number(fields.get("since", "")))
    told = _told_of_note if place == _NOTES else _told
    places |= {"trouble": "" if refused is None else told(desk, refused)}
    if refused is not None and place == _NOTES:
        places["begun_note"] = fields.get("text", "").replace("\r\n", "\n")
    if desk.by_script:
        return await desk.part("desk/conversation/_conversation.html", status=status, **places)
    return await desk.page("desk/conversation/page.html", status=status, here="inbox", **places)


def _told_of_note(desk: DeskCall, refused: Refusal) -> str:
    if isinstance(refused, SecretRefused):
        what = kinds_in_words(desk.house.translator, desk.language, str(refused.facts["kinds"]).split())
        return desk.say("desk.conversation.reply_secret", what=what)
    if isinstance(refused, Malformed) and "why" not in refused.facts:
        return desk.say("desk.conversation.reply_empty")
    return _told(desk, refused)


def _told(desk: DeskCall, refused: Refusal) -> str:
    why = WHYS.get(str(refused.facts.get("why")))
    if isinstance(refused, SecretRefused):
        what = kinds_in_words(desk.house.translator, desk.language, str(refused.facts["kinds"]).split())
        return desk.say("attach.trouble.secret", what=what)
    if isinstance(refused, UnsupportedType):
        return desk.say("attach.trouble.type", types=", ".join(ending.upper() for ending in MEDIA_TYPES.values()))
    if isinstance(refused, TooLarge) and refused.facts.get("limit") == desk.house.settings.limits.attachment_bytes:
        megabytes = desk.house.settings.limits.attachment_bytes / _MEGABYTE
        return desk.say("attach.trouble.large", megabytes=f"{megabytes:g}")
    key = why or ("desk.conversation.conflict" if isinstance(refused, Conflict) else refused.message_key)
    return desk.say(key, **refused.facts)
