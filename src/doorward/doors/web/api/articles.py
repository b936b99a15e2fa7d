"""Knowledge articles: what answers customers, listed, read, published and withdrawn; drafts are in `drafts`."""

import asyncio
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post, put
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.answering import Article, ArticleRecord, Wanted
from doorward.bootstrap import House
from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, etag, problems
from doorward.doors.web.api.conditions import SEEN
from doorward.vocabulary.company import ArticleSection, ArticleSeed
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.scope import Scope

_PRINTABLE = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$"

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=_PRINTABLE)]
Words = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=_PRINTABLE)]


class SectionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of an article that can stand alone as an answer. The body is Markdown.

    `id` is the same in every language of the article, so that sections that belong together stay together.
    """

    heading: Line
    body: Words
    questions: Annotated[tuple[Line, ...], Meta(max_length=50)] = ()
    id: Annotated[str, Meta(max_length=100, pattern=_PRINTABLE)] = ""

    def section(self) -> ArticleSection:
        """Return the section as answering takes it."""
        return ArticleSection(heading=self.heading, body=self.body, questions=self.questions, id=self.id)


class ArticleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An article in one language. Section 0 is the lead."""

    slug: Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}$")]
    title: Line
    sections: Annotated[tuple[SectionBody, ...], Meta(min_length=1, max_length=50)]
    summary: Annotated[str, Meta(max_length=1000, pattern=_PRINTABLE)] = ""
    keywords: Annotated[tuple[Line, ...], Meta(max_length=50)] = ()

    def seed(self) -> ArticleSeed:
        """Return the content as answering takes it."""
        return ArticleSeed(
            slug=self.slug,
            language=self.language,
            title=self.title,
            summary=self.summary,
            keywords=self.keywords,
            sections=tuple(one.section() for one in self.sections),
        )


class ArticleList(msgspec.Struct, frozen=True, kw_only=True):
    """Articles by slug and language; `next_cursor` continues the list, and is null at its end."""

    items: tuple[ArticleRecord, ...]
    next_cursor: str | None = None


LanguageQuery = Annotated[str | None, QueryParameter(pattern="^[a-z]{2,3}$", description="Only in this language.")]
StateQuery = Annotated[
    Literal["draft", "published", "changed"] | None,
    QueryParameter(name="state", description="Only in this state; `changed`: published, with a draft that is newer."),
]
PageQuery = Annotated[
    int | None, QueryParameter(ge=1, le=200, description="At most so many; without it all articles come at once.")
]
CursorQuery = Annotated[
    str | None,
    QueryParameter(
        pattern="^[a-z0-9-]{1,100}\\.[a-z]{2,3}$", description="The `next_cursor` of the page before: what comes after."
    ),
]


@get("/articles", responses=problems(), security=ANY_OF, operation_id="list_articles")
async def list_articles(
    call: ACall,
    language: LanguageQuery = None,
    article_state: StateQuery = None,
    limit: PageQuery = None,
    cursor: CursorQuery = None,
) -> ArticleList:
    """List articles by slug and language, those that were never published included."""
    scope = call.scope("articles:read")
    slug, _, after = (cursor or "").partition(".")
    wanted = Wanted(
        language=language,
        state=article_state,
        after=(slug, after) if cursor else None,
        limit=None if limit is None else limit + 1,
    )
    items = await call.house.transactions.read_async(lambda tx: call.house.knowledge_service.records(tx, scope, wanted))
    shown = items[:limit]
    more = len(items) > len(shown)
    return ArticleList(items=shown, next_cursor=f"{shown[-1].slug}.{shown[-1].language}" if more else None)


@get("/articles/{article_id:str}", responses=problems(404) | SEEN, security=ANY_OF, operation_id="get_article")
async def get_article(
    call: ACall,
    article_id: IdPath,
) -> Response[ArticleRecord]:
    """Show an article. Its `ETag` is the number of its latest edition: send it as `If-Match` with what changes it."""
    scope = call.scope("articles:read")
    found = await call.house.transactions.read_async(
        lambda tx: call.house.knowledge_service.record(tx, scope, ArticleId(article_id))
    )
    return call.shown(found, tag=etag(found.edition))


@put("/articles", status_code=200, responses=problems(413, 415, 422), security=ANY_OF, operation_id="publish_article")
async def publish_article(
    call: ACall,
    data: JSONBody[ArticleBody],
) -> Response[Article]:
    """Publish an article: a new one, or new content for the one with this slug and language."""
    scope = call.scope("articles:write")
    if data.language not in call.house.packs:
        raise Malformed("language: there is no language pack for it")
    return await call.answer_once(scope, lambda _key: _publish(call.house, scope, data.seed()))


@post(
    "/articles/{article_id:str}/withdraw",
    status_code=200,
    responses=problems(404, 422),
    security=ANY_OF,
    operation_id="withdraw_article",
)
async def withdraw_article(
    call: ACall,
    article_id: IdPath,
) -> Response[Article]:
    """Take an article out of the answers and keep it as a draft."""
    scope = call.scope("articles:write")
    wanted = ArticleId(article_id)

    async def act(_key: str) -> Article:
        await call.house.transactions.write_async(
            scope, lambda tx: call.house.knowledge_service.withdraw(tx, scope, wanted)
        )
        return await call.house.transactions.read_async(
            lambda tx: call.house.knowledge_service.article(tx, scope, wanted)
        )

    return await call.answer_once(scope, act)


async def _publish(house: House, scope: Scope, seed: ArticleSeed) -> Article:
    service = house.knowledge_service
    known = await house.transactions.read_async(lambda tx: service.known(tx, scope, seed))
    prepared = await asyncio.to_thread(service.prepare, seed, known=known)
    article_id = await house.transactions.write_async(scope, lambda tx: service.publish(tx, scope, prepared))
    return await house.transactions.read_async(lambda tx: service.article(tx, scope, article_id))
