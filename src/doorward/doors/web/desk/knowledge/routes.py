"""The knowledge pages: the list, an article to read, publish and withdraw, and its history."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.answering import UNPUBLISHED
from doorward.doors.web.desk.knowledge.correcting import CORRECTION_HANDLERS
from doorward.doors.web.desk.knowledge.editing import EDITING_HANDLERS
from doorward.doors.web.desk.knowledge.importing import IMPORT_HANDLERS
from doorward.doors.web.desk.knowledge.publishing import publish_and_wait
from doorward.doors.web.desk.knowledge.questions import QUESTION_HANDLERS
from doorward.doors.web.desk.knowledge.reporting import REPORT_HANDLERS
from doorward.doors.web.desk.knowledge.reviewing import REVIEWING_HANDLERS
from doorward.doors.web.desk.knowledge.view import (
    ARTICLE,
    HERE,
    PAGE,
    STAGES,
    Short,
    Wanted,
    bubbles,
    history_of,
    id_of,
    known_article,
    languages_of,
    rows_of,
    stages_of,
)
from doorward.doors.web.desk.shared import ADeskCall
from doorward.vocabulary.errors import Conflict, Malformed, ReviewRequired

Words = Annotated[str, QueryParameter(max_length=200)]
Number = Annotated[int, QueryParameter(ge=1, le=10_000_000)]
Maybe = Annotated[int, QueryParameter(ge=0, le=10_000_000)]

_DONE: Final = (
    "saved",
    "published",
    "withdrawn",
    "changed",
    "incomplete",
    "submitted",
    "returned",
    "entrusted",
    "review",
)


@get("/desk/knowledge", include_in_schema=False)
async def show_knowledge(
    desk: ADeskCall, q: Words = "", language: Short = "", stage: Short = "", page: Number = 1
) -> Response[str]:
    """List the articles, a row each with all languages."""
    scope = desk.require("articles:read")
    wanted = Wanted(words=q, language=language, stage=stage if stage in STAGES else "")
    service = desk.house.knowledge_service
    standings = await desk.house.transactions.read_async(lambda tx: service.standings(tx, scope))
    languages = await languages_of(desk)
    rows = rows_of(standings, wanted, languages=languages, reader=desk.language)
    return await desk.page(
        "desk/knowledge/page.html",
        here=HERE,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        number=page,
        more=len(rows) > page * PAGE,
        wanted=wanted,
        codes=languages,
        stages=STAGES,
    )


@get(ARTICLE, include_in_schema=False)
async def show_article(
    desk: ADeskCall, slug: FromPath[str], language: FromPath[str], done: Short = "", beside: Short = ""
) -> Response[str]:
    """Show an article as customers see it, and a draft that is newer, beside another language if asked."""
    desk.require("articles:read")
    known = await known_article(desk, slug, language)
    other = next((one.latest for one in known.versions if one.latest.language == beside), None)
    published = known.article is not None and known.article.state == "published"
    publication = known.publication
    under_way = publication is not None and publication.is_running
    ended_well = publication is not None and publication.state == "done" and not known.failed
    newer = known.latest is not None and (not published or known.latest.kind in UNPUBLISHED)
    return await desk.page(
        "desk/knowledge/article.html",
        here=HERE,
        known=known,
        slug=slug,
        code=language,
        published=bubbles(known.article.seed()) if known.article is not None and published else [],
        draft=bubbles(known.latest.seed()) if known.latest is not None and newer else [],
        newer=newer,
        other=other,
        other_bubbles=bubbles(other.seed()) if other is not None else [],
        stages=stages_of(known, await languages_of(desk)),
        publication=publication,
        under_way=under_way,
        failed=known.failed,
        # Whoever waited for the publication reads how it ended; `published` is no news while it is under way.
        done=done if done in _DONE and (done != "published" or ended_well) else "",
    )


@get(f"{ARTICLE}/history", include_in_schema=False)
async def show_history(desk: ADeskCall, slug: FromPath[str], language: FromPath[str], upto: Maybe = 0) -> Response[str]:
    """Show who saved, published and withdrew the article when, and what they changed."""
    scope = desk.require("articles:read")
    known = await known_article(desk, slug, language)
    service, article_id = desk.house.knowledge_service, id_of(desk, slug, language)
    # One more than is shown: the last one's change is told by the one before it.
    read = await desk.house.transactions.read_async(
        lambda tx: service.history(tx, scope, article_id, upto=upto or None, limit=21)
    )
    return await desk.page(
        "desk/knowledge/history.html",
        here=HERE,
        known=known,
        slug=slug,
        code=language,
        passed=history_of(read)[:20],
        older=read[20].number if len(read) > 20 else 0,
    )


@post(f"{ARTICLE}/publish", status_code=200, include_in_schema=False)
async def publish(desk: ADeskCall, slug: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """Publish the draft that the reader has seen, or once more what could not be published."""
    scope = desk.require("articles:write")
    fields = await desk.form()
    service, article_id = desk.house.knowledge_service, id_of(desk, slug, language)
    latest = await desk.house.transactions.read_async(lambda tx: service.latest(tx, scope, article_id))
    here = f"/desk/knowledge/{slug}/{language}"
    if latest is None or fields.get("expected", "") != str(latest.number):
        return Redirect(f"{here}?done=changed", status_code=303)
    try:
        done = await publish_and_wait(desk, latest.seed(), expected=latest.number)
    except Conflict:
        done = "changed"
    except ReviewRequired:
        done = "review"
    except Malformed:  # the form says field by field what is missing
        done = "incomplete"
    return Redirect(f"{here}?done={done}", status_code=303)


@post(f"{ARTICLE}/withdraw", status_code=200, include_in_schema=False)
async def withdraw(desk: ADeskCall, slug: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """Take an article out of the answers."""
    scope = desk.require("articles:write")
    await desk.form()
    service, article_id = desk.house.knowledge_service, id_of(desk, slug, language)
    await desk.house.transactions.write_async(scope, lambda tx: service.withdraw(tx, scope, article_id))
    return Redirect(f"/desk/knowledge/{slug}/{language}?done=withdrawn", status_code=303)


KNOWLEDGE_HANDLERS: Final = [
    show_knowledge,
    show_article,
    show_history,
    publish,
    withdraw,
    *EDITING_HANDLERS,
    *REVIEWING_HANDLERS,
    *QUESTION_HANDLERS,
    *CORRECTION_HANDLERS,
    *IMPORT_HANDLERS,
    *REPORT_HANDLERS,
]
