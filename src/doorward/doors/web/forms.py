"""Forms of the desk: read strictly, whatever was sent."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

from doorward.doors.web.callers import Caller
from doorward.doors.web.security import check_csrf, require_same_site
from doorward.vocabulary.errors import Malformed, NotAllowed, TooLarge, UnsupportedType

_FIELDS: Final = 20


async def read_form(request: Request[Any, Any, Any], *, most: int = _FIELDS) -> Mapping[str, str]:
    """Return the fields of a form, the last value of each name; it may have `most` fields.

    Raises `NotAllowed` when another site sent it, `UnsupportedType`, `Malformed`.
    """
    return dict(await read_pairs(request, most=most))


async def read_pairs(request: Request[Any, Any, Any], *, most: int) -> Sequence[tuple[str, str]]:
    """Return the fields of a form in their order, each name as often as it was sent. Raises as `read_form`."""
    require_same_site(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UnsupportedType("send a form")
    try:
        body = (await request.body()).decode("utf-8")
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise Malformed("the form cannot be read") from None
    if any("\x00" in value for _, value in fields):
        raise Malformed("the form holds a NUL")
    return fields


async def read_member_form(request: Request[Any, Any, Any], caller: Caller) -> Mapping[str, str]:
    """Return the fields of a form that a member of staff sent from a page of theirs. Raises as `read_form`."""
    return dict(await read_member_pairs(request, caller, most=_FIELDS))


async def read_member_pairs(request: Request[Any, Any, Any], caller: Caller, *, most: int) -> Sequence[tuple[str, str]]:
    """Return the fields of such a form in their order, at most `most`. Raises as `read_form`."""
    pairs = await read_pairs(request, most=most)
    if caller.session_token is None:
        raise NotAllowed("forms belong to sessions")
    check_csrf(caller.session_token, dict(pairs).get("csrf", ""))
    return pairs


async def read_member_files(
    request: Request[Any, Any, Any], caller: Caller, *, most: int, most_fields: int = _FIELDS
) -> tuple[Mapping[str, str], Sequence[UploadFile]]:
    """Return the fields and the files of a form with files (RFC 7578), at most `most` files and `most_fields` fields.

    Raises as `read_form`, and `TooLarge` for a body beyond the handler's limit.
    """
    require_same_site(request)
    if request.content_type[0] != "multipart/form-data":
        raise UnsupportedType("send a form with files")
    if caller.session_token is None:
        raise NotAllowed("forms belong to sessions")
    try:
        sent = list((await request.form()).multi_items())
    except (ClientException, ValueError) as error:
        if isinstance(error, ClientException) and error.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
            raise TooLarge("the form is larger than allowed") from None
        raise Malformed("the form cannot be read") from None
    fields = {name: value for name, value in sent if isinstance(value, str)}
    files = [value for _, value in sent if isinstance(value, UploadFile)]
    check_csrf(caller.session_token, fields.get("csrf", ""))
    if len(files) > most or len(sent) > most + most_fields:
        raise TooLarge(f"files: more than {most}", limit=most)
    return fields, files


def local_path(wish: str, *, otherwise: str) -> str:
    """Return a path of this site to go on to, `otherwise` for anything that could lead elsewhere."""
    if not wish.startswith("/") or wish.startswith(("//", "/\\")) or len(wish) > 500:
        return otherwise
    return wish if wish.isascii() and wish.isprintable() and "\\" not in wish else otherwise
