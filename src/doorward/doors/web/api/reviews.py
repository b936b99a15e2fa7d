"""Reviews by program: written, read, answered, and conversations drawn for them."""

from datetime import datetime, timedelta
from typing import Annotated, Final, TypeAlias

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, QueryParameter, SkipValidation
from msgspec import Meta

from doorward import record
from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, Limit, problems
from doorward.flow.reviewing import LONGEST_COMMENT, Review, ReviewWish, SampleWish, sample, visible_review
from doorward.flow.views.places import read_moment_place, write_moment_place
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.text import WildText
from doorward.workspace import KEY_PATTERN

LONGEST_PERIOD: Final = timedelta(days=92)

Cursor = Annotated[
    str, QueryParameter(max_length=80, description="The `next_cursor` of the page before; the first page without.")
]
Since = Annotated[datetime | None, QueryParameter(description="Ended from this time on; a week ago if not given.")]
Until = Annotated[datetime | None, QueryParameter(description="Ended before this time; now if not given.")]
Size = Annotated[int, QueryParameter(ge=1, le=200, description="So many at most.")]
Seed = Annotated[str, QueryParameter(max_length=40, description="The same seed draws the same conversations.")]
OfAgent = Annotated[str, QueryParameter(max_length=26, description="Of this member of staff alone, by their id.")]
OfQueue = Annotated[str, QueryParameter(max_length=40, description="Of this queue alone.")]


class ReviewBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A review: `answers` by the keys of the scorecard's questions, in points (1 yes, 0 no); null where one does not
    apply.
    """

    scorecard: Annotated[str, Meta(pattern=KEY_PATTERN)]
    answers: Annotated[dict[str, Annotated[int, Meta(ge=0, le=10)] | None], Meta(max_length=50)]
    comment: Annotated[str, Meta(max_length=LONGEST_COMMENT)] = ""


class AnswerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody who was reviewed says to it."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_COMMENT)]


class ReviewList(msgspec.Struct, frozen=True, kw_only=True):
    """Reviews, the latest first; `next_cursor` continues the list, and is null at its end."""

    items: tuple[record.ReviewMark, ...]
    next_cursor: str | None


class DrawnList(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations to review, in the order in which they were drawn."""

    items: tuple[record.Measured, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How many conversations of whom are drawn, by which seed."""

    size: int
    seed: str
    agent: str
    queue: str


def make_asked(size: Size = 10, seed: Seed = "", agent: OfAgent = "", queue: OfQueue = "") -> Asked:
    """Return what a request asks for."""
    return Asked(size=size, seed=seed, agent=agent, queue=queue)


AnAsked: TypeAlias = NamedDependency[SkipValidation[Asked]]
"""A handler's parameter `asked`."""


@get("/reviews", responses=problems(), security=ANY_OF, operation_id="list_reviews")
async def list_reviews(call: ACall, limit: Limit = 50, cursor: Cursor = "") -> ReviewList:
    """List reviews, the latest first: everybody's for who may review, the caller's own for others."""
    scope, before = call.scope("conversations:read"), read_moment_place(cursor) if cursor else None
    staff_id = None if "reviews:write" in call.principal.permissions else StaffId(scope.actor.id)

    def read(tx: Tx) -> tuple[record.ReviewMark, ...]:
        return record.list_reviews(tx, scope, staff_id=staff_id, before=before, limit=limit + 1)

    found = await call.house.transactions.read_async(read)
    items, more = found[:limit], len(found) > limit
    return ReviewList(items=items, next_cursor=write_moment_place(items[-1].at, items[-1].review_id) if more else None)


@get("/reviews/{review_id:str}", responses=problems(404), security=ANY_OF, operation_id="get_review")
async def get_review(call: ACall, review_id: IdPath) -> Review:
    """Show a review to who may review and to the one who was reviewed."""
    scope, reviews = call.scope("conversations:read"), "reviews:write" in call.principal.permissions
    return await call.house.transactions.read_async(lambda tx: visible_review(tx, scope, review_id, reviews=reviews))


@post(
    "/conversations/{conversation_id:str}/reviews",
    status_code=201,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="write_review",
)
async def write_review(call: ACall, conversation_id: IdPath, data: JSONBody[ReviewBody]) -> Response[Review]:
    """Judge by a scorecard how a conversation went that is over. Words are screened like every other text."""
    scope, wanted = call.member_scope("reviews:write"), ConversationId(conversation_id)
    wish = ReviewWish(scorecard=data.scorecard, answers=data.answers, comment=WildText(data.comment))

    async def act(key: str) -> Review:
        return await call.house.reviewing.write(scope, wanted, wish, key=key)

    return await call.answer_once(scope, act, status=201)


@post(
    "/reviews/{review_id:str}/answer",
    status_code=200,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="answer_review",
)
async def answer_review(call: ACall, review_id: IdPath, data: JSONBody[AnswerBody]) -> Response[Review]:
    """Answer a review of oneself, once."""
    scope, text = call.member_scope("conversations:read"), WildText(data.text)
    return await call.answer_once(scope, lambda key: call.house.reviewing.answer(scope, review_id, text, key=key))


@get(
    "/review-sample",
    responses=problems(),
    security=ANY_OF,
    operation_id="draw_review_sample",
    dependencies={"asked": Provide(make_asked, sync_to_thread=False)},
)
async def draw_sample(call: ACall, asked: AnAsked, since: Since = None, until: Until = None) -> DrawnList:
    """Draw conversations that are over; who asks for the same by the same seed gets the same."""
    scope, end = call.scope("reviews:write"), until or call.house.clock.now()
    try:
        begin = since or end - timedelta(days=7)
    except OverflowError:
        raise Malformed("until: a time that there is") from None
    if begin.tzinfo is None or end.tzinfo is None or not timedelta() < end - begin <= LONGEST_PERIOD:
        raise Malformed("since, until: a period of at most 92 days with time zones, its beginning first")
    wish = SampleWish(
        since=begin,
        until=end,
        size=asked.size,
        seed=asked.seed,
        staff_id=StaffId(asked.agent) if asked.agent else None,
        queue=asked.queue,
    )
    return DrawnList(items=await call.house.transactions.read_async(lambda tx: sample(tx, scope, wish)))


HANDLERS: Final = [list_reviews, get_review, write_review, answer_review, draw_sample]
