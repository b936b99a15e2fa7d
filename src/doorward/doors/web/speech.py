"""Which language to answer in: what somebody chose, else what their browser asks for, else English."""

import re
from collections.abc import Sequence
from typing import Any, Final

from litestar.connection import ASGIConnection

from doorward.kit.i18n import REFERENCE

LANGUAGE_COOKIE: Final = "doorward_language"
_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?\Z"
)
_LONGEST_HEADER: Final = 500


def negotiate(header: str, available: Sequence[str]) -> str | None:
    """Return the language among `available` that an `Accept-Language` header likes best (RFC 9110, 12.5.4), or None.

    A region is ignored when there is no pack for it: `de-AT` is content with `de`.
    """
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:_LONGEST_HEADER].split(",")):
        found = _RANGE.match(part)
        if found is not None:
            wishes.append((-float(found[2] or 1), place, found[1].lower()))
    for weight, _, tag in sorted(wishes):
        if weight == 0:
            continue
        for code in (tag, tag.partition("-")[0]):
            if code in available:
                return code
    return None


def language_of(connection: ASGIConnection[Any, Any, Any, Any], available: Sequence[str]) -> str:
    """Return the language to answer this request in."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in available:
        return chosen
    return negotiate(connection.headers.get("accept-language", ""), available) or REFERENCE
