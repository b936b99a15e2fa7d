"""The customer of a conversation: opened on demand, said to be another one's too, and the conversation taken along."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from doorward.answering.procedures import format_amount
from doorward.doors.web.desk.joining.machines import machines_of
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.downloads import disposition
from doorward.flow.exporting import as_text, export_conversation
from doorward.flow.views.transcript import ShownEntry
from doorward.identity import Member
from doorward.vocabulary.errors import Conflict, NotFound, Refusal
from doorward.vocabulary.ids import ConversationId

_ID: Final = 26
"""Characters of an id; addresses of conversations end with one."""


@get("/desk/conversations/{conversation_id:str}/customer", include_in_schema=False)
async def show_customer(desk: ADeskCall, conversation_id: FromPath[str], done: FromQuery[str] = "") -> Response[str]:
    """Open what is known of the customer; that somebody did is noted in the audit."""
    desk.require("conversations:read")
    desk.require("customers:read")
    return await _shown(desk, ConversationId(conversation_id), done=done == "mandate")


@get("/desk/conversations/{conversation_id:str}/known", include_in_schema=False)
async def show_known(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Open what is known of the customer beside the conversation, for its script; others get the page of it."""
    scope = desk.require("conversations:read")
    desk.require("customers:read")
    wanted = ConversationId(conversation_id)
    if not desk.by_script:
        return Redirect(f"/desk/conversations/{wanted}/customer", status_code=303)
    dossier = await desk.house.dossiers.open(scope, wanted)
    response = await desk.part(
        "desk/conversation/_known.html", id=wanted, dossier=dossier, word_of=lambda words: word_of(desk, words)
    )
    response.headers["cache-control"] = "no-store"
    return response


@post("/desk/conversations/{conversation_id:str}/same-customer", status_code=200, include_in_schema=False)
async def say_same_customer(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Say that two contacts are one customer; or say why that cannot be."""
    scope = desk.require("conversations:write")
    desk.require("customers:read")
    fields, wanted = await desk.form(), ConversationId(conversation_id)
    other = ConversationId(fields.get("other", "").strip().rpartition("/")[2][:_ID])
    try:
        await desk.house.desk.joining.same_customer(scope, wanted, other=other)
    except (Conflict, NotFound) as error:
        return await _shown(desk, wanted, error)
    return Redirect(f"/desk/conversations/{wanted}/customer", status_code=303)


@get("/desk/conversations/{conversation_id:str}/export", include_in_schema=False)
async def export(desk: ADeskCall, conversation_id: FromPath[str], form: FromQuery[str] = "text") -> Response[bytes]:
    """Hand out the conversation, masked, as plain text in the reader's language, or as JSON."""
    scope, house = desk.require("conversations:read"), desk.house
    exported = await export_conversation(house.transactions, scope, ConversationId(conversation_id), notes=False)
    everybody: tuple[Member, ...] = await house.transactions.read_async(
        lambda tx: house.identity.staff.everybody(tx, scope)
    )
    names = {str(one.id): one.display_name for one in everybody}

    def who(one: ShownEntry) -> str:
        author = desk.say(f"desk.conversation.author.{one.author}")
        return f"{author} · {names[one.by]}" if one.by in names else author

    text = form != "json"
    body = as_text(exported, who=who).encode() if text else msgspec.json.encode(exported)
    headers = {
        "content-disposition": disposition(f"conversation-{exported.conversation_id}.{'txt' if text else 'json'}"),
        "cache-control": "no-store",
    }
    media_type = "text/plain; charset=utf-8" if text else "application/json"
    return Response(body, media_type=media_type, headers=headers)


HANDLERS: Final = [show_customer, show_known, say_same_customer, export]


def word_of(desk: DeskCall, words: Mapping[str, str]) -> str:
    """Return what a company's own system calls something: in the reader's language, else as the company speaks."""
    own = desk.house.settings_book.settings_of(desk.scope.tenant_id).languages[0]
    return words.get(desk.language) or words.get(own) or next(iter(words.values()), "")


async def _shown(
    desk: DeskCall, conversation_id: ConversationId, error: Refusal | None = None, *, done: bool = False
) -> Response[str]:
    card = await desk.house.desk.card(desk.scope, conversation_id)
    why = "" if error is None else str(error.facts.get("why", "none"))
    response = await desk.page(
        "desk/joining/customer.html",
        status=200 if error is None else error.status,
        here="inbox",
        id=conversation_id,
        card=card,
        dossier=await desk.house.dossiers.open(desk.scope, conversation_id),
        machines=await machines_of(desk, conversation_id),
        money=lambda minor, currency: format_amount(minor, currency, desk.language) if currency else str(minor),
        word_of=lambda words: word_of(desk, words),
        done=done,
        trouble=desk.say(f"dossier.trouble.{why}") if why else "",
    )
    response.headers["cache-control"] = "no-store"
    return response
