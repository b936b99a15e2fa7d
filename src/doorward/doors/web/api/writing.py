"""What staff write beside the conversation: notes, tasks, replies that wait."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from doorward.doors.web.api.attaching import NewFileBody, body_size
from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, IdPath, Limit, problems
from doorward.doors.web.api.conditions import SEEN
from doorward.doors.web.api.paging import read_cursor, write_cursor
from doorward.doors.web.api.translating import OwnWordsBody
from doorward.doors.web.places import places_of
from doorward.flow.desk import LaterReply, MacroRun, NewTask, RunWish, TaskChange
from doorward.flow.desk.noting import MOST_FILES, NewNote
from doorward.flow.views.conversation import WaitingReply, conversation
from doorward.flow.views.transcript import ShownEntry, show_to_staff
from doorward.record import Task, WrittenEntry, tasks_for
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.text import WildText
from doorward.workspace import KEY_PATTERN

Id = Annotated[str, Meta(pattern=ID_PATTERN)]
PieceKey = Annotated[str, PathParameter(pattern=KEY_PATTERN, description="By what the company knows it.")]
Moment = Annotated[datetime, Meta(tz=True)]
TaskCursor = Annotated[
    str, QueryParameter(max_length=200, description="The `next_cursor` of the page before; the first page without.")
]


class NoteBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note for colleagues; `mentions` are the ids of those who shall see it.

    `files` stand behind it, for staff alone, and are held until they are scanned. With them `text` may be empty.
    """

    text: Annotated[str, Meta(max_length=8000)]
    mentions: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    files: Annotated[tuple[NewFileBody, ...], Meta(max_length=MOST_FILES)] = ()


class TaskBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to be done; without `assignee` by anybody, without `due_at` some day."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    assignee: Id | None = None
    due_at: Moment | None = None


class TaskChangeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of a task; what is left out stays."""

    done: bool | msgspec.UnsetType = msgspec.UNSET
    assignee: Id | msgspec.UnsetType | None = msgspec.UNSET
    due_at: Moment | msgspec.UnsetType | None = msgspec.UNSET


class LaterReplyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reply and when it is sent. `unless_heard`: not at all if the customer speaks before; `own` as of any.

    `attachments` are ids of files that the caller attached: it is not sent before all of them are scanned and clean.
    With them `text` may be empty.
    """

    text: Annotated[str, Meta(max_length=100_000)]
    send_at: Moment
    unless_heard: bool = False
    attachments: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    own: OwnWordsBody | None = None


class TaskList(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks, what is due first first; `next_cursor` continues the list, and is null at its end."""

    items: tuple[Task, ...]
    next_cursor: str | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Replies that wait to be sent, the next first: 50 of a conversation at most."""

    items: tuple[WaitingReply, ...]


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """The words (masked) of a reply that is not sent."""

    text: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that waits now, by the id that takes it back."""

    message_id: str


def note_handler(limit: int) -> HTTPRouteHandler:
    """Return the handler that takes notes; files may have at most `limit` bytes each."""

    @post(
        "/conversations/{conversation_id:str}/notes",
        status_code=201,
        responses=problems(404, 409, 413, 415, 422),
        security=ANY_OF,
        operation_id="write_note",
        request_max_body_size=body_size(limit, files=MOST_FILES),
    )
    async def write_note(call: ACall, conversation_id: IdPath, data: JSONBody[NoteBody]) -> Response[ShownEntry]:
        """Write a note that no customer ever sees. The text is screened like every other."""
        scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
        mentions = tuple(StaffId(one) for one in data.mentions)
        note = NewNote(WildText(data.text), mentions, tuple(one.file() for one in data.files))

        async def act(key: str) -> ShownEntry:
            return show_to_staff(await call.house.desk.noting.write(scope, wanted, note, key=key))

        return await call.answer_once(scope, act, status=201)

    return write_note


@get("/tasks", responses=problems() | SEEN, security=ANY_OF, operation_id="list_my_tasks")
async def list_my_tasks(call: ACall, limit: Limit = 200, cursor: TaskCursor = "") -> Response[TaskList]:
    """List what the caller still has to do, in all conversations."""
    scope = call.member_scope("conversations:read")
    mine = StaffId(scope.actor.id)
    behind = read_cursor(cursor, _TaskPlace) if cursor else None
    place = None if behind is None else (behind.due_at, behind.task_id)
    found = await call.house.transactions.read_async(
        lambda tx: tasks_for(tx, scope, mine, behind=place, limit=limit + 1)
    )
    items, more = found[:limit], len(found) > limit
    last = _TaskPlace(due_at=items[-1].due_at, task_id=items[-1].task_id) if more else None
    return call.shown(TaskList(items=items, next_cursor=None if last is None else write_cursor(last)))


@post(
    "/conversations/{conversation_id:str}/tasks",
    status_code=201,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="add_task",
)
async def add_task(call: ACall, conversation_id: IdPath, data: JSONBody[TaskBody]) -> Response[Task]:
    """Add a task to a conversation."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    assignee = None if data.assignee is None else StaffId(data.assignee)
    wish = NewTask(text=WildText(data.text), assignee=assignee, due_at=data.due_at)
    return await call.answer_once(
        scope, lambda key: call.house.desk.tasks.add(scope, wanted, wish, key=key), status=201
    )


@patch(
    "/conversations/{conversation_id:str}/tasks/{task_id:str}",
    responses=problems(404, 415),
    security=ANY_OF,
    operation_id="change_task",
)
async def change_task(call: ACall, conversation_id: IdPath, task_id: IdPath, data: JSONBody[TaskChangeBody]) -> Task:
    """Say that a task is done or not, give it to somebody else, or another time. Saying it again changes nothing."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    assignee = StaffId(data.assignee) if isinstance(data.assignee, str) else data.assignee
    change = TaskChange(done=data.done, assignee=assignee, due_at=data.due_at)
    return await call.house.desk.tasks.change(scope, wanted, task_id, change)


@get(
    "/conversations/{conversation_id:str}/scheduled",
    responses=problems(404),
    security=ANY_OF,
    operation_id="list_scheduled_replies",
)
async def list_scheduled_replies(call: ACall, conversation_id: IdPath) -> Waiting:
    """List the replies of a conversation that wait to be sent."""
    scope, wanted = call.scope("conversations:read"), ConversationId(conversation_id)
    view = await call.house.transactions.read_async(lambda tx: conversation(tx, scope, wanted, lines=1))
    return Waiting(items=view.scheduled)


@post(
    "/conversations/{conversation_id:str}/scheduled",
    status_code=201,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="schedule_reply",
)
async def schedule_reply(call: ACall, conversation_id: IdPath, data: JSONBody[LaterReplyBody]) -> Response[Kept]:
    """Have a reply wait for its time. It is screened now; until it is sent it can be taken back."""
    scope, text, wanted = call.member_scope("conversations:write"), WildText(data.text), ConversationId(conversation_id)
    if not (data.attachments and text.is_blank):
        call.house.admission.measure(text)
    own = None if data.own is None else data.own.words()
    wish = LaterReply(text=text, send_at=data.send_at, unless_heard=data.unless_heard, files=data.attachments, own=own)

    async def act(key: str) -> Kept:
        return _kept(await call.house.desk.sending.send_later(scope, wanted, wish, key=key))

    return await call.answer_once(scope, act, status=201)


@delete(
    "/conversations/{conversation_id:str}/scheduled/{message_id:str}",
    status_code=200,
    responses=problems(404, 409),
    security=ANY_OF,
    operation_id="take_back_reply",
)
async def take_back_reply(call: ACall, conversation_id: IdPath, message_id: IdPath) -> TakenBack:
    """Take back a reply that waits; one that is sent or taken back already is a conflict."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    return TakenBack(text=await call.house.desk.sending.take_back(scope, wanted, MessageId(message_id)))


@post(
    "/conversations/{conversation_id:str}/macros/{key:str}",
    status_code=200,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="run_macro",
)
async def run_macro(call: ACall, conversation_id: IdPath, key: PieceKey) -> Response[MacroRun]:
    """Run a macro on a conversation. The answer says of each step what became of it; one that cannot be done is
    `refused` with why, those behind it are `left`, and what was done before it stays.
    """
    scope, wanted, macro = call.member_scope("conversations:write"), ConversationId(conversation_id), key
    places = await places_of(call.house, call.principal, wanted)

    async def act(once: str) -> MacroRun:
        return await call.house.desk.macros.run(scope, wanted, RunWish(macro, places, once))

    return await call.answer_once(scope, act)


class _TaskPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a page of tasks ended: when its last one is due, and its id."""

    due_at: Moment | None
    task_id: Id


def _kept(written: WrittenEntry) -> Kept:
    return Kept(message_id=written.entry.message_id or "")
