"""What stands out for customers: beside a conversation, what came of an offer, and how offers went over days."""

from typing import Annotated, Final, Literal

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody

from doorward.doors.web.api.assisting import ReaderLanguage
from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.doors.web.api.service_report import period_of
from doorward.doors.web.api.work import Since, Until
from doorward.flow.nudging import StandsOut
from doorward.flow.views.nudges import ExpectationReport, NudgeReport, expectation_report, nudge_report
from doorward.vocabulary.ids import ConversationId

NudgeKey = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,59}$")]


class NudgeNoteBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member of staff did: `offered` it, or heard that the customer has `taken` or `declined` it."""

    state: Literal["offered", "taken", "declined"]


@get(
    "/conversations/{conversation_id:str}/stands-out",
    responses=problems(404),
    security=ANY_OF,
    operation_id="list_what_stands_out",
)
async def list_what_stands_out(call: ACall, conversation_id: IdPath, language: ReaderLanguage = "") -> StandsOut:
    """Show what stands out for a conversation's customer, with what may be offered and why.

    Titles are in `language`, without it in the company's own. That somebody looked is noted in the audit.
    """
    scope = call.scope("customers:read")
    spoken = language or call.house.settings_book.settings_of(scope.tenant_id).languages[0]
    return await call.house.nudge_cards.of(scope, ConversationId(conversation_id), language=spoken)


@post(
    "/conversations/{conversation_id:str}/stands-out/{nudge:str}",
    status_code=204,
    responses=problems(404, 409, 415, 422),
    security=ANY_OF,
    operation_id="note_nudge",
)
async def note_nudge(
    call: ACall, conversation_id: IdPath, nudge: FromPath[NudgeKey], data: JSONBody[NudgeNoteBody]
) -> None:
    """Keep that the caller offered something, or what the customer said to it. Doing it twice does it once."""
    scope = call.member_scope("conversations:write")
    call.scope("customers:read")
    await call.house.nudge_cards.note(scope, ConversationId(conversation_id), nudge, data.state)


@get("/reports/nudges", responses=problems(), security=ANY_OF, operation_id="get_nudge_report")
async def get_nudge_report(
    call: ACall, since: Since = None, until: Until = None, language: ReaderLanguage = ""
) -> NudgeReport:
    """Count what was offered in a period, what customers said, and what they have of it. Without `since` it is the last
    thirty days.
    """
    scope = call.scope("measure:read")
    period = period_of(since, until, now=call.house.clock.now())
    book = call.house.nudge_books.of(scope.tenant_id)
    spoken = language or call.house.settings_book.settings_of(scope.tenant_id).languages[0]
    return await call.house.transactions.read_async(
        lambda tx: nudge_report(tx, scope, book, period=period, language=spoken)
    )


@get("/reports/expectations", responses=problems(), security=ANY_OF, operation_id="get_expectation_report")
async def get_expectation_report(call: ACall, since: Since = None, until: Until = None) -> ExpectationReport:
    """Count how often what was expected before the first word was wanted, by how likely it was said to be. Without
    `since` it is the last thirty days.
    """
    scope = call.scope("measure:read")
    period = period_of(since, until, now=call.house.clock.now())
    return await call.house.transactions.read_async(lambda tx: expectation_report(tx, scope, period=period))


HANDLERS: Final = [list_what_stands_out, note_nudge, get_nudge_report, get_expectation_report]
