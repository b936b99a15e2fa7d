"""What is written beside and for a conversation: replies, at once or later, whispers, tasks. Forms become verbs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from doorward import workspace
from doorward.bootstrap import House
from doorward.doors.web.desk.conversation.translating import MOST_FIELDS, said_in
from doorward.doors.web.desk.shared import ADeskCall
from doorward.doors.web.places import places_of
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.desk import Enclosed, LaterReply, NewTask, TaskChange, card_at, moment_at, zone_named
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import SecretRefused, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

_FILE: Final = "file-"
"""What the fields begin with that name files of a reply; the rest is the file's id."""
_SOON: Final = 1
"""Seconds that a reply with files waits at least: they may not be scanned yet."""

Fields = Mapping[str, str]
Field = Annotated[Literal["text", "translated"], QueryParameter()]


async def reply(house: House, scope: Scope, conversation_id: ConversationId, fields: Fields) -> None:
    """Send a reply, its files, or both: at the time that was chosen, or in a moment, so that it can be undone."""
    text, own = said_in(house, fields)
    files = tuple(name.removeprefix(_FILE)[:40] for name in fields if name.startswith(_FILE))
    if not (files and text.is_blank):
        house.admission.measure(text)
    key, settings = _key(fields), house.settings_book.settings_of(scope.tenant_id)
    undo_seconds = max(settings.undo_seconds, _SOON) if files else settings.undo_seconds
    if fields.get("when") == "later":
        wish = LaterReply(
            text=text,
            send_at=_moment(fields, zone=settings.time_zone),
            unless_heard=fields.get("unless_heard") == "yes",
            files=files,
            own=own,
        )
    elif undo_seconds:
        send_at = house.clock.now() + timedelta(seconds=undo_seconds)
        wish = LaterReply(text=text, send_at=send_at, undoable=True, files=files, own=own)
    else:
        await house.desk.reply(scope, conversation_id, text, key=key, enclosed=Enclosed(own=own))
        return
    await house.desk.sending.send_later(scope, conversation_id, wish, key=key)


async def take_back(house: House, scope: Scope, conversation_id: ConversationId, fields: Fields) -> None:
    """Take back a reply that waits."""
    await house.desk.sending.take_back(scope, conversation_id, MessageId(fields.get("message", "")[:40]))


async def whisper(house: House, scope: Scope, conversation_id: ConversationId, fields: Fields) -> None:
    """Whisper to the colleague who has the conversation."""
    text = _text(fields)
    house.admission.measure(text)
    await house.desk.noting.whisper(scope, conversation_id, text, key=_key(fields))


async def add_task(house: House, scope: Scope, conversation_id: ConversationId, fields: Fields) -> None:
    """Add a task."""
    zone = house.settings_book.settings_of(scope.tenant_id).time_zone
    wish = NewTask(
        text=_text(fields),
        assignee=StaffId(fields["assignee"][:40]) if fields.get("assignee") else None,
        due_at=_moment(fields, zone=zone) if fields.get("at") else None,
    )
    await house.desk.tasks.add(scope, conversation_id, wish, key=_key(fields))


async def change_task(house: House, scope: Scope, conversation_id: ConversationId, fields: Fields) -> None:
    """Say that a task is done, or is not."""
    change = TaskChange(done=fields.get("done") == "yes")
    await house.desk.tasks.change(scope, conversation_id, fields.get("task", "")[:40], change)


@get("/desk/conversations/{conversation_id:str}/canned", include_in_schema=False)
async def canned_replies(desk: ADeskCall, conversation_id: FromPath[str]) -> list[dict[str, str]]:
    """Return the canned replies as they would be said here: in the customer's language if there is one, filled in."""
    scope, wanted = desk.require("conversations:write"), ConversationId(conversation_id)

    def read(tx: Tx) -> tuple[Any, Any]:
        return card_at(tx, scope, wanted), workspace.list_pieces(tx, scope, "reply", owner=scope.actor.id)

    card, pieces = await desk.house.transactions.read_async(read)
    own = desk.house.settings_book.settings_of(scope.tenant_id).languages[0]
    filled = await places_of(desk.house, desk.caller.principal, wanted)
    return [
        {
            "name": one.piece.name,
            "shortcut": one.piece.shortcut,
            "text": workspace.fill_places(workspace.text_in(one.piece.texts, card.language, own), filled),
        }
        for one in pieces
        if isinstance(one.piece, workspace.CannedReply)
    ]


@post("/desk/conversations/{conversation_id:str}/preview", status_code=200, include_in_schema=False)
async def show_preview(desk: ADeskCall, conversation_id: FromPath[str], field: Field = "text") -> Response[str]:
    """Show what somebody is writing as it will be read: masked and formatted. `field` is where. Kept nowhere."""
    scope = desk.require("conversations:write")
    text, trouble = MaskedText(""), ""
    words = _text(dict(await desk.pairs(most=MOST_FIELDS)), field)
    try:
        if not words.is_blank:
            desk.house.admission.measure(words)
        text = await desk.house.desk.look_at(scope, ConversationId(conversation_id), words)
    except TooLarge as error:
        trouble = desk.say(error.message_key, **error.facts)
    except SecretRefused as error:
        what = kinds_in_words(desk.house.translator, desk.language, str(error.facts["kinds"]).split())
        trouble = desk.say("desk.conversation.reply_secret", what=what)
    return await desk.part("desk/conversation/_preview.html", text=text, trouble=trouble)


def _text(fields: Fields, name: str = "text") -> WildText:
    return WildText(fields.get(name, "").replace("\r\n", "\n"))


def _key(fields: Fields) -> str:
    """Return the form's own key, which makes a double click one."""
    return f"desk:{fields.get('key') or new_id()}"[:80]


def _moment(fields: Fields, *, zone: str) -> datetime:
    """Return the day and time of a form, in the reader's time zone, or the company's where a script told none."""
    return moment_at(fields.get("at", ""), zone=zone_named(fields.get("zone", ""), otherwise=zone))
