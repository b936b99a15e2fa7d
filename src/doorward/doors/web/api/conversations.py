"""Conversations: list, look, take, answer, hand over, hand back, resolve."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward import record
from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, After, IdPath, Offset, problems
from doorward.doors.web.api.conditions import SEEN
from doorward.doors.web.api.listing import AListing, make_listing, narrowed
from doorward.doors.web.api.translating import OwnWordsBody
from doorward.doors.web.downloads import file_response
from doorward.flow.desk import LONGEST_NOTE, Enclosed, HandOver
from doorward.flow.reading import conversation_read, open_conversation, read_noted
from doorward.flow.views.conversation import ConversationView
from doorward.flow.views.inbox import unseen
from doorward.flow.views.places import write_place
from doorward.flow.views.transcript import ShownEntry, Transcript, show, transcript
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.text import WildText

States = Annotated[
    list[Literal["bot", "waiting", "human", "resolved"]] | None,
    QueryParameter(name="state", description="Only conversations in these states; may be given several times."),
]
Assignee = Annotated[
    Literal["me"] | None, QueryParameter(name="assignee", description="`me`: only those that the caller has.")
]
LinesLimit = Annotated[
    int | None,
    QueryParameter(ge=1, le=2000, description="Look through at most so many lines of the ledger, shown or not."),
]


class CardList(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations in order; `next_cursor` or `next_offset` continues the list, both are null at its end.

    `unseen` are those of which the caller has not seen what the customer said last.
    """

    items: tuple[Card, ...]
    next_offset: int | None
    counts: dict[str, int]
    next_cursor: str | None = None
    unseen: tuple[ConversationId, ...] = ()


class HandOverBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whom a conversation goes: `to` is a colleague's id as `list_colleagues` tells it, or null for the queue.

    `note` is for whoever has it next; what is sensitive in it is masked before it is stored.
    """

    to: Annotated[str, Meta(pattern=ID_PATTERN)] | None = None
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""


class ReplyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent says to the customer; `own` where it is a translation of the agent's own words.

    `attachments` are ids of files that they attached, all scanned and clean. With them `text` may be empty.
    """

    text: Annotated[str, Meta(max_length=100_000)]
    attachments: Annotated[tuple[Annotated[str, Meta(pattern=ID_PATTERN)], ...], Meta(max_length=20)] = ()
    own: OwnWordsBody | None = None


@get(
    "/conversations",
    responses=problems(404) | SEEN,
    security=ANY_OF,
    operation_id="list_conversations",
    dependencies={"listing": Provide(make_listing, sync_to_thread=False)},
)
async def list_conversations(
    call: ACall, listing: AListing, states: States = None, assignee: Assignee = None, offset: Offset = 0
) -> Response[CardList]:
    """List conversations: those in some states, or those of a view, narrowed by filters, in the order asked for.

    Without an order it is the view's, else the latest first. `cursor` goes on however the list changes meanwhile.
    """
    scope, limit = call.scope("conversations:read"), listing.limit

    def read(tx: Tx) -> CardList:
        query = listing.query(tx, scope, read=call.house.filters.of_list)
        counts = record.count_by_state(tx, scope)
        query = (
            None if query is None else narrowed(query, states=tuple(states or ()), mine=assignee == "me", scope=scope)
        )
        if query is None:
            return CardList(items=(), next_offset=None, counts=counts)
        cards = record.list_cards(tx, scope, msgspec.structs.replace(query, limit=limit + 1, offset=offset))
        items, more = cards[:limit], len(cards) > limit
        return CardList(
            items=items,
            next_offset=offset + limit if more else None,
            counts=counts,
            next_cursor=write_place(items[-1], query.order) if more else None,
            unseen=tuple(sorted(unseen(tx, scope, items))),
        )

    shown = await read_noted(
        call.house.transactions,
        scope,
        read,
        event=AuditEvent(action="conversations.listed", object_kind="tenant", object_id=scope.tenant_id),
    )
    return call.shown(shown)


@get("/conversations/{conversation_id:str}", responses=problems(404), security=ANY_OF, operation_id="get_conversation")
async def get_conversation(
    call: ACall,
    conversation_id: IdPath,
) -> ConversationView:
    """Show a conversation with everything that was found and decided. That somebody looked is noted in the audit."""
    scope = call.scope("conversations:read")
    return await open_conversation(call.house.transactions, scope, ConversationId(conversation_id))


@get(
    "/conversations/{conversation_id:str}/entries",
    responses=problems(404) | SEEN,
    security=ANY_OF,
    operation_id="list_entries",
)
async def list_entries(
    call: ACall,
    conversation_id: IdPath,
    after: After = 0,
    limit: LinesLimit = None,
) -> Response[Transcript]:
    """List what was said after a line, as the customer sees it. That somebody looked is noted in the audit.

    Without a limit these are the latest 2,000 lines at most; with one go on with `next_after` as `after`.
    """
    scope = call.scope("conversations:read")
    wanted = ConversationId(conversation_id)

    def read(tx: Any) -> Transcript:
        if record.card_of(tx, scope, wanted) is None:
            raise NotFound("no such conversation")
        return transcript(tx, scope, wanted, after=after, limit=limit)

    shown = await read_noted(
        call.house.transactions,
        scope,
        read,
        event=conversation_read(wanted),
    )
    return call.shown(shown)


@get(
    "/conversations/{conversation_id:str}/attachments/{attachment_id:str}",
    responses=problems(404, 409),
    security=ANY_OF,
    operation_id="download_attachment",
    media_type="application/octet-stream",
)
async def download_attachment(
    call: ACall,
    conversation_id: IdPath,
    attachment_id: IdPath,
) -> Response[bytes]:
    """Hand out a file that a scan has found clean; one that is held or refused is a conflict. Noted in the audit."""
    scope = call.scope("conversations:read")
    return file_response(await call.house.downloads.open(scope, ConversationId(conversation_id), attachment_id))


@post(
    "/conversations/{conversation_id:str}/take",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="take_conversation",
)
async def take_conversation(
    call: ACall,
    conversation_id: IdPath,
) -> Response[Card]:
    """Take a conversation over; whoever has it already, or another agent, gets a conflict."""
    scope = call.member_scope("conversations:write")
    wanted = ConversationId(conversation_id)
    return await call.answer_once(scope, lambda _key: call.house.desk.take_over(scope, wanted))


@post(
    "/conversations/{conversation_id:str}/replies",
    status_code=201,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="reply_to_conversation",
)
async def reply_to_conversation(
    call: ACall,
    conversation_id: IdPath,
    data: JSONBody[ReplyBody],
) -> Response[ShownEntry]:
    """Answer the customer. The text is screened like every other: what is sensitive in it is masked."""
    scope = call.member_scope("conversations:write")
    text = WildText(data.text)
    if not (data.attachments and text.is_blank):
        call.house.admission.measure(text)
    enclosed = Enclosed(data.attachments, None if data.own is None else data.own.words())
    wanted = ConversationId(conversation_id)

    async def act(key: str) -> ShownEntry:
        return show(await call.house.desk.reply(scope, wanted, text, key=key, enclosed=enclosed))

    return await call.answer_once(scope, act, status=201)


@post(
    "/conversations/{conversation_id:str}/hand-over",
    status_code=200,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="hand_conversation_over",
)
async def hand_conversation_over(
    call: ACall,
    conversation_id: IdPath,
    data: JSONBody[HandOverBody],
) -> Response[Card]:
    """Hand a conversation that the caller has over to a colleague, or put it back into the queue for any of them.

    In the queue it keeps the place that it had, and does not come to the caller by itself again. A conflict, and
    nothing changed, when the caller does not have it, or the colleague is not signed in or may not write to customers.
    """
    scope = call.member_scope("conversations:write")
    wish = HandOver(to=None if data.to is None else StaffId(data.to), note=WildText(data.note))
    wanted = ConversationId(conversation_id)
    return await call.answer_once(scope, lambda key: call.house.desk.hand_over(scope, wanted, wish, key=key))


@post(
    "/conversations/{conversation_id:str}/hand-back",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="hand_conversation_back",
)
async def hand_conversation_back(
    call: ACall,
    conversation_id: IdPath,
) -> Response[Card]:
    """Give a conversation back to the assistant."""
    scope = call.member_scope("conversations:write")
    wanted = ConversationId(conversation_id)
    return await call.answer_once(scope, lambda _key: call.house.desk.hand_back(scope, wanted))


@post(
    "/conversations/{conversation_id:str}/resolve",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="resolve_conversation",
)
async def resolve_conversation(
    call: ACall,
    conversation_id: IdPath,
) -> Response[Card]:
    """End a conversation."""
    scope = call.member_scope("conversations:write")
    wanted = ConversationId(conversation_id)
    return await call.answer_once(scope, lambda _key: call.house.desk.resolve(scope, wanted))
