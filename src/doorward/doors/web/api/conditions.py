"""Conditions of requests: over which edition somebody writes, and whether they have already what they ask for."""

import hashlib
from typing import Annotated, Final

from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

_TAG: Final = '^"[0-9]{1,9}"$'

SEEN: Final = {
    304: ResponseSpec(None, description="It is as `If-None-Match` says; nothing is sent.", generate_examples=False)
}
"""The documentation of the answer to who has it already; `describe` adds the header to what gives it."""


def tag_header(description: str) -> HeaderParameter:
    """Return the header that names an edition by its `ETag` (RFC 9110, 13.1.1), described as the operation needs it."""
    return HeaderParameter(name="If-Match", pattern=_TAG, description=description)


IfMatch = Annotated[str, tag_header("The `ETag` that the change rests upon.")]
"""The header where nothing is changed without it."""


def edition_of(tag: str) -> int:
    """Return the edition that an `ETag` of ours names, as the header's pattern lets it in."""
    return int(tag.strip('"'))


def content_tag(content: bytes) -> str:
    """Return the weak entity tag of an answer without an edition (RFC 9110, 8.8.1): the same words, the same tag."""
    return f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def is_seen(if_none_match: str, tag: str) -> bool:
    """Return whether a header names a tag, by the weak comparison (RFC 9110, 13.1.2); `*` names every one."""
    named = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return "*" in named or tag.removeprefix("W/") in named
