"""Customers: found by what they are known by."""

from typing import Annotated, Final

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, problems
from doorward.flow.customer_search import LONGEST
from doorward.protection import FindableKind
from doorward.record import Card
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.text import WildText

NOT_KEPT: Final = {"cache-control": "no-store"}


class SearchBody(Discreet, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a customer is known by, and as what: without `kind` as all that it could be."""

    value: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    kind: FindableKind | None = None


class FoundConversations(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations of the customers that were found, the latest first; at most 50."""

    items: tuple[Card, ...]


@post(
    "/customers/search",
    status_code=200,
    responses=problems(413, 415),
    security=ANY_OF,
    operation_id="search_customers",
)
async def search_customers(call: ACall, data: JSONBody[SearchBody]) -> Response[FoundConversations]:
    """Find the conversations of a customer by an exact value. Who looked for which kind is noted in the audit.

    Wanted: `conversations:read` and `customers:read`; without them the answer is that of a search that found nothing.
    """
    principal = call.principal
    cards = await call.house.customer_search.find(
        principal.scope,
        WildText(data.value),
        kinds=() if data.kind is None else (data.kind,),
        allowed={"conversations:read", "customers:read"} <= principal.permissions,
    )
    return Response(FoundConversations(items=cards), headers=NOT_KEPT)
