"""The description of the whole HTTP interface: OpenAPI 3.1, with examples, made from the handlers themselves."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, License, Reference, SecurityScheme, Server, Tag

from doorward import __version__
from doorward.admission import Channel
from doorward.doors.web.answering import (
    CodeConfirmed,
    CodeSent,
    Entries,
    MachineMessageAccepted,
    MessageAccepted,
    PersonAsked,
    SignedActStands,
    SignedEntries,
    SignedMessageAccepted,
    SignedPaired,
    SignTaken,
)
from doorward.doors.web.callers import CSRF_HEADER
from doorward.doors.web.examples import ID, add_examples
from doorward.doors.web.problems import MEDIA_TYPE
from doorward.flow.attachments import AttachmentKept
from doorward.flow.contact import VisitOpened
from doorward.flow.effort import EffortAsked, EffortTaken
from doorward.flow.enrolling import Enrolled
from doorward.flow.feedback import FeedbackKept
from doorward.flow.views.explaining import Explanation
from doorward.flow.views.transcript import ShownArticle
from doorward.flow.wishes import WishTaken
from doorward.vocabulary.channel import ChannelRoute
from doorward.vocabulary.schemas import portable, schemas_of

_ABOUT: Final = (
    "Conversations, knowledge, queue, figures, audit and settings of one tenant, and the channels by which contacts "
    "come in. Fields are only ever added. Lists are gone through with `next_cursor`, in an order in which whatever "
    "stands all along is met once; what has an `ETag` is not sent again to who names it in `If-None-Match`. Errors are "
    "problem documents (RFC 9457) with a stable `code`. A request with "
    "an `Idempotency-Key` may be sent again: it is answered as before and not carried out again."
)
_REF: Final = "#/components/schemas/{name}"
_ANSWERS: Final[Mapping[str, tuple[int, type[msgspec.Struct] | None]]] = {
    "visit": (201, VisitOpened),
    "message": (202, MessageAccepted),
    "entries": (200, Entries),
    "stream": (200, None),
    "person": (202, PersonAsked),
    "verify": (202, CodeSent),
    "confirm": (200, CodeConfirmed),
    "effort": (200, EffortAsked),
    "work": (200, EffortTaken),
    "typing": (202, SignTaken),
    "attach": (202, AttachmentKept),
    "file": (200, None),
    "source": (200, ShownArticle),
    "why": (200, Explanation),
    "feedback": (202, FeedbackKept),
    "callback": (202, WishTaken),
    "transcript": (202, SignTaken),
    "delete": (202, WishTaken),
    "act": (200, SignedActStands),
    "pair": (200, SignedPaired),
    "enrol": (201, Enrolled),
    "skill": (200, None),
}
_REFUSALS: Final[Mapping[str, str]] = {
    "400": "The request cannot be read; `reason` names the field.",
    "401": "No valid token; `token_expired`: begin a visit with `resume`.",
    "403": "Not from this site, or not without proving who it is.",
    "404": "No such thing.",
    "409": "The state does not allow this.",
    "413": "Larger than allowed.",
    "415": "Send application/json.",
    "422": "The message id was used with other content.",
    "429": "Too many for now; `retry_after` says when to come back.",
    "503": "Not possible right now; nothing was accepted.",
    "507": "Nothing can be stored right now; nothing was accepted.",
}
_TO_PROGRAMS: Final[Mapping[tuple[str, str], type[msgspec.Struct]]] = {
    ("api_token", "message"): MachineMessageAccepted,
    ("signature", "message"): SignedMessageAccepted,
    ("signature", "entries"): SignedEntries,
}
_SCHEMES: Final[Mapping[str, str]] = {
    "visitor_token": "visitor",
    "api_token": "token",
    "signature": "signature",
    "device_secret": "device",
    "skill_certificate": "skill",
}
_SIGNED_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "conversation": {"pattern": "^[0-9a-z]{26}$"},
    "agent": {"pattern": "^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$"},
    "company": {"pattern": "^[A-Za-z0-9_-]{1,64}$"},
}
_KEY_HEADER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The sender's own name for this request: the same key and body are carried out once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "example": "order-4711",
}
_SEEN_HEADER: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what the caller has: where it is so still, the answer is 304 without a body.",
    "schema": {"type": "string", "maxLength": 500},
    "example": '"3"',
}
_CHALLENGE: Final[Mapping[str, Any]] = {
    "parameters": {
        "algorithm": "PBKDF2/SHA-256",
        "cost": 2000,
        "data": {"until": 1772442600, "visit": "ab" * 32},
        "keyLength": 32,
        "keyPrefix": "995e0e9783a822ea65685db5247958d8",
        "keySignature": "e4" * 32,
        "nonce": "6f7321ea568473e609746dfef4fe8095",
        "salt": "7d913ac4c6b065e1d05dbf73b49fc336",
    },
    "signature": "43" * 32,
}
_EXAMPLES: Final[Mapping[str, Any]] = {
    "EffortAsked": {"challenge": _CHALLENGE},
    "HandOverBody": {"to": None, "note": "Has waited for a refund since Monday."},
    "ReplyBody": {"text": "Good morning, I am looking into it."},
    "ReviewBody": {
        "scorecard": "default",
        "answers": {"greeting": 1, "solution": 4, "data": None},
        "comment": "Well done.",
    },
    "AnswerBody": {"text": "Thank you. The tool was down that day."},
    "WhisperBody": {"text": "The refund is on its way; offer the tracking number."},
    "MarksBody": {"add_labels": ["refund"], "priority": 1, "attributes": {"branch": "North"}},
    "BulkBody": {"conversation_ids": [ID], "act": {"verb": "label", "value": "refund"}},
    "UndoBody": {"steps": [{"act": {"verb": "unlabel", "value": "refund"}, "conversation_ids": [ID]}]},
    "NewFileBody": {"name": "statement.pdf", "type": "application/pdf", "data": "JVBERi0xLjcK"},
    "SeenBody": {"seq": 12},
    "MergeBody": {"into": ID},
    "SplitBody": {"lines": [4, 6]},
    "InvitationBody": {"to": ID, "note": "Knows all about cards abroad."},
    "SameCustomerBody": {"other": ID},
    "PieceBody": {"piece": {"type": "label", "name": "Refund", "colour": "green"}},
    "PresenceBody": {"available": True},
    "SearchBody": {"value": "+49 170 1234567", "kind": "phone"},
    "OpeningBody": {"purpose": "resolve_contact", "reason": "The transfer to this account is stuck."},
    "ArticleBody": {
        "slug": "card-delivery",
        "language": "en",
        "title": "When does my card arrive?",
        "summary": "New cards arrive within five working days.",
        "keywords": ["card", "delivery"],
        "sections": [
            {"heading": "When does my card arrive?", "body": "Within five working days.", "questions": ["Where is it?"]}
        ],
    },
    "DraftBody": {
        "title": "When does my card arrive?",
        "summary": "New cards arrive within five working days.",
        "sections": [{"heading": "When does my card arrive?", "body": "Within five working days."}],
    },
    "WebhookBody": {
        "url": "https://hooks.example/doorward",
        "name": "CRM",
        "events": ["conversation.opened", "message.customer"],
        "with_text": False,
        "state": "on",
    },
    "DeviceBody": {"name": "Terminal 0042"},
    "DeviceSecretBody": {"overlap_hours": 24},
    "MachineKeyBody": {"platform": "assistants.example", "x": "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"},
    "TokenIssuerBody": {
        "issuer": "https://login.example",
        "jwks_uri": "https://login.example/keys.json",
        "algorithms": ["ES256"],
    },
    "Publication": {
        "id": ID,
        "article_id": ID,
        "edition": 3,
        "state": "running",
        "done": 2,
        "total": 7,
        "reason": None,
        "begun_at": "2026-11-29T08:00:00Z",
        "noted_at": "2026-11-29T08:00:01Z",
    },
    "LineSearchBody": {
        "text": 'refund "not arrived" lang:en',
        "filters": {"state": ["waiting", "human"], "from": ["2026-11"]},
        "order": "newest",
        "limit": 20,
    },
    "Problem": {
        "type": "/problems/not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "We could not find that.",
    },
    "MessageAccepted": {"message_id": ID, "number": 1, "duplicate": False, "text": "My card is [CARD·4242]"},
    "HealthReport": {"state": "ok", "version": __version__, "checks": [{"name": "database", "state": "ok"}]},
}
_CHANNEL_EXAMPLES: Final[Mapping[str, Any]] = {
    "visit": {"widget_key": "wk_0123456789abcdef01234567", "language": "tr"},
    "message": {"id": "m-1", "text": "When does my card arrive?"},
    "person": {"id": "p-1"},
    "verify": {"email": "ada@example.org"},
    "confirm": {"code": "123456"},
    "work": {
        "challenge": _CHALLENGE,
        "solution": {"counter": 712, "derivedKey": "99" * 32},
    },
    "typing": {},
    "attach": {"id": "a-1", "name": "slip.png", "type": "image/png", "data": "iVBORw0KGgo="},
    "feedback": {"id": "f-1", "helpful": True, "comment": "Quick and clear."},
    "callback": {"id": "c-1", "contact": "ada@example.org"},
    "transcript": {"id": "t-1"},
    "delete": {"id": "d-1"},
    "act": {"id": "a-1", "do": "order.place", "kind": "paper", "thing": "HT-0001"},
    "pair": {"code": "BCDF-GHJK-LMNP"},
    "enrol": {"code": "BCDF-GHJK-LMNP"},
}


_SECURITY: Final[dict[str, SecurityScheme | Reference]] = {
    "token": SecurityScheme(type="http", scheme="bearer", description="An API token, `dwt_…`."),
    "session": SecurityScheme(
        type="apiKey",
        name="doorward_session",
        security_scheme_in="cookie",
        description=f"A staff session; send its form token as `{CSRF_HEADER}` with every change.",
    ),
    "signature": SecurityScheme(
        type="apiKey",
        name="Signature",
        security_scheme_in="header",
        description="An HTTP message signature (RFC 9421) in the profile of Web Bot Auth.",
    ),
    "device": SecurityScheme(
        type="apiKey",
        name="Signature",
        security_scheme_in="header",
        description="An HTTP message signature (RFC 9421) with the device's secret, HMAC-SHA-256.",
    ),
    "skill": SecurityScheme(
        type="apiKey",
        name="Signature-256",
        security_scheme_in="header",
        description="Amazon's signature, with the certificate of `SignatureCertChainUrl`.",
    ),
    "visitor": SecurityScheme(type="http", scheme="bearer", description="A visitor token."),
}
"""How callers prove who they are."""


def describe(routers: Sequence[Router | HTTPRouteHandler], channels: tuple[Channel, ...]) -> bytes:
    """Return the OpenAPI document of these handlers and channels as JSON."""
    config = OpenAPIConfig(
        title="Doorward",
        version=__version__,
        description=_ABOUT,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        servers=[Server(url="/")],
        tags=[Tag(name="desk"), Tag(name="channels"), Tag(name="visitor"), Tag(name="operations")],
        use_handler_docstrings=True,
        components=Components(security_schemes=_SECURITY),
    )
    # Dependencies are no part of the interface, but their names must be known.
    inside = {name: Provide(lambda: None, sync_to_thread=False) for name in ("door", "call")}
    described = Litestar(route_handlers=routers, openapi_config=config, dependencies=inside)
    document: dict[str, Any] = described.openapi_schema.to_schema()
    schemas = document["components"].setdefault("schemas", {})
    for channel in channels:
        # What has a form of its own is described where its standard has it.
        for one in (route for route in channel.routes() if route.render is None):
            path = document["paths"].setdefault(f"/c/{channel.id}{one.path}", {})
            path[one.method.lower()] = _operation(channel, one, schemas)
    for path in document["paths"].values():
        for method, operation in path.items():
            if "304" in operation["responses"]:
                operation.setdefault("parameters", []).append(_SEEN_HEADER)
            once = method == "post" or operation.get("operationId") == "write_draft"
            if once and operation.get("tags") != ["channels"]:
                operation.setdefault("parameters", []).append(_KEY_HEADER)
    schemas.update(portable(dict(schemas)))
    _add_examples(schemas)
    add_examples(document)
    return msgspec.json.encode(document)


def _operation(channel: Channel, one: ChannelRoute, schemas: dict[str, Any]) -> dict[str, Any]:
    status, answer = _ANSWERS[one.operation]
    credential = channel.capabilities.credential
    if credential != "visitor_token":
        answer = _TO_PROGRAMS.get((credential, one.operation), answer)
    operation: dict[str, Any] = {
        "operationId": f"{channel.id}_{one.path.strip('/').replace('/', '_')}",
        "summary": f"{channel.id}: {one.operation}",
        "tags": ["channels"],
        "parameters": [],
        "responses": {str(status): {"description": "Done.", "content": _content(one, answer, schemas)}}
        | {
            code: {"description": words, "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}}
            for code, words in _REFUSALS.items()
        },
    }
    if one.operation != "visit":
        # Who enrols has nothing to show yet but the code in the body: `{}` is nobody in particular.
        operation["security"] = [{} if one.operation == "enrol" else {_SCHEMES[credential]: []}]
    if one.operation in {"entries", "stream"}:
        number = {"type": "integer", "minimum": 0, "maximum": 999_999_999_999_999, "default": 0}
        operation["parameters"] = [{"name": "after", "in": "query", "required": False, "schema": number}]
    if one.operation == "entries" and credential == "signature":
        operation["parameters"] += [
            {"name": name, "in": "query", "required": name == "conversation", "schema": {"type": "string", **shape}}
            for name, shape in _SIGNED_PARAMETERS.items()
        ]
    if one.operation == "source":
        operation["parameters"] = [
            {"name": name, "in": "query", "required": True, "schema": {"type": "string", "maxLength": 100}}
            for name in ("slug", "language")
        ]
    if one.operation == "why":
        number = {"type": "string", "pattern": "^[0-9]{1,9}$"}
        operation["parameters"] = [
            {"name": name, "in": "query", "required": True, "schema": schema}
            for name, schema in (("number", number), ("language", {"type": "string", "maxLength": 100}))
        ]
    if one.operation == "file":
        wanted = {"type": "string", "pattern": "^[0-9a-z]{26}$"}
        operation["parameters"] = [{"name": "id", "in": "query", "required": True, "schema": wanted}]
    if one.body is not None:
        name = f"{channel.id.capitalize()}{one.operation.capitalize()}"
        shape = {"schema": _schema(one.body, name, schemas), "example": _CHANNEL_EXAMPLES.get(one.operation)}
        operation["requestBody"] = {"required": True, "content": {"application/json": shape}}
    return operation


def _content(one: ChannelRoute, answer: type[msgspec.Struct] | None, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return what an operation answers with, by media type."""
    if answer is not None:
        return {"application/json": {"schema": _schema(answer, answer.__name__, schemas)}}
    if one.operation == "skill":  # in the form of whoever runs the assistant
        return {"application/json": {"schema": {"type": "object"}}}
    streamed = "application/octet-stream" if one.operation == "file" else "text/event-stream"
    return {streamed: {"schema": {"type": "string"}}}


def _schema(shape: type[msgspec.Struct], name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """Add a shape and what it is made of to `schemas`; return the reference to it."""
    inner, parts = schemas_of(shape, ref_template=_REF)
    for part, schema in parts.items():
        schemas.setdefault(name if part == inner else part, schema)
    return {"$ref": _REF.format(name=name)}


def _add_examples(schemas: dict[str, Any]) -> None:
    for name, example in _EXAMPLES.items():
        for key, schema in schemas.items():
            if key == name or key.endswith((f"_{name}", f".{name}")):
                schema["examples"] = [example]
