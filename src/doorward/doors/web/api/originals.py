"""Originals: what stood in a masked place, one at a time, for a purpose and a reason."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.doors.web.api.customers import NOT_KEPT
from doorward.flow.originals import SHOWN_SECONDS
from doorward.protection import LONGEST_REASON, OriginalOpening, Purpose
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import WildText


class OpeningBody(Discreet, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a value is wanted for, and why in words, which are sealed with the customer's key."""

    purpose: Purpose
    reason: Annotated[str, Meta(min_length=3, max_length=LONGEST_REASON)]


class ShownOriginal(Discreet, frozen=True, kw_only=True):
    """What stood in a masked place: to be shown for `seconds` and kept nowhere. `opening_id` is in the audit."""

    kind: str
    value: str
    opening_id: str
    seconds: int


@post(
    "/originals/{span_id:str}/open",
    status_code=200,
    responses=problems(404, 413, 415),
    security=ANY_OF,
    operation_id="open_original",
)
async def open_original(call: ACall, span_id: IdPath, data: JSONBody[OpeningBody]) -> Response[ShownOriginal]:
    """Show what stands behind one masked place (`spans[].id`). Who, what for and why is noted in the audit."""
    scope = call.scope("originals:read")
    opened = await call.house.originals.show(scope, SpanId(span_id), purpose=data.purpose, reason=WildText(data.reason))
    shown = ShownOriginal(kind=opened.kind, value=opened.value, opening_id=opened.opening_id, seconds=SHOWN_SECONDS)
    return Response(shown, headers=NOT_KEPT)


@get(
    "/originals/openings/{opening_id:str}",
    responses=problems(404),
    security=ANY_OF,
    operation_id="get_opening",
)
async def get_opening(call: ACall, opening_id: IdPath) -> Response[OriginalOpening]:
    """Show who had an original opened, what for, and why in their words, while its customer is known."""
    scope = call.scope("audit:read")
    return Response(await call.house.originals.opening(scope, opening_id), headers=NOT_KEPT)


HANDLERS: Final = [open_original, get_opening]
