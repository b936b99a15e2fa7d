"""Search over everything: by POST, so that no words stand in addresses and in the logs of servers between."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, problems
from doorward.flow.filters import LONGEST, NotUnderstood
from doorward.flow.search import MOST, Asked, SearchHit
from doorward.record import Card
from doorward.record.search import FilterWord, Order
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import RateLimited

NOT_KEPT: Final = {"cache-control": "no-store"}

Value = Annotated[str, Meta(min_length=1, max_length=100)]
Values = Annotated[tuple[Value, ...], Meta(max_length=50)]


class SearchFilters(Discreet, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Filters, as they may also stand in the text (`state:waiting`): one of the values of each, all of the filters.

    `state`: bot, waiting, human, resolved. `status` and `label`: keys or names of the company's own. `priority`: low,
    normal, high, urgent. `by`: customer, bot, agent, note. `agent`: a user name, a name, `me` or
    `none`; `mentions`: the same without `none`. `intent` and `queue`: keys. `risk`: at least so much, `60%`. `unread`:
    yes. `sleeping`: yes, no. `masked`: a kind of masked place. `from`, `to` and `before`: a day, month or year where
    the company is, `today`, `yesterday`, or `7d`.
    """

    state: Values = ()
    status: Values = ()
    label: Values = ()
    priority: Values = ()
    channel: Values = ()
    lang: Values = ()
    agent: Values = ()
    queue: Values = ()
    by: Values = ()
    masked: Values = ()
    mentions: Values = ()
    intent: Values = ()
    risk: Values = ()
    unread: Values = ()
    sleeping: Values = ()
    before: Values = ()
    since: Values = msgspec.field(default=(), name="from")
    until: Values = msgspec.field(default=(), name="to")

    def words(self) -> tuple[FilterWord, ...]:
        """Return the filters as they would be typed."""
        names = {"since": "from", "until": "to"}
        chosen = ((names.get(name, name), getattr(self, name)) for name in self.__struct_fields__)
        parts = ((name, [part.strip() for one in values for part in one.split(",")]) for name, values in chosen)
        return tuple(FilterWord(name=name, values=tuple(values)) for name, values in parts if values)


class LineSearchBody(Discreet, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is looked for. All words must be in one line, in any form; `"words in quotes"` must stand as they are, and
    `begin*` finds what begins so. Without words the conversations that pass the filters are found.

    `cursor` is the `next_cursor` of the page before, of the same search. `customers` also finds the conversations of
    those who are known by exactly this text, as `/customers/search` does; wanted for that: `customers:read`.
    """

    text: Annotated[str, Meta(max_length=LONGEST)] = ""
    filters: SearchFilters = SearchFilters()
    order: Order = "newest"
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 20
    cursor: Annotated[str, Meta(max_length=500)] | None = None
    customers: bool = False


class LineSearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what was found: conversations with the line that has the words; without words, conversations alone.

    `next_cursor` leads on, null at the end. `searched_to` says that the search stopped at this time to stay quick: what
    is older comes with the next page. `customers` are conversations of customers known by exactly the text.
    """

    items: tuple[SearchHit, ...]
    next_cursor: str | None
    searched_to: datetime | None
    customers: tuple[Card, ...]


@post(
    "/search",
    status_code=200,
    responses=problems(413, 415),
    security=ANY_OF,
    operation_id="search",
)
async def search(call: ACall, data: JSONBody[LineSearchBody]) -> Response[LineSearchPage]:
    """Find lines of conversations by words and filters, the newest or the best first.

    Who searched by which filters is noted in the audit, never for what. An unknown filter is an error, not ignored.
    """
    scope = call.scope("conversations:read")
    asked = Asked(
        text=data.text,
        filters=data.filters.words(),
        order=data.order,
        limit=data.limit,
        cursor=data.cursor,
        customers=data.customers,
    )
    answer = await call.house.search.find(
        scope, asked, may_find_customers="customers:read" in call.principal.permissions
    )
    for trouble in answer.troubles:
        if trouble.code == "customers_limited":
            raise RateLimited("searches for customers", retry_after=int(trouble.known[0]))
        raise NotUnderstood(answer.troubles)
    page = LineSearchPage(
        items=answer.items,
        next_cursor=answer.next,
        searched_to=answer.searched_to,
        customers=answer.customers,
    )
    return Response(page, headers=NOT_KEPT)
