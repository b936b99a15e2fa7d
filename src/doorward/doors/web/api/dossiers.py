"""A conversation's customer, opened for those who may; two contacts said to be one; a conversation taken along."""

from typing import Annotated, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ID_PATTERN, ACall, IdPath, problems
from doorward.doors.web.api.customers import NOT_KEPT
from doorward.doors.web.downloads import disposition
from doorward.flow.dossier import Dossier
from doorward.flow.exporting import as_text, export_conversation
from doorward.record import Card
from doorward.vocabulary.ids import ConversationId

Format = Annotated[Literal["json", "text"], QueryParameter(name="format", description="As data or as plain text.")]
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
    media_type=MediaType.JSON,
)
async def export(call: ACall, conversation_id: IdPath, form: Format = "json", notes: Notes = None) -> Response[bytes]:
    """Take a conversation along, masked, as JSON or as plain text. That somebody did is noted in the audit."""
    scope = call.scope("conversations:read")
    wanted = ConversationId(conversation_id)
    exported = await export_conversation(call.house.transactions, scope, wanted, notes=bool(notes))
    text = form == "text"
    body = as_text(exported, who=lambda one: one.author).encode() if text else msgspec.json.encode(exported)
    name = f"conversation-{exported.conversation_id}.{'txt' if text else 'json'}"
    headers = {"content-disposition": disposition(name), **NOT_KEPT}
    return Response(body, media_type=MediaType.TEXT if text else MediaType.JSON, headers=headers)


HANDLERS: Final = [open_customer, say_same_customer, export]
