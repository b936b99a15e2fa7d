"""The knowledge pages: the list, and an article to read, edit, publish, withdraw and look back on."""

import asyncio
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.answering import Edition, changes
from doorward.doors.web.desk.knowledge.forms import (
    FIELDS,
    FORM_BYTES,
    ArticleForm,
    empty_like,
    faults_of,
    form_of,
    read_article,
)
from doorward.doors.web.desk.knowledge.view import (
    PAGE,
    STAGES,
    Dossier,
    Wanted,
    bubbles,
    dossier,
    editor_places,
    history_of,
    id_of,
    rows_of,
    sentences,
)
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.door import AnyRequest, AtDoor, Door
from doorward.doors.web.forms import read_form
from doorward.doors.web.security import check_csrf
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, NotAllowed, NotFound, NotSignedIn

Short = Annotated[str, QueryParameter(max_length=40)]
Words = Annotated[str, QueryParameter(max_length=200)]
Number = Annotated[int, QueryParameter(ge=1, le=10_000_000)]
Maybe = Annotated[int, QueryParameter(ge=0, le=10_000_000)]

_HERE: Final = "knowledge"
_DONE: Final = ("saved", "published", "withdrawn")
_ARTICLE: Final = "/desk/knowledge/{slug:str}/{language:str}"


@get("/desk/knowledge", include_in_schema=False)
async def show_knowledge(
    desk: ADeskCall, q: Words = "", language: Short = "", stage: Short = "", page: Number = 1
) -> Response[str]:
    """List the articles, a row each with all languages."""
    scope = desk.require("articles:read")
    wanted = Wanted(words=q, language=language, stage=stage if stage in STAGES else "")
    service = desk.house.knowledge_service
    standings = await desk.house.transactions.read_async(lambda tx: service.standings(tx, scope))
    languages = await _languages(desk)
    rows = rows_of(standings, wanted, languages=languages, reader=desk.language)
    return await desk.page(
        "desk/knowledge/page.html",
        here=_HERE,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        number=page,
        more=len(rows) > page * PAGE,
        wanted=wanted,
        codes=languages,
        stages=STAGES,
    )


@get("/desk/knowledge/new", include_in_schema=False)
async def show_new(desk: ADeskCall, language: Short = "") -> Response[str]:
    """Show the form of a new article."""
    desk.require("articles:write")
    languages = await _languages(desk)
    chosen = next((one for one in (language, desk.language) if one in languages), languages[0])
    return await _editor(desk, ArticleForm(slug="", language=chosen), _Edit(new=True))


@get(_ARTICLE, include_in_schema=False)
async def show_article(
    desk: ADeskCall, slug: FromPath[str], language: FromPath[str], done: Short = "", beside: Short = ""
) -> Response[str]:
    """Show an article as customers see it, and a draft that is newer, beside another language if asked."""
    desk.require("articles:read")
    known = await _known(desk, slug, language)
    other = next((one.latest for one in known.versions if one.latest.language == beside), None)
    published = known.article is not None and known.article.state == "published"
    newer = known.latest is not None and (not published or known.latest.kind == "saved")
    return await desk.page(
        "desk/knowledge/article.html",
        here=_HERE,
        known=known,
        slug=slug,
        code=language,
        published=bubbles(known.article.seed()) if known.article is not None and published else [],
        draft=bubbles(known.latest.seed()) if known.latest is not None and newer else [],
        newer=newer,
        other=other,
        other_bubbles=bubbles(other.seed()) if other is not None else [],
        stage=next((one.stage for one in known.versions if one.latest.language == language), "missing"),
        codes=list(dict.fromkeys([*await _languages(desk), *(one.latest.language for one in known.versions)])),
        done=done if done in _DONE else "",
    )


@get(f"{_ARTICLE}/edit", include_in_schema=False)
async def show_editor(
    desk: ADeskCall, slug: FromPath[str], language: FromPath[str], beside: Short = "", take: Maybe = 0
) -> Response[str]:
    """Show the form with the latest edition in it, or with edition `take` of the history."""
    scope = desk.require("articles:write")
    known = await _known(desk, slug, language)
    if known.latest is None:
        form = empty_like(known.versions[0].latest.seed(), language=language)
        return await _editor(desk, form, _Edit(beside=beside or known.versions[0].latest.language), known)
    seed = known.latest.seed()
    if take:
        service, article_id = desk.house.knowledge_service, known.latest.article_id
        older = await desk.house.transactions.read_async(
            lambda tx: service.history(tx, scope, article_id, upto=take, limit=1)
        )
        seed = older[0].seed() if older else seed
    return await _editor(desk, form_of(seed, expected=known.latest.number), _Edit(beside=beside), known)


@get(f"{_ARTICLE}/history", include_in_schema=False)
async def show_history(desk: ADeskCall, slug: FromPath[str], language: FromPath[str], upto: Maybe = 0) -> Response[str]:
    """Show who saved, published and withdrew the article when, and what they changed."""
    scope = desk.require("articles:read")
    known = await _known(desk, slug, language)
    service, article_id = desk.house.knowledge_service, id_of(desk, slug, language)
    # One more than is shown: the last one's change is told by the one before it.
    read = await desk.house.transactions.read_async(
        lambda tx: service.history(tx, scope, article_id, upto=upto or None, limit=21)
    )
    return await desk.page(
        "desk/knowledge/history.html",
        here=_HERE,
        known=known,
        slug=slug,
        code=language,
        passed=history_of(read)[:20],
        older=read[20].number if len(read) > 20 else 0,
    )


@post(f"{_ARTICLE}/withdraw", status_code=200, include_in_schema=False)
async def withdraw(desk: ADeskCall, slug: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """Take an article out of the answers."""
    scope = desk.require("articles:write")
    await desk.form()
    service, article_id = desk.house.knowledge_service, id_of(desk, slug, language)
    await desk.house.transactions.write_async(scope, lambda tx: service.withdraw(tx, scope, article_id))
    return Redirect(f"/desk/knowledge/{slug}/{language}?done=withdrawn", status_code=303)


@post("/desk/knowledge/preview", status_code=200, include_in_schema=False, request_max_body_size=FORM_BYTES)
async def preview(desk: ADeskCall) -> Response[str]:
    """Show what stands in a form as customers would see it; nothing is kept."""
    desk.require("articles:write")
    fields = await read_form(desk.request, most=FIELDS)
    check_csrf(desk.caller.session_token or "", fields.get("csrf", ""))
    form = read_article(fields, slug="", language=fields.get("language", "")[:10])
    return await desk.part("desk/knowledge/_preview.html", bubbles=bubbles(form.seed()))


@post("/desk/knowledge/new", status_code=200, include_in_schema=False, request_max_body_size=FORM_BYTES)
async def save_new(request: AnyRequest, door: AtDoor) -> Response[Any]:
    """Save or publish a new article."""
    return await _save(request, door, slug="", language="")


@post(f"{_ARTICLE}/edit", status_code=200, include_in_schema=False, request_max_body_size=FORM_BYTES)
async def save_article(
    request: AnyRequest, door: AtDoor, slug: FromPath[str], language: FromPath[str]
) -> Response[Any]:
    """Save or publish an article; whatever prevents it, what was written stays in the form."""
    return await _save(request, door, slug=slug, language=language)


KNOWLEDGE_HANDLERS: Final = [
    show_knowledge,
    show_new,
    show_article,
    show_editor,
    show_history,
    withdraw,
    preview,
    save_new,
    save_article,
]


class _Edit:
    """How the editor is shown: as new, beside what, with which words on top."""

    def __init__(self, *, new: bool = False, beside: str = "", status: int = 200, notice: str = "") -> None:
        self.new = new
        self.beside = beside
        self.status = status
        self.notice = notice
        self.faults: dict[str, str] = {}
        self.conflict: Edition | None = None
        self.lines: Any = ()


async def _save(request: AnyRequest, door: Door, *, slug: str, language: str) -> Response[Any]:
    fields = await read_form(request, most=FIELDS)
    form = read_article(fields, slug=slug, language=language or fields.get("language", "")[:10])
    how = _Edit(new=not slug, beside=fields.get("beside", "")[:10])
    try:
        desk = DeskCall(door, request, await door.callers.find_member(request))
    except NotSignedIn:
        return _lost(request, door, form, how)
    desk.require("articles:write")
    try:
        check_csrf(desk.caller.session_token or "", fields.get("csrf", ""))
    except NotAllowed:  # the form is older than the session: it is shown again with the session's own mark
        how.status, how.notice = 403, "knowledge.lost.again"
        return await _editor(desk, form, how)
    wish = fields.get("do", "save")
    if wish not in {"save", "publish"}:
        return await _editor(desk, form, how)
    return await _keep(desk, form, how, publishing=wish == "publish")


async def _keep(desk: DeskCall, form: ArticleForm, how: _Edit, *, publishing: bool) -> Response[Any]:
    if form.language not in desk.house.packs:
        raise NotFound("there is no language pack for it")
    how.faults = sentences(desk, faults_of(form, publishing=publishing))
    if how.faults:
        how.status = 400
        return await _editor(desk, form, how)
    try:
        await _write(desk, form, publishing=publishing)
    except Conflict:
        return await _conflict(desk, form, how)
    done = "published" if publishing else "saved"
    return Redirect(f"/desk/knowledge/{form.slug}/{form.language}?done={done}", status_code=303)


async def _write(desk: DeskCall, form: ArticleForm, *, publishing: bool) -> None:
    scope, house, seed = desk.scope, desk.house, form.seed()
    service = house.knowledge_service
    if not publishing:
        await house.transactions.write_async(
            scope, lambda tx: service.save_draft(tx, scope, seed, expected=form.expected)
        )
        return
    # What was read before need not be read again; the rest is read in a thread, outside any transaction.
    known = await house.transactions.read_async(lambda tx: service.known(tx, scope, seed))
    prepared = await asyncio.to_thread(service.prepare, seed, known=known)
    await house.transactions.write_async(scope, lambda tx: service.publish(tx, scope, prepared, expected=form.expected))


async def _conflict(desk: DeskCall, form: ArticleForm, how: _Edit) -> Response[str]:
    """Show the form with the writer's own text, and what the other changed since the edition that they began with."""
    scope, service = desk.scope, desk.house.knowledge_service
    article_id = id_of(desk, form.slug, form.language)

    def read(tx: Tx) -> tuple[Edition | None, Edition | None]:
        latest = service.latest(tx, scope, article_id)
        began = service.history(tx, scope, article_id, upto=form.expected, limit=1) if form.expected else ()
        return latest, began[0] if began else None

    latest, began = await desk.house.transactions.read_async(read)
    how.status = 409
    if how.new:  # nobody began with the other article: it only has the same name
        how.faults = {"slug": desk.say("knowledge.wrong.taken")}
        return await _editor(desk, form, how)
    how.conflict = latest
    how.lines = changes(began.seed() if began else None, latest.seed()) if latest else ()
    return await _editor(desk, _based_on(form, latest), how)


def _based_on(form: ArticleForm, latest: Edition | None) -> ArticleForm:
    seed_free = {name: getattr(form, name) for name in form.__struct_fields__}
    return ArticleForm(**(seed_free | {"expected": latest.number if latest else 0}))


async def _editor(desk: DeskCall, form: ArticleForm, how: _Edit, known: Dossier | None = None) -> Response[str]:
    if known is None:
        nothing = Dossier(article=None, latest=None, versions=())
        known = nothing if how.new else await dossier(desk, form.slug, form.language)
    return await desk.page(
        "desk/knowledge/editor.html",
        status=how.status,
        here=_HERE,
        new=how.new,
        known=known,
        codes=await _languages(desk),
        faults=how.faults,
        notice=how.notice,
        conflict=how.conflict,
        lines=how.lines,
        **editor_places(form, known, beside=how.beside),
    )


def _lost(request: AnyRequest, door: Door, form: ArticleForm, how: _Edit) -> Response[str]:
    """Show the whole form again to somebody whose session ended meanwhile: nothing of it was lost, or kept."""
    response = door.pages.page(
        request,
        "desk/knowledge/lost.html",
        language=door.language_of(request),
        form=form,
        new=how.new,
        codes=[form.language],
        faults={},
        csrf="",
        beside="",
        live=False,
    )
    response.status_code = 401
    return response


async def _known(desk: DeskCall, slug: str, language: str) -> Dossier:
    known = await dossier(desk, slug, language)
    if not known.versions or (known.latest is None and language not in await _languages(desk)):
        raise NotFound("no such article")
    return known


async def _languages(desk: DeskCall) -> list[str]:
    """Return the languages that the tenant answers in, of those there are packs for."""
    settings = await asyncio.to_thread(desk.house.settings_book.settings_of, desk.scope.tenant_id)
    return [code for code in settings.languages if code in desk.house.packs] or [desk.language]
