"""A conversation's customer, opened for those who may; two contacts said to be one; a conversation taken along."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, IdPath, problems
from doorward.doors.web.api.customers import NOT_KEPT
from doorward.doors.web.downloads import disposition
from doorward.flow.dossier import Dossier
from doorward.flow.exporting import ExportedConversation, as_text, export_conversation
from doorward.record import Card
from doorward.vocabulary.ids import ConversationId

Notes = Annotated[bool | None, QueryParameter(description="Take colleagues' notes along.")]


class SameCustomerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another conversation, whose customer is this one's."""

    other: Annotated[str, Meta(pattern=ID_PATTERN)]


@get(
    "/conversations/{conversation_id:str}/customer",
    responses=problems(404),
    security=ANY_OF,
    operation_id="open_customer",
)
async def open_customer(call: ACall, conversation_id: IdPath) -> Response[Dossier]:
    """Open what is known of a conversation's customer: data, orders, consents, conversations. Noted in the audit."""
    scope = call.scope("conversations:read")
    call.scope("customers:read")
    return Response(await call.house.dossiers.open(scope, ConversationId(conversation_id)), headers=NOT_KEPT)


@post(
    "/conversations/{conversation_id:str}/same-customer",
    status_code=200,
    responses=problems(404, 409, 415, 422),
    security=ANY_OF,
    operation_id="say_same_customer",
)
async def say_same_customer(call: ACall, conversation_id: IdPath, data: JSONBody[SameCustomerBody]) -> Response[Card]:
    """Say that an unknown visitor is the customer of another conversation. It proves nothing, and cannot be undone."""
    scope = call.member_scope("conversations:write")
    call.scope("customers:read")
    wanted, other = ConversationId(conversation_id), ConversationId(data.other)
    return await call.answer_once(scope, lambda _key: call.house.desk.joining.same_customer(scope, wanted, other=other))


@get(
    "/conversations/{conversation_id:str}/export",
    responses=problems(404),
    security=ANY_OF,
    operation_id="export_conversation",
)
async def export(call: ACall, conversation_id: IdPath, notes: Notes = None) -> Response[ExportedConversation]:
    """Take a conversation along, masked. That somebody did is noted in the audit."""
    exported = await _exported(call, conversation_id, notes=bool(notes))
    return Response(exported, headers=_kept_as(exported, "json"))


@get(
    "/conversations/{conversation_id:str}/export/text",
    responses=problems(404),
    security=ANY_OF,
    operation_id="export_conversation_as_text",
    media_type=MediaType.TEXT,
)
async def export_text(call: ACall, conversation_id: IdPath, notes: Notes = None) -> Response[str]:
    """Take a conversation along, masked, as plain text. That somebody did is noted in the audit."""
    exported = await _exported(call, conversation_id, notes=bool(notes))
    text = as_text(exported, who=lambda one: one.author)
    return Response(text, media_type=MediaType.TEXT, headers=_kept_as(exported, "txt"))


async def _exported(call: ACall, conversation_id: str, *, notes: bool) -> ExportedConversation:
    scope = call.scope("conversations:read")
    return await export_conversation(call.house.transactions, scope, ConversationId(conversation_id), notes=notes)


def _kept_as(exported: ExportedConversation, ending: str) -> dict[str, str]:
    return {"content-disposition": disposition(f"conversation-{exported.conversation_id}.{ending}"), **NOT_KEPT}


HANDLERS: Final = [open_customer, say_same_customer, export, export_text]
