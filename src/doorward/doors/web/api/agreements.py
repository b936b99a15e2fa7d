"""What second persons are asked: read by whoever reads conversations, decided by members of staff who may."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.answering.procedures.agreements import AgreementState
from doorward.answering.procedures.calling import ShownArgument
from doorward.doors.web.api.common import ANY_OF, ACall, Call, IdPath, problems
from doorward.flow.agreeing import LONGEST_REASON, AskedAgreement, DecisionWish, Why
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import Span, WildText


class AgreementBody(msgspec.Struct, frozen=True, kw_only=True):
    """One act of a procedure about which a second person decides: what exactly, for whom, until when.

    `arguments` and `question` (what the customer said yes to) are in the company's first language, masked values are
    not there; both are empty once it is over. `why_not` says why the caller cannot decide, empty if they can. `reason`
    is what was written by who decided, masked.
    """

    id: str
    state: AgreementState
    operation: str
    arguments: tuple[ShownArgument, ...]
    question: str
    procedure: str
    level: int
    conversation_id: ConversationId
    party_id: PartyId
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    why_not: Why
    reason: str
    reason_spans: tuple[Span, ...]


class AgreementList(msgspec.Struct, frozen=True, kw_only=True):
    """What second persons are asked now, the longest asked first: at most 200."""

    items: tuple[AgreementBody, ...]


class DecisionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A second person's word, and why; who refuses says why."""

    agrees: bool
    reason: Annotated[str, Meta(max_length=LONGEST_REASON)] = ""


@get("/agreements", responses=problems(), security=ANY_OF, operation_id="list_agreements")
async def list_agreements(call: ACall) -> AgreementList:
    """List what waits for a second person. `agreement.asked` tells receivers of webhooks of each."""
    scope, language = call.scope("conversations:read"), _language(call)
    found = await call.house.agreeing.asked(scope, language=language)
    return AgreementList(items=tuple(_body(one, told=_may_read(call)) for one in found))


@get("/agreements/{agreement_id:str}", responses=problems(404), security=ANY_OF, operation_id="get_agreement")
async def get_agreement(call: ACall, agreement_id: IdPath) -> AgreementBody:
    """Show what a second person is or was asked, and what they said."""
    return await _shown(call, call.scope("conversations:read"), agreement_id)


@post(
    "/agreements/{agreement_id:str}/decision",
    status_code=200,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="decide_agreement",
)
async def decide_agreement(call: ACall, agreement_id: IdPath, data: JSONBody[DecisionBody]) -> Response[AgreementBody]:
    """Agree to exactly this act, once, or refuse it. Nobody who has or had the conversation may; no program may."""
    scope = call.member_scope("agreements:write")
    wish = DecisionWish(agrees=data.agrees, reason=WildText(data.reason))

    async def act(_key: str) -> AgreementBody:
        await call.house.agreeing.decide(scope, agreement_id, wish)
        return await _shown(call, scope, agreement_id)

    return await call.answer_once(scope, act)


HANDLERS: Final = [list_agreements, get_agreement, decide_agreement]


async def _shown(call: Call, scope: Scope, agreement_id: str) -> AgreementBody:
    found = await call.house.agreeing.one(scope, agreement_id, language=_language(call))
    return _body(found, told=_may_read(call))


def _may_read(call: Call) -> bool:
    """Return whether the caller may read the customer's own values in what is asked."""
    return bool({"agreements:write", "customers:read"} & call.principal.permissions)


def _language(call: Call) -> str:
    return call.house.settings_book.settings_of(call.principal.scope.tenant_id).languages[0]


def _body(found: AskedAgreement, *, told: bool) -> AgreementBody:
    agreement, call = found.agreement, found.call if told else None
    return AgreementBody(
        id=agreement.id,
        state=agreement.state,
        operation=agreement.operation,
        arguments=() if call is None else call.arguments,
        question="" if call is None else call.question,
        procedure=agreement.procedure,
        level=agreement.level,
        conversation_id=agreement.conversation_id,
        party_id=agreement.party_id,
        asked_at=agreement.asked_at,
        expires_at=agreement.expires_at,
        decided_at=agreement.decided_at,
        decided_by=agreement.decided_by,
        why_not=found.why_not,
        reason="" if found.reason is None else found.reason.text,
        reason_spans=() if found.reason is None else found.reason.spans,
    )
