"""Handing a file of a customer's to somebody's computer: kept, never shown, never run."""

import unicodedata
from typing import Final
from urllib.parse import quote

from litestar import Response

from doorward.flow.attachments import OpenedFile

SANDBOX: Final = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Should a browser show the file in spite of all, then as a page that may do nothing (CSP 3, `sandbox`)."""

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.,()[]+")
_ATTRIBUTE: Final = "!#$&+-.^_`|~"
"""What RFC 8187 leaves as it is besides letters and digits (`attr-char`)."""


def file_response(file: OpenedFile) -> Response[bytes]:
    """Return the answer that saves a file: bytes of no type that a browser would show, and it may not guess one."""
    headers = {
        "content-disposition": disposition(file.name),
        "content-security-policy": SANDBOX,
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
    return Response(file.content, media_type="application/octet-stream", headers=headers)


def disposition(name: str) -> str:
    """Return the header (RFC 6266) that saves a file under `name`: for old readers its plain letters alone."""
    simpler = unicodedata.normalize("NFKD", name)
    plain = "".join(character if character in _PLAIN else "_" for character in simpler if not _mark(character))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTRIBUTE)}"


def _mark(character: str) -> bool:
    """Return whether this is an accent that belongs to the letter before it."""
    return unicodedata.combining(character) != 0
