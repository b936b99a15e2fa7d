"""Reviews: those there are, one of them, and writing one for a conversation that is over."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward import record, workspace
from doorward.doors.web.desk.reviews.sampling import show_sample
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.desk import card_at
from doorward.flow.reviewing import LONGEST_COMMENT, Review, ReviewWish, visible_review
from doorward.flow.views.places import read_moment_place, write_moment_place
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, Refusal, SecretRefused, TooLarge
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.text import WildText
from doorward.workspace import Scorecard, WrittenPiece

_HERE: Final = "reviews"
_PAGE: Final = 50
_MOST_FIELDS: Final = 80
_SKIPPED: Final = "skip"

Cursor = Annotated[str, QueryParameter(max_length=80)]
Key = Annotated[str, QueryParameter(name="scorecard", max_length=60)]


@get("/desk/reviews", include_in_schema=False)
async def show_reviews(desk: ADeskCall, cursor: Cursor = "") -> Response[str]:
    """List reviews, the latest first: everybody's for who reviews, one's own for others."""
    scope, everybody = desk.require("conversations:read"), desk.may("reviews:write")
    staff_id = None if everybody else StaffId(scope.actor.id)
    before = read_moment_place(cursor) if cursor else None

    def read(tx: Tx) -> tuple[record.ReviewMark, ...]:
        return record.list_reviews(tx, scope, staff_id=staff_id, before=before, limit=_PAGE + 1)

    found = await desk.house.transactions.read_async(read)
    more = len(found) > _PAGE
    last = found[_PAGE - 1] if more else None
    return await desk.page(
        "desk/reviews/page.html",
        here=_HERE,
        everybody=everybody,
        reviews=found[:_PAGE],
        older="" if last is None else f"/desk/reviews?cursor={write_moment_place(last.at, last.review_id)}",
    )


@get("/desk/reviews/{review_id:str}", include_in_schema=False)
async def show_review(desk: ADeskCall, review_id: FromPath[str]) -> Response[str]:
    """Show a review to who reviews and to the one who was reviewed, who may answer it once."""
    desk.require("conversations:read")
    return await _review(desk, review_id)


@post("/desk/reviews/{review_id:str}/answer", status_code=200, include_in_schema=False)
async def answer_review(desk: ADeskCall, review_id: FromPath[str]) -> Response[Any]:
    """Answer a review of oneself."""
    scope = desk.require("conversations:read")
    fields = await desk.form()
    text = WildText(fields.get("text", "").replace("\r\n", "\n"))
    try:
        await desk.house.reviewing.answer(scope, review_id, text, key=f"desk:{fields.get('key') or new_id()}"[:80])
    except (Conflict, Malformed, SecretRefused, TooLarge) as error:
        return await _review(desk, review_id, written=fields.get("text", ""), error=error)
    return Redirect(f"/desk/reviews/{review_id}", status_code=303)


@get("/desk/conversations/{conversation_id:str}/review", include_in_schema=False)
async def show_new_review(desk: ADeskCall, conversation_id: FromPath[str], scorecard: Key = "") -> Response[str]:
    """Show the questions of a scorecard for a conversation, the first scorecard's unless another one is asked for."""
    desk.require("reviews:write")
    return await _form(desk, ConversationId(conversation_id), {"scorecard": scorecard})


@post("/desk/conversations/{conversation_id:str}/review", status_code=200, include_in_schema=False)
async def write_review(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Write a review, or say what is wrong with it, with everything that was filled in kept."""
    scope, wanted = desk.require("reviews:write"), ConversationId(conversation_id)
    fields = dict(await desk.pairs(most=_MOST_FIELDS))
    wish = ReviewWish(
        scorecard=fields.get("scorecard", "")[:60],
        answers=_answers(fields),
        comment=WildText(fields.get("comment", "").replace("\r\n", "\n")),
    )
    key = f"desk:{fields.get('key') or new_id()}"[:80]
    try:
        review = await desk.house.reviewing.write(scope, wanted, wish, key=key)
    except (Conflict, Malformed, SecretRefused, TooLarge) as error:
        return await _form(desk, wanted, fields, error)
    return Redirect(f"/desk/reviews/{review.review_id}", status_code=303)


REVIEW_HANDLERS: Final = [
    show_reviews,
    show_sample,
    show_review,
    answer_review,
    show_new_review,
    write_review,
]


def _answers(fields: Mapping[str, str]) -> dict[str, int | None]:
    """Return the answers of a form by the questions' keys; what is no answer is left out, and missed later."""
    given = {name.removeprefix("q-"): value for name, value in fields.items() if name.startswith("q-")}
    return {
        key: None if value == _SKIPPED else int(value)
        for key, value in given.items()
        if value == _SKIPPED or (value.isascii() and value.isdigit() and len(value) < 4)
    }


async def _review(desk: DeskCall, review_id: str, *, written: str = "", error: Refusal | None = None) -> Response[str]:
    scope, reviews = desk.scope, desk.may("reviews:write")

    def read(tx: Tx) -> Review:
        return visible_review(tx, scope, review_id, reviews=reviews)

    review = await desk.house.transactions.read_async(read)
    return await desk.page(
        "desk/reviews/review.html",
        status=200 if error is None else error.status,
        here=_HERE,
        review=review,
        answers=review.staff_id == scope.actor.id and review.answer is None,
        key=new_id(),
        written=written,
        trouble=_trouble(desk, error),
        longest=LONGEST_COMMENT,
        original_address="",
    )


async def _form(
    desk: DeskCall, conversation_id: ConversationId, fields: Mapping[str, str], error: Refusal | None = None
) -> Response[str]:
    scope = desk.scope

    def read(tx: Tx) -> tuple[record.Card, tuple[WrittenPiece, ...]]:
        return card_at(tx, scope, conversation_id), workspace.list_pieces(tx, scope, "scorecard")

    card, scorecards = await desk.house.transactions.read_async(read)
    chosen = next((one for one in scorecards if one.key == fields.get("scorecard")), None)
    chosen = chosen or (scorecards[0] if scorecards else None)
    question = None if error is None else error.facts.get("question")
    return await desk.page(
        "desk/reviews/form.html",
        status=200 if error is None else error.status,
        here=_HERE,
        id=conversation_id,
        card=card,
        scorecards=scorecards,
        chosen=chosen,
        questions=chosen.piece.questions if chosen is not None and isinstance(chosen.piece, Scorecard) else (),
        fields={"comment": "", **fields, "key": fields.get("key") or new_id()},
        wrong=() if question is None else ((f"q-{question}", desk.say("review.trouble.question")),),
        missing=question,
        trouble="" if question is not None else _trouble(desk, error),
        longest=LONGEST_COMMENT,
    )


def _trouble(desk: DeskCall, error: Refusal | None) -> str:
    if error is None:
        return ""
    why = str(error.facts.get("why", "")) if isinstance(error, Conflict) else ""
    if why in {"open", "nobody", "yours", "answered"}:
        return desk.say(f"review.trouble.{why}")
    if isinstance(error, SecretRefused):
        return desk.say("review.trouble.secret")
    return desk.say("review.trouble.empty" if isinstance(error, Malformed) else "review.trouble.too_long")
