"""What the editors of articles do: drafts, the history of editions, and publishing with its progress."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, get, post, put
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from doorward.answering import MEANWHILE, Edition, Publication, Stewardship
from doorward.bootstrap import House
from doorward.doors.web.api.articles import ArticleBody, Line, SectionBody
from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, Limit, etag, problems
from doorward.doors.web.api.conditions import SEEN, IfMatch, edition_of, tag_header
from doorward.kit.tx import Tx
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Outdated
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

_PRINTABLE = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$"

MayMatch = Annotated[str | None, tag_header("The `ETag` of what is to be published; the latest else.")]
NumberPath = Annotated[int, PathParameter(ge=1, le=999_999_999, description="An edition's number.")]
EditionCursor = Annotated[
    int | None, QueryParameter(ge=1, le=999_999_999, description="The `next_cursor` of the page before: what is older.")
]


class DraftBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft's whole content. Nothing but a title is needed before it is published."""

    title: Line
    summary: Annotated[str, Meta(max_length=1000, pattern=_PRINTABLE)] = ""
    keywords: Annotated[tuple[Line, ...], Meta(max_length=50)] = ()
    sections: Annotated[tuple[SectionBody, ...], Meta(max_length=50)] = ()

    def seed(self, before: Edition) -> ArticleSeed:
        """Return the content as answering takes it, under the name and in the language that the article has."""
        return ArticleSeed(
            slug=before.slug,
            language=before.language,
            title=self.title,
            summary=self.summary,
            keywords=self.keywords,
            sections=tuple(one.section() for one in self.sections),
        )


class ReturnBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a draft goes back to its writers."""

    note: Annotated[str, Meta(max_length=1000, pattern=_PRINTABLE)] = ""


class StewardBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers for an article, the id of a member of staff, and the day by which it is to be read again."""

    owner_id: Annotated[str, Meta(pattern="^[0-9a-z]{26}$")] | None = None
    review_by: date | None = None


class EditionList(msgspec.Struct, frozen=True, kw_only=True):
    """Editions, the newest first, each with its whole text; `next_cursor` continues the list, null at its end."""

    items: tuple[Edition, ...]
    next_cursor: int | None


@post(
    "/articles", status_code=201, responses=problems(409, 413, 415, 422), security=ANY_OF, operation_id="begin_article"
)
async def begin_article(call: ACall, data: JSONBody[ArticleBody]) -> Response[Edition]:
    """Write a new article, or one in a further language, as a draft: it answers nobody before it is published."""
    scope = call.scope("articles:write")
    if data.language not in call.house.packs:
        raise Malformed("language: there is no language pack for it")
    seed = data.seed()
    return await call.answer_once(
        scope, lambda _key: _save(call.house, scope, seed, expected=0), status=201, tagged=True
    )


@get("/articles/{article_id:str}/draft", responses=problems(404) | SEEN, security=ANY_OF, operation_id="get_draft")
async def get_draft(call: ACall, article_id: IdPath) -> Response[Edition]:
    """Show the latest edition, which is what somebody edits. Its `ETag` is its number."""
    scope = call.scope("articles:read")
    latest = await _latest(call.house, scope, ArticleId(article_id))
    return call.shown(latest, tag=etag(latest.number))


@put(
    "/articles/{article_id:str}/draft",
    status_code=200,
    responses=problems(404, 412, 413, 415, 422),
    security=ANY_OF,
    operation_id="write_draft",
)
async def write_draft(
    call: ACall, article_id: IdPath, data: JSONBody[DraftBody], if_match: IfMatch
) -> Response[Edition]:
    """Write the whole draft anew. It answers nobody before it is published; what is published stays as it is."""
    scope = call.scope("articles:write")
    before = await _latest(call.house, scope, ArticleId(article_id))
    seed, expected = data.seed(before), edition_of(if_match)
    return await call.answer_once(scope, lambda _key: _save(call.house, scope, seed, expected=expected), tagged=True)


@post(
    "/articles/{article_id:str}/publish",
    status_code=202,
    responses=problems(404, 412, 422),
    security=ANY_OF,
    operation_id="publish_draft",
)
async def publish_draft(call: ACall, article_id: IdPath, if_match: MayMatch = None) -> Response[Publication]:
    """Publish the latest edition. Its sections are read first, which takes time; `get_publication` tells how far."""
    scope = call.scope("articles:write")
    wanted = ArticleId(article_id)
    await _latest(call.house, scope, wanted)

    def begin(tx: Tx) -> Outcome[Publication]:
        latest = call.house.knowledge_service.latest(tx, scope, wanted)
        if latest is None:
            raise NotFound("no such article")
        if if_match is not None and edition_of(if_match) != latest.number:
            raise Outdated(f"if-match: the latest edition is {latest.number}")
        return call.house.publishing.begin(tx, scope, latest.seed(), expected=latest.number)

    return await call.answer_once(scope, lambda _key: call.house.transactions.write_async(scope, begin), status=202)


@get("/articles/{article_id:str}/publication", responses=problems(404), security=ANY_OF, operation_id="get_publication")
async def get_publication(call: ACall, article_id: IdPath) -> Publication:
    """Show how far the latest publication of an article is, or how it ended."""
    scope = call.scope("articles:read")
    found = await call.house.transactions.read_async(
        lambda tx: call.house.publishing.publication(tx, scope, ArticleId(article_id))
    )
    if found is None:
        raise NotFound("nobody has begun to publish this")
    return found


@get("/articles/{article_id:str}/editions", responses=problems(404), security=ANY_OF, operation_id="list_editions")
async def list_editions(
    call: ACall, article_id: IdPath, limit: Limit = 50, cursor: EditionCursor = None
) -> EditionList:
    """List who saved, published and withdrew an article when, the newest first, each time with the whole text."""
    scope = call.scope("articles:read")
    wanted = ArticleId(article_id)
    await _latest(call.house, scope, wanted)
    read = await call.house.transactions.read_async(
        lambda tx: call.house.knowledge_service.history(tx, scope, wanted, upto=cursor, limit=limit + 1)
    )
    return EditionList(items=read[:limit], next_cursor=read[limit].number if len(read) > limit else None)


@get(
    "/articles/{article_id:str}/editions/{number:int}",
    responses=problems(404),
    security=ANY_OF,
    operation_id="get_edition",
)
async def get_edition(call: ACall, article_id: IdPath, number: NumberPath) -> Edition:
    """Show one edition of an article."""
    scope = call.scope("articles:read")
    return await _edition(call.house, scope, ArticleId(article_id), number)


@post(
    "/articles/{article_id:str}/editions/{number:int}/restore",
    status_code=200,
    responses=problems(404, 412, 422),
    security=ANY_OF,
    operation_id="restore_edition",
)
async def restore_edition(call: ACall, article_id: IdPath, number: NumberPath, if_match: IfMatch) -> Response[Edition]:
    """Write an earlier edition's content as the newest draft; what is published stays as it is."""
    scope = call.scope("articles:write")
    older = await _edition(call.house, scope, ArticleId(article_id), number)
    return await call.answer_once(
        scope,
        lambda _key: _save(call.house, scope, older.seed(), expected=edition_of(if_match)),
        tagged=True,
    )


@post(
    "/articles/{article_id:str}/submit",
    status_code=200,
    responses=problems(404, 409, 412, 422),
    security=ANY_OF,
    operation_id="submit_draft",
)
async def submit_draft(call: ACall, article_id: IdPath, if_match: IfMatch) -> Response[Edition]:
    """Hand the latest edition in for review: where four eyes are wanted, somebody who did not write it publishes it."""
    scope = call.scope("articles:write")
    wanted, expected = ArticleId(article_id), edition_of(if_match)
    await _latest(call.house, scope, wanted)
    service = call.house.knowledge_service
    return await call.answer_once(
        scope,
        lambda _key: _moved(call.house, scope, lambda tx: service.submit(tx, scope, wanted, expected=expected)),
        tagged=True,
    )


@post(
    "/articles/{article_id:str}/return",
    status_code=200,
    responses=problems(404, 409, 412, 413, 415, 422),
    security=ANY_OF,
    operation_id="return_draft",
)
async def return_draft(
    call: ACall, article_id: IdPath, data: JSONBody[ReturnBody], if_match: IfMatch
) -> Response[Edition]:
    """Return what was handed in to its writers, with a word about it."""
    scope = call.scope("articles:write")
    wanted, expected = ArticleId(article_id), edition_of(if_match)
    await _latest(call.house, scope, wanted)
    service = call.house.knowledge_service
    return await call.answer_once(
        scope,
        lambda _key: _moved(
            call.house, scope, lambda tx: service.send_back(tx, scope, wanted, expected=expected, note=data.note)
        ),
        tagged=True,
    )


@put(
    "/articles/{article_id:str}/steward",
    status_code=200,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="entrust_article",
)
async def entrust_article(call: ACall, article_id: IdPath, data: JSONBody[StewardBody]) -> Response[Stewardship]:
    """Say who answers for an article in all its languages, and until when it is to be read again."""
    scope = call.scope("articles:write")
    house = call.house

    def entrust(tx: Tx) -> Outcome[Stewardship]:
        latest = house.knowledge_service.latest(tx, scope, ArticleId(article_id))
        everybody = {str(one.id) for one in house.identity.staff.everybody(tx, scope)}
        if latest is None or (data.owner_id is not None and data.owner_id not in everybody):
            raise NotFound("no such article or member of staff")
        return house.stewards.entrust(tx, scope, latest.slug, owner_id=data.owner_id, review_by=data.review_by)

    return await call.answer_once(scope, lambda _key: house.transactions.write_async(scope, entrust))


async def _moved(house: House, scope: Scope, move: Callable[[Tx], Outcome[Edition]]) -> Edition:
    """Carry out one step of a review. Raises `Outdated` when somebody wrote meanwhile, `Conflict` for a wrong stage."""

    def work(tx: Tx) -> Outcome[Edition]:
        try:
            return move(tx)
        except Conflict as error:
            if error.detail == MEANWHILE:
                raise Outdated("if-match: somebody wrote meanwhile; read the draft again") from error
            raise

    return await house.transactions.write_async(scope, work)


async def _latest(house: House, scope: Scope, article_id: ArticleId) -> Edition:
    found = await house.transactions.read_async(lambda tx: house.knowledge_service.latest(tx, scope, article_id))
    if found is None:
        raise NotFound("no such article")
    return found


async def _edition(house: House, scope: Scope, article_id: ArticleId, number: int) -> Edition:
    found = await house.transactions.read_async(
        lambda tx: house.knowledge_service.history(tx, scope, article_id, upto=number, limit=1)
    )
    if not found or found[0].number != number:
        raise NotFound("no such edition")
    return found[0]


async def _save(house: House, scope: Scope, seed: ArticleSeed, *, expected: int) -> Edition:
    """Keep a draft. Raises `Conflict` when a new article is there already, `Outdated` when somebody wrote meanwhile."""
    service = house.knowledge_service

    def save(tx: Tx) -> Outcome[Edition]:
        try:
            return service.save_draft(tx, scope, seed, expected=expected)
        except Conflict as error:
            if not expected:
                raise Conflict("slug: there is an article with this name in this language") from error
            raise Outdated("if-match: somebody wrote meanwhile; read the draft again") from error

    return await house.transactions.write_async(scope, save)


HANDLERS = [
    begin_article,
    get_draft,
    write_draft,
    publish_draft,
    get_publication,
    list_editions,
    get_edition,
    restore_edition,
    submit_draft,
    return_draft,
    entrust_article,
]
