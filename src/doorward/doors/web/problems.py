"""Errors as the outside sees them: RFC 9457 problem documents, and pages for people with a browser.

Nothing here repeats what a request contained: fields are named only if they are ours, and an unknown exception becomes
an incident number that the operator finds in the log.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.exceptions import HTTPException, ValidationException

from doorward.kit.i18n import Translator
from doorward.kit.tx import Closed, CommitFailed, Unreachable
from doorward.vocabulary.errors import (
    AccessTokenInvalid,
    Busy,
    Conflict,
    DoorwardError,
    KeyReused,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    RateLimited,
    ScopeMissing,
    SignatureInvalid,
    StorageFull,
    TooLarge,
    Unavailable,
    UnsupportedType,
    WrongMethod,
)

MEDIA_TYPE = "application/problem+json"

_OUR_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,3}\Z")
_TELLING = (
    Malformed,
    TooLarge,
    UnsupportedType,
    KeyReused,
    Conflict,
    SignatureInvalid,
    AccessTokenInvalid,
    ScopeMissing,
)
"""Refusals whose own sentence helps whoever wrote the program that asks."""
EXPECTED = (DoorwardError, HTTPException, CommitFailed, Unreachable, Closed, RecursionError, UnicodeDecodeError)
"""What `known_error` may know."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document (RFC 9457). `detail` is a sentence for people in their language, `reason` one for programmers.

    `code` is stable; `retry_after` is in whole seconds; `needs` is the assurance level that was missing.
    Of a sender who is turned away: `ends_at` (ISO 8601) is until when, `appeal` the address at which to object.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    reason: str | None = None
    retry_after: int | None = None
    needs: str | None = None
    limit: int | None = None
    ends_at: str | None = None
    appeal: str | None = None
    instance: str | None = None


def problem_of(error: DoorwardError, *, language: str, translator: Translator, incident: str | None = None) -> Problem:
    """Return the problem document for an error."""
    facts: Mapping[str, Any] = error.facts
    needs, limit = facts.get("needs"), facts.get("limit")
    return Problem(
        type=f"/problems/{error.code}",
        title=title_of(error.status),
        status=error.status,
        code=error.code,
        detail=translator.say(language, error.message_key, **facts),
        reason=error.detail if isinstance(error, _TELLING) and error.detail else None,
        retry_after=retry_after(error),
        needs=str(needs) if needs is not None else None,
        limit=limit if isinstance(limit, int) else None,
        ends_at=_words(facts.get("ends_at")),
        appeal=_words(facts.get("appeal_link")),
        instance=f"urn:doorward:incident:{incident}" if incident else None,
    )


def _words(fact: object) -> str | None:
    return None if fact is None else str(fact)


def title_of(status: int) -> str:
    """Return the HTTP phrase of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def retry_after(error: DoorwardError) -> int | None:
    """Return in how many seconds to come back, None where that is not known."""
    if isinstance(error, RateLimited | Busy):
        return error.retry_after
    return 2 if isinstance(error, Unavailable) else None


def known_error(error: Exception, *, fields: Mapping[str, str] | None = None) -> DoorwardError | None:
    """Return what an exception means to the outside, None when nobody foresaw it.

    `fields` are the names that may be told, those of the handler's own parameters and body, with how they are called.
    """
    if isinstance(error, DoorwardError):
        return error
    if isinstance(error, CommitFailed) and error.full:
        return StorageFull("the disk is full")
    if isinstance(error, CommitFailed | Unreachable | Closed):
        return Unavailable("the database does not answer, could not commit, or Doorward is stopping")
    if isinstance(error, RecursionError):
        return Malformed("nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return Malformed("not UTF-8")
    if isinstance(error, ValidationException):
        return Malformed(_field_sentence(error.extra, fields or {}))
    if isinstance(error, HTTPException):
        return _by_status(error.status_code)
    return None


def _by_status(status: int) -> DoorwardError | None:
    match status:
        case 401:
            return NotSignedIn()
        case 403:
            return NotAllowed()
        case 404:
            return NotFound("no such address")
        case 405:
            return WrongMethod()
        case 413:
            return TooLarge("the body is larger than allowed")
        case 415:
            return UnsupportedType("send application/json")
        case _ if 400 <= status < 500:
            return Malformed("the request cannot be read")
        case _:
            return None


def _field_sentence(extra: Any, known: Mapping[str, str]) -> str:
    """Name the first field at fault, if it is one of ours: any other name is content."""
    for message in extra if isinstance(extra, list) else ():
        key = str(message.get("key", "")) if isinstance(message, dict) else ""
        if _OUR_NAME.match(key) and set(key.split(".")) <= set(known):
            return f"{'.'.join(known[part] for part in key.split('.'))}: not as expected"
    return "a field is missing, unknown or not as expected"
