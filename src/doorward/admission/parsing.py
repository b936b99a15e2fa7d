"""Reading hostile requests: strict about shape, silent about content.

Every function returns a typed value or raises a `Refusal` that names the field at fault and never quotes it.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, NoReturn, TypeVar

import msgspec
from msgspec import Meta

from doorward.vocabulary.channel import ChannelRequest
from doorward.vocabulary.errors import (
    AccessTokenMissing,
    Malformed,
    NotAllowed,
    NotSignedIn,
    TooLarge,
    UnsupportedType,
)
from doorward.vocabulary.text import WildText

B = TypeVar("B", bound=msgspec.Struct)

# `\Z` and not `$`: the latter lets a line feed at the end pass. No class below contains a surrogate or a control.
ClientId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
"""An id that the sender made up."""
HouseId = Annotated[str, Meta(pattern=r"\A[0-9a-z]{26}\Z")]
"""An id that Doorward made (see `kit.ids`)."""
Reference = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}\Z")]
"""The company's own customer number."""
LanguageCode = Annotated[str, Meta(pattern=r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")]
"""A language tag as browsers send it (a subset of BCP 47)."""
TokenText = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._~+/=-]{1,4096}\Z")]
"""A token of any of our kinds or a JWT (the alphabet of RFC 6750 bearer tokens)."""
_MAIL_CHARACTER: Final = r"[^\s@\x00-\x1f\x7f\ud800-\udfff]"
EmailAddress = Annotated[str, Meta(pattern=rf"\A{_MAIL_CHARACTER}{{1,64}}@{_MAIL_CHARACTER}{{1,255}}\Z")]
"""Something at something: whether it is somebody's address is found out by mailing it."""
MailedCode = Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]
"""A one-time code."""

NOT_JSON: Final = "the body is not JSON in UTF-8"
_BEARER: Final = re.compile(r"\ABearer ([A-Za-z0-9._~+/=-]{1,4096})\Z", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\A[0-9]{1,15}\Z")
_FIELD: Final = re.compile(r"`\$?\.?([a-z_]{1,40})`")
_JSON: Final = re.compile(r"\Aapplication/json\s*(;\s*charset\s*=\s*\"?utf-8\"?\s*)?\Z", re.IGNORECASE)


def read_body(request: ChannelRequest, shape: type[B], *, limit: int) -> B:
    """Return the JSON body of at most `limit` bytes as `shape`, whose `WildText` fields hold what came, unchanged.

    Lone surrogates written as JSON escapes are let through (protection replaces them). Raises `UnsupportedType`,
    `TooLarge` or `Malformed`.
    """
    return as_shape(read_json(request, limit=limit), shape)


def read_json(request: ChannelRequest, *, limit: int) -> Any:
    """Return the JSON body of at most `limit` bytes, whatever it is. Raises `UnsupportedType`, `TooLarge`, `Malformed`.

    What it holds is as wild as a text is: hand it on in no other way than through `as_shape`.
    """
    if not _JSON.match(request.headers.get("content-type", "")):
        raise UnsupportedType("send application/json")
    if len(request.body) > limit:
        raise TooLarge(f"the body is larger than {limit} bytes", limit=limit)
    try:
        # Not msgspec's own reader: it refuses lone surrogates, and those are a typing accident, not an attack.
        return json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Malformed(NOT_JSON) from None


def as_shape(raw: Any, shape: type[B]) -> B:
    """Return a JSON value as `shape`, whose `WildText` fields hold what came, unchanged. Raises `Malformed`."""
    if not isinstance(raw, dict):
        raise Malformed("the body is not a JSON object")
    try:
        return msgspec.convert(raw, shape, dec_hook=_wrap)
    except msgspec.ValidationError as error:
        raise Malformed(_without_content(str(error), shape)) from None
    except UnicodeEncodeError:
        raise Malformed("a field's name is not Unicode text") from None


def bearer(request: ChannelRequest) -> str:
    """Return the bearer token of the request. Raises `NotSignedIn`."""
    found = _BEARER.match(request.headers.get("authorization", ""))
    if found is None:
        raise NotSignedIn("send a bearer token")
    return found[1]


def access_token(request: ChannelRequest) -> str:
    """Return the access token of a machine, which comes in the field and nowhere else (RFC 6750, 2.1).

    Raises `AccessTokenMissing`.
    """
    found = _BEARER.match(request.headers.get("authorization", ""))
    if found is None:
        raise AccessTokenMissing("Authorization: Bearer and an access token")
    return found[1]


def require_same_origin(request: ChannelRequest) -> None:
    """Raise `NotAllowed` for a request of another site's page, which a rebound DNS name may have let come so far."""
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != request.origin.lower():
        raise NotAllowed("the request comes from another origin")


class _Query(msgspec.Struct, frozen=True, kw_only=True):
    company: ClientId | None = None


def company_of(request: ChannelRequest) -> str | None:
    """Return the widget key that the query names, and nothing else may stand there. Raises `Malformed`."""
    refuse_other_parameters(request, "company")
    try:
        return msgspec.convert({**request.query}, _Query).company
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Malformed("company: not as expected") from None


def read_number(request: ChannelRequest, name: str) -> int:
    """Return a whole number of at most 15 digits from the query, 0 when it is not there. Raises `Malformed`."""
    value = request.query.get(name, "0")
    if not _NUMBER.match(value):
        raise Malformed(f"{name}: not a whole number")
    return int(value)


def refuse_other_parameters(request: ChannelRequest, *known: str) -> None:
    """Raise `Malformed` when the query has parameters that are not among `known`."""
    if set(request.query) - set(known):
        raise Malformed("an unknown query parameter")


def require_text(text: WildText) -> WildText:
    """Return `text` unless there is nothing in it. Raises `Malformed`."""
    if text.is_blank:
        raise Malformed("text: blank")
    return text


def header_key(headers: Mapping[str, str], *, otherwise: str) -> str:
    """Return the `Idempotency-Key` header, with or without the quotes of RFC 9651 strings. Raises `Malformed`."""
    value = headers.get("idempotency-key")
    if value is None:
        return otherwise
    bare = value[1:-1] if len(value) > 2 and value[0] == value[-1] == '"' else value
    if not re.match(r"\A[A-Za-z0-9_-]{1,64}\Z", bare):
        raise Malformed("idempotency-key: 1 to 64 of A-Z, a-z, 0-9, _ and -")
    return bare


def _wrap(kind: type, value: Any) -> Any:
    if kind is WildText and isinstance(value, str):
        return WildText(value)
    raise TypeError("Expected `str`")


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _without_content(message: str, shape: type[msgspec.Struct]) -> str:
    """Turn msgspec's sentence into one that names the field, but only fields of ours: other names are content."""
    known = shape.__struct_encode_fields__
    found = _FIELD.search(message.rpartition(" - at ")[2])
    field = found[1] if found and found[1] in known else "a field"
    if message.startswith("Object contains unknown field"):
        return f"an unknown field; known are {', '.join(known)}"
    if message.startswith("Object missing required field"):
        return f"{field}: missing"
    return f"{field}: not as expected"
