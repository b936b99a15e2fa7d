"""The web application: every handler, what they share, and how errors are told."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Litestar, MediaType, Response, Router, get
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import FromPath, ParameterKwarg
from litestar.response import Redirect

from doorward.bootstrap import House
from doorward.doors.web import openapi, operations, static_files
from doorward.doors.web.api import (
    agreements,
    articles,
    assisting,
    attaching,
    automation,
    conversations,
    corrections,
    customers,
    devices,
    dossiers,
    drafts,
    flood,
    governance,
    intents,
    inviting,
    joining,
    machines,
    mandates,
    marks,
    nudges,
    originals,
    preparedness,
    presence,
    procedures,
    reports,
    reviews,
    search,
    service_report,
    staffing,
    supervising,
    token_issuers,
    translating,
    upkeep,
    visitors,
    webhooks,
    work,
    workspace,
    writing,
)
from doorward.doors.web.api.attaching import attach_handler
from doorward.doors.web.api.common import make_call
from doorward.doors.web.assets import SHORTLY
from doorward.doors.web.called import called_handlers
from doorward.doors.web.callers import Callers
from doorward.doors.web.customer.appeal.routes import send_appeal, show_appeal
from doorward.doors.web.customer.demo.routes import show_company
from doorward.doors.web.customer.demo.shop import show_shop, sign_customer
from doorward.doors.web.customer.portal.routes import portal_router
from doorward.doors.web.customer.welcome.routes import keep_preferences, welcome
from doorward.doors.web.desk.agreements.routes import AGREEMENT_HANDLERS
from doorward.doors.web.desk.audit.routes import AUDIT_HANDLERS
from doorward.doors.web.desk.automation.routes import RULE_HANDLERS
from doorward.doors.web.desk.catalogue.routes import show_catalogue
from doorward.doors.web.desk.conversation.attaching import file_handlers
from doorward.doors.web.desk.conversation.routes import (
    ACTIONS,
    download_file,
    refresh_conversation,
    show_conversation,
    show_earlier,
)
from doorward.doors.web.desk.customers.routes import HANDLERS as CUSTOMER_HANDLERS
from doorward.doors.web.desk.flood.crowds import CROWD_HANDLERS
from doorward.doors.web.desk.flood.routes import FLOOD_HANDLERS
from doorward.doors.web.desk.frame.routes import show_demand, show_draft_key, show_recent, show_session
from doorward.doors.web.desk.inbox.routes import INBOX_HANDLERS
from doorward.doors.web.desk.intents.routes import INTENT_HANDLERS
from doorward.doors.web.desk.joining.customer import HANDLERS as DOSSIER_HANDLERS
from doorward.doors.web.desk.joining.machines import HANDLERS as CUSTOMER_MACHINE_HANDLERS
from doorward.doors.web.desk.joining.routes import HANDLERS as JOINING_HANDLERS
from doorward.doors.web.desk.joining.splitting import HANDLERS as SPLITTING_HANDLERS
from doorward.doors.web.desk.knowledge.routes import KNOWLEDGE_HANDLERS
from doorward.doors.web.desk.live import desk_stream
from doorward.doors.web.desk.machines.routes import MACHINE_HANDLERS
from doorward.doors.web.desk.macros.routes import MACRO_HANDLERS
from doorward.doors.web.desk.nudges.routes import NUDGE_HANDLERS
from doorward.doors.web.desk.originals.routes import HANDLERS as ORIGINAL_HANDLERS
from doorward.doors.web.desk.outbox.routes import show_outbox
from doorward.doors.web.desk.people.routes import PEOPLE_HANDLERS
from doorward.doors.web.desk.plan.once import ONCE_HANDLERS
from doorward.doors.web.desk.plan.routes import PART_HANDLERS
from doorward.doors.web.desk.policies.routes import POLICY_HANDLERS
from doorward.doors.web.desk.preferences.routes import keep_desk_preferences, show_preferences
from doorward.doors.web.desk.preparedness.routes import PREPAREDNESS_HANDLERS
from doorward.doors.web.desk.procedures.routes import PROCEDURE_HANDLERS
from doorward.doors.web.desk.replies.routes import REPLY_HANDLERS
from doorward.doors.web.desk.reports.routes import REPORT_HANDLERS
from doorward.doors.web.desk.reviews.routes import REVIEW_HANDLERS
from doorward.doors.web.desk.scorecards.routes import SCORECARD_HANDLERS
from doorward.doors.web.desk.search.routes import HANDLERS as SEARCH_HANDLERS
from doorward.doors.web.desk.senders.routes import SENDER_HANDLERS
from doorward.doors.web.desk.settings.routes import SETTINGS_HANDLERS
from doorward.doors.web.desk.shared import make_desk_call
from doorward.doors.web.desk.sign_in.routes import show_sign_in, sign_in, sign_out
from doorward.doors.web.desk.wallboard.routes import WALLBOARD_HANDLERS
from doorward.doors.web.desk.webhooks.routes import WEBHOOK_HANDLERS
from doorward.doors.web.desk.workspace.routes import WORKSPACE_HANDLERS
from doorward.doors.web.door import AnyRequest, AtDoor, Door, SignInHint
from doorward.doors.web.hooks import channel_handlers, readable_by
from doorward.doors.web.pressure import pressure_middleware
from doorward.doors.web.problems import MEDIA_TYPE, Problem, known_error, problem_of, retry_after, title_of
from doorward.doors.web.refused import told_refusal
from doorward.doors.web.security import entry_middleware, header_hook
from doorward.doors.web.streams import Streams
from doorward.doors.web.turned_away import turned_away
from doorward.kit.ids import new_id
from doorward.kit.logging import get_logger
from doorward.vocabulary import errors
from doorward.vocabulary.errors import (
    DoorwardError,
    NotFound,
    NotSignedIn,
    SecretRefused,
    SenderBlocked,
    SignatureInvalid,
    UnsupportedType,
)

log = get_logger("web")

API_HANDLERS: Final = [
    conversations.list_conversations,
    conversations.get_conversation,
    conversations.list_entries,
    conversations.take_conversation,
    conversations.download_attachment,
    conversations.reply_to_conversation,
    conversations.hand_conversation_over,
    conversations.hand_conversation_back,
    conversations.resolve_conversation,
    assisting.get_assist,
    translating.translate_last_words,
    translating.translate_reply_draft,
    writing.list_my_tasks,
    writing.add_task,
    writing.change_task,
    writing.list_scheduled_replies,
    writing.schedule_reply,
    writing.take_back_reply,
    *attaching.HANDLERS,
    *marks.HANDLERS,
    *workspace.HANDLERS,
    writing.run_macro,
    *joining.HANDLERS,
    *dossiers.HANDLERS,
    *inviting.HANDLERS,
    articles.list_articles,
    articles.get_article,
    articles.publish_article,
    articles.withdraw_article,
    *drafts.HANDLERS,
    customers.search_customers,
    search.search,
    *originals.HANDLERS,
    *staffing.HANDLERS,
    *presence.HANDLERS,
    *service_report.HANDLERS,
    *automation.HANDLERS,
    *supervising.HANDLERS,
    *flood.HANDLERS,
    *preparedness.HANDLERS,
    *reviews.HANDLERS,
    *agreements.HANDLERS,
    *mandates.HANDLERS,
    *procedures.HANDLERS,
    *reports.HANDLERS,
    work.get_queue,
    work.list_colleagues,
    work.set_presence,
    work.get_me,
    work.get_figures,
    governance.list_audit,
    governance.get_settings,
    governance.change_settings,
    *webhooks.HANDLERS,
    *intents.HANDLERS,
    *nudges.HANDLERS,
    *upkeep.HANDLERS,
    *corrections.HANDLERS,
    *machines.HANDLERS,
    *token_issuers.HANDLERS,
    *devices.HANDLERS,
]
PAGE_HANDLERS: Final = [
    welcome,
    keep_preferences,
    show_company,
    show_shop,
    sign_customer,
    show_sign_in,
    sign_in,
    sign_out,
    *INBOX_HANDLERS,
    show_conversation,
    refresh_conversation,
    show_earlier,
    download_file,
    *ACTIONS,
    desk_stream,
    show_demand,
    show_recent,
    show_session,
    show_draft_key,
    show_preferences,
    keep_desk_preferences,
    show_outbox,
    show_catalogue,
    *SEARCH_HANDLERS,
    *CUSTOMER_HANDLERS,
    *ORIGINAL_HANDLERS,
    *DOSSIER_HANDLERS,
    *CUSTOMER_MACHINE_HANDLERS,
    *JOINING_HANDLERS,
    *SPLITTING_HANDLERS,
    *SENDER_HANDLERS,
    *AUDIT_HANDLERS,
    *SETTINGS_HANDLERS,
    *WORKSPACE_HANDLERS,
    *KNOWLEDGE_HANDLERS,
    *RULE_HANDLERS,
    *POLICY_HANDLERS,
    *AGREEMENT_HANDLERS,
    *PROCEDURE_HANDLERS,
    *NUDGE_HANDLERS,
    *WEBHOOK_HANDLERS,
    *MACHINE_HANDLERS,
    *INTENT_HANDLERS,
    *PEOPLE_HANDLERS,
    *PART_HANDLERS,
    *ONCE_HANDLERS,
    *REPLY_HANDLERS,
    *MACRO_HANDLERS,
    *WALLBOARD_HANDLERS,
    *FLOOD_HANDLERS,
    *CROWD_HANDLERS,
    *REVIEW_HANDLERS,
    *REPORT_HANDLERS,
    *PREPAREDNESS_HANDLERS,
    *SCORECARD_HANDLERS,
    show_appeal,
    send_appeal,
]
_PAGES: Final = ("/desk", "/my", "/appeals", "/demo", "/problems", "/preferences")
_JSON: Final = "application/json"


def make_app(house: House, *, hints: Sequence[SignInHint] = ()) -> Litestar:
    """Return the application over a house. Start and close the house yourself: it may have other doors.

    `hints` are shown on the demonstration's pages; a real installation shows none.
    """
    door = Door(house, hints=hints)

    async def give_door() -> Any:
        return door

    return Litestar(
        route_handlers=[
            Router(
                "/api/v1",
                route_handlers=api_handlers(house.settings.limits.attachment_bytes),
                guards=[_api_guard(door.callers)],
            ),
            _description(door),
            visitors.list_visitor_orders,
            operations.health,
            operations.health_head,
            operations.metrics,
            static_files.static_file,
            static_files.widget_script,
            show_problem,
            *PAGE_HANDLERS,
            *file_handlers(house.settings.limits.attachment_bytes),
            portal_router(door),
            *channel_handlers(door),
            *called_handlers(door),
        ],
        dependencies={
            "door": Provide(give_door),
            "call": Provide(make_call, sync_to_thread=False),
            "desk": Provide(make_desk_call),
        },
        exception_handlers={Exception: _Teller(door).tell},
        middleware=[entry_middleware(door.guard), pressure_middleware(house.flooding.gate, door)],
        before_send=[header_hook(door.guard)],
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=5, minimum_size=800, exclude=["/stream$", "^/static/", "^/widget.js"]
        ),
        request_max_body_size=house.settings.limits.request_bytes,
        openapi_config=None,
        logging_config=None,
        state=State({"streams": door.streams}),
    )


def api_handlers(limit: int) -> list[HTTPRouteHandler]:
    """Return the handlers of the interface; files may have at most `limit` bytes each."""
    return [*API_HANDLERS, attach_handler(limit), writing.note_handler(limit)]


def _description(door: Door) -> HTTPRouteHandler:
    """Return the handler of the interface's own description, which is written when somebody first asks for it."""
    limit = door.house.settings.limits.attachment_bytes

    @lru_cache(maxsize=1)
    def document() -> bytes:
        desk = Router("/api/v1", route_handlers=api_handlers(limit), tags=["desk"])
        return openapi.describe([desk, visitors.list_visitor_orders, operations.health], door.house.plugins.channels)

    @get("/api/v1/openapi.json", include_in_schema=False)
    async def serve() -> Response[bytes]:
        return Response(document(), media_type=MediaType.JSON, headers={"cache-control": SHORTLY})

    return serve


def stop_streams(app: Litestar) -> None:
    """End all event streams, so that the server can stop at once."""
    streams: Streams = app.state.streams
    streams.stop()


class _Teller:
    """Tells the outside what went wrong."""

    def __init__(self, door: Door) -> None:
        self._door = door
        # Kept here and not for the whole process: a handler holds its application, and with it the house.
        self._fields: dict[BaseRouteHandler, Mapping[str, str]] = {}

    def tell(self, request: AnyRequest, error: Exception) -> Response[Any]:
        """Answer with what went wrong: a problem document, or a page for people."""
        known = known_error(error, fields=self._known_fields(request))
        incident = None
        if known is None:
            incident = new_id()
            log.error("web.request.failed", incident=incident, route=_route(request), exc_info=error)
            known = DoorwardError("an incident")
        elif known.status >= 500:
            log.warning("web.request.refused", code=known.code, route=_route(request), exc_info=error)
        self._door.house.meters.refused(known)
        if _wants_page(request) and isinstance(known, NotSignedIn):
            return _to_sign_in(request)
        language = self._door.language_of(request)
        if isinstance(known, SenderBlocked):
            told = turned_away(self._door.house, request, known, otherwise=language)
            known, language = told.error, told.language
        if isinstance(known, SecretRefused):
            refused = told_refusal(self._door.house.translator, known, otherwise=language)
            known, language = refused.error, refused.language
        problem = problem_of(known, language=language, translator=self._door.house.translator, incident=incident)
        response = self._document(request, problem, language)
        response.headers.update(_headers(request, known, error) | {"content-language": language})
        return response

    def _known_fields(self, request: AnyRequest) -> Mapping[str, str]:
        handler: Any = request.scope.get("route_handler")
        if handler is None:
            return {}
        if handler not in self._fields:
            self._fields[handler] = _fields_of(handler)
        return self._fields[handler]

    def _document(self, request: AnyRequest, problem: Problem, language: str) -> Response[Any]:
        if _wants_page(request) and _by_script(request):
            # The page stays as it is; what went wrong is said at its top.
            html = self._door.pages.render("layout/_trouble.html", language=language, problem=problem)
            headers = {"hx-retarget": "#trouble", "hx-reswap": "innerHTML"}
            return Response(html, status_code=problem.status, media_type=MediaType.HTML, headers=headers)
        if _wants_page(request):
            response = self._door.pages.page(request, "layout/error.html", language=language, problem=problem)
            response.status_code = problem.status
            return response
        return Response(msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE)


def _headers(request: AnyRequest, known: DoorwardError, error: Exception) -> dict[str, str]:
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    wait = retry_after(known)
    if wait is not None:
        headers["retry-after"] = str(wait)
    handler: Any = request.scope.get("route_handler")
    if isinstance(known, SignatureInvalid):
        headers["www-authenticate"] = "Signature"
        if accepts := handler.opt["accepts"]:
            headers["accept-signature"] = accepts
    elif isinstance(known, NotSignedIn):
        headers["www-authenticate"] = "Bearer"
    if handler is not None and handler.opt.get("channel"):
        headers |= readable_by(request.headers.get("origin"))
    return headers


def _api_guard(callers: Callers) -> Any:
    """Return the guard that lets only those in who say who they are, before anything else of a request is looked at."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        connection.scope["state"]["caller"] = await callers.find_for_api(connection)
        kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {"", _JSON} or (not kind and connection.headers.get("content-length", "0") != "0"):
            raise UnsupportedType("send application/json")

    return guard


def _wants_page(request: AnyRequest) -> bool:
    path = request.url.path
    return path == "/" or any(path == one or path.startswith(f"{one}/") for one in _PAGES)


def _by_script(request: AnyRequest) -> bool:
    return request.headers.get("hx-request") == "true"


def _to_sign_in(request: AnyRequest) -> Response[Any]:
    if _by_script(request):
        # The page stays, with everything that is half written in it, and offers to sign in again (ui/desk/session.js).
        headers = {"hx-reswap": "none", "hx-trigger": "session-ended"}
        return Response(None, status_code=401, headers=headers, media_type=MediaType.HTML)
    onward = request.url.path if request.method == "GET" and not request.url.path.endswith("/stream") else "/desk/"
    return Redirect("/desk/sign-in", status_code=303, query_params={"next": onward})


def _route(request: AnyRequest) -> str:
    """Return the route's pattern, never its ids."""
    handler = request.scope.get("route_handler")
    paths = sorted(getattr(handler, "paths", ()) or ())
    return paths[0] if paths else "unknown"


def _fields_of(handler: BaseRouteHandler) -> Mapping[str, str]:
    """Return the names that a handler's parameters and body have, with how the outside calls them."""
    names: dict[str, str] = {}
    for name, field in handler.parsed_fn_signature.parameters.items():
        kind = field.kwarg_definition
        names[name] = (kind.name if isinstance(kind, ParameterKwarg) else None) or name
        names |= _struct_fields(field.annotation)
    return names


def _struct_fields(kind: Any) -> dict[str, str]:
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return {}
    return {field.name: field.encode_name for field in msgspec.structs.fields(kind)}


@get("/problems/{code:str}", include_in_schema=False)
async def show_problem(request: AnyRequest, code: FromPath[str], door: AtDoor) -> Response[str]:
    """Explain a problem's code, which is its address (RFC 9457, 3.1.1)."""
    kinds = {kind.code: kind for kind in _kinds(errors.DoorwardError)}
    if code not in kinds:
        raise NotFound("no such problem")
    language = door.language_of(request)
    example = kinds[code].__new__(kinds[code])
    example.detail, example.facts = "", {}
    shown = {
        "code": code,
        "status": example.status,
        "title": title_of(example.status),
        "detail": door.house.translator.say(language, example.message_key),
    }
    return door.pages.page(request, "layout/problem.html", language=language, problem=shown)


def _kinds(root: type[DoorwardError]) -> list[type[DoorwardError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in _kinds(child))]
