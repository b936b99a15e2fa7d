"""Keeping knowledge right: what asks for care, and questions that nobody could answer."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.answering import Edition
from doorward.answering.care import Concern
from doorward.answering.links import LinkCheck
from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.flow.questions import DAYS, QuestionGroup
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.scope import Scope

Untouched = Annotated[int, QueryParameter(ge=1, le=3650, description="Days after which an article is untouched.")]
Days = Annotated[int, QueryParameter(ge=1, le=90, description="Look back so many days.")]


class QuestionList(msgspec.Struct, frozen=True, kw_only=True):
    """What customers asked and nobody could answer, in groups that mean alike, the largest first."""

    items: tuple[QuestionGroup, ...]


class AskedLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer's line, as an example of a group names it."""

    conversation_id: Annotated[str, Meta(pattern="^[0-9a-z]{26}$")]
    seq: Annotated[int, Meta(ge=1, le=999_999_999)]


class LinesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines are meant."""

    lines: Annotated[tuple[AskedLine, ...], Meta(min_length=1, max_length=10)]

    def places(self) -> list[tuple[str, int]]:
        """Return the lines' places."""
        return [(one.conversation_id, one.seq) for one in self.lines]


class QuestionsBody(LinesBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines become questions of which section; 0 is the article's lead."""

    section: Annotated[int, Meta(ge=0, le=49)] = 0


class Dismissed(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the lines had not been dismissed before."""

    dismissed: int


class CareItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to see to. `detail` is the day, the language or the link that is meant; `section` counts from 0.

    `why` is what a link to another site came to, empty for all else.
    """

    concern: Concern
    slug: str
    language: str
    title: str
    detail: str
    section: int | None
    why: str


class CareReport(msgspec.Struct, frozen=True, kw_only=True):
    """What asks for care, by article and language."""

    items: tuple[CareItem, ...]


@get("/knowledge/report", responses=problems(), security=ANY_OF, operation_id="report_knowledge")
async def report_knowledge(call: ACall, untouched: Untouched = 365) -> CareReport:
    """List articles past their day or untouched for long, missing languages, and links that lead nowhere."""
    scope, house = call.scope("articles:read"), call.house
    found = await house.transactions.read_async(lambda tx: house.upkeep.care.read(tx, scope, untouched=untouched))
    return CareReport(items=tuple(CareItem(**msgspec.structs.asdict(one)) for one in found))


@post("/knowledge/link-checks", status_code=202, responses=problems(422), security=ANY_OF, operation_id="check_links")
async def check_links(call: ACall) -> Response[LinkCheck]:
    """Have the links to other sites in all articles looked at; what they came to is in the report."""
    scope, house = call.scope("articles:write"), call.house

    async def act(_key: str) -> LinkCheck:
        return await house.transactions.write_async(scope, lambda tx: house.upkeep.links.begin(tx, scope))

    return await call.answer_once(scope, act, status=202)


@get("/knowledge/link-checks/latest", responses=problems(404), security=ANY_OF, operation_id="get_link_check")
async def get_link_check(call: ACall) -> LinkCheck:
    """Show how far the latest check of links is."""
    scope, house = call.scope("articles:read"), call.house
    found = await house.transactions.read_async(lambda tx: house.upkeep.links.latest(tx, scope))
    if found is None:
        raise NotFound("nobody has asked for a check")
    return found


@get("/knowledge/questions", responses=problems(), security=ANY_OF, operation_id="list_unanswered_questions")
async def list_questions(call: ACall, days: Days = DAYS) -> QuestionList:
    """List what customers asked and nobody could answer, masked; that somebody looked is noted."""
    return QuestionList(items=await call.house.upkeep.questions.groups(_scope(call), days=days))


@post(
    "/knowledge/questions/dismiss",
    status_code=200,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="dismiss_questions",
)
async def dismiss_questions(call: ACall, data: JSONBody[LinesBody]) -> Response[Dismissed]:
    """Say that what these lines ask is not the company's to answer: what means alike is not listed any more."""
    scope = _scope(call)

    async def act(_key: str) -> Dismissed:
        return Dismissed(dismissed=await call.house.upkeep.questions.dismiss(scope, data.places()))

    return await call.answer_once(scope, act)


@post(
    "/articles/{article_id:str}/questions",
    status_code=200,
    responses=problems(404, 409, 413, 415, 422),
    security=ANY_OF,
    operation_id="add_article_questions",
)
async def add_article_questions(call: ACall, article_id: IdPath, data: JSONBody[QuestionsBody]) -> Response[Edition]:
    """Write customers' own questions into a section of an article, as a draft; what was masked is left out."""
    scope, wanted = _scope(call), ArticleId(article_id)

    async def act(_key: str) -> Edition:
        return await call.house.upkeep.questions.add(scope, data.places(), wanted, data.section)

    return await call.answer_once(scope, act, tagged=True)


def _scope(call: ACall) -> Scope:
    call.scope("conversations:read")
    return call.scope("articles:write")


HANDLERS: Final = [
    report_knowledge,
    check_links,
    get_link_check,
    list_questions,
    dismiss_questions,
    add_article_questions,
]
