"""The form of an article: written, saved, published; whatever prevents it, what was written stays in the form."""

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
    focus_after,
    form_about,
    form_of,
    read_article,
)
from doorward.doors.web.desk.knowledge.publishing import publish_and_wait
from doorward.doors.web.desk.knowledge.questions import lines_of
from doorward.doors.web.desk.knowledge.view import (
    ARTICLE,
    HERE,
    Dossier,
    Short,
    bubbles,
    dossier,
    editor_places,
    id_of,
    known_article,
    languages_of,
    sentences,
)
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.door import AnyRequest, AtDoor, Door
from doorward.doors.web.forms import read_form
from doorward.doors.web.security import check_csrf
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, NotAllowed, NotFound, NotSignedIn, ReviewRequired

Maybe = Annotated[int, QueryParameter(ge=0, le=10_000_000)]
Lines = Annotated[tuple[str, ...], QueryParameter(max_items=10)]


@get("/desk/knowledge/new", include_in_schema=False)
async def show_new(desk: ADeskCall, language: Short = "", line: Lines = ()) -> Response[str]:
    """Show the form of a new article, with customers' own questions in it if it is to answer those."""
    scope = desk.require("articles:write")
    languages = await languages_of(desk)
    chosen = next((one for one in (language, desk.language) if one in languages), languages[0])
    if not line:
        return await _editor(desk, ArticleForm(slug="", language=chosen), _Edit(new=True))
    desk.require("conversations:read")
    asked = [one.text for one in await desk.house.upkeep.questions.wordings(scope, lines_of(line))]
    return await _editor(desk, form_about(asked, language=chosen), _Edit(new=True))


@get(f"{ARTICLE}/edit", include_in_schema=False)
async def show_editor(
    desk: ADeskCall, slug: FromPath[str], language: FromPath[str], beside: Short = "", take: Maybe = 0
) -> Response[str]:
    """Show the form with the latest edition in it, or with edition `take` of the history."""
    scope = desk.require("articles:write")
    known = await known_article(desk, slug, language)
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
    how = _Edit(beside=beside, notice="knowledge.taken" if take else "")
    how.unsaved = seed != known.latest.seed()
    return await _editor(desk, form_of(seed, expected=known.latest.number), how, known)


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


@post(f"{ARTICLE}/edit", status_code=200, include_in_schema=False, request_max_body_size=FORM_BYTES)
async def save_article(
    request: AnyRequest, door: AtDoor, slug: FromPath[str], language: FromPath[str]
) -> Response[Any]:
    """Save or publish an article; whatever prevents it, what was written stays in the form."""
    return await _save(request, door, slug=slug, language=language)


EDITING_HANDLERS: Final = [show_new, show_editor, preview, save_new, save_article]


class _Edit:
    """How the editor is shown: as new, beside what, with which words on top."""

    def __init__(self, *, new: bool = False, beside: str = "", status: int = 200, notice: str = "") -> None:
        self.new = new
        self.beside = beside
        self.status = status
        self.notice = notice
        self.focus = ""
        self.unsaved = False
        self.faults: dict[str, str] = {}
        self.conflict: Edition | None = None
        self.lines: Any = ()


async def _save(request: AnyRequest, door: Door, *, slug: str, language: str) -> Response[Any]:
    fields = await read_form(request, most=FIELDS)
    form = read_article(fields, slug=slug, language=language or fields.get("language", "")[:10])
    how = _Edit(new=not slug, beside=fields.get("beside", "")[:10])
    how.unsaved = True
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
        how.focus = focus_after(form, wish)
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
        done = await _write(desk, form, publishing=publishing)
    except Conflict:
        return await _conflict(desk, form, how)
    except ReviewRequired:  # nothing was kept: the writer's words stay in the form, to be saved and handed in
        how.status, how.notice = 403, "knowledge.review.own"
        return await _editor(desk, form, how)
    return Redirect(f"/desk/knowledge/{form.slug}/{form.language}?done={done}", status_code=303)


async def _write(desk: DeskCall, form: ArticleForm, *, publishing: bool) -> str:
    """Save, and publish if wanted; return what is done by now, nothing while sections are still being read."""
    scope, house, seed = desk.scope, desk.house, form.seed()
    if publishing:
        return await publish_and_wait(desk, seed, expected=form.expected)
    service = house.knowledge_service
    await house.transactions.write_async(scope, lambda tx: service.save_draft(tx, scope, seed, expected=form.expected))
    return "saved"


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
        here=HERE,
        new=how.new,
        known=known,
        codes=await languages_of(desk),
        faults=how.faults,
        notice=how.notice,
        focus=how.focus,
        unsaved=how.unsaved,
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
        focus="",
        unsaved=True,
        csrf="",
        beside="",
        live=False,
    )
    response.status_code = 401
    return response
