"""Which conversations a list of the interface has: a view's, narrowed by filters, in an order, from a place on."""

from typing import Annotated, Literal, TypeAlias

import msgspec
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from doorward.doors.web.api.common import Limit
from doorward.flow.filters import LONGEST, ReadFilters
from doorward.flow.views.inbox import VIEWS, Asked, query_of
from doorward.flow.views.places import read_place
from doorward.kit.tx import Tx
from doorward.record import CardOrder, CardQuery
from doorward.vocabulary.scope import Scope

ViewName = Annotated[
    str, QueryParameter(max_length=60, description="A view of the inbox by name, or a saved view by its key.")
]
Query = Annotated[
    str,
    QueryParameter(
        name="q",
        max_length=LONGEST,
        description="Filters, as in the text of a search: `state:human label:refund priority:urgent agent:me lang:tr`.",
    ),
]
Order = Annotated[
    Literal["latest", "oldest", "unanswered", "priority"] | None, QueryParameter(description="The order of the list.")
]
Cursor = Annotated[
    str, QueryParameter(max_length=80, description="The `next_cursor` of the page before; the first page without.")
]


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks for."""

    view: str
    q: str
    order: CardOrder | None
    cursor: str
    limit: int

    def query(self, tx: Tx, scope: Scope, *, read: ReadFilters) -> CardQuery | None:
        """Return what the record is asked for, None where nothing can be in the list. Raises as `inbox`."""
        after = read_place(self.cursor) if self.cursor else None
        if not self.view:
            asked = Asked(view="", filters=self.q, order=self.order)
        elif self.view in VIEWS:
            asked = Asked(view=self.view, filters=self.q, order=self.order)
        else:
            asked = Asked(saved=self.view, filters=self.q, order=self.order)
        query = query_of(tx, scope, asked, read=read)
        return None if query is None else msgspec.structs.replace(query, after=after)


def make_listing(
    view: ViewName = "", q: Query = "", order: Order = None, cursor: Cursor = "", limit: Limit = 50
) -> Listing:
    """Return what a request asks for."""
    return Listing(view=view, q=q, order=order, cursor=cursor, limit=limit)


AListing: TypeAlias = NamedDependency[SkipValidation[Listing]]
"""A handler's parameter `listing`."""


def narrowed(query: CardQuery, *, states: tuple[str, ...], mine: bool, scope: Scope) -> CardQuery | None:
    """Return a query that asks for these states and the caller's own too; None where that cannot be."""
    both = tuple(one for one in query.states if one in states) if query.states and states else query.states or states
    if (query.states and states and not both) or (mine and query.assignee not in {None, scope.actor.id}):
        return None
    return msgspec.structs.replace(query, states=both, assignee=scope.actor.id if mine else query.assignee)
